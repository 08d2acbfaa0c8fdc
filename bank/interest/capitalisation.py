"""Capitalisation: a period's interest is paid, its tax withheld, an overdraft's cost charged.

One journal entry an account, keyed by account and day. The close works on parts of the accounts,
set-based from beginning to end: what is due (``due.sql``), the entries (``payments.sql``), which the
ledger books without their leaving the database, and the periods kept (``roll.sql``). The same in plain
Python is ``rules.payment`` and ``postings.capitalised``. What an account cannot bear of an overdraft's
cost stays owed, and is charged with the next period's. An account that is frozen wholly keeps its period
open until it is not; one frozen for payments is credited net of tax.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bank import ledger
from bank.interest import postings
from bank.interest.statements import statement
from bank.kernel.errors import NotFound
from bank.ledger import engine
from bank.products import selectors as products
from bank.products.rules import TaxKind

_TABLE: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS interest_due (
        n bigint, account_id bigint, number text, currency text, last_day date,
        gross bigint, tax bigint, charged bigint, net boolean
    ) ON COMMIT DELETE ROWS;
    TRUNCATE interest_due;
"""
_DUE: Final = "p.accrued_through = %(last)s AND p.terms_id = ANY (%(terms)s::bigint[])"
_THESE: Final = "p.account_id = ANY (%(only)s::bigint[])"
_FIND: Final = statement("due")
_PAYMENTS: Final = statement("payments")
_ROLL: Final = statement("roll")
_CURRENCIES: Final = "SELECT DISTINCT currency FROM interest_due WHERE n IS NOT NULL ORDER BY currency"


@dataclass(frozen=True, slots=True)
class Withholding:
    """The tax on interest in force on a day; ``rate_pct`` is zero where there is none."""

    rate_pct: Decimal
    role: str


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
    tax = withholding(ledger.business_date())
    asked = {"after": after, "upto": upto, "last": last, "terms": list(terms), "only": list(only or ())}
    engine.rows(_TABLE)
    engine.rows(_FIND.replace("WHICH", _DUE if only is None else _THESE), asked | {"rate_pct": tax.rate_pct})
    engine.rows("ANALYZE interest_due")
    booked = ledger.post_found(_PAYMENTS, _gl_accounts(tax), outcome="EACH")
    refused = [position + 1 for position in booked.refused]
    kept = {"ids": _array(booked.ids), "refused": refused, "rate_pct": tax.rate_pct}
    engine.rows(_ROLL, kept)
    (found,) = engine.row("SELECT count(*) FROM interest_due")
    return Capitalised(found - len(refused), len(refused))


def _gl_accounts(tax: Withholding) -> dict[str, Any]:
    """The accounts of the roles in each currency of the part, side by side."""
    currencies = [currency for (currency,) in engine.rows(_CURRENCIES)]

    def accounts(role: str) -> list[str]:
        return [ledger.gl(role, currency) if role else "" for currency in currencies]

    return {
        "currencies": currencies,
        "payable": accounts(postings.PAYABLE),
        "receivable": accounts(postings.RECEIVABLE),
        "tax": accounts(tax.role),
    }


def _array(values: Iterable[int]) -> str:
    """An array literal: one constant for the database to read instead of one for each element."""
    return "{" + ",".join(map(str, values)) + "}"
