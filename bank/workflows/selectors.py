"""Reads about commands."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet

from bank.identity import role_rules
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.workflows import kinds, rules
from bank.workflows.models import ApprovalLevel, Command
from bank.workflows.rules import Change, Level, State


def pending() -> QuerySet[Command]:
    """What waits for a decision, what ends first at the top."""
    waiting = Command.objects.filter(state=State.PENDING, deadline__gt=clock.now())
    return waiting.select_related("maker").prefetch_related("consents").order_by("deadline")


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
    """Whether the user is somebody else than the maker, holds a role still asked for, and gave no yes yet."""
    given = {one.user_id for one in command.consents.all()}
    if user.pk == command.maker_id or user.pk in given:
        return False
    return any(holds(user, role) for role in roles_open(command))


def roles_open(command: Command) -> list[str]:
    """The roles whose yes it still lacks."""
    given = {one.role for one in command.consents.all()}
    return [role for role in command.roles if role not in given]


def open_role(user: User, command: Command) -> str | None:
    """In which of the open roles the user decides: the second, which is the higher, if they hold it."""
    return next((role for role in reversed(roles_open(command)) if holds(user, role)), None)


def has_levels(scope: str) -> bool:
    """Whether the matrix has rows for this command alone."""
    return ApprovalLevel.objects.filter(scope=scope).exists()


def levels(scope: str) -> list[Level]:
    """The matrix for a kind of command: its own rows, else those for all, else the bank's first ones."""
    rows = list(ApprovalLevel.objects.filter(scope__in=("", scope)).order_by("above"))
    own = [row.level for row in rows if row.scope == scope]
    return own or [row.level for row in rows if not row.scope] or list(rules.MATRIX)


def level_for(scope: str, amount: Money) -> Level:
    """Who decides on an amount. One in another currency than the bank's own is decided by the highest: a
    figure the bank has not converted says nothing about its size."""
    found = levels(scope)
    if amount.currency != str(settings.BANK_BASE_CURRENCY):
        return found[-1]
    return rules.level_for(found, abs(amount.amount))


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
