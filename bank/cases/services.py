"""Writes: opening a case and taking it through its steps. The books are never touched.

Every step locks the case, asks ``rules`` whether it may be taken, sets the clock anew and
leaves a line in the case's history and one on the audit trail, in one database transaction.
Letters to the customer and reminders to staff are outbox messages of that transaction.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from bank.audit import services as audit
from bank.cases import rules, selectors
from bank.cases.errors import NotForAnybody, UnusableCase
from bank.cases.models import Case, CaseStep, ServiceTarget
from bank.cases.rules import Kind, Priority, State, Step
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.runtime import outbox

LETTER = "cases.letter"
REMINDER = "cases.reminder"


@transaction.atomic
def open_case(
    *,
    kind: str,
    subject: str,
    text: str,
    contact_name: str,
    contact_email: str,
    customer: Customer | None = None,
    opened_by: User | None = None,
    language: str = "en",
    priority: str = Priority.NORMAL,
) -> Case:
    """Takes down what somebody asks; its clock starts, and the sender gets the reference by mail.

    Whoever writes without being a customer leaves ``customer`` and ``opened_by`` empty.
    Raises ``UnusableCase`` for a kind there is not, an unreadable address, or words that are
    missing, too long or invisible.
    """
    if kind not in set(Kind) or priority not in set(Priority):
        raise UnusableCase(problem="Choose what this is about: a complaint, a service request or an enquiry.")
    case = Case(
        reference=ids.reference("CASE"),
        kind=kind,
        priority=priority,
        subject=rules.line(subject, "A subject", rules.SUBJECT_LETTERS),
        customer=customer,
        contact_name=rules.line(contact_name, "A name", rules.NAME_LETTERS),
        contact_email=_address(contact_email),
        language=language,
        opened_by=opened_by,
        opened_at=clock.now(),
        paused_for=timedelta(0),
    )
    _wind(case)
    words = rules.body(text)
    case.save()
    _note(case, Step.OPENED, opened_by, words)
    return case


def assign(*, case: Case, to: User, actor: User) -> Case:
    """Gives a case to a member of staff. Raises ``NotForAnybody``, ``CaseStepNotPossible``."""
    if not selectors.workers().filter(pk=to.pk).exists():
        raise NotForAnybody(name=to.full_name)
    return _take(case, Step.ASSIGNED, actor, to.full_name, assigned_to=to)


def prioritise(*, case: Case, priority: str, actor: User) -> Case:
    """Makes a case more or less urgent; its due times follow, counted from when it was opened."""
    if priority not in set(Priority):
        raise UnusableCase(problem="Choose one of the priorities offered.")
    return _take(case, Step.PRIORITISED, actor, priority, priority=priority)


def note(*, case: Case, text: str, actor: User) -> Case:
    """Keeps a note that no customer sees."""
    return _take(case, Step.NOTED, actor, rules.body(text))


def answer(*, case: Case, text: str, actor: User) -> Case:
    """Writes to the customer. Raises ``CaseStepNotPossible``, ``UnusableCase``."""
    return _take(case, Step.ANSWERED, actor, rules.body(text))


def ask_back(*, case: Case, text: str, actor: User) -> Case:
    """Asks the customer something; the clock stands still until they answer."""
    return _take(case, Step.ASKED_BACK, actor, rules.body(text))


def resolve(*, case: Case, text: str, actor: User) -> Case:
    """Tells the customer the outcome; nothing is owed any more unless they write again."""
    return _take(case, Step.RESOLVED, actor, rules.body(text))


def close(*, case: Case, actor: User | None = None) -> Case:
    """Files a resolved case away for good."""
    return _take(case, Step.CLOSED, actor, "")


def write(*, user: User, reference: str, text: str) -> Case:
    """A customer adds to a case of theirs; one that was resolved is looked into again.

    Raises ``NotFound`` where it is not theirs, ``CaseStepNotPossible`` once it is closed.
    """
    case = selectors.case_for(user, reference)
    return _take(case, Step.CUSTOMER_WROTE, user, rules.body(text))


def watch() -> int:
    """Marks what is late, reminds of what is late or nearly, closes what went quiet; safe to repeat."""
    now, hours = clock.now(), selectors.office_hours()
    soon = hours.add(now, rules.REMIND_BEFORE)
    reached = [
        _watch_one(pk) for pk in selectors.owed().filter(next_due_at__lte=soon).values_list("pk", flat=True)
    ]
    quiet = [
        close(case=case)
        for case in Case.objects.filter(state=State.RESOLVED, resolved_at__isnull=False)
        if case.resolved_at and hours.end_of_business_day(case.resolved_at, rules.QUIET_BUSINESS_DAYS) < now
    ]
    return len(reached) + len(quiet)


@transaction.atomic
def set_target(*, kind: str, priority: str, target: rules.Target, actor: User) -> ServiceTarget:
    """Another promise for cases of a kind and priority; the clocks that run follow it at once.

    What was late before stays marked as late. Called for two people by ``cases.set_target``.
    """
    rules.check_target(target)
    terms = {
        "first_answer_hours": target.first_answer_hours,
        "resolution_days": target.resolution_days,
    }
    row, _created = ServiceTarget.objects.update_or_create(kind=kind, priority=priority, defaults=terms)
    for case in selectors.owed().filter(kind=kind, priority=priority).order_by("pk").select_for_update():
        _judge(case)
        _wind(case)
        case.save()
    audit.record(
        "SERVICE_TARGET_SET",
        actor=actor,
        subject_type="SERVICE_TARGET",
        subject_id=f"{kind} {priority}",
        detail=terms,
    )
    return row


@transaction.atomic
def _take(case: Case, step: Step, actor: User | None, text: str, **changes: object) -> Case:
    locked = Case.objects.select_for_update().get(pk=case.pk)
    before = State(locked.state)
    locked.state = rules.after(step, before)
    _judge(locked)
    for name, value in changes.items():
        setattr(locked, name, value)
    _stamp(locked, step, before)
    _wind(locked)
    locked.save()
    _note(locked, step, actor, text)
    return locked


def _stamp(case: Case, step: Step, before: State) -> None:
    """Stops and starts the clock, and notes when a case was answered, finished or taken up again."""
    now, stood_since = clock.now(), case.paused_at or case.resolved_at
    if stood_since and case.state == State.IN_PROGRESS != before:
        case.paused_for += selectors.office_hours().between(stood_since, now)
    case.paused_at = (case.paused_at or now) if case.state == State.WAITING_FOR_CUSTOMER else None
    if step == Step.RESOLVED:
        case.resolved_at = now
    elif not case.is_finished:
        case.resolved_at = None
    if step == Step.CLOSED:
        case.closed_at = now
    if step in rules.ANSWERS and case.first_answered_at is None:
        case.first_answered_at = now


def _judge(case: Case) -> None:
    """What is late while its clock runs stays marked as late, whatever happens afterwards."""
    if case.next_due_at is None:
        return
    now = clock.now()
    if case.first_answered_at is None and now > case.first_answer_due_at:
        case.first_answer_breached = True
    if now > case.resolution_due_at:
        case.resolution_breached = True


def _wind(case: Case) -> None:
    """Sets the due times by the promise for the kind and priority, and what is owed next."""
    target = selectors.target_for(case.kind, case.priority)
    due = rules.due(case.opened_at, target, case.paused_for, selectors.office_hours())
    case.first_answer_due_at, case.resolution_due_at = due.first_answer_at, due.resolution_at
    stands_still = case.is_finished or case.paused_at is not None
    owed = due.resolution_at if case.first_answered_at else min(due.first_answer_at, due.resolution_at)
    case.next_due_at = None if stands_still else owed


@transaction.atomic
def _watch_one(pk: int) -> None:
    case = Case.objects.select_for_update().get(pk=pk)
    if case.next_due_at is None:
        return
    late_before = (case.first_answer_breached, case.resolution_breached)
    _judge(case)
    if (case.first_answer_breached, case.resolution_breached) != late_before:
        _record("CASE_LATE", case, None, due_at=case.next_due_at.isoformat())
    if case.reminded_for != case.next_due_at:
        case.reminded_for = case.next_due_at
        outbox.emit(REMINDER, {"case_id": case.pk})
    case.save()


def _note(case: Case, step: Step, actor: User | None, text: str) -> None:
    """The line in the history, the line on the trail, and the letter where there is one."""
    kept = CaseStep.objects.create(case=case, step=step, actor=actor, state=case.state, text=text)
    _record(f"CASE_{step}", case, actor, state=case.state)
    if step in rules.ANSWERS | {Step.OPENED}:
        outbox.emit(LETTER, {"step_id": kept.pk})
    if step == Step.CUSTOMER_WROTE and case.assigned_to_id:
        outbox.emit(REMINDER, {"case_id": case.pk})


def _record(action: str, case: Case, actor: User | None, **detail: object) -> None:
    audit.record(action, actor=actor, subject_type="CASE", subject_id=case.reference, detail=detail)


def _address(email: str) -> str:
    try:
        validate_email(email.strip())
    except ValidationError:
        raise UnusableCase(problem="Enter an e-mail address we can answer to.") from None
    return email.strip().lower()
