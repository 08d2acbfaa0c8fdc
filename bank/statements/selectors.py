"""Reads of statements. ``statement_for`` is the only door to one."""

from datetime import date, timedelta
from uuid import UUID

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.statements.models import Statement
from bank.statements.paper import Line, Paper

_AT_ONCE = 2_000


def statement_for(user: User, statement_id: UUID | str) -> Statement:
    """The statement, if ``user`` may see its account today. Raises ``NotFound`` for any other."""
    found = Statement.objects.select_related("account", "requested_by").filter(pk=_uuid(statement_id)).first()
    if found is None:
        raise NotFound(what="statement")
    try:
        accounts.account_for(user, found.account.number)
    except NotFound:
        raise NotFound(what="statement") from None
    return found


def statements_of(account: Account, *, limit: int = 50) -> list[Statement]:
    """The latest statements of an account that came from ``accounts.selectors.account_for``."""
    return list(Statement.objects.filter(account=account).select_related("account")[:limit])


def statements_for(user: User, *, limit: int = 50) -> list[Statement]:
    """The latest statements of all accounts the user may see. One query."""
    customers = cif.mandates_for(user).values("customer_id")
    found = Statement.objects.filter(account__customer_id__in=customers)
    return list(found.select_related("account__product", "account__customer")[:limit])


def paper_of(statement: Statement) -> Paper:
    """What the statement says, read from the book now; lines of the bank's own in the active language."""
    account = statement.account
    return Paper(
        reference=statement.reference,
        holder=account.customer.display_name,
        cif=account.customer.cif,
        account_number=account.number,
        account_name=account.product.name,
        currency=account.currency,
        from_date=statement.from_date,
        to_date=statement.to_date,
        made_at=clock.now(),
        language=statement.language,
        balance_before=_balance_before(account, statement.from_date),
        lines=_lines(account, statement.from_date, statement.to_date),
    )


def _lines(account: Account, from_date: date, to_date: date) -> list[Line]:
    """Oldest first; ``accounts`` gives them newest first, a page at a time."""
    lines: list[Line] = []
    before: int | None = None
    while found := accounts.statement_lines(
        account, from_date=from_date, to_date=to_date, before=before, limit=_AT_ONCE
    ):
        lines.extend(found)
        before = found[-1].version
    lines.reverse()
    return lines


def _balance_before(account: Account, day: date) -> Money:
    return ledger.balance(account.number, on=day - timedelta(days=1)).booked


def _uuid(text: UUID | str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound(what="statement") from None
