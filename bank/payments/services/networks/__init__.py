"""The hub between the bank and its networks: orders out, news in, each applied once, and the proof.

``docs/decisions/payments-hub.md`` says why it is built so.
"""

from bank.payments.services.networks.applying import apply_waiting
from bank.payments.services.networks.asked_back import (
    GIVEN_BACK_TOPIC,
    check_grant,
    grant_recall,
    open_recall,
    refuse_recall,
)
from bank.payments.services.networks.books import transit
from bank.payments.services.networks.closing import close_difference, close_event, try_again
from bank.payments.services.networks.found import available
from bank.payments.services.networks.owners import check_owner, credit_owner, owner_shown
from bank.payments.services.networks.recalls import cancel, recall
from bank.payments.services.networks.reconciling import reconcile, reconcile_yesterday
from bank.payments.services.networks.releasing import dispatch, emit, instruction_of, release_due
from bank.payments.services.networks.returning import check_return, return_suspended
from bank.payments.services.networks.sending import send_due, waiting
from bank.payments.services.networks.steps import CHANGED_TOPIC
from bank.payments.services.networks.taking import answer, collect, take_in
from bank.payments.services.networks.tending import ask_after_the_silent, tend

__all__ = [
    "CHANGED_TOPIC",
    "GIVEN_BACK_TOPIC",
    "answer",
    "apply_waiting",
    "ask_after_the_silent",
    "available",
    "cancel",
    "check_grant",
    "check_owner",
    "check_return",
    "close_difference",
    "close_event",
    "collect",
    "credit_owner",
    "dispatch",
    "emit",
    "grant_recall",
    "instruction_of",
    "open_recall",
    "owner_shown",
    "recall",
    "reconcile",
    "reconcile_yesterday",
    "refuse_recall",
    "release_due",
    "return_suspended",
    "send_due",
    "take_in",
    "tend",
    "transit",
    "try_again",
    "waiting",
]
