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
from bank.signing.services.changing import (
    change,
    end_delegation,
    preview,
    require_administrator,
    start_change,
)
from bank.signing.services.ruling import seed_rules, set_rules

__all__ = [
    "ASKED",
    "DECIDED",
    "ESCALATED",
    "ask",
    "change",
    "end_delegation",
    "escalate_due",
    "expire_due",
    "give_up_all",
    "preview",
    "reject",
    "require_administrator",
    "return_for_change",
    "seed_rules",
    "set_rules",
    "sign",
    "start_change",
    "start_signing",
    "withdraw",
]
