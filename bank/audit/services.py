"""Writes the trail and seals it. Import as ``from bank.audit import services as audit``."""

import json
import logging
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from bank.audit import rules, selectors
from bank.audit.models import AuditLink, AuditRecord, AuditWords
from bank.kernel import clock
from bank.runtime import aside, context, locks

_log = logging.getLogger(__name__)
_SEAL_LOCK = "audit.seal"
_SALT_BYTES = 32
_NAMED_AT_ONCE = 1_000
_Words: TypeAlias = tuple[bytes, str]


def record(
    action: str,
    *,
    actor: AbstractBaseUser | None,
    subject_type: str,
    subject_id: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Adds to the trail, in the caller's database transaction: it happened if and only if this is kept.

    Address, device, channel, correlation id and the program that spoke come from
    ``bank.runtime.context``, and so does the actor where the caller names none. Secrets are
    struck from ``detail`` and control characters spelled out (ASVS 5.0 16.2.5, 16.4.1); words in it
    that may tell who somebody is are kept beside the chain, see ``forget``.
    """
    _insert(connection, *_row(action, rules.Result.OK, actor, subject_type, subject_id, detail or {}))


def record_refusal(
    action: str,
    *,
    actor: AbstractBaseUser | None,
    subject_type: str,
    subject_id: str,
    reason: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """As ``record``, for what was tried and refused: kept even though the refused work is rolled back.

    ``reason`` is the error's code.
    """
    row, words = _row(
        action, rules.Result.REFUSED, actor, subject_type, subject_id, {**(detail or {}), "reason": reason}
    )
    with aside.connection_aside() as own:
        _insert(own, row, words)


def seal(*, limit: int = 10_000) -> int:
    """Appends up to ``limit`` committed records to the hash chain; returns how many.

    Runs off the hot path and alone (advisory lock). The order of the chain is the order of
    sealing, so a record that commits late is simply sealed late. The head goes to the log:
    kept elsewhere, it shows a chain rewritten as a whole.
    """
    with transaction.atomic():
        if not locks.try_until_commit(_SEAL_LOCK):
            return 0
        record_ids = _take_waiting(limit)
        if not record_ids:
            return 0
        links = _links(record_ids)
        AuditLink.objects.bulk_create(links)
    _log.info("audit chain head %s", links[-1])
    return len(links)


def forget(subjects: Mapping[str, Iterable[str]], *, actors: Collection[int] = ()) -> int:
    """Destroys the words of all records about ``subjects`` (ids by type, capitals no matter) or of acts of
    ``actors``, in the caller's database transaction; how many records told something.

    The records stay, the chain over them stays provable, and what it commits to can never be read again.
    Which records it were goes on the trail: words that are gone without such a record are a fault.
    """
    return _destroy(selectors.words_about(subjects, actors=actors))


def forget_searches(*, before: datetime) -> int:
    """Destroys what staff looked for, in lists and in the search field, before an instant: whom it was about
    nobody can tell; how many records.
    """
    searched = Q(record__action="SEARCH_VIEWED") | Q(record__action__endswith="_LIST_VIEWED")
    return _destroy(AuditWords.objects.filter(searched, record__at__lt=before))


def _destroy(words: QuerySet[AuditWords]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        gone = list(words.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        cursor.execute("SET LOCAL bank.erasing = 'on'")
        AuditWords.objects.filter(pk__in=gone).delete()
        cursor.execute("SET LOCAL bank.erasing = ''")
    for first in range(0, len(gone), _NAMED_AT_ONCE):
        named = gone[first : first + _NAMED_AT_ONCE]
        record(
            rules.ERASED,
            actor=None,
            subject_type="AUDIT",
            subject_id=str(named[0]),
            detail={"records": named},
        )
    return len(gone)


def _row(
    action: str,
    result: rules.Result,
    actor: AbstractBaseUser | None,
    subject_type: str,
    subject_id: str,
    detail: Mapping[str, Any],
) -> tuple[dict[str, Any], _Words | None]:
    """The row of the record, and the salt and the words that stand beside it."""
    asked = context.current()
    salt = secrets.token_bytes(_SALT_BYTES)
    sealed, words = rules.told_apart(rules.clean_detail(detail), salt)
    return {
        "at": clock.now(),
        "action": action,
        "result": result.value,
        "actor_id": actor.pk if actor is not None else asked.actor_id,
        "subject_type": subject_type,
        "subject_id": rules.clean_text(str(subject_id), 100),
        "detail": json.dumps(sealed),
        "ip": rules.clean_text(asked.ip, 45),
        "user_agent": rules.clean_text(asked.user_agent, 200),
        "channel": asked.channel,
        "correlation_id": rules.clean_text(asked.correlation_id, 64),
        "through": rules.clean_text(asked.through, 120),
    }, (salt, json.dumps(words)) if words else None


def _insert(through: BaseDatabaseWrapper | Any, row: dict[str, Any], words: _Words | None) -> None:
    """Plain SQL, one round trip: it serves both connections, and every payment waits for it."""
    columns = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    statement = f"INSERT INTO audit_auditrecord ({columns}) VALUES ({places})"  # noqa: S608
    if words:
        statement = (
            f"WITH made AS ({statement} RETURNING id)"  # noqa: S608
            " INSERT INTO audit_auditwords (record_id, salt, said) SELECT id, %s, %s FROM made"
        )
    with through.cursor() as cursor:
        cursor.execute(statement, [*row.values(), *(words or ())])


def _take_waiting(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_auditwaiting WHERE record_id IN"
            " (SELECT record_id FROM audit_auditwaiting ORDER BY record_id LIMIT %s) RETURNING record_id",
            [limit],
        )
        return sorted(record_id for (record_id,) in cursor.fetchall())


def _links(record_ids: list[int]) -> list[AuditLink]:
    head = AuditLink.objects.order_by("-position").first()
    last, digest = (head.position, bytes(head.digest)) if head else (0, rules.GENESIS)
    records = AuditRecord.objects.in_bulk(record_ids)
    links = []
    for position, record_id in enumerate(record_ids, start=last + 1):
        digest = rules.link_digest(digest, records[record_id].content())
        links.append(AuditLink(position=position, record_id=record_id, digest=digest))
    return links
