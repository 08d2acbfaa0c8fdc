"""Reads of documents. Whoever asks has settled before that the owner is theirs to ask for."""

import hashlib
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from bank.documents import errors, vault
from bank.documents.models import Document
from bank.documents.rules import State
from bank.kernel.errors import NotFound


def documents_of(owner: str) -> QuerySet[Document]:
    """What the owner has handed in and was not discarded, the oldest first."""
    return Document.objects.filter(owner=owner, state=State.STORED.value)


def document_for(owner: str, id: UUID | str) -> Document:
    """The owner's document. Raises ``NotFound`` for another owner's, and for a discarded one."""
    try:
        key = UUID(str(id))
    except ValueError:
        raise NotFound(what="document") from None
    found = documents_of(owner).filter(pk=key).first()
    if found is None:
        raise NotFound(what="document")
    return found


def running_out(before: date) -> QuerySet[Document]:
    """Documents whose validity ends before ``before``, the most urgent first."""
    found = Document.objects.filter(state=State.STORED.value, valid_until__lt=before)
    return found.order_by("valid_until", "id")


def content_of(document: Document) -> bytes:
    """The content, exactly as it was kept. Raises ``DocumentDamaged`` if it no longer is."""
    content = vault.content_of(document.stored_name)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise errors.DocumentDamaged
    return content
