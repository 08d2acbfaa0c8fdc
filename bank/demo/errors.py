"""What the demonstration refuses, in order of precedence."""

from bank.kernel.errors import BankError


class NotADemonstration(BankError):
    code = "NOT_A_DEMONSTRATION"
    sentence = "This bank runs in production; the demonstration's people and passwords have no place in it."
    status = 409


class OtherCustomersPresent(BankError):
    code = "OTHER_CUSTOMERS_PRESENT"
    sentence = "This bank has customers already; to put demonstration customers beside them, ask for --add."
    status = 409
