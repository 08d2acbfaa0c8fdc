"""Taking documents in, passing them on with their owner, and throwing them away."""

import hashlib
from datetime import date, timedelta
from typing import BinaryIO

from django.db import transaction

from bank.audit import services as audit
from bank.documents import errors, inspection, rules, scanner, selectors, vault
from bank.documents.models import Document
from bank.documents.rules import Inspected, State
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError, InvalidInput
from bank.runtime import locks

_ORPHANED_AFTER = timedelta(hours=1)
FORGOTTEN = "[erased]"


def store(
    *,
    owner: str,
    purpose: str,
    upload: BinaryIO,
    filename: str,
    uploaded_by: User,
    valid_until: date | None = None,
) -> Document:
    """Inspects a file and keeps it sealed: both its row and its content, or neither.

    What it is decides the content alone. Pictures are made anew from their pixels, PDFs kept as
    they came. ``owner`` must be the caller's to add to. The refusals, in order, are those of
    ``documents.errors``; each leaves its trace on the audit trail and nothing else.
    """
    try:
        name, claimed, found = _inspected(upload, filename)
        return _keep(owner, purpose, name, claimed, found, uploaded_by, valid_until)
    except BankError as refusal:
        _record_refusal(owner, purpose, uploaded_by, refusal)
        raise


def move_owner(*, old: str, new: str) -> int:
    """Gives all documents of ``old`` to ``new``, as when an application becomes a customer; how many."""
    with transaction.atomic():
        moved = Document.objects.filter(owner=old).update(owner=new)
        if moved:
            detail = {"from": old, "documents": moved}
            audit.record(
                "DOCUMENTS_MOVED", actor=None, subject_type="DOCUMENT_OWNER", subject_id=new, detail=detail
            )
    return moved


def forget(*, owner: str, reason: str) -> int:
    """Destroys everything an owner ever handed in, names of files too, when its time is over; how many.

    The rows stay without what they said; call it in a database transaction.
    """
    for document in selectors.documents_of(owner):
        discard(document=document, by=None, reason=reason)
    return Document.objects.filter(owner=owner).update(filename=FORGOTTEN, claimed_ending="", sha256="")


def discard(*, document: Document, by: User | None, reason: str) -> None:
    """Destroys the content; who, when and why stay with the row. Discarding again changes nothing.

    Raises ``InvalidInput`` without a reason.
    """
    if not reason.strip():
        raise InvalidInput(problem="Say why the document is discarded.")
    with transaction.atomic():
        stored = Document.objects.filter(pk=document.pk, state=State.STORED.value)
        changed = stored.update(
            state=State.DISCARDED.value,
            discarded_at=clock.now(),
            discarded_by=by,
            discard_reason=reason.strip()[:300],
        )
        if not changed:
            return
        _record("DOCUMENT_DISCARDED", document, by, reason=reason)
        transaction.on_commit(lambda: vault.remove(document.stored_name))


def set_validity(*, document: Document, valid_until: date | None, by: User) -> None:
    """Notes until when the document proves anything, as read from it."""
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(valid_until=valid_until)
        _record("DOCUMENT_VALIDITY_SET", document, by, valid_until=valid_until)
    document.valid_until = valid_until


def open_content(*, document: Document, viewer: User) -> bytes:
    """The content for ``viewer``, whose look goes on the audit trail. Raises ``DocumentDamaged``."""
    content = selectors.content_of(document)
    _record("DOCUMENT_VIEWED", document, viewer)
    return content


def sweep_orphans() -> int:
    """Removes files that no stored document names: left by a process that was killed between the file
    and the end of its database transaction, or by one that was rolled back; how many.
    """
    limit = (clock.now() - _ORPHANED_AFTER).timestamp()
    waiting = list(vault.names_older_than(limit))
    known = set(
        Document.objects.filter(stored_name__in=waiting, state=State.STORED.value).values_list(
            "stored_name", flat=True
        )
    )
    orphans = [name for name in waiting if name not in known]
    for name in orphans:
        vault.remove(name)
    return len(orphans)


def _inspected(upload: BinaryIO, filename: str) -> tuple[str, str, Inspected]:
    """The name to show, the ending it claimed wrongly, the content to keep."""
    content = _read(upload)
    scanner.refuse_infected(content)
    media_type = rules.sniff(content)
    name, claimed = rules.display_name(filename, media_type)
    found = inspection.inspect(content, media_type)
    return name, claimed, found


def _read(upload: BinaryIO) -> bytes:
    content = upload.read(rules.MAX_BYTES + 1)
    if not content:
        raise errors.DocumentEmpty
    if len(content) > rules.MAX_BYTES:
        raise errors.DocumentTooLarge(megabytes=rules.MAX_BYTES // 1_000_000)
    return content


def _keep(
    owner: str,
    purpose: str,
    name: str,
    claimed: str,
    found: Inspected,
    uploaded_by: User,
    valid_until: date | None,
) -> Document:
    """File first, row second: a row never stands without its file, and the file goes if the row fails."""
    document = Document(
        owner=owner,
        purpose=purpose,
        filename=name,
        claimed_ending=claimed,
        media_type=found.media_type.value,
        size=len(found.content),
        pages=found.pages,
        sha256=hashlib.sha256(found.content).hexdigest(),
        stored_name=vault.new_name(),
        uploaded_by=uploaded_by,
        valid_until=valid_until,
    )
    try:
        with transaction.atomic():
            _refuse_over_quota(owner)
            vault.put(document.stored_name, found.content)
            document.save(force_insert=True)
            _record("DOCUMENT_STORED", document, uploaded_by, claimed_ending=claimed)
    except BaseException:
        vault.remove(document.stored_name)
        raise
    return document


def _refuse_over_quota(owner: str) -> None:
    locks.hold_until_commit(f"documents of {owner}")
    if selectors.documents_of(owner).count() >= rules.MAX_KEPT:
        raise errors.DocumentQuotaReached(most=rules.MAX_KEPT)


def _record(action: str, document: Document, actor: User | None, **detail: object) -> None:
    about = {"owner": document.owner, "purpose": document.purpose, "sha256": document.sha256, **detail}
    audit.record(action, actor=actor, subject_type="DOCUMENT", subject_id=str(document.pk), detail=about)


def _record_refusal(owner: str, purpose: str, actor: User, refusal: BankError) -> None:
    audit.record_refusal(
        "DOCUMENT_STORED",
        actor=actor,
        subject_type="DOCUMENT_OWNER",
        subject_id=owner,
        reason=refusal.code,
        detail={"purpose": purpose},
    )
