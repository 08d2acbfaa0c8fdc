"""Writes: ask for signatures, sign, reject, return, withdraw, expire; rules, delegations and their change."""

from bank.signing.services.acts import (
    ASKED,
    DECIDED,
    ESCALATED,
    ask,
    escalate_due,
    expire_due,
    give_up_all,
    reject,
    return_for_change,
    sign,
    start_signing,
    withdraw,
)
from bank.signing.services.ruling import seed_rules, set_rules

__all__ = [
    "ASKED",
    "DECIDED",
    "ESCALATED",
    "ask",
    "escalate_due",
    "expire_due",
    "give_up_all",
    "reject",
    "return_for_change",
    "seed_rules",
    "set_rules",
    "sign",
    "start_signing",
    "withdraw",
]
