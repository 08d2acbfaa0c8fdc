"""Reads about commands."""

from collections.abc import Sequence

from django.db.models import QuerySet

from bank.identity import role_rules
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.workflows import kinds, rules
from bank.workflows.models import Command
from bank.workflows.rules import Change, State


def pending() -> QuerySet[Command]:
    """What waits for a decision, what ends first at the top."""
    waiting = Command.objects.filter(state=State.PENDING, deadline__gt=clock.now())
    return waiting.select_related("maker").order_by("deadline")


def pending_on(subject_type: str, subject_id: str) -> list[Command]:
    """What waits for a decision about one subject; shown on its record."""
    return list(pending().filter(subject_type=subject_type, subject_id=subject_id))


def waiting_for(user: User) -> int:
    """How many commands the user could decide now."""
    return sum(may_decide(user, command) for command in pending())


def command_by(reference: str) -> Command:
    found = Command.objects.filter(reference=reference).select_related("maker", "checker").first()
    if found is None:
        raise NotFound(what="command")
    return found


def may_decide(user: User, command: Command) -> bool:
    """Whether the user is somebody else than the maker and holds the role."""
    return user.pk != command.maker_id and holds(user, command.required_role)


def holds(user: User, role: str) -> bool:
    """Whether a member of staff has the role, one that stands in for it, or every right."""
    if not (user.is_active and user.is_staff):
        return False
    enough = {role, *role_rules.SENIORS.get(role, ())}
    return user.is_superuser or not enough.isdisjoint(group.name for group in user.groups.all())


def difference_now(command: Command) -> Sequence[Change]:
    """What carrying it out would change, by what is true now."""
    kind = kinds.named(command.kind)
    return kind.difference(rules.read_payload(kind.shape, command.payload))


def difference_kept(command: Command) -> list[Change]:
    """What it would change, as it was when it was proposed."""
    return [Change(**line) for line in command.difference]
