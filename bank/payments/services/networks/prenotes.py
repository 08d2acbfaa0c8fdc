"""Entries without money that try payees' accounts: out with the next batch, and what comes back of them.

Nothing is booked. Silence is consent: money may follow on the third banking day after the entry; what comes
later than that still counts. News finds a trial by its own reference (``TRY-…``), as an order by its own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from bank.audit import services as audit
from bank.cif.rules import Segment
from bank.kernel import clock
from bank.kernel.calendars import calendar
from bank.kernel.money import Money
from bank.payments.models import PayeeTrial
from bank.payments.network import Acknowledged, Event, NetworkRail, Noted, Rejected, Settled
from bank.payments.rail import Instruction
from bank.payments.rules import EventOutcome, MessagePurpose, TrialState
from bank.payments.services.networks.store import keep_outgoing

PREFIX: Final = "TRY-"
MOST: Final = 1000
_OPEN: Final = frozenset(
    {TrialState.WAITING, TrialState.LEAVING, TrialState.SENT, TrialState.CHANGED, TrialState.FAILED}
)
_BETWEEN_COMPANIES: Final = "TRAD"


def earliest(way: NetworkRail, sent: date) -> date:
    """The first day money may follow an entry sent on a day."""
    days = calendar(way.capabilities.calendar)
    return days.add_business_days(days.next_or_same(sent), way.prenote_days)


def nothing(way: NetworkRail) -> Money:
    """No money, in the currency of the rail."""
    return Money.zero(min(way.capabilities.currencies or {"USD"}))


def instruction_of(trial: PayeeTrial, amount: Money) -> Instruction:
    """The trial as its rail needs it. It is not of an account but of the customer, so it bears their CIF."""
    payee, customer = trial.payee, trial.payee.customer
    return Instruction(
        reference=trial.reference,
        debtor_number=customer.cif,
        debtor_name=customer.display_name,
        creditor_number=payee.number,
        creditor_name=payee.name,
        amount=amount,
        fee=amount,
        excise=amount,
        fee_account="",
        excise_account="",
        creditor_agent=payee.agent,
        creditor_country=payee.country,
        creditor_account_type=trial.account_type,
        purpose="" if customer.segment == Segment.RETAIL else _BETWEEN_COMPANIES,
    )


@transaction.atomic
def release_waiting(way: NetworkRail) -> int:
    """Writes the message of the trials that waited for a batch; returns how many they are."""
    if not way.prenote_days:
        return 0
    since = clock.now() - timedelta(seconds=settings.NETWORKS_GATHER_S if way.gathers else 0)
    waiting = PayeeTrial.objects.select_for_update(of=("self",), skip_locked=True).filter(
        rail=way.code, state=TrialState.WAITING, asked_at__lte=since, payee__removed_at=None
    )
    trials = list(waiting.select_related("payee__customer").order_by("pk")[:MOST])
    message = way.prenote([instruction_of(one, nothing(way)) for one in trials]) if trials else None
    if message is None:
        return 0
    keep_outgoing(way.code, [message], MessagePurpose.PRENOTE)
    until = earliest(way, clock.today())
    PayeeTrial.objects.filter(pk__in=[one.pk for one in trials]).update(state=TrialState.LEAVING, until=until)
    return len(trials)


def with_account_types(way: NetworkRail, instructions: Sequence[Instruction]) -> list[Instruction]:
    """Live entries to savings accounts say so, as the trial of the account did; one query."""
    if not way.prenote_days:
        return list(instructions)
    savings = set(
        PayeeTrial.objects.exclude(account_type="")
        .filter(
            payee__removed_at=None,
            payee__number__in={one.creditor_number for one in instructions},
            payee__customer__accounts__number__in={one.debtor_number for one in instructions},
        )
        .values_list("payee__customer__accounts__number", "payee__agent", "payee__number")
    )
    return [
        replace(one, creditor_account_type="SVGS")
        if (one.debtor_number, one.creditor_agent, one.creditor_number) in savings
        else one
        for one in instructions
    ]


def locked(reference: str) -> PayeeTrial | None:
    """The trial under its row lock; None where the reference is of none."""
    if not reference.startswith(PREFIX):
        return None
    found = PayeeTrial.objects.select_for_update(of=("self",)).select_related("payee")
    return found.filter(reference=reference).first()


def met(way: NetworkRail, trial: PayeeTrial, told: Event) -> EventOutcome | None:
    """What news does to a trial; None where it can say nothing of one."""
    handler = _HANDLERS.get(type(told))
    return handler(way, trial, told) if handler is not None and trial.rail == way.code else None


def fail(references: Iterable[str], reason: str, sentence: str) -> None:
    """The network would not carry the entries: no word about the accounts."""
    for trial in PayeeTrial.objects.select_for_update().filter(reference__in=list(references)):
        _tell(trial, TrialState.FAILED, reason, sentence)


def _taken(way: NetworkRail, trial: PayeeTrial, _told: Acknowledged | Settled) -> EventOutcome:
    """The network has the entry: the days count from now."""
    if trial.state != TrialState.LEAVING:
        return EventOutcome.IGNORED
    trial.state, trial.until = TrialState.SENT, earliest(way, clock.today())
    trial.save(update_fields=["state", "until"])
    return EventOutcome.APPLIED


def _refused(_way: NetworkRail, trial: PayeeTrial, told: Rejected | Noted) -> EventOutcome:
    if trial.state not in _OPEN:
        return EventOutcome.IGNORED
    _tell(trial, TrialState.REFUSED, told.reason, told.sentence)
    return EventOutcome.APPLIED


def _noted(way: NetworkRail, trial: PayeeTrial, told: Noted) -> EventOutcome:
    if told.is_refusal:
        return _refused(way, trial, told)
    right = {"number": told.number, "agent": told.agent, "account_type": told.account_type}
    said = {name: value for name, value in right.items() if value}
    if trial.state not in _OPEN or (trial.state == TrialState.CHANGED and trial.corrected == said):
        return EventOutcome.IGNORED
    trial.corrected = said
    _tell(trial, TrialState.CHANGED if said else TrialState(trial.state), told.reason, told.sentence)
    return EventOutcome.APPLIED


_HANDLERS: Final[dict[type, Callable[[NetworkRail, PayeeTrial, Any], EventOutcome]]] = {
    Acknowledged: _taken,
    Settled: _taken,
    Rejected: _refused,
    Noted: _noted,
}


def _tell(trial: PayeeTrial, state: TrialState, reason: str, sentence: str) -> None:
    trial.state, trial.reason, trial.sentence = state, reason[:40], sentence[:300]
    trial.save(update_fields=["state", "reason", "sentence", "corrected"])
    audit.record(
        "PAYEE_TRIED", actor=None, subject_type="payee", subject_id=str(trial.payee_id),
        detail={"reference": trial.reference, "outcome": state.value, "reason": reason[:40]},
    )  # fmt: skip
