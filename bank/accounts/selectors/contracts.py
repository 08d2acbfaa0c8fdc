"""Reads. ``account_for`` is the only door to an account on behalf of a user."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bank import ledger
from bank.accounts import rules
from bank.accounts.errors import BothMustSign, InvalidAccountNumber
from bank.accounts.models import (
    Account,
    Charge,
    ChequeDeposit,
    CollectionNumber,
    JointHolder,
    Overdraft,
)
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.ledger import movements
from bank.products import selectors as products
from bank.products.models import ProductTerms

#: The bank's own accounts that lines stand against, by role, and what such a line is called; an
#: empty name leaves it to the entry.
BANK_ROLES: Final = {
    "TELLER_CASH": gettext_noop("Cash at the counter"),
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
    return _positions(_open().filter(_of(user)))


def account_for(user: User, number: str, *, noted: bool = False) -> Account:
    """The account with that number, closed ones too; ``NotFound`` where it is not the user's to see.

    With ``noted`` it comes with what ``notes_of`` tells, in the same query.
    """
    found = _noted(_all()) if noted else _all()
    known = found.filter(_of(user), number=_digits(number)).first()
    if known is None:
        raise NotFound(what="account")
    return known


def require_debit(user: User, account: Account, amount: Money) -> None:
    """For what one person does alone: raises as ``require_right``, and ``BothMustSign``."""
    require_right(user, account, amount)
    if head_of(account).signing == rules.Signing.BOTH:
        raise BothMustSign(number=account.number)


def require_right(user: User, account: Account, amount: Money) -> None:
    """Raises ``NotFound`` for who may not see the account, and the mandate's refusals.

    A joint holder may take money out as the one it was opened for may; whether the others must agree is
    ``needs_both``. A pot or another currency is signed for as the account it belongs to.
    """
    head = head_of(account)
    try:
        cif.require_pay(user, account.customer, amount)
    except NotFound:
        if head.signing == rules.Signing.SOLE or not _pays_as_joint_holder(user, head, amount):
            raise


def head_of(account: Account) -> Account:
    """The account that a pot or another currency belongs to; any other is its own."""
    return account.parent if account.role != rules.AccountRole.MAIN and account.parent else account


def _pays_as_joint_holder(user: User, account: Account, amount: Money) -> bool:
    """Whether the user is, or acts for, a joint holder. Raises the refusals of that holder's mandate."""
    for holder in joint_holders(account):
        try:
            cif.require_pay(user, holder.customer, amount)
        except NotFound:
            continue
        return True
    return False


def joint_holders(account: Account) -> QuerySet[JointHolder]:
    """Who holds the account beside the one it was opened for."""
    held = JointHolder.objects.filter(account=account, until_date__isnull=True)
    return held.select_related("customer")


def collection_numbers(account: Account) -> QuerySet[CollectionNumber]:
    """The open numbers that stand for an account, the latest first."""
    return account.collection_numbers.filter(closed_date__isnull=True).order_by("-pk")


def collection_number_for(user: User, number: str) -> CollectionNumber:
    """The open number; ``NotFound`` where its account is not the user's to see."""
    known = behind(_digits(number))
    if known is None:
        raise NotFound(what="collection number")
    account_for(user, known.account.number)
    return known


def behind(number: str) -> CollectionNumber | None:
    """What an open collection number stands for, whosever it is; for payees."""
    return all_behind([number]).select_related("account__customer").first()


def all_behind(numbers: Iterable[str]) -> QuerySet[CollectionNumber]:
    """The open ones of these collection numbers, whosever they are; for the lines of files."""
    return CollectionNumber.objects.filter(number__in=numbers, closed_date__isnull=True)


def _of(user: User) -> Q:
    """The accounts of the customers the user acts for, also those they hold jointly, with their parts."""
    customers = cif.mandates_for(user).values("customer_id")
    held = JointHolder.objects.filter(customer_id__in=customers, until_date__isnull=True).values("account_id")
    return Q(customer_id__in=customers) | Q(pk__in=held) | Q(parent_id__in=held)


@dataclass(frozen=True, slots=True)
class Notes:
    """What an owner should know of an account; each is ``None`` where there is nothing to say.

    ``overdraft_rate`` is a fraction a year: what was agreed, or what the product says.
    """

    owed: Money | None
    coming: Money | None
    overdraft_limit: Money | None
    overdraft_until: date | None
    overdraft_rate: Decimal | None
    dormant_on: date | None


def notes_of(account: Account) -> Notes:
    """The notes of an account that was read with them."""

    def money(name: str) -> Money | None:
        amount = getattr(account, name)
        return Money(amount, account.currency) if amount else None

    until: date | None = account.noted_until  # type: ignore[attr-defined]
    limit = money("noted_limit")
    rate = None if limit is None else _overdraft_rate(account)
    return Notes(money("noted_owed"), money("noted_coming"), limit, until, rate, dormant_on(account))


def _overdraft_rate(account: Account) -> Decimal:
    agreed: Decimal | None = account.noted_rate  # type: ignore[attr-defined]
    return (terms_of(account).debit_rate_pct if agreed is None else agreed) / 100


def _noted(accounts: QuerySet[Account]) -> QuerySet[Account]:
    mine = {"account": OuterRef("pk")}
    owed = Charge.objects.filter(settled_date__isnull=True, waived_date__isnull=True, **mine)
    due = F("fee") + F("excise") - F("fee_taken") - F("excise_taken")
    coming = ChequeDeposit.objects.filter(state=rules.DepositState.CLEARING.value, **mine)
    overdrafts = Overdraft.objects.filter(ended_date__isnull=True, **mine)
    return accounts.annotate(
        noted_owed=Subquery(owed.values("account").annotate(whole=Sum(due)).values("whole")),
        noted_coming=Subquery(coming.values("account").annotate(whole=Sum("amount")).values("whole")),
        noted_limit=Subquery(overdrafts.values("limit")[:1]),
        noted_until=Subquery(overdrafts.values("expires_date")[:1]),
        noted_rate=Subquery(overdrafts.values("annual_rate_pct")[:1]),
    )


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
    return lines_of(account.number, from_date=from_date, to_date=to_date, before=before, limit=limit)


def lines_of(
    number: str,
    *,
    from_date: date | None = None,
    to_date: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[StatementLine]:
    """As ``statement_lines``, of whatever else is kept in an account of the ledger that runs a balance: a
    deposit by its number.
    """
    lines = ledger.statement_lines(number, from_date=from_date, to_date=to_date, before=before, limit=limit)
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


def terms_of(account: Account) -> ProductTerms:
    """The terms an account is under now."""
    return products.terms(account.product_version, account.currency, account.customer.segment)


def overdraft(account: Account) -> Overdraft | None:
    """The arrangement in force, if there is one."""
    return Overdraft.objects.filter(account=account, ended_date__isnull=True).first()


def dormant_on(account: Account) -> date | None:
    """When an account turns dormant unless it is used, where its owner was told so; else ``None``."""
    told = account.dormancy_notice_date is not None and account.dormant_since is None
    return account.idle_review_date if told else None


def today() -> date:
    """The bank's open day, by which prices hold."""
    return ledger.business_date()


def _all() -> QuerySet[Account]:
    return Account.objects.select_related("customer", "product", "parent")


def _open() -> QuerySet[Account]:
    shown = _all().exclude(role=rules.AccountRole.POT.value)
    return shown.exclude(status=rules.AccountStatus.CLOSED.value).order_by("customer__display_name", "id")


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
