"""Reads. ``payment_for`` and ``file_for`` are the only doors to them on behalf of a user."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole, Signing
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import MandateRole
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import errors, rail, rules
from bank.payments.line_checks import KnownAccount
from bank.payments.models import (
    Beneficiary,
    DailyUse,
    GroupMember,
    PayeeGroup,
    PaymentEvent,
    PaymentFile,
    PaymentFileLine,
    PaymentLimit,
    PaymentOrder,
    PaymentPermit,
    PaymentReview,
    PaymentTemplate,
)
from bank.payments.models.file_sources import PaymentFileSource, PayrollReader
from bank.payments.rules import FileStatus, LineStatus, PaymentStatus, ReviewState

_SAME_WITHIN = timedelta(minutes=10)
_KNOWN = (
    *("pk", "number", "currency", "status", "customer_id", "customer__display_name"),
    "single_debit_limit",
)


@dataclass(frozen=True, slots=True)
class Permit:
    """The bounds of a permit in force, as read with its account."""

    pk: int
    single_maximum: Decimal
    daily_maximum: Decimal


@dataclass(frozen=True, slots=True)
class Parties:
    """The accounts at both ends, customers with them, and the user's permit on the debtor's, if any."""

    debtor: Account | None
    creditor: Account | None
    permit: Permit | None

    @property
    def are_one_customer(self) -> bool:
        return bool(self.debtor and self.creditor and self.debtor.customer_id == self.creditor.customer_id)


_CUSTOMER_COLUMNS = [str(field.column) for field in Customer._meta.concrete_fields]
_PARTIES = f"""
SELECT a.*, {", ".join(f"c.{column} AS customer__{column}" for column in _CUSTOMER_COLUMNS)},
    p.id AS permit_id, p.single_maximum AS permit_single, p.daily_maximum AS permit_daily
FROM accounts_account a JOIN cif_customer c ON c.id = a.customer_id
LEFT JOIN payments_paymentpermit p ON p.account_id = a.id AND p.user_id = %(user)s
    AND p.revoked_at IS NULL AND p.valid_until >= %(today)s
WHERE a.number IN (%(debtor)s, %(creditor)s)
"""  # noqa: S608


def parties(user: User, debtor_number: str, creditor_number: str) -> Parties:
    """Both accounts of an internal payment, whoever's they are: the caller checks the right.

    One query, in plain SQL, since every payment waits for it.
    """
    asked = {"user": user.pk, "today": today(), "debtor": debtor_number, "creditor": creditor_number}
    found: dict[str, Any] = {row.number: row for row in Account.objects.raw(_PARTIES, asked)}
    for row in found.values():
        values = [getattr(row, f"customer__{column}") for column in _CUSTOMER_COLUMNS]
        row.customer = Customer.from_db("default", _CUSTOMER_COLUMNS, values)
    debtor = found.get(debtor_number)
    permit = None
    if debtor is not None and debtor.permit_id is not None:
        permit = Permit(debtor.permit_id, debtor.permit_single, debtor.permit_daily)
    return Parties(debtor, found.get(creditor_number), permit)


def today() -> date:
    """The day limits count in: the calendar day in the bank's time zone."""
    return day_of(clock.now())


def day_of(instant: datetime) -> date:
    """The calendar day of an instant in the bank's time zone."""
    return clock.day_of(instant)


def scopes(customer: Customer, rail_code: str = "", door: str = "") -> list[str]:
    """The names a payment's use is kept under, the widest first: all, its rail, its channel, both."""
    own = f"CUSTOMER:{customer.pk}"
    found = [own]
    if rail_code:
        found.append(f"{own}:{rail_code}")
    if door:
        found += [f"{one}@{door}" for one in found]
    return found


def limit_rows(
    customer: Customer, currency: str, rail_code: str = "", door: str = ""
) -> QuerySet[PaymentLimit]:
    """The limits that could hold for a customer in a currency, the first does; overall, or of a rail, a
    channel or both."""
    own = Q(customer=customer) | Q(customer=None, segment__in=(customer.segment, ""))
    rows = PaymentLimit.objects.filter(own, currency=currency, rail=rail_code, channel=door)
    return rows.order_by(F("customer").asc(nulls_last=True), "-segment")


def limits_for(customer: Customer, currency: str, rail_code: str = "", door: str = "") -> rules.Limits | None:
    """The limits in force for a customer in a currency; None where the bank set none."""
    row = limit_rows(customer, currency, rail_code, door).first()
    return None if row is None else _limits(row)


def _limits(row: PaymentLimit) -> rules.Limits:
    currency = row.currency
    return rules.Limits(
        single=Money(row.single_maximum, currency),
        daily=money(row.daily_maximum, currency),
        ceiling=money(row.daily_ceiling, currency),
        monthly=money(row.monthly_maximum, currency),
    )


def limits_by_currency(customer: Customer) -> dict[str, rules.Limits | None]:
    """The limits in force for a customer in every currency that has any."""
    own = Q(customer=customer) | Q(customer=None, segment__in=(customer.segment, ""))
    currencies = PaymentLimit.objects.filter(own).values_list("currency", flat=True).distinct()
    return {currency: limits_for(customer, currency) for currency in currencies}


def used_of(customer: Customer, currency: str, rail_code: str, door: str) -> list[rules.Used]:
    """Every limit that bounds a payment by a rail and a door, the widest first, with its use so far; none
    where the bank set no limit for everything. Two queries; it locks nothing, so it is for showing only.
    """
    own = Q(customer=customer) | Q(customer=None, segment__in=(customer.segment, ""))
    rows = PaymentLimit.objects.filter(
        own, currency=currency, rail__in=("", rail_code), channel__in=("", door)
    ).order_by("rail", "channel", F("customer").asc(nulls_last=True), "-segment")
    held: dict[str, PaymentLimit] = {}
    for row in rows:
        held.setdefault(scopes(customer, row.rail, row.channel)[-1], row)
    if scopes(customer)[0] not in held:
        return []
    paid = _paid_by_scope(list(held), currency)
    nothing = Money.zero(currency)
    widest_first = sorted(held, key=len)
    return [rules.Used(_limits(held[one]), *paid.get(one, (nothing, nothing))) for one in widest_first]


def _paid_by_scope(held: list[str], currency: str) -> dict[str, tuple[Money, Money]]:
    """What was used today, and in the month before today."""
    day = today()
    rows = (
        DailyUse.objects.filter(scope__in=held, currency=currency, day__range=(day.replace(day=1), day))
        .values("scope")
        .annotate(
            today=Coalesce(Sum("amount", filter=Q(day=day)), Decimal(0)),
            before=Coalesce(Sum("amount", filter=Q(day__lt=day)), Decimal(0)),
        )
    )
    return {row["scope"]: (Money(row["today"], currency), Money(row["before"], currency)) for row in rows}


def single_maximum(customer: Customer, currency: str, rail_code: str, door: str) -> Money | None:
    """The most one payment may be by a rail and a door; None where the bank set no limit."""
    bounds = used_of(customer, currency, rail_code, door)
    return min((used.limits.single for used in bounds), default=None)


def narrow_singles(customer: Customer, door: str) -> dict[tuple[str, str], Money]:
    """The most one payment may be, by currency and rail, where a row of rail or channel bounds it; the rail
    is empty for what holds by every rail.
    """
    own = Q(customer=customer) | Q(customer=None, segment__in=(customer.segment, ""))
    narrow = PaymentLimit.objects.filter(own, channel__in=("", door)).exclude(rail="", channel="")
    rows = narrow.order_by("currency", "rail", "channel", F("customer").asc(nulls_last=True), "-segment")
    held: dict[tuple[str, str, str], Money] = {}
    for row in rows:
        held.setdefault((row.currency, row.rail, row.channel), Money(row.single_maximum, row.currency))
    found: dict[tuple[str, str], Money] = {}
    for (currency, rail_code, _channel), most in held.items():
        found[currency, rail_code] = min(most, found.get((currency, rail_code), most))
    return found


def money(amount: Decimal | None, currency: str) -> Money | None:
    """An amount that need not be there, as money."""
    return None if amount is None else Money(amount, currency)


def known_accounts(numbers: Iterable[str]) -> dict[str, KnownAccount]:
    """Accounts of the bank by number, as the checks of a file line need them; by a collection number, the
    account it stands for. One query, and one more where there are collection numbers."""
    wanted = {number for number in numbers if number}
    collecting = {number for number in wanted if numbering.is_collecting(number)}
    rows = Account.objects.filter(number__in=wanted - collecting).values_list(*_KNOWN)
    return {row[1]: KnownAccount(*row) for row in rows} | accounts_behind(collecting)


def accounts_behind(numbers: Collection[str]) -> dict[str, KnownAccount]:
    """The accounts open collection numbers stand for, by those, with what each number is for."""
    if not numbers:
        return {}
    places = ("number", *(f"account__{name}" for name in _KNOWN), "reference")
    return {row[0]: KnownAccount(*row[1:]) for row in accounts.all_behind(numbers).values_list(*places)}


def as_known(account: Account) -> KnownAccount:
    """An account as the checks of a file line need it."""
    return KnownAccount(
        account.pk,
        account.number,
        account.currency,
        account.status,
        account.customer_id,
        account.customer.display_name,
        account.single_debit_limit,
    )


def payable_account(user: User, number: str) -> Account | None:
    """The account with that number if the user may pay others from it, whatever its status; else None."""
    found = Account.objects.select_related("customer", "parent").filter(number="".join(number.split()))
    account = found.exclude(role=AccountRole.POT.value).first()
    if account is None or not cif.may_pay(user, account.customer):
        return None
    return None if needs_both(account) else account


def needs_both(account: Account) -> bool:
    """Whether its holders pay from the account only together."""
    return accounts.head_of(account).signing == Signing.BOTH


def used_today(customer: Customer, currency: str) -> Money:
    """What the customer has paid today in a currency, payments between own accounts aside."""
    row = DailyUse.objects.filter(scope=f"CUSTOMER:{customer.pk}", day=today(), currency=currency).first()
    return Money(row.amount, currency) if row else Money.zero(currency)


def day_began() -> datetime:
    """When the day limits count in began."""
    return timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)


def paid_alone_today(user: User, customer: Customer, numbers: Any, currency: str) -> Money:
    """What a user paid creditors of these numbers today for a customer with nobody else's signature, one by
    one and not by a file, and was not undone."""
    orders = PaymentOrder.objects.filter(
        debtor_account__customer=customer,
        initiated_by=user,
        creditor_number__in=numbers,
        currency=currency,
        initiated_at__gte=day_began(),
        file_line=None,
    )
    undone = [PaymentStatus.REJECTED, PaymentStatus.CANCELLED, PaymentStatus.EXPIRED]
    alone = orders.exclude(status__in=undone).exclude(events__status=PaymentStatus.AWAITING_APPROVAL)
    found = alone.aggregate(total=Sum("amount"))["total"]
    return Money.zero(currency) if found is None else Money(found, currency)


def payments_for(user: User) -> QuerySet[PaymentOrder]:
    """Payments out of the accounts the user may see, newest first; those of a payroll for who may see it."""
    mandates = cif.mandates_for(user)
    mine = Q(debtor_account__customer_id__in=mandates.values("customer_id"))
    mine |= Q(debtor_account__in=accounts.held_jointly(user))
    owned = mandates.filter(role=MandateRole.OWNER.value).values("customer_id")
    granted = PayrollReader.objects.filter(user=user).values("customer_id")
    sees = Q(initiated_by=user) | Q(debtor_account__customer_id__in=owned)
    sees |= Q(debtor_account__customer_id__in=granted)
    secret = Exists(PaymentFileLine.objects.filter(order=OuterRef("pk"), file__is_confidential=True))
    return (
        PaymentOrder.objects.filter(mine)
        .filter(sees | ~secret)
        .select_related("debtor_account")
        .order_by("-id")
    )


def is_confidential(order: PaymentOrder) -> bool:
    """Whether the order is a line of a confidential file: who may see the account does not hear of it."""
    return PaymentFileLine.objects.filter(order=order, file__is_confidential=True).exists()


def same_just_now(
    user: User, debtor_number: str, creditor_number: str, amount: Money, remittance: str
) -> PaymentOrder | None:
    """A payment like this one that the user may see, of the last ten minutes and not undone: perhaps sent
    twice by mistake."""
    like = payments_for(user).filter(
        debtor_account__number="".join(debtor_number.split()),
        creditor_number="".join(creditor_number.split()),
        amount=amount.amount,
        currency=amount.currency,
        remittance=remittance,
        initiated_at__gte=clock.now() - _SAME_WITHIN,
    )
    undone = [PaymentStatus.REJECTED, PaymentStatus.CANCELLED, PaymentStatus.EXPIRED]
    return like.exclude(status__in=undone).first()


def payment_for(user: User, reference: str) -> PaymentOrder:
    """The payment the user's customer sent; ``NotFound`` where it is not theirs to see."""
    known = payments_for(user).filter(reference=ids.read_reference(reference)).first()
    if known is None:
        raise NotFound(what="payment")
    return known


def held(reference: str) -> PaymentReview:
    """The open review of a payment. Raises ``ReviewOver``, ``NotFound``."""
    order = PaymentOrder.objects.filter(reference=reference).first()
    if order is None:
        raise NotFound(what="payment")
    found = PaymentReview.objects.select_related("order__debtor_account").filter(order=order)
    review = found.filter(state=ReviewState.OPEN).first()
    if review is None:
        raise errors.ReviewOver(reference=order.reference, status=order.status.lower())
    return review


def customer_of(cif_number: str) -> Customer:
    """The customer of that number, for the staff. Raises ``NotFound``."""
    return cif.by_cif(cif_number)


def is_held(order: PaymentOrder) -> bool:
    """Whether somebody of the bank has to look at the order before it is paid."""
    return PaymentReview.objects.filter(order=order, state=ReviewState.OPEN).exists()


def may_cancel(order: PaymentOrder) -> bool:
    """Whether the order has not left yet and nobody else's signature is asked for."""
    waits = order.status == PaymentStatus.ACCEPTED and order.release_at is not None
    return waits or (order.status == PaymentStatus.AWAITING_APPROVAL and is_held(order))


def is_recallable(order: PaymentOrder) -> bool:
    """Whether the other bank can be asked for the money of an order as it stands."""
    way = rail.every().get(order.rail)
    may_ask = PaymentStatus.RECALLED in rules.NEXT[PaymentStatus(order.status)]
    return may_ask and way is not None and way.capabilities.is_recallable


def timeline(order: PaymentOrder) -> list[PaymentEvent]:
    """Every step of a payment in the order it happened."""
    return list(order.events.select_related("actor"))


def last_word(reference: str) -> tuple[str, str]:
    """The reason of an order's last step, and the same to a person."""
    step = PaymentEvent.objects.filter(order__reference=reference).order_by("-pk").first()
    return (step.reason, step.sentence) if step else ("", "")


def beneficiaries(user: User, customer: Customer | None = None) -> list[Beneficiary]:
    """The payees of the user's customers, or of one of them, by name."""
    customers = cif.mandates_for(user).values("customer_id")
    kept = Beneficiary.objects.filter(customer_id__in=customers, removed_at=None)
    if customer is not None:
        kept = kept.filter(customer=customer)
    return list(kept.select_related("trial").order_by("name", "id"))


def templates_of(user: User, customer: Customer) -> list[PaymentTemplate]:
    """The payments a customer keeps to make again, by name; ``NotFound`` where they are not the user's."""
    cif.mandate_for(user, customer)
    kept = PaymentTemplate.objects.filter(customer=customer, removed_at=None)
    return list(kept.select_related("debtor_account").order_by("name"))


def groups_of(user: User, customer: Customer) -> list[PayeeGroup]:
    """The groups of payees of a customer, by name; ``NotFound`` where they are not the user's."""
    cif.mandate_for(user, customer)
    return list(PayeeGroup.objects.filter(customer=customer, removed_at=None).order_by("name"))


def group_of(user: User, customer: Customer, group_id: int) -> PayeeGroup:
    """One of them; ``NotFound`` for any other."""
    for group in groups_of(user, customer):
        if group.pk == group_id:
            return group
    raise NotFound(what="group")


def members(group: PayeeGroup) -> list[GroupMember]:
    """Those of a group whose payee is still kept, by name."""
    kept = GroupMember.objects.filter(group=group, payee__removed_at=None)
    return list(kept.select_related("payee__trial", "group").order_by("payee__name", "id"))


def permits_for(user: User) -> list[PaymentPermit]:
    """The user's standing permits that are in force."""
    permits = PaymentPermit.objects.filter(user=user, revoked_at=None, valid_until__gte=today())
    return list(permits.select_related("account").order_by("id"))


def files_for(user: User) -> QuerySet[PaymentFile]:
    """Files of the customers the user acts for, and what the user sent that was nobody's, newest first."""
    customers = cif.mandates_for(user).values("customer_id")
    mine = Q(customer_id__in=customers) | Q(customer=None, uploaded_by=user)
    return PaymentFile.objects.filter(mine).order_by("-id")


def file_for(user: User, reference: str) -> PaymentFile:
    """The file; ``NotFound`` where it is not the user's to see."""
    known = files_for(user).filter(reference=ids.read_reference(reference)).first()
    if known is None:
        raise NotFound(what="payment file")
    return known


def may_see_lines(user: User, file: PaymentFile) -> bool:
    """Whether the user may see who gets what: of a confidential file its sender, the company's owners and
    those given the right to its payroll. Everybody else sees the totals."""
    if not file.is_confidential or file.uploaded_by_id == user.pk or file.customer is None:
        return True
    if cif.mandates_for(user).filter(customer=file.customer, role=MandateRole.OWNER.value).exists():
        return True
    return PayrollReader.objects.filter(customer=file.customer, user=user).exists()


def payroll_readers(customer: Customer) -> set[int]:
    """The ids of those who were let see the company's payroll beside its owners."""
    return set(PayrollReader.objects.filter(customer=customer).values_list("user_id", flat=True))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the checking or paying of a file is; ``total`` is 0 where nobody knows."""

    done: int
    total: int
    is_paying: bool


def file_progress(file: PaymentFile) -> Progress | None:
    """How far a worker is with the file; None where none works on it."""
    if file.status == FileStatus.RELEASING:
        return Progress(0, file.line_count, is_paying=True)
    if file.status != FileStatus.VALIDATING:
        return None
    done, expected = (
        PaymentFileSource.objects.filter(file=file).values_list("checked_rows", "expected_rows").get()
    )
    return Progress(done, max(expected, done) if expected else 0, is_paying=False)


def file_lines(
    file: PaymentFile, *, status: str = "", after: int = 0, limit: int = 100
) -> list[PaymentFileLine]:
    """Lines of a file after a line number, all or those of one status, or of several (``SENT,HELD``)."""
    lines = file.lines.filter(line__gt=after)
    if status:
        lines = lines.filter(status__in=status.split(","))
    return list(lines.order_by("line")[:limit])


def under_way(file: PaymentFile) -> set[str]:
    """The end-to-end ids of a file's lines that are neither paid nor refused yet: sent, or held."""
    waiting = file.lines.filter(status__in=[LineStatus.SENT, LineStatus.HELD])
    return set(waiting.values_list("end_to_end_id", flat=True))


def lines_with_faults(file: PaymentFile, *, after: int = 0, limit: int = 1000) -> list[PaymentFileLine]:
    """Lines that have a fault or a warning, in order."""
    return list(file.lines.filter(line__gt=after).exclude(faults=[]).order_by("line")[:limit])


def is_own_agent(bic: str) -> bool:
    """Whether a BIC is the bank's own, head office or branch."""
    return bic[:8].upper() == settings.BANK_BIC[:8]
