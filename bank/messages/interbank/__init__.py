"""What banks tell each other about credit transfers in ISO 20022, written and read.

``transfers`` pacs.008; ``outcomes`` pacs.002 (status), pacs.004 (return), pacs.028 (enquiry); ``recalls``
camt.056 and its answer camt.029; ``movements`` camt.053 and camt.054 of a settlement account;
``envelope`` the business header (head.001) with the seal that says who wrote it.
"""
