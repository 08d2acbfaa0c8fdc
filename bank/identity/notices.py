"""Tells users by e-mail what happened to their account (ASVS 5.0 6.3.7); sent from the outbox."""

from enum import StrEnum

from bank.identity import rules
from bank.identity.models import User
from bank.kernel import clock
from bank.runtime import context, outbox

TOPIC = "identity.notice"


class Kind(StrEnum):
    SIGNED_IN = "signed_in"
    NEW_DEVICE = "new_device"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    AUTHENTICATOR_ADDED = "authenticator_added"
    AUTHENTICATOR_REMOVED = "authenticator_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PHONE_ADDED = "phone_added"
    PHONE_REMOVED = "phone_removed"
    GLASS_BROKEN = "glass_broken"
    TOKEN_REUSED = "token_reused"  # noqa: S105


def send(user: User, kind: Kind) -> None:
    """Records the notice in the current database transaction, with when and from where."""
    asked = context.current()
    payload = {
        "user_id": user.pk,
        "kind": kind.value,
        "at": clock.now().isoformat(),
        "device": rules.device_label(asked.user_agent),
        "ip": asked.ip or "unknown",
    }
    outbox.emit(TOPIC, payload)
