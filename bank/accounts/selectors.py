"""Reads. ``account_for`` is the only door to an account on behalf of a user."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bank import ledger
from bank.accounts import rules
from bank.accounts.errors import InvalidAccountNumber
from bank.accounts.models import Account, Charge, Migration
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.ledger import movements
from bank.products.models import ProductTerms

#: The bank's own accounts that lines stand against, by role, and what such a line is called; an
#: empty name leaves it to the entry.
BANK_ROLES: Final = {
    "INTEREST_EXPENSE": "",
    "INTEREST_PAYABLE": "",
    "INTEREST_RECEIVABLE": "",
    "INTEREST_INCOME": "",
    "FEE_INCOME": gettext_noop("Fee"),
    "ACCOUNT_FEE_INCOME": gettext_noop("Account fee"),
    "CARD_FEE_INCOME": gettext_noop("Card fee"),
    "EXCISE_DUTY": gettext_noop("Excise duty"),
    "WITHHOLDING_TAX": gettext_noop("Withholding tax"),
}


@dataclass(frozen=True, slots=True)
class Position:
    """An account and what is on it. ``available`` is booked less held, plus an overdraft limit."""

    account: Account
    booked: Money
    held: Money
    available: Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A posting as its customer sees it: money in above zero, money out below."""

    entry_id: int
    version: int
    booking_date: date
    value_date: date
    amount: Money
    balance_after: Money
    description: str
    counterparty: str
    counterparty_number: str
    reference: str
    code: str
    """The business event, as ``INTERNAL_TRANSFER``."""


@dataclass(frozen=True, slots=True)
class PendingLine:
    """Money set aside and not yet taken: a hold. ``amount`` is below zero, as it will be on the statement."""

    hold_id: int
    amount: Money
    description: str
    reference: str
    placed_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """``opening`` + ``credits`` + ``debits`` = ``closing``; debits are below zero or zero."""

    opening: Money
    credits: Money
    debits: Money
    closing: Money
    lines: int


def accounts_of(customer: Customer) -> list[Position]:
    """The open accounts of a customer, oldest first. Two queries."""
    return _positions(_open().filter(customer=customer))


def accounts_for(user: User) -> list[Position]:
    """The open accounts of every customer the user may act for, with balances. Two queries."""
    customers = cif.mandates_for(user).values("customer_id")
    return _positions(_open().filter(customer_id__in=customers))


def account_for(user: User, number: str) -> Account:
    """The account with that number, closed ones too; ``NotFound`` where it is not the user's to see."""
    customers = cif.mandates_for(user).values("customer_id")
    known = _all().filter(number=_digits(number), customer_id__in=customers).first()
    if known is None:
        raise NotFound(what="account")
    return known


def find_by_number(text: str) -> Account:
    """An account by its number as people write it, whosever it is; for payees and for staff.

    Raises ``InvalidAccountNumber`` for a number that cannot exist, ``NotFound`` for one that does not.
    """
    known = _all().filter(number=rules.read_number(text)).first()
    if known is None:
        raise NotFound(what="account")
    return known


def holder_name(number: str) -> str:
    """The name of whoever holds the account, for the check of a payee's name; ``NotFound`` without one."""
    return find_by_number(number).customer.display_name


def position(account: Account) -> Position:
    """What is on an account now. One query."""
    return _position(account, ledger.balance(account.number))


def statement_lines(
    account: Account,
    *,
    from_date: date | None = None,
    to_date: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[StatementLine]:
    """Booked lines by booking date, both days included, newest first. Two queries.

    Page on with ``before`` set to the ``version`` of the last line.
    """
    lines = ledger.statement_lines(
        account.number, from_date=from_date, to_date=to_date, before=before, limit=limit
    )
    names = _holders(_contra(line) for line in lines)
    return [_line(line, names) for line in lines]


def pending_lines(account: Account) -> list[PendingLine]:
    """The holds in force on an account, newest first. One query."""
    return [
        PendingLine(
            hold_id=hold.hold_id,
            amount=-hold.amount,
            description=hold.narrative,
            reference=hold.reference,
            placed_at=hold.placed_at,
            expires_at=hold.expires_at,
        )
        for hold in movements.open_holds(account.number, account.currency)
    ]


def period_totals(account: Account, *, from_date: date, to_date: date) -> PeriodTotals:
    """Opening and closing balance by booking date and what moved between, both days included."""
    moved = movements.turnover(account.number, account.currency, from_date=from_date, to_date=to_date)
    closing = ledger.balance(account.number, on=to_date).booked
    return PeriodTotals(
        opening=closing - moved.credits - moved.debits,
        credits=moved.credits,
        debits=moved.debits,
        closing=closing,
        lines=moved.lines,
    )


def priced_terms() -> dict[tuple[int, str, str], ProductTerms]:
    """All terms of the versions that have a fee of a period, by version, currency and segment."""
    versions = ProductTerms.objects.exclude(monthly_fee=0, below_minimum_fee=0).values("version")
    return {
        (row.version_id, row.currency, row.segment): row
        for row in ProductTerms.objects.filter(version__in=versions)
    }


def priced_for(account: Account, priced: dict[tuple[int, str, str], ProductTerms]) -> ProductTerms | None:
    """The account's terms among those, its customer's segment before all."""
    place = (account.product_version_id, account.currency)
    return priced.get((*place, account.customer.segment)) or priced.get((*place, ""))


def chargeable(versions: set[int], on: date, after: int = 0) -> QuerySet[Account]:
    """The accounts of some versions that pay fees on a day, by id: neither closed nor dormant."""
    spared = (rules.AccountStatus.CLOSED.value, rules.AccountStatus.DORMANT.value)
    found = Account.objects.filter(product_version__in=versions, opened_date__lte=on, pk__gt=after)
    return found.exclude(status__in=spared).select_related("customer").order_by("pk")


def arrears() -> QuerySet[Charge]:
    """Charges that are neither taken in full nor waived."""
    still = Charge.objects.filter(settled_date__isnull=True, waived_date__isnull=True)
    return still.select_related("account")


def arrears_of(account: Account) -> Money:
    """What an account owes in charges."""
    return sum((one.open_sum for one in arrears().filter(account=account)), Money.zero(account.currency))


def migrations_due(until: date) -> QuerySet[Migration]:
    """The planned moves whose day has come, the earliest first."""
    due = Migration.objects.filter(finished_date__isnull=True, on_date__lte=until)
    return due.order_by("on_date", "pk")


def _all() -> QuerySet[Account]:
    return Account.objects.select_related("customer", "product")


def _open() -> QuerySet[Account]:
    return _all().exclude(status=rules.AccountStatus.CLOSED.value).order_by("customer__display_name", "id")


def _digits(number: str) -> str:
    """The number without blanks; what cannot be a number finds nothing."""
    try:
        return rules.read_number(number)
    except InvalidAccountNumber:
        return ""


def _positions(accounts: QuerySet[Account]) -> list[Position]:
    found = list(accounts)
    balances = ledger.balances(account.number for account in found)
    return [_position(account, balances[account.number]) for account in found]


def _position(account: Account, balance: ledger.AccountBalance) -> Position:
    available = balance.booked - balance.held if balance.available is None else balance.available
    return Position(account, balance.booked, balance.held, available)


def _contra(line: ledger.StatementLine) -> str:
    """The account on the other side: postings stand in pairs, see ``bank.accounts.postings``."""
    place = (line.leg - 1) // 2
    return line.counter_accounts[place] if place < len(line.counter_accounts) else ""


def _holders(numbers: Iterable[str]) -> dict[str, str]:
    """Names by account number, of those that are customers' accounts."""
    customers = {number for number in numbers if len(number) == rules.NUMBER_DIGITS}
    if not customers:
        return {}
    rows = Account.objects.filter(number__in=customers)
    return dict(rows.values_list("number", "customer__display_name"))


def _line(line: ledger.StatementLine, names: dict[str, str]) -> StatementLine:
    contra = _contra(line)
    charges = _bank_lines(line.amount.currency)
    charge = charges.get(contra, "")
    named = str((line.meta or {}).get("counterparty", ""))
    assert line.balance_after is not None
    return StatementLine(
        entry_id=line.entry_id,
        version=line.version,
        booking_date=line.booking_date,
        value_date=line.value_date,
        amount=line.amount,
        balance_after=line.balance_after,
        description=_(charge) if charge else line.narrative,
        counterparty=settings.BANK_NAME if contra in charges else names.get(contra, named),
        counterparty_number=contra if contra in names else "",
        reference=line.reference,
        code=line.code,
    )


@cache
def _bank_lines(currency: str) -> dict[str, str]:
    """``BANK_ROLES`` by the accounts that play them in a currency."""
    return {ledger.gl(role, currency): name for role, name in BANK_ROLES.items()}
