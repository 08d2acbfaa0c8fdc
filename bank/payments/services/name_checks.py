"""Confirmation of payee within bounds: names and numbers cannot be tried out until one fits.

Misses are counted per user and hour in the shared cache, so over all workers. Without the cache
the check answers UNAVAILABLE rather than unbounded.
"""

import logging

from bank.identity.models import User
from bank.payments import errors, names
from bank.payments.rules import NameCheck
from bank.runtime.windows import Window

MISSES_PER_HOUR = 20
_HOUR_S = 3600
_log = logging.getLogger(__name__)


def check(user: User, written: str, registered: str | None) -> NameCheck:
    """How the name fits; None for an account that does not exist counts as a miss and is NO_MATCH.

    Raises ``TooManyNameChecks`` after twenty misses in an hour, before it says anything.
    """
    try:
        _refuse_the_harvester(user)
        found = NameCheck.NO_MATCH if registered is None else names.check(written, registered)
        if found != NameCheck.MATCH:
            count_miss(user)
    except errors.TooManyNameChecks:
        raise
    except Exception:
        _log.exception("name check without its counter")
        return NameCheck.UNAVAILABLE
    return found


def count_miss(user: User) -> None:
    """Counts one account or name that did not fit."""
    _misses(user).count()


def _refuse_the_harvester(user: User) -> None:
    misses = _misses(user)
    if misses.counted() >= MISSES_PER_HOUR:
        raise errors.TooManyNameChecks(retry_after_s=misses.left())


def _misses(user: User) -> Window:
    return Window("payee-misses", user.pk, _HOUR_S)
