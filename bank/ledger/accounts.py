"""Opening, closing and limiting the ledger's accounts; the chart; the business date."""

import re
from datetime import date, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from bank.kernel import clock, currencies
from bank.kernel.money import Money
from bank.ledger import engine, errors
from bank.ledger.chart import CHART, CURRENCIES
from bank.ledger.rules import Kind, Status

_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,33}", re.ASCII)


def open_account(
    *,
    code: str,
    name: str,
    currency: str,
    control: str | None = None,
    kind: Kind = Kind.LIABILITY,
    guarded: bool = True,
    overdraft: Money | None = None,
    floor: bool = True,
) -> None:
    """Opens an account of the book, empty and active.

    A guarded account (a customer's) has a balance row, a running balance and, unless ``floor`` is
    False, may not go below zero by more than ``overdraft``; it reports under the control account
    ``control``. A summed one (of the general ledger) has neither floor nor lock. Raises
    AccountExists, UnknownAccount (of the control account), InvalidEntry, UnknownCurrency.
    """
    if not _CODE.fullmatch(code):
        raise errors.InvalidEntry(problem=f"{code!r} is not an account code: capitals, digits, . _ and -.")
    limit = (overdraft.minor if overdraft else 0) if floor else None
    try:
        with transaction.atomic():
            (opened,) = engine.row(
                "SELECT ledger_open_account(%s, %s, %s, %s::smallint, %s, %s, %s, %s, %s)",
                (
                    code,
                    name,
                    currency,
                    currencies.exponent(currency),
                    kind,
                    guarded,
                    control,
                    limit,
                    clock.now(),
                ),
            )
    except IntegrityError as error:
        raise errors.AccountExists(account=code) from error
    if not opened:
        raise errors.UnknownAccount(account=control)


def set_status(code: str, status: Status, *, reason: str = "") -> None:
    """Changes what may be posted to a guarded account, from this instant on.

    FROZEN_DEBIT refuses debits, FROZEN_CREDIT credits, FROZEN both, CLOSED is final and needs zero booked
    and held.
    Raises UnknownAccount, AccountClosed, AccountNotEmpty. Repeating it changes nothing.
    """
    (refused,) = engine.row(
        "SELECT ledger_set_status(%s, %s, %s, %s)", (code, Status(status), reason, clock.now())
    )
    _raise(refused, code)


def set_limit(code: str, overdraft: Money | None, *, reason: str = "") -> None:
    """Sets how far below zero a guarded account may go; None takes its floor away (loan accounts).

    Raises UnknownAccount (also for a limit in another currency), AccountClosed, InvalidEntry for a
    limit below zero, and OverdraftInUse when more is in use than the new limit allows.
    """
    if overdraft is not None and overdraft.is_negative:
        raise errors.InvalidEntry(problem="An overdraft limit is zero or more.")
    minor, currency = (overdraft.minor, overdraft.currency) if overdraft else (None, None)
    (refused,) = engine.row(
        "SELECT ledger_set_overdraft(%s, %s, %s, %s, %s)", (code, minor, currency, reason, clock.now())
    )
    _raise(refused, code)


def _raise(refused: str | None, code: str) -> None:
    if refused:
        raise errors.BY_CODE[refused](account=code)


def business_date() -> date:
    """The bank's open day. Raises BooksNotOpened."""
    found = engine.rows("SELECT date FROM ledger_business_day WHERE closed_at IS NULL")
    if not found:
        raise errors.BooksNotOpened
    return found[0][0]


def open_books(*, on: date) -> None:
    """Sets the first business date; while nothing has been booked it may be set again, also earlier.

    Raises BusinessDateBackwards once there is an entry.
    """
    (opened,) = engine.row("SELECT ledger_open_books(%s, %s)", (on, clock.now()))
    if not opened:
        raise errors.BusinessDateBackwards(business_date=business_date())


def roll_business_date(*, to: date | None = None) -> date:
    """Closes the business date and opens ``to`` (by default the next calendar day): the close of
    business and nothing else calls this. Waits for postings under way. Raises
    BusinessDateBackwards unless ``to`` is later, BooksNotOpened.
    """
    wanted = to or business_date() + timedelta(days=1)
    (closed,) = engine.row("SELECT ledger_roll_business_date(%s, %s)", (wanted, clock.now()))
    if closed is None:
        raise errors.BooksNotOpened
    if wanted <= closed:
        raise errors.BusinessDateBackwards(business_date=closed)
    return wanted


def gl(role: str, currency: str) -> str:
    """The code of the account that plays ``role`` in ``currency``: ``gl("FEE_INCOME", "KES")`` is
    ``4001.KES`` unless staff map it otherwise. Raises UnknownRole.
    """
    found = engine.rows(
        "SELECT a.code FROM ledger_gl_role r JOIN ledger_account a ON a.id = r.account_id"
        " WHERE r.role = %s AND r.currency = %s",
        (role, currency),
    )
    if not found:
        raise errors.UnknownRole(role=role, currency=currency)
    return found[0][0]


def seed_chart() -> None:
    """Opens the chart's accounts and maps their roles in every currency of the bank, and opens the
    books on the present day if they never were. Adds what is missing, changes nothing that is there.
    """
    lines = [(line, currency) for line in CHART for currency in CURRENCIES]
    engine.row(
        "SELECT ledger_seed_chart(%s::text[], %s::text[], %s::text[], %s::smallint[], %s::text[],"
        " %s::boolean[], %s::text[], %s)",
        (
            [f"{line.number}.{currency}" for line, currency in lines],
            [f"{line.name}, {currency}" for line, currency in lines],
            [currency for _, currency in lines],
            [currencies.exponent(currency) for _, currency in lines],
            [line.kind.value for line, _ in lines],
            [line.control for line, _ in lines],
            [line.role for line, _ in lines],
            clock.now(),
        ),
    )
    if not engine.rows("SELECT 1 FROM ledger_business_day LIMIT 1"):
        open_books(on=clock.today())
