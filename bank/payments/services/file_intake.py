"""Taking in a payment file, whatever its format. A short one is checked at once, a long one by a worker.

Nothing is paid here. What comes after, ``file_checking`` says.
"""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError, NotAllowed
from bank.messages.errors import ColumnsMissing
from bank.messages.tables import mapping as mappings
from bank.messages.tables.mapping import Mapping
from bank.messages.tables.rows import Row
from bank.payments import errors, rules, selectors
from bank.payments.models import PaymentFile
from bank.payments.models.file_sources import ColumnMapping, PaymentFileSource
from bank.payments.rules import FileStatus
from bank.payments.services import file_checking, file_sources
from bank.runtime import context, outbox
from bank.runtime.errors import IdempotencyConflict

RECEIVED_TOPIC = "payments.file_received"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a sender says beside the content of a file.

    ``names`` are headings of a table by field. With ``asks_columns`` a table waits, RECEIVED, until
    ``name_columns`` has said what they mean; otherwise they are guessed where not named.
    """

    name: str = ""
    mapping: Mapping = field(default_factory=Mapping)
    names: dict[str, str] = field(default_factory=dict)
    asks_columns: bool = False
    is_batch_booked: bool = False
    is_confidential: bool = False
    retry_of: PaymentFile | None = None


def submit_payment_file(*, user: User, content: bytes, key: str, wishes: Wishes | None = None) -> PaymentFile:
    """Takes in a file of payments (pain.001, NACHA, CSV or XLSX) and checks it; pays nothing.

    A file of up to ``PAYMENT_FILE_AT_ONCE_BYTES`` comes back CHECKED or REJECTED; a longer one, or one with
    many payees new to the watch lists, VALIDATING. The same ``key`` and content return the same file; other
    content raises ``IdempotencyConflict``. Raises ``FormatError`` for what cannot be read at all: then
    nothing is kept but the audit line.
    """
    file, _replayed = submit_once(user=user, content=content, key=key, wishes=wishes)
    return file


def submit_once(
    *, user: User, content: bytes, key: str, wishes: Wishes | None = None
) -> tuple[PaymentFile, bool]:
    """As ``submit_payment_file``, and whether the file was there already under this key."""
    if not key or len(key) > rules.TEXT_LIMITS["Key"]:
        raise errors.KeyMissing
    digest = hashlib.sha256(content).digest()
    known = _known(user, key, digest)
    if known is not None:
        return known, True
    try:
        with transaction.atomic():
            return _take_in(user, content, key, wishes or Wishes()), False
    except IntegrityError:
        known = _known(user, key, digest)
        if known is None:
            raise
        return known, True
    except BankError as refusal:
        audit.record_refusal(
            "PAYMENT_FILE_REFUSED",
            actor=user,
            subject_type="payment_file",
            subject_id=digest.hex()[:16],
            reason=refusal.code,
        )
        raise


@transaction.atomic
def name_columns(*, user: User, reference: str, customer: Customer, mapping: Mapping) -> PaymentFile:
    """Says what the columns of a table mean, has it checked, and remembers it for the customer's next file
    with the same heading. A file not yet confirmed may be told again: its lines are made anew.

    Raises ``NotFound``, ``NotAllowed``, ``FileNotReady``, ``ColumnsMissing``.
    """
    file = locked_file(user, reference)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="change this file")
    source = _open_source(file)
    if mapping.missing:
        raise ColumnsMissing(columns=", ".join(mapping.missing))
    content = bytes(source.content)
    heading, _rows = file_sources.preview(content, file_sources.kind_of(content))
    _remember(user, customer, mappings.signature(heading), mapping)
    file_checking.forget_lines(file)
    _begin(user, file, source, _with_currency(user, mapping))
    return file


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table's heading and first rows, and what its columns seem to mean."""

    heading: Row
    rows: list[Row]
    mapping: Mapping


def table_of(*, user: User, file: PaymentFile, customer: Customer) -> TableShown:
    """A table that waits for its columns, or may be told them again: with what was said of it, else of the
    customer's last one with this heading, else guessed.

    Raises ``NotAllowed`` for who may not pay, ``PayrollConfidential``, ``FileNotReady``.
    """
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="change this file")
    if not selectors.may_see_lines(user, file):
        raise errors.PayrollConfidential
    source = _open_source(file)
    content = bytes(source.content)
    heading, shown = file_sources.preview(content, file_sources.kind_of(content))
    asked = mappings.of_json(source.mapping)
    kept = None if source.has_mapping else _remembered(customer, mappings.signature(heading))
    if kept is not None:
        asked = replace(kept, debtor_account=asked.debtor_account or kept.debtor_account)
    return TableShown(heading, shown, asked)


def _open_source(file: PaymentFile) -> PaymentFileSource:
    """Raises ``FileNotReady`` for a file that is no table, is being worked on, or was confirmed."""
    source = PaymentFileSource.objects.filter(file=file).first()
    is_open = file.status in {FileStatus.RECEIVED, FileStatus.CHECKED, FileStatus.REJECTED}
    if source is None or not is_open or not file_sources.kind_of(bytes(source.content)).is_table:
        raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
    return source


def _remembered(customer: Customer, heading: str) -> Mapping | None:
    known = ColumnMapping.objects.filter(customer=customer, heading=_short(heading)).first()
    return mappings.of_json(known.mapping) if known else None


@transaction.atomic
def cancel_payment_file(*, user: User, reference: str) -> PaymentFile:
    """Gives up a file before it is paid. Raises ``NotFound``, ``NotAllowed`` for who may only look,
    ``FileNotReady``."""
    file = locked_file(user, reference)
    if file.customer is not None and not cif.may_pay(user, file.customer):
        raise NotAllowed(what="give up a payment file of this company")
    if file.status not in {FileStatus.RECEIVED, FileStatus.VALIDATING, FileStatus.CHECKED}:
        raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
    file.status = FileStatus.CANCELLED
    file.save(update_fields=["status"])
    audit.record("PAYMENT_FILE_CANCELLED", actor=user, subject_type="payment_file", subject_id=file.reference)
    return file


def locked_file(user: User, reference: str) -> PaymentFile:
    """The user's file with its row locked until the database transaction ends. Not its key: another file's
    reference to it (what it is like, what it sends anew) need not wait."""
    file = selectors.file_for(user, reference)
    return (
        PaymentFile.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer")
        .get(pk=file.pk)
    )


def _known(user: User, key: str, digest: bytes) -> PaymentFile | None:
    known = PaymentFile.objects.filter(uploaded_by=user, idempotency_key=key).first()
    if known is not None and bytes(known.digest) != digest:
        raise IdempotencyConflict
    return known


def _take_in(user: User, content: bytes, key: str, wishes: Wishes) -> PaymentFile:
    kind = file_sources.kind_of(content)
    mapping = wishes.mapping
    if kind.is_table:
        heading, _rows = file_sources.preview(content, kind)
        if len(heading.cells) < len(mappings.REQUIRED):
            raise ColumnsMissing(columns=", ".join(mappings.REQUIRED))
        mapping = file_sources.resolved(heading, mapping, wishes.names)
    file = PaymentFile.objects.create(
        reference=ids.reference("FILE"),
        uploaded_by=user,
        channel=context.current().channel,
        name=wishes.name[:120],
        message=kind.value,
        message_id="",
        digest=hashlib.sha256(content).digest(),
        idempotency_key=key,
        status=FileStatus.RECEIVED,
        is_batch_booked=wishes.is_batch_booked,
        is_confidential=wishes.is_confidential,
        retry_of=wishes.retry_of,
    )
    source = PaymentFileSource(file=file, content=content, mapping=mapping.as_json())
    source.expected_rows = file_sources.expected_rows(content, kind)
    source.save(force_insert=True)
    if not (kind.is_table and wishes.asks_columns):
        _begin(user, file, source, _with_currency(user, mapping))
    return file


def _begin(user: User, file: PaymentFile, source: PaymentFileSource, mapping: Mapping) -> None:
    """A short file is checked here and now, a long one by a worker after the commit; so is a short one that
    names many whom the bank has not held against the watch lists yet."""
    source.mapping, source.has_mapping = mapping.as_json(), True
    source.checked_rows, source.handed_out_at = 0, clock.now()
    source.save(update_fields=["mapping", "has_mapping", "checked_rows", "handed_out_at"])
    file.status = FileStatus.VALIDATING
    file.save()
    if len(source.content) <= settings.PAYMENT_FILE_AT_ONCE_BYTES:
        file_checking.check(file, source, is_page_waiting=True)
    if file.status == FileStatus.VALIDATING:
        outbox.emit(RECEIVED_TOPIC, {"reference": file.reference})


def _with_currency(user: User, mapping: Mapping) -> Mapping:
    """Amounts without a currency are in that of the account that pays them."""
    if mapping.currency or not mapping.debtor_account:
        return mapping
    account = selectors.payable_account(user, mapping.debtor_account)
    return replace(mapping, currency=account.currency) if account else mapping


def _remember(user: User, customer: Customer, heading: str, mapping: Mapping) -> None:
    kept: dict[str, Any] = {"mapping": mapping.as_json(), "changed_by": user, "changed_at": clock.now()}
    kept["mapping"]["requested_date"] = ""
    ColumnMapping.objects.update_or_create(customer=customer, heading=_short(heading), defaults=kept)


def _short(heading: str) -> str:
    return hashlib.sha256(heading.encode()).hexdigest()
