"""Capitalisation: a period's interest is paid, its tax withheld, an overdraft's cost charged.

One journal entry an account, keyed by account and day, booked in bulk. What an account cannot bear
of an overdraft's cost stays owed, and is charged with the next period's. An account that is frozen
wholly keeps its period open until it is not; one frozen for payments is credited net of tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from bank import ledger
from bank.interest import postings
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.ledger import engine
from bank.products import selectors as products
from bank.products.rules import TaxKind, percent_of

_READY: Final = """
    SELECT p.account_id, a.number, a.currency, p.credit_posted, p.debit_posted + p.debit_owed,
           b.booked - b.held + b.overdraft, b.status = 'FROZEN_DEBIT', p.accrued_through
    FROM interest_position p
    JOIN accounts_account a ON a.id = p.account_id
    JOIN ledger_balance b ON b.account_id = p.ledger_id
    WHERE p.account_id > %(after)s AND p.account_id <= %(upto)s AND p.accrued_through >= p.since
        AND b.status IN ('ACTIVE', 'FROZEN_DEBIT') AND {which}
    ORDER BY p.account_id
"""
_DUE: Final = "p.accrued_through = %(last)s AND p.terms_id = ANY (%(terms)s::bigint[])"
_THESE: Final = "p.account_id = ANY (%(only)s::bigint[])"
_ROLL: Final = """
    WITH paid AS (
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
            AS n (account_id, gross, tax, charged, entry_id)
    ), kept AS (
        INSERT INTO interest_period
            (account_id, first_day, last_day, value_date, terms_id, credit_accrued, credit_paid, tax_rate_pct,
             tax_withheld, debit_accrued, debit_due, entry_id)
        SELECT p.account_id, p.since, p.accrued_through, p.accrued_through + 1, p.terms_id, p.credit_accrued,
               n.gross, %s, n.tax, p.debit_accrued, p.debit_posted, n.entry_id
        FROM paid n JOIN interest_position p ON p.account_id = n.account_id
    )
    UPDATE interest_position p
    SET since = p.accrued_through + 1, credit_accrued = 0, credit_posted = 0, debit_accrued = 0,
        debit_posted = 0, debit_owed = p.debit_owed + p.debit_posted - n.charged,
        balance_days = 0, lowest = NULL
    FROM paid n WHERE p.account_id = n.account_id
"""


@dataclass(frozen=True, slots=True)
class Withholding:
    """The tax on interest in force on a day; ``rate_pct`` is zero where there is none."""

    rate_pct: Decimal
    role: str

    def on(self, gross: Money) -> Money:
        return percent_of(self.rate_pct, gross)


@dataclass(slots=True)
class Payment:
    """What one account is paid, taxed and charged, in its currency's minor units, once it is booked."""

    account_id: int
    number: str
    gross: Money
    due: Money
    tax: Money
    charged: Money
    net: bool
    last_day: date
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Capitalised:
    """How many accounts were done, and how many the ledger refused, which stay as they are."""

    done: int
    refused: int


def withholding(on: date) -> Withholding:
    """The withholding tax on interest of a day."""
    try:
        rule = products.tax(TaxKind.WITHHOLDING, on)
    except NotFound:
        return Withholding(Decimal(0), "")
    return Withholding(rule.rate_pct, rule.gl_role)


def capitalise(
    *,
    after: int,
    upto: int,
    last: date | None = None,
    terms: Sequence[int] = (),
    only: Sequence[int] | None = None,
) -> Capitalised:
    """Ends the running period of accounts with ids above ``after`` up to ``upto``: of those under ``terms``
    that are accrued through ``last``, or of those in ``only`` wherever they stand.

    Everything has value on the day after the period, so that what is paid earns from there on.
    """
    asked = {"after": after, "upto": upto, "last": last, "terms": list(terms), "only": list(only or ())}
    tax = withholding(ledger.business_date())
    rows = engine.rows(_READY.format(which=_DUE if only is None else _THESE), asked)
    payments = [_payment(tax, *row) for row in rows]
    refused = _book([one for one in payments if _moves(one)], tax)
    done = [one for one in payments if one.account_id not in refused]
    _roll(done, tax)
    return Capitalised(len(done), len(refused))


def _payment(
    tax: Withholding,
    account_id: int,
    number: str,
    currency: str,
    credit: int,
    due: int,
    available: int | None,
    no_debits: bool,
    last_day: date,
) -> Payment:
    gross = Money.from_minor(credit, currency)
    withheld = tax.on(gross) if credit else gross
    room = due if available is None else max(available + credit - withheld.minor, 0)
    charged = 0 if no_debits else min(due, room)
    return Payment(
        account_id,
        number,
        gross,
        Money.from_minor(due, currency),
        withheld,
        Money.from_minor(charged, currency),
        no_debits,
        last_day,
    )


def _moves(payment: Payment) -> bool:
    return not (payment.gross.is_zero and payment.charged.is_zero)


def _book(payments: list[Payment], tax: Withholding) -> set[int]:
    """Books the payments, a bulk for each currency; the ids of the accounts that the ledger refused."""
    currencies = sorted({one.gross.currency for one in payments})
    for currency in currencies:
        same = [one for one in payments if one.gross.currency == currency]
        gl = _gl_accounts(currency, tax.role)
        outcomes = ledger.post((_entry(one, tax, gl) for one in same), outcome="EACH")
        for payment, outcome in zip(same, outcomes, strict=True):
            payment.entry_id = outcome.entry_id
    return {payment.account_id for payment in payments if payment.entry_id is None}


def _gl_accounts(currency: str, tax_role: str) -> postings.GlAccount:
    """The accounts of the roles, read once: nothing else can be asked while the entries stream."""
    roles = filter(None, (postings.PAYABLE, postings.RECEIVABLE, tax_role))
    known = {role: ledger.gl(role, currency) for role in roles}
    return lambda role, _currency: known[role]


def _entry(payment: Payment, tax: Withholding, gl: postings.GlAccount) -> ledger.Entry:
    last = payment.last_day
    return postings.capitalised(
        key=f"interest:{payment.number}:{last}",
        account=payment.number,
        gross=payment.gross,
        tax=payment.tax,
        charged=payment.charged,
        tax_role=tax.role,
        gl=gl,
        value_date=last + timedelta(days=1),
        narrative=f"Interest to {last.day} {last:%B %Y}",
        net=payment.net,
    )


def _roll(payments: list[Payment], tax: Withholding) -> None:
    """Keeps the periods as paid and begins the next ones."""
    if not payments:
        return
    columns = zip(
        *((p.account_id, p.gross.minor, p.tax.minor, p.charged.minor, p.entry_id) for p in payments),
        strict=True,
    )
    engine.rows(_ROLL, [*(list(column) for column in columns), tax.rate_pct])
