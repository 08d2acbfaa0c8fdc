"""What the catalogue refuses, in order of precedence."""

from bank.kernel.errors import BankError


class UnusableTerms(BankError):
    code = "TERMS_UNUSABLE"
    sentence = "{problem}"
    status = 422


class ProductNotOffered(BankError):
    code = "PRODUCT_NOT_OFFERED"
    sentence = "{product} is not offered in {currency} to this customer."
    status = 422


class EffectiveDateUnusable(BankError):
    code = "EFFECTIVE_DATE_UNUSABLE"
    sentence = "{problem}"
    status = 422


class NothingChanges(BankError):
    code = "NOTHING_CHANGES"
    sentence = "What is asked for is what holds already. Change a figure or leave it."
    status = 422
