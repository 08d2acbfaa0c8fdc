"""What a role may say yes to, such as a teller's cash: other limits, by two people."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.identity import duty
from bank.identity.models import RoleLimit, User
from bank.identity.role_rules import Act
from bank.kernel.errors import Conflict, NotAllowed
from bank.kernel.money import Money
from bank.runtime import formats
from bank.workflows import kinds, services
from bank.workflows.errors import PayloadUnusable
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

LIMIT_RIGHT: Final = "identity.change_rolelimit"
_HIGHEST: Final = Decimal(10**15)


@dataclass(frozen=True, slots=True)
class SetRoleLimit:
    """The most, in the base currency, the holders of a role may say yes to; zero: to nothing."""

    role: str
    act: str
    maximum: Decimal


def propose_limit(*, role: str, act: str, maximum: Decimal, reason: str, maker: User) -> Command:
    """Proposes it; it holds once somebody else has approved it. Raises ``NotAllowed`` for a role one has,
    ``PayloadUnusable``, ``Conflict`` where it holds already."""
    asked = SetRoleLimit(role, act, maximum)
    _not_ones_own(asked, maker)
    return services.propose(kind=SET_ROLE_LIMIT.name, payload=asked, reason=reason, maker=maker)


def affected_by_limit(role: str, act: str, maximum: Decimal) -> list[tuple[str, str]]:
    """For how many of the staff it would hold, and how many of them go by a higher role. Raises as
    ``propose_limit`` for what is no limit."""
    _check(SetRoleLimit(role, act, maximum))
    people = _people(role)
    higher = RoleLimit.objects.filter(act=act, maximum__gte=maximum).exclude(role__name=role)
    by_other = people.filter(groups__in=higher.values("role")).distinct()
    return [
        (gettext("Members of staff it holds for"), formats.number(people.count())),
        (gettext("Of them by a higher role all the same"), formats.number(by_other.count())),
    ]


def _people(role: str) -> QuerySet[User]:
    named = User.groups.through.objects.filter(group__name=role).values("user")
    return User.objects.filter(pk__in=named, is_active=True)


def _not_ones_own(asked: SetRoleLimit, user: User) -> None:
    if user.groups.filter(name=asked.role).exists():
        raise NotAllowed(what="change the limit of a role you have")


def _check(asked: SetRoleLimit) -> None:
    if asked.act not in list(Act) or not Group.objects.filter(name=asked.role).exists():
        raise PayloadUnusable(problem="Name a role of the bank and what its limit is about.")
    if not 0 <= asked.maximum <= _HIGHEST:
        raise PayloadUnusable(problem="A limit is a sum from zero up to a thousand million million.")
    Money.of(asked.maximum, str(settings.BANK_BASE_CURRENCY))
    now = _limit_now(asked)
    if now is not None and now.maximum == asked.maximum:
        raise Conflict(problem="This limit holds already.")


def _limit_now(asked: SetRoleLimit) -> RoleLimit | None:
    return RoleLimit.objects.filter(role__name=asked.role, act=asked.act).first()


def _difference(asked: SetRoleLimit) -> list[Change]:
    now = _limit_now(asked)
    people = formats.number(_people(asked.role).count())
    return [
        Change(f"{asked.role}: {asked.act}", _said(now.maximum) if now else "", _said(asked.maximum)),
        Change(gettext("Members of staff it holds for"), people, people, is_forecast=True),
    ]


def _said(maximum: Decimal) -> str:
    return formats.money(Money.of(maximum, str(settings.BANK_BASE_CURRENCY)))


def _apply(asked: SetRoleLimit, deed: Deed) -> None:
    _not_ones_own(asked, deed.maker)
    most = Money.of(asked.maximum, str(settings.BANK_BASE_CURRENCY))
    role = Group.objects.get(name=asked.role)
    duty.set_limit(role=role, act=Act(asked.act), maximum=most, actor=deed.checker)


SET_ROLE_LIMIT = kinds.command(
    "workflows.set_role_limit",
    _("What a role may decide"),
    SetRoleLimit,
    maker_right=LIMIT_RIGHT,
    checker_role="ADMINISTRATOR",
    lifetime=timedelta(days=2),
    about=lambda asked: ("ROLE_LIMIT", f"{asked.role}:{asked.act}"),
    check=_check,
    difference=_difference,
    apply=_apply,
    allows=_not_ones_own,
)
