"""Writes: a copy of their data for a customer, and the end of what must not be kept.

The copy is made by a worker, sealed on disk, shown to who asked for it alone, and gone after a week.
"""

import secrets as random
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation

from bank.audit import services as audit
from bank.cases import services as cases
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.kernel.errors import Conflict
from bank.privacy import bundle, rules, selectors
from bank.privacy.errors import ErasureAsked, ExportExpired, ExportNotReady
from bank.privacy.models import DataExport, ErasureRequest, RetentionRule
from bank.privacy.rules import Status
from bank.runtime import outbox, secrets

REQUESTED = "privacy.export_requested"
ERASURE_SUBJECT = "Erasure of personal data"
ERASURE_WORDS = "I ask the bank to erase what it holds about me as soon as the law allows."


def start_export(*, user: User, cif_number: str) -> Challenge:
    """Asks for the code without which nobody takes a customer's whole data away."""
    customer = cif.own_customer_for(user, cif_number)
    summary = f"Make a copy of everything the bank holds about {customer.display_name}"
    return stepup.start(user=user, act=_act(customer), summary=summary)


@transaction.atomic
def request_export(*, user: User, cif_number: str, challenge_id: Any, code: str) -> DataExport:
    """Has a worker make the copy.

    Raises ``NotFound``, ``NotAllowed`` for who only acts for the customer, the step-up's refusals, and
    ``Conflict`` while one is being made.
    """
    customer = cif.own_customer_for(user, cif_number)
    stepup.confirm(user=user, challenge_id=challenge_id, act=_act(customer), code=code)
    try:
        with transaction.atomic():
            export = DataExport.objects.create(
                customer=customer,
                requested_by=user,
                language=translation.get_language() or user.language,
                expires_at=clock.now() + rules.EXPORT_LIFETIME,
                file_name=f"{random.token_hex(24)}.sealed",
            )
    except IntegrityError as error:
        raise Conflict(problem="A copy of your data is being made already.") from error
    outbox.emit(REQUESTED, {"export_id": str(export.pk)})
    _record("DATA_EXPORT_REQUESTED", export, user)
    return export


def make_export(*, export_id: UUID) -> None:
    """Makes the copy; safe to repeat."""
    export = DataExport.objects.select_related("customer", "requested_by").get(pk=export_id)
    if export.status != Status.QUEUED:
        return
    with translation.override(export.language):
        packed = bundle.write(export.customer)
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _folder() / export.file_name
    path.touch(mode=0o600)
    path.write_bytes(secrets.encrypt(packed, context=_context(export)))
    with transaction.atomic():
        DataExport.objects.filter(pk=export.pk).update(status=Status.READY, size=len(packed))
        _record("DATA_EXPORT_MADE", export, export.requested_by)


def open_export(*, user: User, export_id: UUID | str) -> tuple[DataExport, bytes]:
    """The copy, to who asked for it. Raises ``NotFound``, ``ExportNotReady``, ``ExportExpired``."""
    export = selectors.export_for(user, export_id)
    if export.status == Status.QUEUED:
        raise ExportNotReady
    if export.status != Status.READY or export.expires_at <= clock.now():
        raise ExportExpired
    packed = secrets.decrypt((_folder() / export.file_name).read_bytes(), context=_context(export))
    _record("DATA_EXPORT_TAKEN", export, user)
    return export, packed


@transaction.atomic
def request_erasure(*, user: User, cif_number: str, language: str = "en") -> ErasureRequest:
    """The customer asks to be forgotten: answered as a case, and from now on nothing of theirs is kept longer
    than the law wants once the relationship is over.

    Raises ``NotFound``, ``NotAllowed`` for who only acts for the customer, and ``ErasureAsked`` where they
    asked before.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(
        pk=cif.own_customer_for(user, cif_number).pk
    )
    if (before := selectors.erasure_asked(customer)) is not None:
        raise ErasureAsked(reference=before.reference)
    case = cases.open_case(
        kind="SERVICE_REQUEST", subject=ERASURE_SUBJECT, text=ERASURE_WORDS, contact_name=user.full_name,
        contact_email=user.email, customer=customer, opened_by=user, language=language,
    )  # fmt: skip
    asked = ErasureRequest.objects.create(customer=customer, requested_by=user, reference=case.reference)
    audit.record(
        "ERASURE_REQUESTED",
        actor=user,
        subject_type="CUSTOMER",
        subject_id=customer.cif,
        detail={"case": case.reference},
    )
    return asked


@transaction.atomic
def set_retention(*, kind: str, years: int, actor: User) -> RetentionRule:
    """Another time a kind of data is kept. Called for two people by ``privacy.set_retention``.

    Raises ``RetentionUnusable``.
    """
    rules.check(kind, years)
    row, _created = RetentionRule.objects.update_or_create(kind=kind, defaults={"years": years})
    audit.record(
        "RETENTION_RULE_SET",
        actor=actor,
        subject_type="RETENTION_RULE",
        subject_id=kind,
        detail={"years": years},
    )
    return row


def drop_expired() -> int:
    """Destroys the copies whose week is over; safe to repeat."""
    over = list(DataExport.objects.filter(status=Status.READY, expires_at__lte=clock.now()))
    for export in over:
        (_folder() / export.file_name).unlink(missing_ok=True)
        DataExport.objects.filter(pk=export.pk).update(status=Status.EXPIRED)
        _record("DATA_EXPORT_DESTROYED", export, None)
    return len(over)


def _act(customer: Customer) -> dict[str, str]:
    return {"act": "EXPORT_DATA", "cif": customer.cif}


def _folder() -> Path:
    return Path(settings.FILES_DIR, "exports")


def _context(export: DataExport) -> bytes:
    return f"privacy.export.{export.pk}".encode()


def _record(action: str, export: DataExport, actor: User | None) -> None:
    audit.record(
        action,
        actor=actor,
        subject_type="CUSTOMER",
        subject_id=export.customer.cif,
        detail={"export": str(export.pk)},
    )
