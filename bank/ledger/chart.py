"""The chart of accounts the bank starts with, and the roles that posting rules name.

Lines are (number, name, class, role, control?). Every line is opened in every currency of the
bank as ``number.CURRENCY``; a control account is never posted to, its sub-accounts are.
"""

from typing import Final, NamedTuple

from bank.ledger.rules import Kind

CURRENCIES: Final = ("KES", "USD", "EUR", "GBP", "INR", "JPY", "KWD")


class Line(NamedTuple):
    number: str
    name: str
    kind: Kind
    role: str
    control: bool = False


_A, _L, _Q, _I, _E = Kind.ASSET, Kind.LIABILITY, Kind.EQUITY, Kind.INCOME, Kind.EXPENSE

CHART: Final = (
    Line("1001", "Cash in vaults and tills", _A, "CASH"),
    Line("1010", "Cash in tellers' drawers", _A, "TELLER_CASH"),
    Line("1050", "Cash in ATMs", _A, "ATM_CASH"),
    Line("1100", "Nostro accounts", _A, "NOSTRO"),
    Line("1101", "SWIFT nostro", _A, "NOSTRO_SWIFT"),
    Line("1102", "RTGS settlement", _A, "NOSTRO_RTGS"),
    Line("1103", "EFT settlement", _A, "NOSTRO_EFT"),
    Line("1150", "Cheques in clearing", _A, "CHEQUES_IN_CLEARING"),
    Line("1200", "Foreign exchange position", _A, "FX_POSITION"),
    Line("1300", "Loans to customers", _A, "LOANS", control=True),
    Line("1800", "Interest receivable", _A, "INTEREST_RECEIVABLE"),
    Line("1901", "Loan-loss provision", _A, "LOAN_LOSS_PROVISION"),
    Line("2000", "Customer deposits", _L, "CUSTOMER_DEPOSITS", control=True),
    Line("2001", "Current accounts", _L, "CURRENT_DEPOSITS", control=True),
    Line("2002", "Savings accounts", _L, "SAVINGS_DEPOSITS", control=True),
    Line("2003", "Fixed deposits", _L, "FIXED_DEPOSITS", control=True),
    Line("2004", "Recurring deposits", _L, "RECURRING_DEPOSITS", control=True),
    Line("2005", "Call and notice deposits", _L, "CALL_DEPOSITS", control=True),
    Line("2100", "Merchant settlement", _L, "MERCHANT_SETTLEMENT"),
    Line("2150", "Uncleared cheques of customers", _L, "UNCLEARED_CHEQUES"),
    Line("2200", "Payments in transit", _L, "IN_TRANSIT"),
    Line("2300", "Interest payable", _L, "INTEREST_PAYABLE"),
    Line("2400", "Taxes payable", _L, "TAXES_PAYABLE"),
    Line("2401", "Excise duty payable", _L, "EXCISE_DUTY"),
    Line("2402", "Withholding tax payable", _L, "WITHHOLDING_TAX"),
    Line("2900", "Suspense", _L, "SUSPENSE"),
    Line("3001", "Share capital", _Q, "CAPITAL"),
    Line("3100", "Retained earnings", _Q, "RETAINED_EARNINGS"),
    Line("4001", "Transfer and payment fees", _I, "FEE_INCOME"),
    Line("4002", "Account fees", _I, "ACCOUNT_FEE_INCOME"),
    Line("4003", "Loan fees", _I, "LOAN_FEE_INCOME"),
    Line("4004", "Deposit penalties", _I, "DEPOSIT_PENALTY_INCOME"),
    Line("4101", "Interest income", _I, "INTEREST_INCOME"),
    Line("4200", "Card fees", _I, "CARD_FEE_INCOME"),
    Line("4300", "Interchange income", _I, "INTERCHANGE_INCOME"),
    Line("4400", "Foreign exchange gains", _I, "FX_GAINS"),
    Line("5101", "Interest expense", _E, "INTEREST_EXPENSE"),
    Line("5201", "Provision expense", _E, "PROVISION_EXPENSE"),
    Line("5300", "Interchange expense", _E, "INTERCHANGE_EXPENSE"),
    Line("5400", "Foreign exchange losses", _E, "FX_LOSSES"),
    Line("5500", "Cash over and short", _E, "CASH_DIFFERENCES"),
    Line("5900", "Operating expense", _E, "OPERATING_EXPENSE"),
)
