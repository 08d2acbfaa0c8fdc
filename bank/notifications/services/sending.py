"""Mails and text messages of notices: each marked as sent before it goes, so that none comes twice."""

import logging
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from bank.cif import selectors as cif
from bank.cif.rules import CustomerKind
from bank.identity.models import SmsCodeDevice
from bank.kernel import clock
from bank.notifications import rules, selectors, wording
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
    while taken < limit and (sendings := _claim()):
        _deliver(sendings)
        taken += len(sendings)
    return taken


@transaction.atomic
def _claim() -> list[NoticeSending]:
    """The next one due; with it, for who wants one mail a day, their other mails that are due."""
    waiting = NoticeSending.objects.filter(
        sent_at__isnull=True, given_up_at__isnull=True, due_at__lte=clock.now()
    )
    free = waiting.select_for_update(of=("self",), skip_locked=True)
    free = free.select_related("notice__user", "notice__customer").order_by("due_at", "id")
    first = free.first()
    sendings = [] if first is None else [first]
    if first is not None and first.channel == Channel.EMAIL:
        reader = first.notice.user_id
        if selectors.daily_readers([reader]):
            same = free.filter(channel=first.channel, notice__user_id=reader).exclude(pk=first.pk)
            sendings += same[: rules.MOST_IN_DIGEST - 1]
    for sending in sendings:
        sending.sent_at, sending.tries = clock.now(), sending.tries + 1
        sending.save(update_fields=["sent_at", "tries"])
    return sendings


def _deliver(sendings: list[NoticeSending]) -> None:
    first = sendings[0]
    try:
        with translation.override(first.notice.user.language):
            heard = [one for one in sendings if _may_hear(one.notice)]
            carry = _CARRIERS[Channel(first.channel)]
            taken = bool(heard) and carry([one.notice for one in heard])
        for one in sendings:
            if not taken or one not in heard:
                _give_up(one)
    except Exception as fault:
        # Not what it says: an address or a phone may stand in it.
        _log.warning("notice %s by %s failed: %s", first.notice_id, first.channel, type(fault).__name__)
        for one in sendings:
            _put_off(one)


def _may_hear(notice: Notice) -> bool:
    """Whether whoever was to be told still acts for the customer now."""
    if notice.customer is None:
        return notice.user.is_active
    return cif.may_view(notice.user, notice.customer)


def _mail(notices: list[Notice]) -> bool:
    if len(notices) > 1:
        return _mail_of_the_day(notices)
    (notice,) = notices
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


def _mail_of_the_day(notices: list[Notice]) -> bool:
    """All in one, a line each, as short as each would be on its own."""
    content = {
        "lines": [(wording.short(one.kind, one.told), _company(one)) for one in notices],
        "address": f"{settings.PUBLIC_URL.rstrip('/')}/account/notices/",
        "bank_name": settings.BANK_NAME,
    }
    body = render_to_string("email/notices/digest.txt", content)
    subject = gettext("What happened: %(count)d notices") % {"count": len(notices)}
    EmailMessage(
        subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[notices[0].user.email]
    ).send()  # fmt: skip
    return True


def _company(notice: Notice) -> str:
    """Its name: whoever acts for several must know for which."""
    customer = notice.customer
    is_company = customer is not None and customer.kind == CustomerKind.ORGANISATION
    return customer.display_name if customer is not None and is_company else ""


def _text(notices: list[Notice]) -> bool:
    """To the phone the user proved, and to no other."""
    (notice,) = notices
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


_CARRIERS: Final[dict[Channel, Callable[[list[Notice]], bool]]] = {Channel.EMAIL: _mail, Channel.SMS: _text}
