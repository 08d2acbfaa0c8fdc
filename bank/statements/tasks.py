"""Celery: load, call one service."""

from typing import Any
from uuid import UUID

from celery import shared_task

from bank.kernel.errors import BankError
from bank.statements import services

_TRIES = 4
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
