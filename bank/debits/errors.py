"""What direct debits refuse, in order of precedence."""

from bank.kernel.errors import BankError


class CreditorUnusable(BankError):
    code = "CREDITOR_UNUSABLE"
    sentence = "{problem}"
    status = 422


class WrongCreditorStatus(BankError):
    code = "WRONG_CREDITOR_STATUS"
    sentence = "A company that is {status} for direct debits cannot be {wanted}."
    status = 409


class CreditorNotAdmitted(BankError):
    code = "CREDITOR_NOT_ADMITTED"
    sentence = (
        "The bank has not admitted this company to collect {scheme} direct debits. Ask for admission first."
    )
    status = 403


class CreditorStopped(BankError):
    code = "CREDITOR_STOPPED"
    sentence = "The bank has stopped this company's collections: {reason}"
    status = 403


class MandateUnusable(BankError):
    code = "MANDATE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class DebtorUnknown(BankError):
    code = "DEBTOR_UNKNOWN"
    sentence = "There is no such account in this name. Ask your customer for both."
    status = 422


class MandateReferenceUsed(BankError):
    code = "MANDATE_REFERENCE_USED"
    sentence = "You have another mandate with this reference. Give the new one a reference of its own."
    status = 409


class WrongMandateStatus(BankError):
    code = "WRONG_MANDATE_STATUS"
    sentence = "A mandate that is {status} cannot be {wanted}."
    status = 409


class CollectionUnusable(BankError):
    code = "COLLECTION_UNUSABLE"
    sentence = "{problem}"
    status = 422


class NoticeTooShort(BankError):
    code = "NOTICE_TOO_SHORT"
    sentence = "Your customer must know {days} days before. The earliest day is {earliest}."
    status = 422


class AboveMandate(BankError):
    code = "ABOVE_MANDATE"
    sentence = "The mandate allows {most} {per}. Collect less, or ask for a new mandate."
    status = 422


class AboveCreditorLimit(BankError):
    code = "ABOVE_CREDITOR_LIMIT"
    sentence = "The bank admitted this company to collect {most} {per}. Collect less, or ask for more."
    status = 422


class CollectionReferenceUsed(BankError):
    code = "COLLECTION_REFERENCE_USED"
    sentence = "Another collection on this mandate has this reference. Give each one its own."
    status = 409


class DebitFileUnusable(BankError):
    code = "DEBIT_FILE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class DebitFileUsed(BankError):
    code = "DEBIT_FILE_USED"
    sentence = "A file with this message id was taken: {reference}. Give each file its own."
    status = 409


class WrongCollectionStatus(BankError):
    code = "WRONG_COLLECTION_STATUS"
    sentence = "A collection that is {status} cannot be {wanted}."
    status = 409


class RefundTooLate(BankError):
    code = "REFUND_TOO_LATE"
    sentence = "It could be refunded until {until}. Ask the company, or write to us."
    status = 409


class ClaimMade(BankError):
    code = "CLAIM_MADE"
    sentence = "This direct debit was claimed already: {reference}. Write to us on {case}."
    status = 409


class WrongClaimStatus(BankError):
    code = "WRONG_CLAIM_STATUS"
    sentence = "A claim that is {status} cannot be decided."
    status = 409
