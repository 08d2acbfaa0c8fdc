"""Sealing what is issued: each finished document's digest becomes a link of one hash chain."""

from collections.abc import Mapping

from bank.kernel import clock
from bank.runtime import locks
from bank.statements import rules
from bank.statements.models import IssuedDocument

_LOCK = "statements.issue"


def issue(*, code: str, kind: str, digest: str, size: int, facts: Mapping[str, str]) -> IssuedDocument:
    """Adds a document to the chain, in the caller's database transaction, which should end soon after.

    ``code`` stands on the document, ``digest`` is the SHA-256 of its file, ``facts`` is what the public
    page says to whoever knows the code. Any app may issue documents of its own kind.
    """
    locks.hold_until_commit(_LOCK)
    last = IssuedDocument.objects.order_by("-position").first()
    document = IssuedDocument(
        position=last.position + 1 if last else 1,
        code=code,
        kind=kind,
        digest=digest,
        size=size,
        issued_at=clock.now(),
        facts=dict(facts),
    )
    document.link = rules.link(last.link if last else rules.GENESIS, document.content())
    document.save(force_insert=True)
    return document
