"""Counts what may be done so often and no more, in the database all servers share (ASVS 5.0 6.3.1, 2.4.1).

A try is counted before the password is looked at and taken back when it was right, so a
burst of parallel guesses gains nothing. A browser its owner signed in with before has a budget
of its own, and the limit per account spares addresses the owner came from: neither can be used
to lock somebody out. What a stranger can have sent (reset mails, SMS) is counted the same way;
codes asked for, wrong codes and files sent in per user and per address (``pace``).
"""

import hashlib
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from bank.identity import errors, rules
from bank.identity.models import AttemptWindow
from bank.identity.rules import Scope
from bank.kernel import clock

_CLAIM = """
INSERT INTO identity_attemptwindow AS known (scope, digest, failures, ends_at)
VALUES (%(scope)s, %(digest)s, 1, %(end)s)
ON CONFLICT (scope, digest) DO UPDATE SET
    failures = CASE WHEN known.ends_at <= %(now)s THEN 1 ELSE known.failures + 1 END,
    ends_at = CASE WHEN known.ends_at <= %(now)s THEN EXCLUDED.ends_at ELSE known.ends_at END
RETURNING failures, ends_at
"""


def claim(scope: Scope, subject: str) -> None:
    """Counts one try of ``subject`` (an address, or a login name known or not).

    Raises ``TooManyTries`` beyond the limit of the window; the window does not grow by trying on.
    """
    wait = _wait(scope, subject, rules.BUDGETS[scope][0])
    if wait:
        raise errors.TooManyTries(retry_after_s=wait)


def pace(scope: Scope, *, user_id: object, address: str) -> None:
    """Counts one doing of a user from an address. Raises ``TooOften`` beyond the limit of either."""
    per_user, per_address = rules.PACES[scope]
    wait = _wait(scope, f"user {user_id}", per_user) or _wait(scope, f"from {address}", per_address)
    if wait:
        raise errors.TooOften(retry_after_s=wait)


def unpace(scope: Scope, *, user_id: object, address: str) -> None:
    """Takes the doing back, after it turned out not to be one that counts."""
    give_back(scope, f"user {user_id}")
    give_back(scope, f"from {address}")


def give_back(scope: Scope, subject: str) -> None:
    """Takes back the one try that turned out right; an address keeps its other failures."""
    _window(scope, subject).filter(failures__gt=0).update(failures=F("failures") - 1)


def forget(scope: Scope, subject: str) -> None:
    """Closes the window, after the account's owner proved to be there."""
    _window(scope, subject).delete()


def _wait(scope: Scope, subject: str, limit: int) -> int:
    """Counts, and says for how many seconds there is no more; zero within the limit."""
    times, ends_at = _count(scope, subject)
    return max(1, int((ends_at - clock.now()).total_seconds()) + 1) if times > limit else 0


def _count(scope: Scope, subject: str) -> tuple[int, datetime]:
    now = clock.now()
    values: dict[str, Any] = {
        "scope": scope.value,
        "digest": _digest(subject),
        "now": now,
        "end": now + (rules.BUDGETS[scope][1] if scope in rules.BUDGETS else rules.PACE_WINDOW),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        failures, ends_at = cursor.fetchone()
    return failures, ends_at


def _window(scope: Scope, subject: str) -> QuerySet[AttemptWindow]:
    return AttemptWindow.objects.filter(scope=scope, digest=_digest(subject))


def _digest(subject: str) -> bytes:
    return hashlib.sha256(subject.encode()).digest()
