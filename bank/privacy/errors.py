"""What is refused here, in order of precedence."""

from bank.kernel.errors import BankError


class ExportNotReady(BankError):
    code = "EXPORT_NOT_READY"
    sentence = "The copy of your data is not ready yet. Look again in a minute."
    status = 409


class ExportExpired(BankError):
    code = "EXPORT_EXPIRED"
    sentence = "This copy of your data is gone. Ask for a new one."
    status = 410


class RetentionUnusable(BankError):
    code = "RETENTION_UNUSABLE"
    sentence = "{problem}"
    status = 422


class ErasureAsked(BankError):
    code = "ERASURE_ASKED"
    sentence = "You asked for this already; your request is {reference}."
    status = 409
