"""A payee's account in the United States tried before money goes there: asked for, waited for, put right.

Tried is the account of a payee kept, once. While it is tried, was refused or is another one by now, nothing
is paid to it, in whatever way: single payments, signed ones, standing orders and templates meet
``require_tried`` where a payment is drafted, lines of files ``refusals`` when checked and again when paid.
Entry and answer are of ``bank.payments.services.networks.prenotes``.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError, NotFound
from bank.payments import errors
from bank.payments.models import Beneficiary, PayeeTrial
from bank.payments.network import NetworkRail
from bank.payments.rail import Destination
from bank.payments.rules import TrialState
from bank.payments.services import listing, networks
from bank.payments.services.networks import prenotes
from bank.runtime import outbox

SAVINGS: Final = "SVGS"
_STOPS: Final = frozenset(
    {
        TrialState.WAITING, TrialState.LEAVING, TrialState.SENT, TrialState.REFUSED, TrialState.FAILED,
        TrialState.CHANGED,
    }
)  # fmt: skip


def trial_until(agent: str, country: str) -> date | None:
    """When money may follow a trial asked for today; None where the bank's accounts cannot be tried."""
    way = _way(agent, country)
    return prenotes.earliest(way, clock.today()) if way is not None else None


@transaction.atomic
def try_payee(*, user: User, beneficiary_id: int, account_type: str = "") -> PayeeTrial:
    """Has a kept payee's account tried; needs no code, for it only delays. It leaves with the next batch.

    Raises ``NotFound``, ``TrialImpossible``, ``TrialAskedBefore``.
    """
    return begin(user, locked(user, beneficiary_id), account_type)


def begin(user: User, payee: Beneficiary, account_type: str = "") -> PayeeTrial:
    """As ``try_payee``, of a payee under its lock, or just kept."""
    way = _way(payee.agent, payee.country)
    if way is None:
        raise errors.TrialImpossible
    if PayeeTrial.objects.filter(payee=payee).exists():
        raise errors.TrialAskedBefore
    trial = PayeeTrial(
        payee=payee, rail=way.code, reference=ids.reference("TRY"), asked_by=user, state=TrialState.WAITING,
        account_type=SAVINGS if account_type == SAVINGS else "", until=prenotes.earliest(way, clock.today()),
    )  # fmt: skip
    if any(
        not fault.is_warning for fault in way.check(prenotes.instruction_of(trial, prenotes.nothing(way)))
    ):
        raise errors.TrialImpossible
    trial.save()
    _record("PAYEE_TRIAL_ASKED", user, payee, {"reference": trial.reference})
    return trial


def require_tried(customer: Customer, agent: str, number: str) -> None:
    """Raises ``PayeeBeingTried``, ``PayeeAccountRefused``, ``PayeeAccountChanged``."""
    refusal = refusals(customer, [(agent, number)]).get((agent, number))
    if refusal is not None:
        raise refusal


def refusals(customer: Customer, payees: Iterable[tuple[str, str]]) -> dict[tuple[str, str], BankError]:
    """Of payees by bank and number, however the number is written, those that cannot be paid for their trial;
    one query, however many there are."""
    wanted = list(payees)
    stopped = PayeeTrial.objects.filter(
        payee__customer=customer, payee__removed_at=None, state__in=_STOPS,
        payee__agent__in={agent for agent, _number in wanted},
    ).select_related("payee")  # fmt: skip
    found = {(one.payee.agent, _bare(one.payee.number)): refusal_of(one) for one in stopped}
    said = {(agent, number): found.get((agent, _bare(number))) for agent, number in wanted}
    return {payee: refusal for payee, refusal in said.items() if refusal is not None}


def refusal_of(trial: PayeeTrial) -> BankError | None:
    """Why nothing is paid to the payee today; None where nothing stands against it."""
    state = trial.state_on(clock.today())
    if state in {TrialState.WAITING, TrialState.LEAVING, TrialState.SENT}:
        return errors.PayeeBeingTried(until=trial.until)
    if state in {TrialState.REFUSED, TrialState.FAILED}:
        return errors.PayeeAccountRefused(reason=trial.reason, problem=trial.sentence)
    return errors.PayeeAccountChanged(reason=trial.reason) if state == TrialState.CHANGED else None


def start_correction(*, user: User, beneficiary_id: int) -> Challenge:
    """Asks for a code bound to what the payee's bank says is right; ``correct_payee`` takes it. Raises
    ``NotFound``, ``NothingToCorrect``."""
    payee = _own(user, beneficiary_id)
    act = _act(payee)
    summary = f"Pay {payee.name} on {act['number']} at {act['agent']} from now on, not {payee.number}"
    return stepup.start(user=user, act=act, summary=summary)


def correct_payee(*, user: User, beneficiary_id: int, challenge_id: Any, code: str) -> Beneficiary:
    """Takes over what the payee's bank says is right; they are as new as if kept today, so little can be paid
    to them for a day, and they are held against the watch lists.

    Raises ``NotFound``, ``NothingToCorrect``, the step-up's refusals, ``BeneficiaryExists``.
    """
    try:
        with transaction.atomic():
            payee = locked(user, beneficiary_id)
            stepup.confirm(user=user, challenge_id=challenge_id, act=_act(payee), code=code)
            _correct(user, payee)
    except IntegrityError:
        raise errors.BeneficiaryExists from None
    return payee


def _correct(user: User, payee: Beneficiary) -> None:
    trial, before = payee.trial, {"from_number": payee.number, "from_agent": payee.agent}
    payee.number, payee.agent, trial.account_type = right(trial)
    payee.added_by, payee.added_at = user, clock.now()
    payee.save(update_fields=["number", "agent", "added_by", "added_at"])
    trial.state = TrialState.CORRECTED
    trial.save(update_fields=["state", "account_type"])
    listing.may_be_listed(name=payee.name, number=payee.number, agent=payee.agent, country=payee.country)
    _record("PAYEE_CORRECTED", user, payee, before)
    outbox.emit("payments.payee_added", {"payee_id": payee.pk})


def right(trial: PayeeTrial) -> tuple[str, str, str]:
    """Number, bank and kind of account as the payee's bank says they are; the old where it says nothing."""
    said, payee = trial.corrected, trial.payee
    kind = said.get("account_type") or trial.account_type
    return (
        said.get("number") or payee.number,
        said.get("agent") or payee.agent,
        SAVINGS if kind == SAVINGS else "",
    )


def _act(payee: Beneficiary) -> dict[str, str]:
    trial = PayeeTrial.objects.filter(payee=payee, state=TrialState.CHANGED).first()
    if trial is None:
        raise errors.NothingToCorrect
    number, agent, kind = right(trial)
    return {
        "act": "CORRECT_PAYEE", "cif": payee.customer.cif, "payee": str(payee.pk), "name": payee.name,
        "number": number, "agent": agent, "account_type": kind,
    }  # fmt: skip


def locked(user: User, beneficiary_id: int) -> Beneficiary:
    """A payee of a customer for whom the user may pay, under its row lock. Raises ``NotFound``."""
    return _found(user, beneficiary_id, is_locked=True)


def _own(user: User, beneficiary_id: int) -> Beneficiary:
    return _found(user, beneficiary_id, is_locked=False)


def _found(user: User, beneficiary_id: int, *, is_locked: bool) -> Beneficiary:
    customers = cif.mandates_for(user).filter(can_pay=True).values("customer_id")
    kept = Beneficiary.objects.select_related("customer")
    if is_locked:
        kept = kept.select_for_update(of=("self",))
    payee = kept.filter(pk=beneficiary_id, customer_id__in=customers, removed_at=None).first()
    if payee is None:
        raise NotFound(what="payee")
    return payee


def _way(agent: str, country: str) -> NetworkRail | None:
    """The rail that tries accounts at that bank; None where none does."""
    if agent == settings.BANK_BIC:
        return None
    return next((way for way in networks.available() if _tries(way, agent, country)), None)


def _tries(way: NetworkRail, agent: str, country: str) -> bool:
    currencies = way.capabilities.currencies or frozenset() if way.prenote_days else frozenset()
    return any(way.reaches(Destination(agent, country, one, is_internal=False)) for one in currencies)


def _bare(number: str) -> str:
    return number.upper().translate(str.maketrans("", "", "-/ "))


def _record(action: str, user: User, payee: Beneficiary, more: dict[str, str]) -> None:
    detail = {"name": payee.name, "number": payee.number, "agent": payee.agent, **more}
    audit.record(action, actor=user, subject_type="payee", subject_id=str(payee.pk), detail=detail)
