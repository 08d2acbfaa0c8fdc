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
