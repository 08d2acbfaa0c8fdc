"""Reads. ``deposit_for`` is the only door to a deposit on behalf of a user."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.errors import InvalidAccountNumber
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.deposits import rules
from bank.deposits.models import Deposit, DepositRequest, Notice, ScheduleLine
from bank.deposits.rules import Credit, LineKind, LineStatus, Status
from bank.identity.models import User
from bank.kernel import calendars
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.products import growth
from bank.products import selectors as products
from bank.products.models import ProductVersion
from bank.products.rules import DepositRules, InterestTerms, ProductKind, TaxKind

_CANNOT_RECEIVE = frozenset({AccountStatus.FROZEN, AccountStatus.CLOSED})


@dataclass(frozen=True, slots=True)
class Standing:
    """A deposit and what is in it: ``balance`` booked, ``interest`` accrued and not yet paid."""

    deposit: Deposit
    balance: Money
    interest: Money


@dataclass(frozen=True, slots=True)
class Withholding:
    """The tax on interest on a day, and the GL role it is booked under."""

    rate_pct: Decimal
    role: str


def deposits_for(user: User) -> list[Standing]:
    """The deposits of everybody the user may act for, and those of accounts they hold jointly, those that run
    first, newest first. Two queries.
    """
    found = list(_all().filter(_of(user)))
    return _standings(sorted(found, key=lambda one: (one.is_over, -one.pk)))


def deposits_of(customer: Customer) -> list[Standing]:
    """The deposits of a customer the caller was allowed to see, newest first. Two queries."""
    return _standings(list(_all().filter(customer=customer).order_by("-id")))


def running_under(version: ProductVersion) -> int:
    """How many deposits that are not over keep a version."""
    return Deposit.objects.filter(product_version=version).exclude(status__in=sorted(rules.OVER)).count()


def requests_of(customer: Customer) -> list[DepositRequest]:
    """What a company the caller may act for asked for and its others have not signed yet, newest first."""
    waiting = DepositRequest.objects.filter(customer=customer, decided_at=None)
    return list(waiting.select_related("made_by").order_by("-id"))


def request_by(reference: str) -> DepositRequest:
    """A request whosever it is, for the bank's own work."""
    return DepositRequest.objects.select_related("deposit").get(reference=reference)


def deposit_for(user: User, number: str) -> Deposit:
    """The deposit with that number, those that ended too; ``NotFound`` where it is not the user's to see."""
    known = _all().filter(_of(user), number=_digits(number)).first()
    if known is None:
        raise NotFound(what="deposit")
    return known


def by_number(number: str) -> Deposit:
    """For staff and for the bank's own work, without regard to mandates."""
    known = _all().filter(number=_digits(number)).first()
    if known is None:
        raise NotFound(what="deposit")
    return known


def standing(deposit: Deposit) -> Standing:
    """What is in a deposit now. One query."""
    return _standings([deposit])[0]


def renewal_of(deposit: Deposit) -> Deposit | None:
    """The deposit that one was renewed as."""
    return _all().filter(renewal_of=deposit).first()


def schedule_of(deposit: Deposit) -> list[ScheduleLine]:
    """What is and was foreseen, by day. One query."""
    return sorted(deposit.schedule.all(), key=lambda line: (line.due_date, line.number))


def notices_of(deposit: Deposit) -> list[Notice]:
    """Notices with money not yet withdrawn, the first due first. One query."""
    return list(deposit.notices.filter(unused__gt=0))


def rules_of(deposit: Deposit) -> DepositRules:
    """What the version the deposit was opened under says."""
    return products.deposit_rules(deposit.product_version.deposit_terms)


def withholding(on: date) -> Withholding:
    """The tax on interest on a day; none where none is in force."""
    try:
        found = products.tax(TaxKind.WITHHOLDING, on)
    except NotFound:
        return Withholding(Decimal(0), "WITHHOLDING_TAX")
    return Withholding(found.rate_pct, found.gl_role)


def terms_of(deposit: Deposit) -> rules.Terms:
    """A fixed deposit's contract in the form the rules take."""
    assert deposit.maturity_date is not None
    assert deposit.tenor_months is not None
    return rules.Terms(
        principal=deposit.money,
        annual_rate_pct=deposit.annual_rate_pct,
        day_count=deposit.day_count,
        mode=deposit.mode,
        start=deposit.start_date,
        maturity=deposit.maturity_date,
        tenor_months=deposit.tenor_months,
    )


def tiers_of(deposit: Deposit) -> InterestTerms:
    """How a call or notice deposit earns."""
    segment = deposit.customer.segment
    return products.interest_terms(products.terms(deposit.product_version, deposit.currency, segment))


def earned(deposit: Deposit, until: date, tax_pct: Decimal) -> Money:
    """All a fixed or recurring deposit has earned to ``until`` (excluded), interest already paid included."""
    lines = list(deposit.schedule.all())
    if deposit.kind == ProductKind.RECURRING_DEPOSIT:
        return recurring_interest(deposit, lines, until, deposit.annual_rate_pct)
    return rules.earned(terms_of(deposit), until, tax_pct, _settled(deposit, lines))


def recurring_interest(
    deposit: Deposit, lines: Sequence[ScheduleLine], until: date, annual_rate_pct: Decimal
) -> Money:
    """Simple interest on each instalment from the day it came in."""
    paid = [
        (line.done_date, deposit.of(line.amount))
        for line in lines
        if line.kind == LineKind.INSTALMENT and line.status == LineStatus.PAID and line.done_date
    ]
    return growth.simple_interest(
        paid, annual_rate_pct=annual_rate_pct, day_count=deposit.day_count, until=until
    )


def taken_on(line: ScheduleLine) -> date:
    """The business day an instalment is taken on: its due date, or the day its product's rule puts in place
    of one that is none in the bank's country (2006 ISDA Definitions, section 4.12), by today's gazette.
    """
    convention = rules_of(line.deposit).convention
    return calendars.calendar(growth.COUNTRY).adjust(line.due_date, convention)


def late_instalments(deposit: Deposit) -> list[ScheduleLine]:
    """What was due and could not be taken, in its days of grace or given up, oldest first."""
    stayed_out = Q(status=LineStatus.MISSED) | Q(status=LineStatus.PENDING, refused_on__isnull=False)
    return list(deposit.schedule.filter(stayed_out, kind=LineKind.INSTALMENT).order_by("number"))


def account_to_pay(deposit: Deposit) -> Account | None:
    """Where a deposit's money goes: its payout account if that can receive, else the account it was funded
    from, else the customer's oldest open account in the currency; ``None`` where there is none.
    """
    for account in (deposit.payout_account, deposit.funding_account):
        if account.status not in _CANNOT_RECEIVE and account.customer_id == deposit.customer_id:
            return account
    others = Account.objects.filter(customer=deposit.customer_id, currency=deposit.currency)
    return others.exclude(status__in=[status.value for status in _CANNOT_RECEIVE]).order_by("id").first()


def _settled(deposit: Deposit, lines: Sequence[ScheduleLine]) -> list[Credit]:
    """The interest booked so far, period by period."""
    paid = [line for line in lines if line.kind == LineKind.INTEREST and line.status == LineStatus.PAID]
    paid.sort(key=lambda line: line.due_date)
    return [Credit(line.due_date, deposit.of(line.amount), deposit.of(line.tax)) for line in paid]


def _of(user: User) -> Q:
    """A deposit is its customer's; one funded from a joint account every holder's."""
    customers = cif.mandates_for(user).values("customer_id")
    return Q(customer_id__in=customers) | Q(funding_account__in=accounts.held_jointly(user))


def _all() -> QuerySet[Deposit]:
    return Deposit.objects.select_related(
        "customer", "product", "product_version__deposit_terms", "funding_account", "payout_account",
        "funding_account__product", "payout_account__product",
    )  # fmt: skip


def _standings(found: list[Deposit]) -> list[Standing]:
    balances = ledger.balances(deposit.number for deposit in found) if found else {}
    return [_standing(deposit, balances[deposit.number].booked) for deposit in found]


def _standing(deposit: Deposit, balance: Money) -> Standing:
    payable = deposit.of(deposit.accrued) - deposit.of(deposit.paid_interest)
    is_running = deposit.status == Status.ACTIVE
    return Standing(deposit, balance, payable if is_running else Money.zero(deposit.currency))


def _digits(number: str) -> str:
    """The number without blanks; what cannot be a number finds nothing."""
    try:
        return numbering.read_number(number)
    except InvalidAccountNumber:
        return ""
