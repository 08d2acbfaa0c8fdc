"""Taking a subscribed statement to where its subscriber wants it: e-mail, webhook or SFTP folder."""

import os
import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bank.cif.models import Customer
from bank.cif.rules import CustomerKind, door_of
from bank.kernel import clock
from bank.runtime import formats as written
from bank.runtime import webhooks
from bank.runtime.errors import CallFailed
from bank.statements import files, formats, rules, selectors
from bank.statements.models import Statement
from bank.statements.rules import Channel, Delivery


def deliver(*, statement_id: UUID) -> None:
    """Takes a finished statement to its channel and notes it; what was delivered is not taken again.

    A mail or a call that succeeded just before the worker died is sent again; the reference tells
    its reader. Raises ``CallFailed``, ``AddressRefused``, ``OSError``: try again later.
    """
    with transaction.atomic():
        waiting = Statement.objects.select_for_update(of=("self",)).filter(
            pk=statement_id, delivery=Delivery.WAITING
        )
        statement = waiting.select_related("subscription__created_by", *selectors.ABOUT).first()
        if statement is None or statement.subscription is None:
            return
        _CARRIERS[Channel(statement.subscription.channel)](statement)
        statement.delivery, statement.delivered_at = Delivery.DELIVERED, clock.now()
        statement.save(update_fields=["delivery", "delivered_at"])


def give_up_delivery(*, statement_id: UUID, reason: str) -> None:
    """The statement stays in the portal; staff and subscriber see why it went no further."""
    waiting = Statement.objects.filter(pk=statement_id, delivery=Delivery.WAITING)
    waiting.update(delivery=Delivery.FAILED, delivery_failure=reason[:300])


def _mail(statement: Statement) -> None:
    """Says that there is one and where; what it says stays in the portal."""
    reader = statement.requested_by
    with translation.override(reader.language):
        content = {
            "user": reader,
            "account": rules.masked(statement.kept.number),
            "from": written.day(statement.from_date),
            "to": written.day(statement.to_date),
            "format": statement.format,
            "address": _place(statement.account.customer),
            "bank_name": settings.BANK_NAME,
        }
        body = render_to_string("email/statements/ready.txt", content)
        subject = _("Your statement is ready")
        EmailMessage(subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[reader.email]).send()


def _place(customer: Customer) -> str:
    """The page of statements in the portal of whose account it is."""
    door = door_of(customer.kind, customer.segment)
    part = "" if customer.kind == CustomerKind.PERSON else f"{customer.cif}/"
    return f"{settings.PUBLIC_URL.rstrip('/')}{door}{part}statements/"


def _call(statement: Statement) -> None:
    """Posts what is ready and where it is fetched, signed; only an answer of 200 to 299 counts."""
    subscription = statement.subscription
    assert subscription is not None
    answer = webhooks.call(subscription.target, subscription.secret, webhooks.written(_notice(statement)))
    if not 200 <= answer.status < 300:
        raise CallFailed(problem=f"HTTP {answer.status}")


def _notice(statement: Statement) -> dict[str, object]:
    document = reverse("api-statement-document", args=[statement.pk])
    return {
        "event": "statement.ready",
        "id": str(statement.pk),
        "reference": statement.reference,
        "account": rules.masked(statement.kept.number),
        "from": str(statement.from_date),
        "to": str(statement.to_date),
        "number": statement.number,
        "format": statement.format,
        "sha256": statement.digest,
        "size": statement.size,
        "document": f"{settings.PUBLIC_URL.rstrip('/')}{document}",
    }


def _drop(statement: Statement) -> None:
    """Copies the file into the customer's folder and renames it there: seen whole or not at all."""
    folder = Path(settings.DROP_DIR, statement.account.customer.cif)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    place = folder / _dropped_name(statement)
    draft = place.with_name(f".{place.name}.part")
    try:
        with files.open_file(statement.file_name) as source, draft.open("wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def _dropped_name(statement: Statement) -> str:
    account, extension = statement.kept.number, formats.named(statement.format).extension
    name = rules.download_name(statement.kind, account, statement.from_date, statement.to_date, extension)
    return f"{name.removesuffix(f'.{extension}')}-{statement.format}-{statement.reference}.{extension}"


def _nowhere(statement: Statement) -> None:
    """It stands in the portal already."""


_CARRIERS = {
    Channel.PORTAL: _nowhere,
    Channel.EMAIL: _mail,
    Channel.WEBHOOK: _call,
    Channel.DROP: _drop,
}
