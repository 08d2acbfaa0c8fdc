"""Who of the staff has which role. A role taken away ends what was begun under it, at once."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction

from bank.audit import services as audit
from bank.identity import services
from bank.identity.models import User
from bank.identity.rules import Ended
from bank.kernel.errors import InvalidInput, NotAllowed


def assign_roles(*, user: User, roles: Iterable[str], actor: User) -> None:
    """Makes these the roles of a member of staff. The books are not touched.

    Nobody gives roles to themselves, whatever their own are, nor to somebody who is not staff:
    ``NotAllowed``, and the refusal stays on the audit trail; ``InvalidInput`` for a role there is not.
    Taking a role away ends every session and token of the user (ASVS 5.0 7.4.2).
    """
    wanted = set(roles)
    if user.pk == actor.pk or not user.is_staff:
        _refuse(user, actor, wanted)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        groups = {group.name: group for group in Group.objects.filter(name__in=wanted)}
        if unknown := wanted - groups.keys():
            raise InvalidInput(problem=f"There is no role {min(unknown)}.")
        before = set(locked.groups.values_list("name", flat=True))
        if before == wanted:
            return
        locked.groups.set(groups.values())
        if before - wanted:
            services.sign_out_everywhere(user=locked, reason=Ended.REVOKED)
        audit.record(
            "ROLES_ASSIGNED",
            actor=actor,
            subject_type="USER",
            subject_id=str(user.pk),
            detail={"before": sorted(before), "after": sorted(wanted)},
        )


def _refuse(user: User, actor: User, wanted: set[str]) -> None:
    audit.record_refusal(
        "ROLES_ASSIGNED",
        actor=actor,
        subject_type="USER",
        subject_id=str(user.pk),
        reason=NotAllowed.code,
        detail={"after": sorted(wanted)},
    )
    raise NotAllowed(what="give roles to yourself, or to somebody who is not a member of staff")
