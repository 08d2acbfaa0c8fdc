"""Writes: propose, approve, reject, withdraw, expire.

A command is carried out in the database transaction that approves it, under the lock of its row:
once, or not at all. Checker and maker are never the same person; the service says so politely and
the database insists. Refusals stay on the audit trail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError, NotAllowed
from bank.kernel.money import Money
from bank.runtime import outbox
from bank.workflows import kinds, rules, selectors
from bank.workflows.errors import (
    AlreadyProposed,
    CommandDecided,
    CommandExpired,
    CommandStale,
    ConsentGiven,
    MakerIsChecker,
    NotTheMaker,
    NotYourCommand,
)
from bank.workflows.kinds import Deed, Kind
from bank.workflows.models import Command, Consent
from bank.workflows.rules import Level, State

PROPOSED = "workflows.proposed"
DECIDED = "workflows.decided"
ESCALATED = "workflows.escalated"


@transaction.atomic
def propose(*, kind: str, payload: Any, reason: str, maker: User) -> Command:
    """Keeps a change for somebody else to decide on; nothing changes yet.

    ``payload`` is an instance of the command's dataclass. Raises ``UnknownCommand``,
    ``NotAllowed``, ``PayloadUnusable``, whatever the command's own check raises, and
    ``AlreadyProposed`` where the same is waiting for the same subject.
    """
    found = kinds.named(kind)
    if not callable(found.maker_right) and not maker.has_perm(found.maker_right):
        raise NotAllowed(what="propose this")
    read = rules.read_payload(found.shape, rules.write_payload(payload))
    found.check(read)
    if not maker.has_perm(found.right_for(read)):
        raise NotAllowed(what="propose this")
    command = _insert(found, read, rules.reason(reason), maker)
    _record("COMMAND_PROPOSED", command, maker, why=command.reason)
    outbox.emit(PROPOSED, {"command_id": command.pk})
    return command


def approve(*, command: Command, checker: User) -> Command:
    """Decides for a change and, with the last yes it needs, carries it out in the same database transaction.

    Where the matrix asks for two roles, the first yes leaves it pending; nobody gives both.
    The payload is checked again and the difference compared with what the maker saw. Raises
    ``MakerIsChecker``, ``NotYourCommand``, ``CommandDecided``, ``CommandExpired``,
    ``CommandStale``, and what the command's ``allows`` raises, such as ``OverLimit``. Where
    carrying it out is refused, the command is ``FAILED`` with the reason and nothing else has changed.
    """
    with _refusals_kept("COMMAND_APPROVED", command, checker), transaction.atomic():
        locked, kind = _open_for(command, checker)
        payload = rules.read_payload(kind.shape, locked.payload)
        if not _consent(locked, kind, payload, checker):
            return locked
        try:
            with transaction.atomic():
                _carry_out(locked, kind, payload, checker)
        except CommandStale:
            raise
        except BankError as refusal:
            return _decide(locked, State.FAILED, checker, refusal.message[: rules.REASON_LETTERS])
        return _decide(locked, State.APPROVED, checker, "")


def _consent(command: Command, kind: Kind, payload: Any, checker: User) -> bool:
    """Keeps a yes; whether it was the last. The limit of who decides in the highest role must reach it."""
    role = selectors.open_role(checker, command)
    assert role is not None
    if role == command.roles[-1]:
        kind.allows(payload, checker)
    Consent.objects.create(command=command, user=checker, role=role)
    if selectors.roles_open(command):
        _record("COMMAND_CONSENTED", command, checker, role=role)
        outbox.emit(PROPOSED, {"command_id": command.pk})
        return False
    return True


def reject(*, command: Command, checker: User, reason: str) -> Command:
    """Decides against a change, with a reason its maker reads. Raises as ``approve`` does."""
    words = rules.reason(reason)
    with _refusals_kept("COMMAND_REJECTED", command, checker), transaction.atomic():
        locked, _kind = _open_for(command, checker)
        return _decide(locked, State.REJECTED, checker, words)


def withdraw(*, command: Command, maker: User) -> Command:
    """The maker thinks better of it. Raises ``NotTheMaker``, ``CommandDecided``."""
    with transaction.atomic():
        locked = Command.objects.select_for_update().get(pk=command.pk)
        if locked.maker_id != maker.pk:
            raise NotTheMaker
        if locked.state != State.PENDING:
            raise CommandDecided(state=locked.state.lower())
        return _end(locked, State.WITHDRAWN, maker)


def escalate_due() -> int:
    """Reminds, once, of what waited half its time; how many. Beat runs it."""
    half = F("proposed_at") + (F("deadline") - F("proposed_at")) / 2
    waiting = Command.objects.filter(state=State.PENDING, escalated_at=None, deadline__gt=clock.now())
    due = waiting.annotate(half=ExpressionWrapper(half, DateTimeField())).filter(half__lte=clock.now())
    return sum(_escalate(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _escalate(pk: int) -> bool:
    found = Command.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.PENDING)
    waiting = found.filter(escalated_at=None).first()
    if waiting is not None:
        waiting.escalated_at = clock.now()
        waiting.save(update_fields=["escalated_at"])
        _record("COMMAND_ESCALATED", waiting, None)
        outbox.emit(ESCALATED, {"command_id": waiting.pk})
    return waiting is not None


def expire_due() -> int:
    """Ends what nobody decided in time; safe to repeat."""
    late = Command.objects.filter(state=State.PENDING, deadline__lte=clock.now()).values_list("pk", flat=True)
    return sum(_expire(pk) for pk in late)


@transaction.atomic
def _expire(pk: int) -> bool:
    waiting = Command.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.PENDING).first()
    if waiting is not None:
        _end(waiting, State.EXPIRED, None)
    return waiting is not None


def _insert(kind: Kind, payload: Any, why: str, maker: User) -> Command:
    subject_type, subject_id = kind.subject(payload)
    now, amount, level = clock.now(), *_level(kind, payload)
    try:
        with transaction.atomic():
            return Command.objects.create(
                reference=ids.reference("CMD"),
                kind=kind.name,
                payload=rules.write_payload(payload),
                difference=[rules.write_change(change) for change in kind.difference(payload)],
                subject_type=subject_type,
                subject_id=subject_id,
                reason=why,
                maker=maker,
                amount=amount.amount if amount else None,
                currency=amount.currency if amount else "",
                required_role=level.role,
                second_role=level.second,
                proposed_at=now,
                deadline=now + timedelta(hours=level.hours),
            )
    except IntegrityError as error:
        raise AlreadyProposed from error


def _level(kind: Kind, payload: Any) -> tuple[Money | None, Level]:
    """What it moves, if it moves anything, and who decides on it how soon: rows of the matrix made for this
    command, else the role the command names, else the matrix for all."""
    amount = kind.amount(payload) if kind.amount else None
    if amount is not None and (not kind.checker_role or selectors.has_levels(kind.name)):
        return amount, selectors.level_for(kind.name, amount)
    hours = int(kind.lifetime_of(payload) / timedelta(hours=1))
    return amount, Level(Decimal(0), kind.role_for(payload), hours)


def _open_for(command: Command, checker: User) -> tuple[Command, Kind]:
    """The command, locked, if this checker may decide on it now."""
    locked = Command.objects.select_for_update(of=("self",)).select_related("maker").get(pk=command.pk)
    if checker.pk == locked.maker_id:
        raise MakerIsChecker
    _require_role(locked, checker)
    if locked.state != State.PENDING:
        raise CommandDecided(state=locked.state.lower())
    if locked.deadline <= clock.now():
        raise CommandExpired
    return locked, kinds.named(locked.kind)


def _require_role(command: Command, checker: User) -> None:
    """Raises ``ConsentGiven`` for who said yes already, ``NotYourCommand`` for who holds no open role."""
    if command.consents.filter(user=checker).exists() and command.state == State.PENDING:
        raise ConsentGiven
    if not any(selectors.holds(checker, role) for role in selectors.roles_open(command) or command.roles):
        raise NotYourCommand(role=" + ".join(selectors.roles_open(command) or command.roles))


def _carry_out(command: Command, kind: Kind, payload: Any, checker: User) -> None:
    kind.check(payload)
    now = [change for change in kind.difference(payload) if not change.is_forecast]
    if now != [change for change in selectors.difference_kept(command) if not change.is_forecast]:
        raise CommandStale
    kind.apply(payload, Deed(command.maker, checker, command.reason, command.reference))


def _decide(command: Command, state: State, checker: User, why: str) -> Command:
    command.checker, command.decision_reason = checker, why
    return _end(command, state, checker)


def _end(command: Command, state: State, actor: User | None) -> Command:
    command.state, command.decided_at = state, clock.now()
    command.save(update_fields=["state", "decided_at", "checker", "decision_reason"])
    _record(f"COMMAND_{state}", command, actor, why=command.decision_reason)
    outbox.emit(DECIDED, {"command_id": command.pk})
    return command


@contextmanager
def _refusals_kept(action: str, command: Command, checker: User) -> Iterator[None]:
    """What a checker was refused stays on the trail though the work is rolled back."""
    try:
        yield
    except BankError as error:
        audit.record_refusal(
            action,
            actor=checker,
            subject_type="COMMAND",
            subject_id=command.reference,
            reason=error.code,
            detail={"command": command.kind},
        )
        raise


def _record(action: str, command: Command, actor: User | None, **detail: object) -> None:
    about = {"command": command.kind, "subject": f"{command.subject_type} {command.subject_id}"}
    audit.record(
        action,
        actor=actor,
        subject_type="COMMAND",
        subject_id=command.reference,
        detail={**about, "difference": command.difference, **detail},
    )
