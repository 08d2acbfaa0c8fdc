"""Writes: each a verb of the procedure manual, in one database transaction, with its audit line."""

from bank.runtime.webhooks import SIGNATURE
from bank.statements.services.delivering import deliver, give_up_delivery
from bank.statements.services.issuing import issue
from bank.statements.services.making import (
    FINISHED,
    OVERDUE,
    REQUESTED,
    answer_at_once,
    fail_statement,
    hand_out_overdue,
    make_statement,
    open_document,
    request_certificate,
    request_once,
    request_statement,
)
from bank.statements.services.subscribing import (
    due_subscriptions,
    end_subscription,
    pause_subscription,
    request_due,
    resume_subscription,
    subscribe,
    subscribe_once,
)

__all__ = [
    "FINISHED",
    "OVERDUE",
    "REQUESTED",
    "SIGNATURE",
    "answer_at_once",
    "deliver",
    "due_subscriptions",
    "end_subscription",
    "fail_statement",
    "give_up_delivery",
    "hand_out_overdue",
    "issue",
    "make_statement",
    "open_document",
    "pause_subscription",
    "request_certificate",
    "request_due",
    "request_once",
    "request_statement",
    "resume_subscription",
    "subscribe",
    "subscribe_once",
]
