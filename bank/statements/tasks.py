"""Celery: load, call one service."""

from typing import Any
from uuid import UUID

from celery import shared_task

from bank.kernel.errors import BankError
from bank.runtime.errors import AddressRefused
from bank.statements import services

_TRIES = 4
_DELIVERIES = 7
_UNDELIVERED = "it could not be handed over, and the bank has been told."
_UNFORESEEN = "something unforeseen happened, and the bank has been told. Ask for the statement again later."


@shared_task(name="statements.make_statement", bind=True, max_retries=_TRIES - 1)
def make_statement(task: Any, statement_id: str) -> None:
    """Makes the document. A refusal is final and shown; anything else is tried again, then shown."""
    try:
        services.make_statement(statement_id=UUID(statement_id))
    except BankError as refusal:
        services.fail_statement(statement_id=UUID(statement_id), reason=refusal.message)
    except Exception as error:
        if task.request.retries >= task.max_retries:
            services.fail_statement(statement_id=UUID(statement_id), reason=_UNFORESEEN)
            raise
        raise task.retry(exc=error, countdown=2**task.request.retries) from error


@shared_task(name="statements.make_overdue")
def make_overdue() -> int:
    """Beat runs it every few minutes; what a dead machine left is handed to another."""
    overdue = services.hand_out_overdue()
    for statement_id in overdue:
        make_statement.delay(str(statement_id))
    return len(overdue)


@shared_task(name="statements.deliver_statement", bind=True, max_retries=_DELIVERIES - 1)
def deliver_statement(task: Any, statement_id: str) -> None:
    """Takes it to its channel; an address that does not answer is tried for about a day, ever more rarely."""
    try:
        services.deliver(statement_id=UUID(statement_id))
    except AddressRefused as refusal:
        services.give_up_delivery(statement_id=UUID(statement_id), reason=refusal.message)
    except Exception as error:
        if task.request.retries >= task.max_retries:
            said = error.message if isinstance(error, BankError) else _UNDELIVERED
            services.give_up_delivery(statement_id=UUID(statement_id), reason=said)
            return
        raise task.retry(exc=error, countdown=30 * 4**task.request.retries) from error
