"""What this room refuses, in order of precedence."""

from bank.kernel.errors import BankError


class UnusableMandate(BankError):
    code = "MANDATE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class PartyUnusable(BankError):
    code = "PARTY_UNUSABLE"
    sentence = "{problem}"
    status = 422


class DocumentUnusable(BankError):
    code = "IDENTITY_DOCUMENT_UNUSABLE"
    sentence = "{problem}"
    status = 422


class ContactUnusable(BankError):
    code = "CONTACT_UNUSABLE"
    sentence = "{problem}"
    status = 422


class MergeRefused(BankError):
    code = "MERGE_REFUSED"
    sentence = "{problem}"
    status = 409


class MandateExists(BankError):
    code = "MANDATE_EXISTS"
    sentence = "This user already acts for customer {cif}. Revoke that mandate first."
    status = 409


class RatingRuleUnusable(BankError):
    code = "RATING_RULE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class CustomerNotActive(BankError):
    code = "CUSTOMER_NOT_ACTIVE"
    sentence = "Customer {cif} is {status}. Please contact the bank."
    status = 409


class MandateForbidsPayments(BankError):
    code = "MANDATE_FORBIDS_PAYMENTS"
    sentence = "Your mandate for {name} lets you look, not pay."
    status = 403


class MandateLimitExceeded(BankError):
    code = "MANDATE_LIMIT_EXCEEDED"
    sentence = "Your mandate for {name} allows single payments of up to {limit}; this one is {amount}."
    status = 403
