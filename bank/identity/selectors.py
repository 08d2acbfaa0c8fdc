"""Reads about users, their sessions and tokens."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from bank.identity.models import Challenge, TokenFamily, User, UserSession
from bank.identity.rules import Purpose
from bank.kernel import clock

_REMEMBERED = timedelta(days=90)


def is_fully_signed_in(request: HttpRequest) -> bool:
    """Whether the request's user proved both factors and is still active; every door asks this."""
    user = request.user
    return bool(user.is_authenticated and user.is_active and user.is_verified())  # type: ignore[attr-defined]


def user_by_email(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()


def sessions_of(user: User) -> QuerySet[UserSession]:
    """The user's open browser sessions, last used first."""
    return UserSession.objects.filter(user=user, ended_at__isnull=True)


def token_families_of(user: User) -> QuerySet[TokenFamily]:
    """The programs signed in as the user, last used first."""
    return TokenFamily.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=clock.now())


def has_signed_in_from(email: str, address: str) -> bool:
    """Whether this user signed in from the address within ninety days."""
    since = clock.now() - _REMEMBERED
    browsers = UserSession.objects.filter(user__email=email, ip=address, signed_in_at__gt=since)
    programs = TokenFamily.objects.filter(user__email=email, ip=address, created_at__gt=since)
    return bool(address) and (browsers.exists() or programs.exists())


def latest_challenge(user: User, purpose: Purpose) -> Challenge | None:
    """The newest challenge of this purpose that was not used."""
    unused = Challenge.objects.filter(user=user, purpose=purpose, used_at__isnull=True)
    return unused.order_by("-created_at").first()


_HOLDER = """
SELECT u.* FROM identity_user u JOIN identity_tokenfamily f ON f.user_id = u.id
WHERE u.id = %s AND u.is_active AND u.token_version = %s AND f.id = %s AND f.revoked_at IS NULL
"""


def user_of_token(*, user_id: int, version: int, family_id: UUID) -> User | None:
    """The user of an access token, if active, at this token version and with the family not revoked.

    One look-up by two primary keys; plain SQL, since every request of the API waits for it.
    """
    found = User.objects.raw(_HOLDER, [user_id, version, family_id])
    return next(iter(found), None)
