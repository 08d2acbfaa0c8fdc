"""Asking for statements, and making them."""

import secrets
from datetime import date, timedelta
from functools import partial
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import translation

from bank import ledger
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.runtime import idempotency, locks, outbox
from bank.statements import documents, errors, files, rules, selectors
from bank.statements.models import Statement
from bank.statements.rules import Status

REQUESTED = "statements.StatementRequested"
OVERDUE = timedelta(minutes=10)
_AT_ONCE = 100


def request_statement(
    *, user: User, account: Account, from_date: date, to_date: date, format: str, key: str
) -> Statement:
    """Has a statement of ``account`` made in the background; both days belong to the period.

    Asking again under the same ``key`` gives the same statement. Does nothing to the books.
    ``account`` must come from ``accounts.selectors.account_for``. Raises ``UnknownFormat``,
    ``PeriodReversed``, ``PeriodInFuture``, ``PeriodTooLong``, ``IdempotencyConflict``.
    """
    statement, _replayed = request_once(
        user=user, account=account, from_date=from_date, to_date=to_date, format=format, key=key
    )
    return statement


def request_once(
    *, user: User, account: Account, from_date: date, to_date: date, format: str, key: str
) -> tuple[Statement, bool]:
    """As ``request_statement``; tells besides whether it was asked for under this key before."""
    wanted = rules.format_named(format)
    rules.check_period(from_date, to_date, ledger.business_date())
    content = {"account": account.number, "from": from_date, "to": to_date, "format": wanted.value}
    queue = partial(_queue, user, account, from_date, to_date, wanted)
    answer, replayed = idempotency.once(
        owner=f"user:{user.pk}", operation="statements.request", key=key, content=content, run=queue
    )
    return Statement.objects.select_related("account").get(pk=answer["id"]), replayed


def make_statement(*, statement_id: UUID) -> None:
    """Writes the document of a queued statement and seals it with its SHA-256 digest.

    Safe to repeat and to run twice at once: a finished statement stays as it is, and of
    several workers one writes. A killed worker leaves the statement RUNNING; its redelivered
    task writes the file anew. Raises ``PdfUnavailable``.
    """
    waiting = Statement.objects.filter(pk=statement_id, status__in=[Status.QUEUED, Status.RUNNING])
    if not waiting.update(status=Status.RUNNING):
        return
    with transaction.atomic():
        locks.hold_until_commit(f"statement {statement_id}")
        statement = waiting.select_related("account__customer", "account__product").first()
        if statement is None:
            return
        _write(statement)


def fail_statement(*, statement_id: UUID, reason: str) -> None:
    """Gives up on a statement, with a reason its reader understands."""
    unfinished = Statement.objects.filter(pk=statement_id).exclude(status=Status.READY)
    unfinished.update(status=Status.FAILED, failure=reason[:300], finished_at=clock.now())


def hand_out_overdue() -> list[UUID]:
    """Statements that nobody finished in time (a machine that died with its worker), to be made again.

    Each is given out once in ``OVERDUE``, however many sweeps run at once.
    """
    limit = clock.now() - OVERDUE
    overdue = Statement.objects.filter(
        status__in=[Status.QUEUED, Status.RUNNING], handed_out_at__lt=limit
    ).order_by("handed_out_at")
    with transaction.atomic():
        found = list(overdue.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_AT_ONCE])
        Statement.objects.filter(pk__in=found).update(handed_out_at=clock.now())
    return found


def open_document(*, user: User, statement_id: UUID | str) -> tuple[Statement, BinaryIO]:
    """The statement and its file, open for reading; the audit trail keeps who downloaded it.

    Raises ``NotFound``, ``StatementFailed``, ``StatementNotReady``.
    """
    statement = selectors.statement_for(user, statement_id)
    if statement.status == Status.FAILED:
        raise errors.StatementFailed(reason=statement.failure)
    if statement.status != Status.READY:
        raise errors.StatementNotReady
    file = files.open_file(statement.file_name)
    _record("STATEMENT_DOWNLOADED", user, statement)
    return statement, file


def _queue(
    user: User, account: Account, from_date: date, to_date: date, format: rules.Format
) -> dict[str, str]:
    statement = Statement.objects.create(
        reference=ids.reference("S"),
        account=account,
        from_date=from_date,
        to_date=to_date,
        format=format,
        language=translation.get_language() or user.language,
        requested_by=user,
        file_name=f"{secrets.token_hex(24)}.{format.lower()}",
    )
    outbox.emit(REQUESTED, {"statement_id": str(statement.pk)})
    _record("STATEMENT_REQUESTED", user, statement)
    return {"id": str(statement.pk)}


def _write(statement: Statement) -> None:
    with translation.override(statement.language):
        paper = selectors.paper_of(statement)
    format = rules.Format(statement.format)
    seal = files.write_whole(statement.file_name, lambda file: documents.write(paper, format, file))
    statement.status, statement.finished_at = Status.READY, clock.now()
    statement.digest, statement.size = seal.digest, seal.size
    statement.save(update_fields=["status", "finished_at", "digest", "size"])


def _record(action: str, user: User, statement: Statement) -> None:
    audit.record(
        action,
        actor=user,
        subject_type="ACCOUNT",
        subject_id=statement.account.number,
        detail={"statement": statement.reference, "format": statement.format},
    )
