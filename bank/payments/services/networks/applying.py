"""Applies what networks said: each piece of news once, under its own lock and that of what it is about."""

import logging

from django.db import transaction

from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.payments.models import NetworkEvent
from bank.payments.network import Event, Incoming, NetworkRail, RecallAsked
from bank.payments.rules import EventOutcome
from bank.payments.services.networks import arrivals, asked_back, news, outcomes, prenotes
from bank.payments.services.networks.found import network_rail
from bank.payments.services.networks.outcomes import Misfit
from bank.payments.services.networks.steps import locked

_log = logging.getLogger(__name__)
_BUSY = 503


def apply_waiting(limit: int = 1000) -> int:
    """Applies up to ``limit`` pieces of news, oldest first, each in a database transaction of its own;
    returns how many. What cannot be applied now waits; what can never be is parked for staff.
    """
    waiting = NetworkEvent.objects.filter(outcome=EventOutcome.WAITING).order_by("pk")
    return sum(apply(pk) for pk in list(waiting.values_list("pk", flat=True)[:limit]))


def apply(pk: int) -> bool:
    """Applies one piece of news, and tells whether it is dealt with."""
    try:
        with transaction.atomic():
            return _apply(pk)
    except BankError as refusal:
        if refusal.status == _BUSY:
            return False
        return _park(pk, f"{refusal.code}: {refusal}")
    except Misfit as misfit:
        return _park(pk, str(misfit))
    except Exception as error:
        _log.exception("news %s of a network could not be applied", pk)
        return _park(pk, type(error).__name__)


def _apply(pk: int) -> bool:
    waiting = NetworkEvent.objects.select_for_update(of=("self",), skip_locked=True)
    event = waiting.select_related("message").filter(pk=pk, outcome=EventOutcome.WAITING).first()
    if event is None:
        return False
    outcome, said = _meet(network_rail(event.message.rail), news.read(event.kind, event.told))
    _close(event, outcome, said)
    return True


def _meet(way: NetworkRail, told: Event) -> tuple[EventOutcome, str]:
    if isinstance(told, Incoming):
        return arrivals.arrived(way, told)
    if isinstance(told, RecallAsked):
        return asked_back.asked(way, told)
    trial = prenotes.locked(told.reference)
    if trial is not None and (outcome := prenotes.met(way, trial, told)) is not None:
        return outcome, ""
    order = locked(told.reference)
    if order is None or order.rail != way.code:
        raise Misfit("No payment of this rail has this reference.")
    return outcomes.HANDLERS[type(told)](way, order, told), ""


def _park(pk: int, why: str) -> bool:
    with transaction.atomic():
        event = NetworkEvent.objects.select_for_update().get(pk=pk)
        if event.outcome == EventOutcome.WAITING:
            _close(event, EventOutcome.PARKED, why)
    return True


def _close(event: NetworkEvent, outcome: EventOutcome, said: str) -> None:
    event.outcome, event.note, event.applied_at = outcome, said[:300], clock.now()
    event.save(update_fields=["outcome", "note", "applied_at"])
