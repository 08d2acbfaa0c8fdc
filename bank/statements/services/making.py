"""Asking for statements and certificates, and making them."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import translation

from bank import ledger
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.runtime import idempotency, locks, outbox, signing
from bank.statements import certificates, documents, errors, files, formats, papers, rules, selectors
from bank.statements.models import Statement
from bank.statements.rules import Delivery, Kind, Status
from bank.statements.services.issuing import issue

REQUESTED = "statements.StatementRequested"
FINISHED = "statements.SubscribedStatementFinished"
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
    wanted = formats.named(format).code
    rules.check_period(from_date, to_date, ledger.business_date(), account.opened_date)
    return _once(user, account, key, kind=Kind.STATEMENT, from_date=from_date, to_date=to_date, format=wanted)


def request_certificate(
    *, user: User, account: Account, kind: str, from_date: date, to_date: date, key: str
) -> tuple[Statement, bool]:
    """Has a certificate made as PDF, as statements are: the BALANCE at the end of ``to_date``, the INTEREST
    of a period, or the TAX withheld in a whole past year on all accounts and deposits of its holder.

    Does nothing to the books. Raises ``UnknownCertificate``, ``NotAllowed`` for tax where the user sees the
    one account alone, ``YearNotOver`` and as ``request_once`` does.
    """
    if kind not in rules.CERTIFICATES:
        raise errors.UnknownCertificate(kind=repr(kind)[:40])
    selectors.check_sees_all(user, kind, account)
    business_date = ledger.business_date()
    from_date, to_date = rules.certified_period(Kind(kind), from_date, to_date, business_date)
    rules.check_period(from_date, to_date, business_date, account.opened_date)
    return _once(user, account, key, kind=Kind(kind), from_date=from_date, to_date=to_date, format="PDF")


def answer_at_once(*, user: User, account: Account, from_date: date, to_date: date, format: str) -> Statement:
    """A finished statement while the caller waits: the one made before, where nothing can have changed
    since, or a new one. Raises ``TooLongAtOnce`` for a long PDF, and what ``request_once`` raises.
    """
    wanted = formats.named(format)
    rules.check_period(from_date, to_date, ledger.business_date(), account.opened_date)
    if known := _made_before(user, account, from_date, to_date, wanted.code):
        return known
    count = selectors.line_count(account, from_date, to_date)
    if wanted.code == "PDF" and count > documents.MOST_DESIGNED_LINES:
        raise errors.TooLongAtOnce(most=documents.MOST_DESIGNED_LINES)
    period = {"from_date": from_date, "to_date": to_date}
    statement = _create(user, account, kind=Kind.STATEMENT, format=wanted.code, **period)
    try:
        make_statement(statement_id=statement.pk)
    except BankError as refusal:
        fail_statement(statement_id=statement.pk, reason=refusal.message)
        raise
    statement.refresh_from_db()
    return statement


def make_statement(*, statement_id: UUID) -> None:
    """Writes the document of a queued statement, signs it if it is a PDF, and seals it in the chain.

    Safe to repeat and to run twice at once: a finished statement stays as it is, and of
    several workers one writes. A killed worker leaves the statement RUNNING; its redelivered
    task writes the file anew. Raises ``PdfUnavailable``.
    """
    waiting = Statement.objects.filter(pk=statement_id, status__in=[Status.QUEUED, Status.RUNNING])
    if not waiting.update(status=Status.RUNNING):
        return
    with transaction.atomic():
        locks.hold_until_commit(f"statement {statement_id}")
        statement = waiting.select_related(*selectors.ABOUT).first()
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
    if statement.status in {Status.FAILED, Status.ERASED}:
        raise errors.StatementFailed(reason=statement.failure)
    if statement.status != Status.READY:
        raise errors.StatementNotReady
    file = files.open_file(statement.file_name)
    _record("STATEMENT_DOWNLOADED", user, statement)
    return statement, file


def _once(user: User, account: Account, key: str, **asked: Any) -> tuple[Statement, bool]:
    content = {
        "account": account.number,
        "from": asked["from_date"],
        "to": asked["to_date"],
        "format": asked["format"],
    }
    if asked["kind"] != Kind.STATEMENT:
        content["kind"] = asked["kind"].value
    answer, replayed = idempotency.once(
        owner=f"user:{user.pk}",
        operation="statements.request",
        key=key,
        content=content,
        run=partial(_queue, user, account, **asked),
    )
    return Statement.objects.select_related("account").get(pk=answer["id"]), replayed


def _queue(user: User, account: Account, **asked: Any) -> dict[str, str]:
    statement = _create(user, account, **asked)
    outbox.emit(REQUESTED, {"statement_id": str(statement.pk)})
    return {"id": str(statement.pk)}


def _create(user: User, account: Account, **asked: Any) -> Statement:
    statement = Statement.objects.create(
        account=account,
        requested_by=user,
        **asked,
        **selectors.birth_of(user, asked["format"], asked["to_date"]),
    )
    _record("STATEMENT_REQUESTED", user, statement)
    return statement


def _made_before(
    user: User, account: Account, from_date: date, to_date: date, format: str
) -> Statement | None:
    """Of days that are over nothing can change: bookings go to the open business date."""
    if to_date >= ledger.business_date():
        return None
    language = translation.get_language() or user.language
    period = {"from_date": from_date, "to_date": to_date}
    same = Statement.objects.filter(account=account, deposit=None, format=format, **period)
    made = same.filter(kind=Kind.STATEMENT, status=Status.READY, requested_by=user, language=language)
    return made.select_related("account").first()


def _write(statement: Statement) -> None:
    with translation.override(statement.language):
        write, facts = _writer(statement)
    seal = files.write_whole(statement.file_name, write)
    issue(code=statement.reference, kind=statement.kind, digest=seal.digest, size=seal.size, facts=facts)
    statement.status, statement.finished_at = Status.READY, clock.now()
    statement.digest, statement.size = seal.digest, seal.size
    statement.save(update_fields=["status", "finished_at", "digest", "size"])
    if statement.delivery == Delivery.WAITING:
        outbox.emit(FINISHED, {"statement_id": str(statement.pk)})


def _writer(statement: Statement) -> tuple[Callable[[BinaryIO], None], dict[str, str]]:
    """What writes the file, and what the public page says of it."""
    if statement.kind == Kind.STATEMENT:
        paper = papers.paper_of(statement)
        write = partial(formats.write, statement.format, paper)
        return partial(_write_signed, write, statement), paper.facts(statement.format)
    facts = {
        "account": rules.masked(statement.account.number),
        "currency": statement.account.currency,
        "from": str(statement.from_date),
        "to": str(statement.to_date),
        "format": statement.format,
    }
    certificate = papers.certificate_of(statement)
    return partial(
        _write_signed, partial(certificates.write, certificate), statement
    ), facts | certificate.facts


def _write_signed(write: Callable[[BinaryIO], None], statement: Statement, file: BinaryIO) -> None:
    write(file)
    if statement.format == "PDF":
        signing.sign(file, reason=f"{statement.get_kind_display()} {statement.reference}")


def _record(action: str, user: User, statement: Statement) -> None:
    audit.record(
        action,
        actor=user,
        subject_type="DEPOSIT" if statement.deposit else "ACCOUNT",
        subject_id=statement.kept.number,
        detail={"statement": statement.reference, "format": statement.format},
    )
