"""What invoicing refuses, in order of precedence."""

from bank.kernel.errors import BankError


class SellerNotSet(BankError):
    code = "SELLER_NOT_SET"
    sentence = "Say first which account your invoices are paid to."
    status = 409


class InvoiceUnusable(BankError):
    code = "INVOICE_UNUSABLE"
    sentence = "{problem}"
    status = 400


class VatRateUnknown(BankError):
    code = "VAT_RATE_UNKNOWN"
    sentence = "There is no rate of value added tax named {name} on {day}."
    status = 400


class InvoiceNotDraft(BankError):
    code = "INVOICE_NOT_DRAFT"
    sentence = "Invoice {number} is issued and stays as it is. Correct it with a credit note."
    status = 409


class InvoiceNotOpen(BankError):
    code = "INVOICE_NOT_OPEN"
    sentence = "Invoice {number} is {state}; only an issued invoice with something left to pay takes this."
    status = 409


class CreditTooLarge(BankError):
    code = "CREDIT_TOO_LARGE"
    sentence = "At most {left} of invoice {number} is still open, so no more can be credited or paid."
    status = 409


class InvoiceBeingPaid(BankError):
    """So that two who hold the link do not pay one invoice twice."""

    code = "INVOICE_BEING_PAID"
    sentence = (
        "A payment of {sum} for invoice {number} is under way already: it waits to be signed, is looked at by"
        " the bank, or is being sent. Only {left} is left to pay. Pay no more than that, or come back in an"
        " hour."
    )
    status = 409


class InvoicePaymentWaits(BankError):
    """One payer has one payment for an invoice waiting."""

    code = "INVOICE_PAYMENT_WAITS"
    sentence = (
        "Your payment {reference} for invoice {number} waits already. Have it signed or let go, or cancel it,"
        " before you pay the invoice otherwise."
    )
    status = 409


class ReceiptUsedUp(BankError):
    code = "RECEIPT_USED_UP"
    sentence = "Only {left} of this payment is not matched yet."
    status = 409


class AllocationUndone(BankError):
    code = "ALLOCATION_UNDONE"
    sentence = "This match was undone already."
    status = 409


class BillUnusable(BankError):
    code = "BILL_UNUSABLE"
    sentence = "{problem}"
    status = 400


class BillNotOpen(BankError):
    code = "BILL_NOT_OPEN"
    sentence = "Bill {number} is {state}; only an open bill can be changed or paid."
    status = 409


class VatRateUnusable(BankError):
    code = "VAT_RATE_UNUSABLE"
    sentence = "{problem}"
    status = 400
