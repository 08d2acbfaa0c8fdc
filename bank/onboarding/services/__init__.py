"""Writes: one verb of the procedure manual each. Import as ``from bank.onboarding import services``."""

from bank.onboarding.services.applying import (
    add_party,
    answer,
    attach,
    begin,
    remove_party,
    submit,
    withdraw,
)
from bank.onboarding.services.expiry import expire_stale
from bank.onboarding.services.forgetting import forget, forget_customer
from bank.onboarding.services.kyc import answer_review, close_review, kyc_due, schedule
from bank.onboarding.services.registration import code_for, complete, purge_registrations, register, verify
from bank.onboarding.services.review import (
    add_note,
    ask_for_more,
    decide,
    recommend,
    send_back,
    take,
    tick,
)
from bank.onboarding.services.steps import require_open
from bank.onboarding.services.thresholds import set_threshold

__all__ = [
    "add_note",
    "add_party",
    "answer",
    "answer_review",
    "ask_for_more",
    "attach",
    "begin",
    "close_review",
    "code_for",
    "complete",
    "decide",
    "expire_stale",
    "forget",
    "forget_customer",
    "kyc_due",
    "purge_registrations",
    "recommend",
    "register",
    "remove_party",
    "require_open",
    "schedule",
    "send_back",
    "set_threshold",
    "submit",
    "take",
    "tick",
    "verify",
    "withdraw",
]
