"""Writes: registering apps, making keys, giving and withdrawing consents, noting requests."""

from bank.access.services.consents import (
    give_consent,
    note_consent_used,
    revoke_company_consent,
    revoke_consent,
    stop_replay,
)
from bank.access.services.keys import create_key, note_key_used, revoke_key
from bank.access.services.log import log_request, prune
from bank.access.services.registration import (
    change_app,
    close_app,
    let_introspect,
    register_app,
    rotate_secret,
)

__all__ = [
    "change_app",
    "close_app",
    "create_key",
    "give_consent",
    "let_introspect",
    "log_request",
    "note_consent_used",
    "note_key_used",
    "prune",
    "register_app",
    "revoke_company_consent",
    "revoke_consent",
    "revoke_key",
    "rotate_secret",
    "stop_replay",
]
