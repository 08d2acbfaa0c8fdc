"""Setting up a standing order: checked as a payment is, confirmed with a code for the whole of it.

Rights, limits and a company's signing rule count here, once; each payment is then made by the bank
on this authority. Nothing moves.
"""

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole
from bank.accounts.services import joint
from bank.audit import services as audit
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import ids
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.ledger.errors import InsufficientFunds
from bank.payments import rules as payment_rules
from bank.payments import selectors as payments
from bank.payments import services as paying
from bank.payments.errors import DailyLimitExceeded, KeyMissing, PayeeCooling
from bank.payments.rules import NameCheck
from bank.payments.services import Elsewhere, outside, watching
from bank.runtime import idempotency, locks
from bank.runtime.errors import IdempotencyConflict
from bank.signing import selectors as signatures
from bank.signing import services as signing
from bank.signing.rules import PaymentType, State
from bank.signing.rules import Terms as Needs
from bank.standing import rules, selectors
from bank.standing.errors import OrderUnusable, SweepToOthers
from bank.standing.models import OrderEvent, StandingOrder
from bank.standing.rules import OrderStatus, Schedule

STANDING_ORDER: Final = "STANDING_ORDER"
_GIVEN_UP: Final = {State.WITHDRAWN: OrderStatus.ENDED, State.RETURNED: OrderStatus.ENDED}


@dataclass(frozen=True, slots=True)
class Terms:
    """A standing order as asked for. ``amount`` each time, or everything above ``keep``."""

    debtor_number: str
    creditor_number: str
    creditor_name: str
    schedule: Schedule
    amount: Money | None = None
    keep: Money | None = None
    remittance: str = ""
    retry_days: int = 0
    to: Elsewhere | None = None

    @property
    def currency(self) -> str:
        given = self.amount or self.keep
        if given is None:
            raise OrderUnusable(problem="Give an amount, or the balance to keep.")
        return given.currency


@dataclass(frozen=True, slots=True)
class Prepared:
    """Terms that can be confirmed, the account they name, and what the customer should know of the payee."""

    terms: Terms
    debtor: Account
    name_check: NameCheck
    name_hint: str
    is_own: bool


def prepare(*, user: User, terms: Terms) -> Prepared:
    """Checks terms without keeping them; reads only. Whether the money is there today does not matter.

    Raises ``OrderUnusable``, ``NotFound``, what ``payments.quote`` raises for one payment,
    ``SweepToOthers``, ``PayeeCooling`` where much would leave within a new payee's first day.
    """
    rules.check_schedule(terms.schedule, ledger.business_date(), selectors.calendar())
    rules.check_retries(terms.retry_days)
    terms = _placed(terms)
    payment_rules.clean_text("Remittance", terms.remittance)
    debtor = accounts.account_for(user, terms.debtor_number)
    if debtor.role == AccountRole.POT:
        raise OrderUnusable(problem="No standing order can pay from a pot.")
    if terms.keep is not None and terms.to is not None:
        raise SweepToOthers
    name_check, hint, is_own = _as_a_payment(user, terms)
    if terms.keep is not None and (not is_own or terms.keep.is_negative):
        raise SweepToOthers
    if terms.amount is not None and not is_own:
        _check_notice(debtor, terms, terms.amount)
    return Prepared(terms, debtor, name_check, hint, is_own)


def _check_notice(debtor: Account, terms: Terms, amount: Money) -> None:
    """A new payee gets little in their first day, by an order no more than by a payment: the first one leaves
    after that day, or is little. Raises ``PayeeCooling``."""
    number = terms.creditor_number if terms.to else selectors.paid_number(terms.creditor_number)
    agent = terms.to.agent if terms.to else ""
    cooling = watching.look(watching.Watched(debtor.customer, number, amount, agent=agent)).cooling
    if cooling is None:
        return
    over = ledger.business_date() + (payments.day_of(cooling.until) - payments.today())
    if terms.schedule.paid_on(terms.schedule.first, selectors.calendar()) <= over:
        watching.require_cool(cooling, amount)


def _placed(terms: Terms) -> Terms:
    """The terms with the creditor's bank as the directory knows it; one of this bank is none elsewhere.

    Raises ``AgentUnknown``, ``CreditorNumberUnusable``.
    """
    if terms.to is None or not terms.to.agent or payments.is_own_agent(terms.to.agent):
        return replace(terms, to=None)
    number = paying.read_number_elsewhere(terms.creditor_number)
    return replace(terms, creditor_number=number, to=outside.read(terms.to))


def start_order(*, user: User, terms: Terms) -> Challenge:
    """Asks for a code bound to the whole instruction; ``create_order`` takes it. Raises as ``prepare``."""
    made = prepare(user=user, terms=terms)
    return stepup.start(user=user, act=act_of(made.terms), summary=summary_of(made.terms))


def create_order(
    *, user: User, terms: Terms, key: str, challenge_id: UUID | str | None, code: str
) -> StandingOrder:
    """Keeps the standing order. Repeated with the same ``key`` and terms it answers with the same order.

    Where a company's rule asks for more signatures, or the account's holders sign together, it is WAITING
    until they are given. Raises as
    ``prepare``, the step-up's refusals, ``TooFewSignatories``, ``IdempotencyConflict``.
    """
    if not key or len(key) > payment_rules.TEXT_LIMITS["Key"]:
        raise KeyMissing
    try:
        with transaction.atomic():
            made = prepare(user=user, terms=terms)
            stepup.confirm(user=user, challenge_id=challenge_id, act=act_of(made.terms), code=code)
            return _keep(user, made, key)
    except (BankError, IntegrityError):
        known = StandingOrder.objects.filter(made_by=user, idempotency_key=key).first()
        if known is None:
            raise
        if bytes(known.request_digest) != idempotency.digest(act_of(_placed(terms))):
            raise IdempotencyConflict from None
        return known


def begin_signed(reference: str, by: User) -> None:
    """The last signature was given: from now on it is carried out."""
    order = StandingOrder.objects.select_for_update().get(reference=reference)
    rules.check_step(order.status, OrderStatus.ACTIVE)
    rules.check_schedule(order.schedule, ledger.business_date(), selectors.calendar())
    order.status = OrderStatus.ACTIVE
    order.save(update_fields=["status"])
    note(order, "SIGNED", by)


def give_up(reference: str, state: State, by: User | None, reason: str) -> None:
    """Nobody will sign it any more: rejected, or ended by its maker."""
    order = StandingOrder.objects.select_for_update().get(reference=reference)
    if order.status == OrderStatus.ENDED:
        return
    wanted = _GIVEN_UP.get(state, OrderStatus.REJECTED)
    rules.check_step(order.status, wanted)
    order.status, order.end_reason = wanted, reason[:300]
    order.next_due = order.next_run = None
    order.save(update_fields=["status", "end_reason", "next_due", "next_run"])
    note(order, wanted.value, by, reason)


def act_of(terms: Terms, **more: str) -> dict[str, str]:
    """What the code is bound to: every word of the instruction."""
    schedule = terms.schedule
    return {
        "act": STANDING_ORDER,
        "debtor": terms.debtor_number,
        "creditor": terms.creditor_number,
        "creditor_name": terms.creditor_name,
        **({"creditor_agent": terms.to.agent, "way": terms.to.preference} if terms.to else {}),
        "amount": str(terms.amount or ""),
        "keep": str(terms.keep or ""),
        "remittance": terms.remittance,
        "schedule": f"{schedule.frequency} {schedule.month_rule} {schedule.holiday_rule}",
        "dates": f"{schedule.first} {schedule.until or ''} {schedule.times or ''}",
        "retry_days": str(terms.retry_days),
        **more,
    }


def summary_of(terms: Terms) -> str:
    """The instruction in words, for the message that carries the code."""
    what = str(terms.amount) if terms.amount else f"everything above {terms.keep}"
    to = f"{terms.creditor_name}, account {terms.creditor_number}"
    if terms.to is not None:
        to = f"{terms.creditor_name}, number {terms.creditor_number} at {terms.to.agent}"
    return f"Pay {what} to {to}, {terms.schedule.frequency.lower()} from {terms.schedule.first} on"


def note(order: StandingOrder, action: str, actor: User | None, sentence: str = "") -> None:
    """A line of the order's own history, and of the audit trail."""
    OrderEvent.objects.create(order=order, action=action, actor=actor, sentence=sentence[:300])
    audit.record(
        f"STANDING_ORDER_{action}",
        actor=actor,
        subject_type="standing_order",
        subject_id=order.reference,
        detail={"sentence": sentence} if sentence else None,
    )


def _as_a_payment(user: User, terms: Terms) -> tuple[NameCheck, str, bool]:
    """What a payment of this amount today would be refused for, what is not there yet aside."""
    amount = terms.amount or Money.of("1", terms.currency)
    asked: dict[str, Any] = {
        "debtor_number": terms.debtor_number,
        "creditor_number": terms.creditor_number,
        "creditor_name": terms.creditor_name,
        "to": terms.to,
    }
    try:
        quoted = paying.quote(user=user, amount=amount, **asked)
        return quoted.name_check, quoted.matched_name_hint, quoted.is_own
    except (InsufficientFunds, PayeeCooling):
        # What is not there yet, and the first day of a payee, which ``_check_notice`` reckons from the start.
        pass
    except DailyLimitExceeded as refusal:
        if amount > refusal.params["limit"]:
            raise
    if terms.to is not None:
        return NameCheck.UNAVAILABLE, "", False
    if selectors.is_between_own(user, terms.debtor_number, terms.creditor_number):
        return NameCheck.MATCH, "", True
    found, hint = paying.check_payee(user=user, number=terms.creditor_number, name=terms.creditor_name)
    return found, hint, False


def _keep(user: User, made: Prepared, key: str) -> StandingOrder:
    order = _order(user, made, key)
    needed, counted = 1, made.terms.amount
    if not made.is_own and counted is not None:
        locks.hold_until_commit(f"standing-sum:{made.debtor.customer_id}:{user.pk}")
        counted += selectors.ordered_alone(user, order)
        needed = needed_for(user, made.debtor, counted)
        _check_notice(made.debtor, made.terms, counted)
    both = accounts.needs_both(made.debtor)
    order.status = OrderStatus.ACTIVE if needed == 1 and not both else OrderStatus.WAITING
    order.save(force_insert=True)
    note(order, "SET_UP", user, summary_of(made.terms))
    if both:
        _ask_holders(user, made, order)
        return order
    if needed > 1 and made.terms.amount is not None and counted is not None:
        signing.ask(
            kind=STANDING_ORDER,
            subject=order.reference,
            customer=made.debtor.customer,
            amounts=[made.terms.amount],
            act=act_of(made.terms),
            summary=summary_of(made.terms),
            needed=needed,
            maker=user,
            payment_type=PaymentType.STANDING_ORDER,
            accounts=[made.debtor.number],
            terms=_terms(made, counted),
        )
    return order


def _ask_holders(user: User, made: Prepared, order: StandingOrder) -> None:
    joint.ask(
        kind=STANDING_ORDER,
        subject=order.reference,
        account=made.debtor,
        act=act_of(made.terms),
        summary=summary_of(made.terms),
        maker=user,
        amount=made.terms.amount,
    )


def _terms(made: Prepared, counted: Money) -> list[Needs] | None:
    """What the sum of several orders needs, where it is more than this one; else its own rule says."""
    if counted == made.terms.amount:
        return None
    accounts_ = [made.debtor.number]
    return signatures.terms_for(made.debtor.customer, [counted], PaymentType.STANDING_ORDER, accounts_)


def needed_for(user: User, debtor: Account, amount: Money) -> int:
    """How many must sign orders of this amount each time, their maker among them."""
    return signatures.needed(
        debtor.customer,
        [amount],
        maker=user,
        payment_type=PaymentType.STANDING_ORDER,
        accounts=[debtor.number],
    )


def _order(user: User, made: Prepared, key: str) -> StandingOrder:
    terms, schedule = made.terms, made.terms.schedule
    first = schedule.due(0)
    assert first is not None
    return StandingOrder(
        reference=ids.reference("STO"),
        debtor_account=made.debtor,
        creditor_number=terms.creditor_number,
        creditor_name=terms.creditor_name or made.debtor.customer.display_name,
        creditor_agent=terms.to.agent if terms.to else "",
        creditor_country=terms.to.country if terms.to else "",
        preference=terms.to.preference if terms.to else "",
        amount=terms.amount.amount if terms.amount else None,
        keep=terms.keep.amount if terms.keep else None,
        currency=terms.currency,
        remittance=terms.remittance,
        frequency=schedule.frequency,
        first_date=schedule.first,
        month_rule=schedule.month_rule,
        until_date=schedule.until,
        times=schedule.times,
        holiday_rule=schedule.holiday_rule,
        retry_days=terms.retry_days,
        next_due=first,
        next_run=schedule.paid_on(first, selectors.calendar()),
        made_by=user,
        idempotency_key=key,
        request_digest=idempotency.digest(act_of(terms)),
    )
