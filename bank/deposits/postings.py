"""What deposits do to the books, in GL roles; ``gl`` maps a role to its account.

Postings stand in pairs, a debit and its credit side by side, so that each line of a statement has
one other side. Credit above zero, debit below.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bank.deposits.rules import Ending
from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting

PAYABLE: Final = "INTEREST_PAYABLE"
PENALTY: Final = "DEPOSIT_PENALTY_INCOME"

GlAccount = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Roles:
    """Under which roles a deposit's interest and the tax on it are booked."""

    expense: str
    tax: str
    gl: GlAccount


def funded(*, key: str, source: str, deposit: str, amount: Money, narrative: str) -> Entry:
    """Money goes into a deposit: debits the customer's account, credits the deposit."""
    postings = tuple(_pair(source, deposit, amount))
    return Entry(key, postings, "DEPOSIT_FUNDED", narrative=narrative, reference=deposit)


def returned(
    *, key: str, deposit: str, target: str, amount: Money, narrative: str, value_date: date | None = None
) -> Entry:
    """Money leaves a deposit: debits the deposit, credits the customer's account."""
    postings = tuple(_pair(deposit, target, amount))
    return Entry(
        key, postings, "DEPOSIT_RETURNED", value_date=value_date, narrative=narrative, reference=deposit
    )


def renewed(
    *,
    key: str,
    deposit: str,
    renewal: str,
    principal: Money,
    target: str,
    rest: Money,
    narrative: str,
    value_date: date,
) -> Entry:
    """A matured deposit goes on: debits it with all it has, credits the new deposit with ``principal``
    and, where there is a ``rest``, the customer's account with that.
    """
    postings = _pair(deposit, renewal, principal)
    if rest.is_positive:
        postings += _pair(deposit, target, rest)
    return Entry(
        key,
        tuple(postings),
        "DEPOSIT_RENEWED",
        value_date=value_date,
        narrative=narrative,
        reference=deposit,
    )


def accrued(*, key: str, amounts: Mapping[tuple[str, str], Money], gl: GlAccount, narrative: str) -> Entry:
    """A day's interest of many deposits, by expense role and currency: debits the interest expense, credits
    the interest payable; what was accrued too much goes back.
    """
    postings: list[Posting] = []
    for (role, currency), amount in sorted(amounts.items()):
        expense, payable = gl(role, currency), gl(PAYABLE, currency)
        postings += _signed_pair(expense, payable, amount)
    return Entry(key, tuple(postings), "DEPOSIT_INTEREST_ACCRUED", narrative=narrative)


def interest_paid(
    *,
    key: str,
    deposit: str,
    to: str,
    gross: Money,
    tax: Money,
    roles: Roles,
    narrative: str,
    value_date: date,
) -> Entry:
    """Accrued interest goes to an account: debits the interest payable, credits the account; debits the
    account with the tax and credits the tax payable.
    """
    payable, withheld = roles.gl(PAYABLE, gross.currency), roles.gl(roles.tax, gross.currency)
    postings = [*_signed_pair(payable, to, gross), *_signed_pair(to, withheld, tax)]
    return Entry(
        key,
        tuple(postings),
        "DEPOSIT_INTEREST_PAID",
        value_date=value_date,
        narrative=narrative,
        reference=deposit,
    )


def ended(
    *, key: str, deposit: str, ending: Ending, accrued: Money, roles: Roles, narrative: str, value_date: date
) -> Entry | None:
    """The last interest of a deposit, into it: debits the interest payable, credits the deposit; debits the
    deposit with the tax and any penalty.

    ``accrued`` is what is still payable; what of it is not due goes back to the expense, what is
    due beyond it comes from there. Interest paid before and no longer due is taken back from the
    deposit. ``None`` where nothing is to be booked.
    """
    currency = accrued.currency
    payable, expense = roles.gl(PAYABLE, currency), roles.gl(roles.expense, currency)
    postings = [
        *_signed_pair(payable, expense, accrued - ending.interest_now),
        *_signed_pair(payable, deposit, ending.interest_now),
        *_signed_pair(deposit, roles.gl(roles.tax, currency), ending.tax_now),
        *_signed_pair(deposit, roles.gl(PENALTY, currency), ending.penalty),
    ]
    if not postings:
        return None
    return Entry(
        key, tuple(postings), "DEPOSIT_ENDED", value_date=value_date, narrative=narrative, reference=deposit
    )


def withdrawn(
    *, key: str, deposit: str, target: str, amount: Money, cost: Money, gl: GlAccount, narrative: str
) -> Entry:
    """Money leaves a call or notice deposit: debits it with ``amount`` and with what leaving before notice
    costs; credits the customer's account and the bank's income.
    """
    postings = [*_pair(deposit, target, amount), *_signed_pair(deposit, gl(PENALTY, cost.currency), cost)]
    return Entry(key, tuple(postings), "DEPOSIT_WITHDRAWN", narrative=narrative, reference=deposit)


def _pair(debit: str, credit: str, amount: Money) -> list[Posting]:
    return [Posting(debit, -amount), Posting(credit, amount)]


def _signed_pair(debit: str, credit: str, amount: Money) -> Iterator[Posting]:
    """The pair the other way round for an amount below zero, none at all for zero."""
    if amount.is_positive:
        yield from _pair(debit, credit, amount)
    elif amount.is_negative:
        yield from _pair(credit, debit, -amount)
