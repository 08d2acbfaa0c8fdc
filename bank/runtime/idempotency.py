"""A request repeated under the same key gets the first answer, and has its effect once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeAlias

from django.db import IntegrityError, transaction

from bank.runtime.errors import IdempotencyConflict
from bank.runtime.models import IdempotencyRecord

Answer: TypeAlias = dict[str, Any]


def once(
    *, owner: str, operation: str, key: str, content: Answer, run: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Runs ``run`` under ``key`` in one database transaction; returns its answer and whether it is a replay.

    The row is claimed before the work, so the loser of a race waits on the unique index and
    answers with the winner's result. A failure rolls the key back with the work.
    Raises ``IdempotencyConflict`` where the key was used with other content.
    """
    claim = {"owner": owner, "operation": operation, "key": key}
    content_digest = digest(content)
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(**claim, digest=content_digest)
            answer = run()
            record.answer = answer
            record.save(update_fields=["answer"])
            return answer, False
    except IntegrityError:
        known = IdempotencyRecord.objects.filter(**claim).first()
        if known is None:
            raise
    if bytes(known.digest) != content_digest:
        raise IdempotencyConflict
    return known.answer or {}, True


def digest(content: Answer) -> bytes:
    """SHA-256 over the canonical JSON of ``content``."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).digest()
