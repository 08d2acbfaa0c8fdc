"""Mails and text messages of notices: each marked as sent before it goes, so that none comes twice."""

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from bank.cif import selectors as cif
from bank.cif.rules import CustomerKind
from bank.identity.models import SmsCodeDevice
from bank.kernel import clock
from bank.notifications import rules, wording
from bank.notifications.models import Notice, NoticeSending
from bank.notifications.rules import Channel
from bank.runtime import sms

_log = logging.getLogger(__name__)


def send_due(limit: int = 200) -> int:
    """Sends up to ``limit`` of what is due; returns how many were taken up.

    A worker killed between the mark and the sending loses that mail; the notice stands in the portal.
    What a mail server or gateway refused is tried again, six times in all, further and further apart.
    """
    taken = 0
    while taken < limit and (sending := _claim()) is not None:
        _deliver(sending)
        taken += 1
    return taken


@transaction.atomic
def _claim() -> NoticeSending | None:
    waiting = NoticeSending.objects.filter(
        sent_at__isnull=True, given_up_at__isnull=True, due_at__lte=clock.now()
    )
    free = waiting.select_for_update(of=("self",), skip_locked=True)
    sending = free.select_related("notice__user", "notice__customer").order_by("due_at", "id").first()
    if sending is not None:
        sending.sent_at, sending.tries = clock.now(), sending.tries + 1
        sending.save(update_fields=["sent_at", "tries"])
    return sending


def _deliver(sending: NoticeSending) -> None:
    notice = sending.notice
    try:
        with translation.override(notice.user.language):
            if not _may_hear(notice) or not _CARRIERS[Channel(sending.channel)](notice):
                _give_up(sending)
    except Exception as fault:
        # Not what it says: an address or a phone may stand in it.
        _log.warning("notice %s by %s failed: %s", notice.pk, sending.channel, type(fault).__name__)
        _put_off(sending)


def _may_hear(notice: Notice) -> bool:
    """Whether whoever was to be told still acts for the customer now."""
    if notice.customer is None:
        return notice.user.is_active
    return cif.may_view(notice.user, notice.customer)


def _mail(notice: Notice) -> bool:
    content = {
        "sentence": wording.short(notice.kind, notice.told),
        "company": _company(notice),
        "address": f"{settings.PUBLIC_URL.rstrip('/')}/account/notices/",
        "bank_name": settings.BANK_NAME,
    }
    body = render_to_string("email/notices/notice.txt", content)
    subject = f"{settings.BANK_NAME}: {wording.title(notice.kind)}"
    EmailMessage(subject=subject, body=body, to=[notice.user.email]).send()
    return True


def _company(notice: Notice) -> str:
    """Its name: whoever acts for several must know for which."""
    customer = notice.customer
    is_company = customer is not None and customer.kind == CustomerKind.ORGANISATION
    return customer.display_name if customer is not None and is_company else ""


def _text(notice: Notice) -> bool:
    """To the phone the user proved, and to no other."""
    phone = SmsCodeDevice.objects.filter(user=notice.user).first()
    if phone is None or not sms.is_offered():
        return False
    sms.send(to=phone.phone, text=f"{settings.BANK_NAME}: {wording.short(notice.kind, notice.told)}")
    return True


def _give_up(sending: NoticeSending) -> None:
    sending.sent_at, sending.given_up_at = None, clock.now()
    sending.save(update_fields=["sent_at", "given_up_at"])


def _put_off(sending: NoticeSending) -> None:
    if sending.tries >= rules.MOST_SENDINGS:
        _give_up(sending)
        return
    sending.sent_at, sending.due_at = None, clock.now() + rules.wait_after(sending.tries * 3)
    sending.save(update_fields=["sent_at", "due_at"])


_CARRIERS: Final[dict[Channel, Callable[[Notice], bool]]] = {Channel.EMAIL: _mail, Channel.SMS: _text}
