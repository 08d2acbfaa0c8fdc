"""Fees of a month, taken as far as the money goes; what was not there is in arrears and taken later.

A charge is a row, once per account, kind and period, and its entry in the books has a key of its
own: whatever runs twice charges once. The row is made in the transaction of the entry.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.db import transaction

from bank import ledger
from bank.accounts import postings, rules, selectors
from bank.accounts.errors import ChargeNotOpen, WaiverAboveLimit
from bank.accounts.models import Account, Charge
from bank.accounts.rules import ChargeKind
from bank.accounts.services import allowances, trail
from bank.identity import duty
from bank.identity.models import User
from bank.identity.role_rules import Act
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.ledger import movements
from bank.products import rules as pricing
from bank.products import selectors as products
from bank.products.models import ProductTerms
from bank.products.rules import FeeBearer, TaxKind

INCOME_ROLE: Final = "ACCOUNT_FEE_INCOME"
COST_ROLE: Final = "OPERATING_EXPENSE"
_PART: Final = 2_000
_NARRATIVES: Final = {
    ChargeKind.MONTHLY_FEE: "Monthly fee",
    ChargeKind.BELOW_MINIMUM: "Fee below the balance to keep",
    ChargeKind.CHEQUE_RETURNED: "Returned cheque",
    ChargeKind.CHEQUE_CLAIM: "Cheque returned after it was credited",
    ChargeKind.DEBIT_CLAIM: "Direct debit refunded",
    ChargeKind.CHEQUE_BOOK: "Cheque book",
    ChargeKind.CHEQUE_STOP: "Stopped cheque",
}


@dataclass(frozen=True, slots=True)
class _Excise:
    rate_pct: Decimal
    role: str

    def on(self, fee: Money) -> Money:
        return pricing.percent_of(self.rate_pct, fee)


@dataclass(frozen=True, slots=True)
class _Due:
    """A fee of a month before it is taken; ``payer`` is the account it comes from."""

    charge: Charge
    bearer: str


def charge_month(month: date, *, on: date, after: int = 0, limit: int = _PART) -> tuple[int, int, int | None]:
    """Charges the monthly fee and the fee below the balance to keep for ``month`` (its first day), to
    the next ``limit`` accounts after an account's id, on the business date ``on``.

    Debits the account and credits ACCOUNT_FEE_INCOME with the fee and EXCISE_DUTY with the duty;
    a fee the bank bears debits OPERATING_EXPENSE instead. Returns how many were charged, how many
    of them are in arrears, and the id to go on after, ``None`` at the end. The balance that counts
    is the booked one now. Dormant accounts are not charged.
    """
    priced = selectors.priced_terms()
    accounts = list(selectors.chargeable({version for version, _, _ in priced}, on, after)[:limit])
    dues = list(_dues(accounts, priced, month, on))
    unpaid = _take_new(dues, on)
    return len(dues), unpaid, accounts[-1].pk if len(accounts) == limit else None


def _dues(
    accounts: Sequence[Account], priced: dict[tuple[int, str, str], ProductTerms], month: date, on: date
) -> Iterator[_Due]:
    balances = ledger.balances(account.number for account in accounts)
    found = [(account, selectors.priced_for(account, priced)) for account in accounts]
    busy = [account.number for account, terms in found if terms and terms.waived_from_payments]
    payments = movements.debit_counts(busy, from_date=month, to_date=on, without=rules.BANK_CODES)
    excise = _excise(on)
    for account, terms in found:
        if terms is None:
            continue
        booked = balances[account.number].booked.amount
        for kind, amount in _fees(terms, booked, payments.get(account.number, 0)):
            if amount:
                fee = Money(amount, account.currency)
                yield _Due(_new_charge(account, kind, month, fee, excise, on), terms.fee_bearer)


def _fees(terms: ProductTerms, booked: Decimal, payments: int) -> Iterable[tuple[ChargeKind, Decimal]]:
    monthly = rules.monthly_fee(
        terms.monthly_fee,
        booked=booked,
        waived_from=terms.waived_from_balance,
        payments=payments,
        waived_by=terms.waived_from_payments,
    )
    below = rules.below_minimum_fee(terms.below_minimum_fee, booked=booked, minimum=terms.minimum_balance)
    return (ChargeKind.MONTHLY_FEE, monthly), (ChargeKind.BELOW_MINIMUM, below)


def _new_charge(
    account: Account, kind: ChargeKind, month: date, fee: Money, excise: _Excise, on: date
) -> Charge:
    return Charge(
        account=account,
        kind=kind.value,
        period_date=month,
        fee=fee.amount,
        excise=excise.on(fee).amount,
        income_role=INCOME_ROLE,
        excise_role=excise.role,
        charged_date=on,
    )


def _excise(on: date) -> _Excise:
    try:
        rule = products.tax(TaxKind.EXCISE, on)
    except NotFound:
        return _Excise(Decimal(0), "")
    return _Excise(rule.rate_pct, rule.gl_role)


@transaction.atomic
def _take_new(dues: list[_Due], on: date) -> int:
    """Books what can be taken of charges that are not there yet. Returns how many stay in arrears."""
    known = set(
        Charge.objects.filter(
            account__in={due.charge.account_id for due in dues},
            period_date__in={due.charge.period_date for due in dues},
        ).values_list("account_id", "kind", "period_date")
    )
    new = [
        one for one in dues if (one.charge.account_id, one.charge.kind, one.charge.period_date) not in known
    ]
    for one in new:
        if one.bearer == FeeBearer.BANK:
            _bear(one.charge, on)
    paying = [one.charge for one in new if one.bearer != FeeBearer.BANK]
    _book(paying, on, key=lambda one: f"fee:{one.account.number}:{one.period_date}:{one.kind}")
    Charge.objects.bulk_create([one.charge for one in new])
    return sum(one.settled_date is None for one in paying)


def _bear(charge: Charge, on: date) -> None:
    """The bank's own cost: debits OPERATING_EXPENSE, credits income and duty."""
    gl = _roles()
    ledger.post(
        postings.fee_charged(
            key=f"fee:{charge.account.number}:{charge.period_date}:{charge.kind}",
            account=gl(COST_ROLE, charge.account.currency),
            fee=charge.open_fee,
            excise=charge.open_excise,
            income_role=charge.income_role,
            excise_role=charge.excise_role,
            gl=gl,
            narrative=_narrative(charge),
        )
    )
    _note(charge, charge.open_fee, charge.open_excise, on)


def _book(charges: list[Charge], on: date, *, key: Callable[[Charge], str]) -> int:
    """Takes of each charge what its account has, in one posting; the rows are changed, not saved.

    Several charges of one account share what is available in their order. Returns how many moved.
    """
    left = {
        number: balance.available or balance.booked
        for number, balance in ledger.balances({one.account.number for one in charges}).items()
    }
    gl, parts = _roles(), []
    for charge in charges:
        number = charge.account.number
        fee, excise = rules.split(charge.open_fee, charge.open_excise, left[number])
        if (fee + excise).is_positive:
            left[number] -= fee + excise
            parts.append((charge, fee, excise))
    entries = [
        postings.fee_charged(
            key=key(charge),
            account=charge.account.number,
            fee=fee,
            excise=excise,
            income_role=charge.income_role,
            excise_role=charge.excise_role,
            gl=gl,
            narrative=_narrative(charge),
            reference=charge.reference,
        )
        for charge, fee, excise in parts
    ]
    outcomes = ledger.post(entries, outcome="EACH") if entries else ()
    taken = [part for part, outcome in zip(parts, outcomes, strict=True) if outcome.is_posted]
    for charge, fee, excise in taken:
        _note(charge, fee, excise, on)
    return len(taken)


def _note(charge: Charge, fee: Money, excise: Money, on: date) -> None:
    charge.fee_taken += fee.amount
    charge.excise_taken += excise.amount
    if charge.open_sum.is_zero:
        charge.settled_date = on


def _narrative(charge: Charge) -> str:
    return f"{_NARRATIVES[ChargeKind(charge.kind)]} {charge.period_date:%B %Y}"


def _roles() -> Callable[[str, str], str]:
    """The chart's accounts by role, each looked up once."""
    return cache(ledger.gl)


@transaction.atomic
def charge_event(*, account: Account, kind: ChargeKind, event: str, reference: str) -> Charge | None:
    """Charges the catalogue's price of an event, as far as the money goes; the rest is in arrears.

    Debits the account, credits the roles of the price and of the duty. ``None`` where it is free. Once
    per kind, day and reference.
    """
    today = ledger.business_date()
    named = f"{kind.value}:{account.number}:{today}:{reference}"
    price = selectors.price(account, event=event, amount=Money.of(1, account.currency), on=today)
    allowances.take_free(account=account, quote=price, on=today, reference=named)
    if not price.total.is_positive:
        return None
    charge = Charge(
        account=account,
        kind=kind.value,
        period_date=today,
        reference=reference,
        fee=price.fee.amount,
        excise=price.excise.amount,
        income_role=price.income_role,
        excise_role=price.excise_role,
        charged_date=today,
    )
    _book([charge], today, key=lambda one: f"charge:{one.account.number}:{one.kind}:{today}:{one.reference}")
    charge.save()
    return charge


def claim_debit(*, account: Account, claim: Money, reference: str) -> Charge:
    """What a refunded direct debit still costs who collected it: an arrear, whose payment credits SUSPENSE.

    The caller's entry has debited SUSPENSE with it.
    """
    today = ledger.business_date()
    return Charge.objects.create(
        account=account,
        kind=ChargeKind.DEBIT_CLAIM.value,
        period_date=today,
        reference=reference,
        fee=claim.amount,
        income_role=postings.CLAIMS,
        charged_date=today,
    )


@transaction.atomic
def collect_arrears(*, on: date, after: int = 0, limit: int = _PART) -> tuple[int, int, int | None]:
    """Takes what can be taken of the next charges in arrears after an id, the oldest first.

    Debits the account, credits the roles of the charge. Returns how many were looked at, how many
    stay open, and the id to go on after, ``None`` at the end.
    """
    charges = list(
        selectors.arrears().filter(pk__gt=after).order_by("pk").select_for_update(of=("self",))[:limit]
    )
    _collect(charges, on)
    still = sum(one.settled_date is None for one in charges)
    return len(charges), still, charges[-1].pk if len(charges) == limit else None


@transaction.atomic
def collect_from(*, account: Account) -> Money:
    """Takes what can be taken of one account's arrears now. Returns what is still open."""
    charges = list(selectors.arrears().filter(account=account).order_by("pk").select_for_update(of=("self",)))
    _collect(charges, ledger.business_date())
    return sum((one.open_sum for one in charges), Money.zero(account.currency))


def _collect(charges: list[Charge], on: date) -> None:
    if charges:
        _book(charges, on, key=lambda one: f"arrears:{one.pk}:{one.fee_taken + one.excise_taken}:{on}")
        Charge.objects.bulk_update(charges, ["fee_taken", "excise_taken", "settled_date"])


@transaction.atomic
def waive_charge(*, charge: Charge, reason: str, actor: User) -> Charge:
    """Lets go of what is open of a charge; what was taken stays taken. The books are not touched.

    Raises ``ChargeNotOpen``, ``WaiverAboveLimit`` where the actor's role waives less.
    """
    locked = Charge.objects.select_for_update(of=("self",)).select_related("account").get(pk=charge.pk)
    if locked.settled_date or locked.waived_date:
        raise ChargeNotOpen
    most = duty.limit_of(actor, Act.WAIVER)
    open_sum = locked.open_sum
    if most is None or open_sum.currency != most.currency or open_sum > most:
        raise WaiverAboveLimit(limit=most or Money.zero(open_sum.currency), sum=open_sum)
    locked.waived_date, locked.waived_by = ledger.business_date(), actor
    locked.waiver_reason = reason
    locked.save(update_fields=["waived_date", "waived_by", "waiver_reason"])
    detail: dict[str, Any] = {"charge": locked.kind, "for": str(locked.period_date), "sum": str(open_sum)}
    trail.record("CHARGE_WAIVED", locked.account, actor, reason=reason, **detail)
    return locked
