"""What the staff do with an application: take, tick, note, ask for more, recommend; another one decides."""

from collections.abc import Iterable

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import InvalidInput, NotAllowed
from bank.onboarding import rules, selectors
from bank.onboarding.errors import ChecklistOpen, ReasonMissing, ScreeningOpen, SecondPersonNeeded
from bank.onboarding.models import Application, ChecklistTick
from bank.onboarding.rules import Recommendation, State
from bank.onboarding.services import approval, steps
from bank.risk.rules import Outcome
from bank.runtime import outbox

MORE_ASKED = "onboarding.more_asked"
REJECTED = "onboarding.rejected"
_SUSPECT = frozenset({Outcome.POSSIBLE, Outcome.HIT})


@transaction.atomic
def take(*, application: Application, by: User) -> Application:
    """Makes an application one's own to check; also from a colleague who is away.

    Raises ``SecondPersonNeeded`` for one's own application, ``ApplicationNotOpen``.
    """
    locked = steps.lock(application, State.SUBMITTED, State.IN_REVIEW)
    if locked.applicant_id == by.pk:
        _refuse(locked, by, "APPLICATION_TAKEN")
    steps.move(locked, State.IN_REVIEW, reviewer=by)
    steps.note(locked, "TAKEN", by)
    return locked


@transaction.atomic
def tick(*, application: Application, items: Iterable[str], by: User) -> Application:
    """Makes these the ticked items of the checklist; who ticked first stays named.

    Raises ``InvalidInput`` for an item the list does not have, ``NotAllowed`` for who did not take it.
    """
    locked = _own(application, by)
    wanted, known = set(items), set(rules.CHECKLIST[locked.kind])
    if wanted - known:
        raise InvalidInput(problem="The checklist has no such item.")
    locked.ticks.exclude(item__in=wanted).delete()
    held = set(locked.ticks.values_list("item", flat=True))
    ChecklistTick.objects.bulk_create(
        ChecklistTick(application=locked, item=item, by=by) for item in sorted(wanted - held)
    )
    return locked


@transaction.atomic
def add_note(*, application: Application, words: str, by: User) -> Application:
    """Writes a note for colleagues into the history. The applicant never sees it."""
    locked = steps.lock(application, *State)
    steps.note(locked, "NOTE", by, _reason(words))
    return locked


@transaction.atomic
def ask_for_more(*, application: Application, tasks: Iterable[str], reason: str, by: User) -> Application:
    """Gives the application back: the applicant sees which tasks and why, answers them and sends it again.

    Raises ``ReasonMissing``, ``InvalidInput`` without a task, ``NotAllowed``, ``ApplicationNotOpen``.
    """
    locked, reason = _own(application, by), _reason(reason)
    wanted = sorted(set(tasks))
    if not wanted or set(wanted) - {task.value for task in rules.TASKS[locked.kind]}:
        raise InvalidInput(problem="Choose which tasks the applicant is to answer again.")
    steps.move(locked, State.MORE_NEEDED, more_wanted=wanted, more_reason=reason)
    steps.note(locked, "MORE_ASKED", by, reason, tasks=wanted)
    outbox.emit(MORE_ASKED, {"application_id": str(locked.pk)})
    return locked


@transaction.atomic
def recommend(*, application: Application, approve: bool, reason: str, by: User) -> Application:
    """The first pair of eyes: what to do with the application, and why.

    Raises ``ReasonMissing``, ``ChecklistOpen`` for an approval with open items, ``NotAllowed``.
    """
    locked, reason = _own(application, by), _reason(reason)
    open_items = set(rules.CHECKLIST[locked.kind]) - set(locked.ticks.values_list("item", flat=True))
    if approve and open_items:
        raise ChecklistOpen(items=", ".join(sorted(open_items)).lower())
    choice = Recommendation.APPROVE if approve else Recommendation.REJECT
    steps.move(
        locked,
        State.RECOMMENDED,
        recommendation=choice.value,
        recommendation_reason=reason,
    )
    steps.note(locked, "RECOMMENDED", by, reason, recommendation=choice.value)
    return locked


@transaction.atomic
def send_back(*, application: Application, reason: str, by: User) -> Application:
    """The second pair of eyes wants it looked at again; the recommendation is void."""
    reason = _reason(reason)
    locked = steps.lock(application, State.RECOMMENDED)
    _require_second(locked, by, "APPLICATION_SENT_BACK")
    steps.move(locked, State.IN_REVIEW, recommendation="", recommendation_reason="")
    steps.note(locked, "SENT_BACK", by, reason)
    return locked


@transaction.atomic
def decide(*, application: Application, approve: bool, reason: str, by: User) -> Application:
    """The second pair of eyes: approves or rejects, whatever was recommended, with a reason.

    Approval makes the customer, mandates, accounts and the welcome in the same database transaction.
    The books gain an account that stands at zero. Raises ``ReasonMissing``, ``SecondPersonNeeded``,
    ``ApplicationNotOpen``, ``ScreeningOpen``, and what taking on the customer is refused for.
    """
    reason = _reason(reason)
    locked = steps.lock(application, State.RECOMMENDED)
    _require_second(locked, by, "APPLICATION_DECIDED")
    if approve:
        _require_clear(locked)
    state = State.APPROVED if approve else State.REJECTED
    steps.move(locked, state, decider=by, decided_at=clock.now(), decision_reason=reason)
    steps.note(locked, state.value, by, reason)
    if approve:
        approval.take_on(locked, by)
    else:
        outbox.emit(REJECTED, {"application_id": str(locked.pk)})
    return locked


def _own(application: Application, by: User) -> Application:
    locked = steps.lock(application, State.IN_REVIEW)
    if locked.reviewer_id != by.pk:
        raise NotAllowed(what="work on an application that a colleague has taken; take it first")
    return locked


def _require_second(application: Application, by: User, action: str) -> None:
    if by.pk in (application.reviewer_id, application.applicant_id):
        _refuse(application, by, action)


def _require_clear(application: Application) -> None:
    open_names = [one.name for one in selectors.screenings_of(application) if one.outcome in _SUSPECT]
    if open_names:
        raise ScreeningOpen(names=", ".join(open_names))


def _refuse(application: Application, by: User, action: str) -> None:
    audit.record_refusal(
        action,
        actor=by,
        subject_type="APPLICATION",
        subject_id=application.reference,
        reason=SecondPersonNeeded.code,
    )
    raise SecondPersonNeeded


def _reason(text: str) -> str:
    words = " ".join(text.split())
    if len(words) < rules.SHORTEST_REASON:
        raise ReasonMissing
    return words[:2000]
