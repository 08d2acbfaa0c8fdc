"""Interest as journal entries, in GL roles; ``gl`` maps a role to its account.

Postings stand in pairs, a debit and its credit side by side, so that every line of a statement has
one other side. INTEREST_PAYABLE always holds what positions say is owed to customers and not paid,
INTEREST_RECEIVABLE what customers owe and have not been charged.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from bank.interest.rules import Payment
from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting

PAYABLE: Final = "INTEREST_PAYABLE"
RECEIVABLE: Final = "INTEREST_RECEIVABLE"
INCOME: Final = "INTEREST_INCOME"

GlAccount = Callable[[str, str], str]


def accrued(
    *, key: str, currency: str, earned: Mapping[str, Money], cost: Money, gl: GlAccount, narrative: str
) -> Entry:
    """What days added to interest, over many accounts: for each expense role debits it and credits
    INTEREST_PAYABLE; debits INTEREST_RECEIVABLE and credits INTEREST_INCOME with ``cost``. A
    correction downwards has the signs turned.
    """
    postings = [
        leg
        for role, amount in sorted(earned.items())
        if not amount.is_zero
        for leg in (Posting(gl(role, currency), -amount), Posting(gl(PAYABLE, currency), amount))
    ]
    if not cost.is_zero:
        postings += [Posting(gl(RECEIVABLE, currency), -cost), Posting(gl(INCOME, currency), cost)]
    return Entry(key=key, code="INTEREST_ACCRUED", postings=tuple(postings), narrative=narrative)


def capitalised(
    *, key: str, account: str, paid: Payment, currency: str, tax_role: str, gl: GlAccount, last_day: date
) -> Entry:
    """A period's interest on the account: debits INTEREST_PAYABLE and credits the account with the interest;
    debits the account and credits the tax payable with the tax; debits the account and credits
    INTEREST_RECEIVABLE with what is charged of an overdraft's cost. Value on the day after the period.

    ``paid.net`` credits the account less the tax, for one that may not be debited. The close makes the
    same entries set-based (``sql/payments.sql``); a test holds the two together.
    """
    payable = gl(PAYABLE, currency)
    pairs = [
        (payable, account, paid.gross - paid.tax if paid.net else paid.gross),
        (account, gl(RECEIVABLE, currency), paid.charged),
    ]
    if paid.tax:
        pairs.insert(1, (payable if paid.net else account, gl(tax_role, currency), paid.tax))
    money = [(debit, credit, Money.from_minor(minor, currency)) for debit, credit, minor in pairs]
    return Entry(
        key=key,
        code="INTEREST_CAPITALISED",
        postings=_paired(money),
        value_date=last_day + timedelta(days=1),
        narrative=f"Interest to {last_day.day} {last_day:%B %Y}",
    )


def corrected(
    *,
    key: str,
    account: str,
    gross: Money,
    tax: Money,
    refund: Money,
    expense_role: str,
    tax_role: str,
    gl: GlAccount,
    value_date: date,
    narrative: str,
    net: bool = False,
) -> Entry:
    """The difference a back-dated posting makes to interest already paid: debits the expense and credits
    the account with ``gross``, debits the account and credits the tax payable with ``tax``; both may
    be below zero, then the signs are turned. ``refund`` of an overdraft's cost debits INTEREST_INCOME
    and credits the account. ``net`` credits the account less the tax, for one that may not be debited.
    """
    currency = gross.currency
    expense = gl(expense_role, currency)
    pairs = [(expense, account, gross - tax if net else gross), (gl(INCOME, currency), account, refund)]
    if not tax.is_zero:
        pairs.insert(1, (expense if net else account, gl(tax_role, currency), tax))
    return Entry(
        key=key,
        code="INTEREST_CORRECTED",
        postings=_paired(pairs),
        value_date=value_date,
        narrative=narrative,
    )


def owed(*, key: str, amount: Money, counter_role: str, gl: GlAccount, narrative: str) -> Entry:
    """Interest a customer owes and is charged with later: debits INTEREST_RECEIVABLE, credits the role."""
    currency = amount.currency
    return Entry(
        key=key,
        code="INTEREST_OWED",
        postings=_paired([(gl(RECEIVABLE, currency), gl(counter_role, currency), amount)]),
        narrative=narrative,
    )


def _paired(pairs: list[tuple[str, str, Money]]) -> tuple[Posting, ...]:
    """Each (debit, credit, amount) that is not zero as its two postings."""
    return tuple(
        leg
        for debit, credit, amount in pairs
        if not amount.is_zero
        for leg in (Posting(debit, -amount), Posting(credit, amount))
    )
