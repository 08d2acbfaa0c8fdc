"""Staff sessions: with a reason, for a while, on the audit trail; and the glass to break in need.

A role that changes things is worth nothing outside one (ASVS 5.0 8.4.2, least privilege). Who
breaks the glass has every right for hours at most, and every administrator is told.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Max

from bank.audit import services as audit
from bank.identity import errors, notices, role_rules
from bank.identity.models import RoleLimit, StaffSession, User, UserSession
from bank.identity.role_rules import Act, Duty
from bank.kernel import clock
from bank.kernel.errors import InvalidInput, NotAllowed
from bank.kernel.money import Money


def open_session(*, user: User, reason: str, minutes: int, browser: UserSession | None) -> StaffSession:
    """Lets a member of staff change things for so many minutes; an open one is replaced.

    Raises ``NotAllowed`` for who is not staff, ``ReasonNeeded``, ``InvalidInput`` for too long.
    """
    if not user.is_staff:
        raise NotAllowed(what="open a staff session")
    lasts = timedelta(minutes=minutes)
    if not timedelta(0) < lasts <= role_rules.LONGEST_DUTY:
        raise InvalidInput(problem="A staff session lasts four hours at most.")
    with transaction.atomic():
        end(user=user)
        return _open(user, Duty.SESSION, reason, lasts, browser)


def end(*, user: User) -> None:
    """Ends whatever staff session the user has open, a broken glass too."""
    with transaction.atomic():
        unended = StaffSession.objects.filter(user=user, ended_at__isnull=True, expires_at__gt=clock.now())
        if unended.update(ended_at=clock.now()):
            audit.record("STAFF_SESSION_ENDED", actor=user, subject_type="USER", subject_id=str(user.pk))
    _forget(user)


def break_glass(*, user: User, reason: str, minutes: int) -> StaffSession:
    """Gives every right for a while; the user and every administrator are told.

    Raises ``NotAllowed`` for who is not active staff, ``ReasonNeeded``, ``InvalidInput``.
    """
    if not (user.is_staff and user.is_active):
        raise NotAllowed(what="give every right to somebody who is not a member of staff")
    lasts = timedelta(minutes=minutes)
    if not timedelta(0) < lasts <= role_rules.LONGEST_BREAK_GLASS:
        raise InvalidInput(problem="The glass stays broken for four hours at most.")
    with transaction.atomic():
        opened = _open(user, Duty.BREAK_GLASS, reason, lasts, None)
        for one in {user, *_administrators()}:
            notices.send(one, notices.Kind.GLASS_BROKEN)
    return opened


def limit_of(user: User, act: Act) -> Money | None:
    """The most the user's roles let through of this act, in the base currency; ``None`` for nothing."""
    found = RoleLimit.objects.filter(role__user=user, act=act).aggregate(most=Max("maximum"))["most"]
    return None if found is None else Money.of(found, str(settings.BANK_BASE_CURRENCY))


def require_within(*, user: User, act: Act, amount: Money) -> None:
    """Raises ``OverLimit``, noted on the trail, where the user's roles do not reach so far."""
    most = limit_of(user, act)
    if most is not None and amount.currency == most.currency and amount.amount <= most.amount:
        return
    audit.record_refusal(
        "LIMIT_REACHED",
        actor=user,
        subject_type="USER",
        subject_id=str(user.pk),
        reason=errors.OverLimit.code,
        detail={"act": act, "amount": str(amount)},
    )
    raise errors.OverLimit(maximum=str(most or "nothing"))


def set_limit(*, role: Group, act: Act, maximum: Money, actor: User) -> None:
    """Another most for a role. Nobody raises the limit of a role of their own: ``NotAllowed``."""
    if role.user_set.filter(pk=actor.pk).exists():
        raise NotAllowed(what="change the limit of a role you have")
    with transaction.atomic():
        RoleLimit.objects.update_or_create(role=role, act=act, defaults={"maximum": maximum.amount})
        audit.record(
            "ROLE_LIMIT_SET",
            actor=actor,
            subject_type="ROLE",
            subject_id=role.name,
            detail={"act": act, "maximum": str(maximum)},
        )


def _open(user: User, kind: Duty, reason: str, lasts: timedelta, browser: UserSession | None) -> StaffSession:
    told = " ".join(reason.split())
    if len(told) < role_rules.SHORTEST_REASON:
        raise errors.ReasonNeeded(least=role_rules.SHORTEST_REASON)
    opened = StaffSession.objects.create(
        user=user, kind=kind, browser=browser, reason=told[:300], expires_at=clock.now() + lasts
    )
    audit.record(
        "GLASS_BROKEN" if kind == Duty.BREAK_GLASS else "STAFF_SESSION_OPENED",
        actor=user,
        subject_type="USER",
        subject_id=str(user.pk),
        detail={"reason": opened.reason, "minutes": int(lasts.total_seconds()) // 60},
    )
    _forget(user)
    return opened


def _administrators() -> set[User]:
    return set(User.objects.filter(groups__name="ADMINISTRATOR", is_active=True))


def _forget(user: User) -> None:
    """What was read about the user's rights before no longer holds."""
    for kept in ("duty", "_group_perm_cache", "_user_perm_cache", "_perm_cache"):
        user.__dict__.pop(kept, None)
