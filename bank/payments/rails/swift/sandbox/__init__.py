"""The SWIFT network and the correspondents behind it, played over HTTP.

``POST /messages`` takes a FIN message and answers with its ACK or NAK (block F21), ``GET /messages`` offers
what waits for the bank, ``DELETE /messages/<sha256>`` takes it away, ``GET /tracker/<reference>`` is gpi's
tracker, ``GET /statements?day=`` our accounts' MT940. ``POST /_pay`` pays from abroad into an account here.
``_behave``: REJECT with a code of SWIFT's (T13, D49) is a NAK, with a reason (AC04) the payee's bank says no;
RETURN credits and sends back; a MT192 that is to be refused is REJECT too.
"""

from bank.payments.rails.swift.sandbox.network import Correspondents

SANDBOX = Correspondents

__all__ = ["SANDBOX", "Correspondents"]
