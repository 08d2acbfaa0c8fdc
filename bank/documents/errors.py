"""What is refused about documents, in order of precedence."""

from bank.kernel.errors import BankError


class DocumentEmpty(BankError):
    code = "DOCUMENT_EMPTY"
    sentence = "The file is empty. Choose the file again."
    status = 400


class DocumentTooLarge(BankError):
    code = "DOCUMENT_TOO_LARGE"
    sentence = (
        "The file is larger than {megabytes} MB. Take the picture again in a smaller size, or split the file."
    )
    status = 413


class DocumentQuotaReached(BankError):
    code = "DOCUMENT_QUOTA_REACHED"
    sentence = "There are already {most} documents here. Remove one before you add another."
    status = 409


class DocumentInfected(BankError):
    code = "DOCUMENT_INFECTED"
    sentence = (
        "The file carries malicious software and was not kept. Check your device, then send another file."
    )


class ScannerUnavailable(BankError):
    code = "DOCUMENT_SCANNER_UNAVAILABLE"
    sentence = "Files cannot be checked at the moment, so none are taken. Try again in a few minutes."
    status = 503


class DocumentTypeRefused(BankError):
    code = "DOCUMENT_TYPE_REFUSED"
    sentence = "This is not a JPEG, PNG or WEBP picture nor a PDF. Send a picture or a PDF of the document."
    status = 415


class DocumentMislabelled(BankError):
    code = "DOCUMENT_MISLABELLED"
    sentence = "The file's name ends in .{ending}, but the content is {found}. Give it its own name."
    status = 415


class DocumentHasTrailingContent(BankError):
    code = "DOCUMENT_HAS_TRAILING_CONTENT"
    sentence = "Something else follows after the end of the PDF. Print it to a new PDF and send that."


class DocumentUnreadable(BankError):
    code = "DOCUMENT_UNREADABLE"
    sentence = "The file is damaged or unfinished and cannot be read. Make it again and send it once more."


class DocumentTooComplex(BankError):
    code = "DOCUMENT_TOO_COMPLEX"
    sentence = "The file unpacks to far more than it seems to hold. Send a plain picture or scan instead."


class DocumentTooManyPages(BankError):
    code = "DOCUMENT_TOO_MANY_PAGES"
    sentence = "The PDF has more than {most} pages. Send only the pages that are asked for."


class DocumentEncrypted(BankError):
    code = "DOCUMENT_ENCRYPTED"
    sentence = "The PDF is protected by a password. Save it without one and send it again."


class DocumentActive(BankError):
    code = "DOCUMENT_ACTIVE"
    sentence = (
        "The PDF holds {found}, which no document for the bank needs. Print it to a new PDF and send that."
    )


class DocumentDamaged(BankError):
    code = "DOCUMENT_DAMAGED"
    sentence = (
        "The stored document no longer is what was sent in. The bank has been told; please send it again."
    )
    status = 500
