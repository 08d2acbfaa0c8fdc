"""The pages of identity: signing in, a new password, and what keeps an account safe."""

from bank.identity.views.guards import (
    HOME,
    STAFF_HOME,
    confirm_first,
    form_page,
    freshly_confirmed,
    landing,
    safe_next,
    signed_in,
    user_of,
)

__all__ = [
    "HOME",
    "STAFF_HOME",
    "confirm_first",
    "form_page",
    "freshly_confirmed",
    "landing",
    "safe_next",
    "signed_in",
    "user_of",
]
