"""The notices of whoever is signed in, and by which channels they come."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif.rules import CustomerKind
from bank.identity.models import SmsCodeDevice, User
from bank.notifications import rules, selectors, services, wording
from bank.notifications.models import Notice
from bank.notifications.rules import Channel, NoticeKind
from bank.runtime import sms
from bank.web.notices import places
from bank.web.views import paging
from bank.web.views.pages import customer_page, user_of

_ON_A_PAGE = 25


@require_GET
@customer_page
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first; those not read say so."""
    user = user_of(request)
    page = paging.by_id(request, selectors.notices_for(user), size=_ON_A_PAGE)
    shown = {
        "notices": [_shown(one) for one in page.rows],
        "newest": page.rows[0].pk if page.rows else 0,
        "unread": selectors.unread_count(user),
        "newer": page.newer,
        "older": page.older,
    }
    return render(request, "notices/list.html", shown)


@require_POST
@customer_page
def read(request: HttpRequest) -> HttpResponse:
    """Marks as read what was on the page, and what is older; what came meanwhile stays unread."""
    newest = paging.whole(request.POST.get("newest")) or 0
    services.read_all(user=user_of(request), up_to=newest)
    return redirect("notices:list")


@require_http_methods(["GET", "POST"])
@customer_page
def choices(request: HttpRequest) -> HttpResponse:
    """By which channels each kind comes; what always comes in a way is ticked and cannot be changed."""
    user = user_of(request)
    if request.method == "POST":
        chosen = {kind: _ticked(request, kind) for kind in NoticeKind}
        services.choose(user=user, chosen=chosen, is_daily="daily" in request.POST)
        messages.success(request, gettext("Your choices are kept."))
        return redirect("notices:choices")
    offered = [one for one in Channel if one != Channel.SMS or sms.is_offered()]
    context = {
        "channels": [wording.CHANNELS[one] for one in offered],
        "rows": _rows(user, offered),
        "is_daily": bool(selectors.daily_readers([user.pk])),
        "offers_sms": Channel.SMS in offered,
        "phone": SmsCodeDevice.objects.filter(user=user).exists(),
    }
    return render(request, "notices/choices.html", context)


def _ticked(request: HttpRequest, kind: NoticeKind) -> list[Channel]:
    """What the form says; a value nobody offers counts as none."""
    sent = set(request.POST.getlist(kind.value))
    return [channel for channel in Channel if channel.value in sent]


def _rows(user: User, offered: list[Channel]) -> list[dict[str, Any]]:
    known = selectors.choices_of([user]).get(user.pk, {})
    return [
        {
            "kind": kind.value,
            "title": wording.TITLES[kind.value],
            "boxes": [_box(kind, channel, known) for channel in offered],
        }
        for kind in NoticeKind
    ]


def _box(kind: NoticeKind, channel: Channel, known: dict[str, list[str]]) -> dict[str, Any]:
    is_fixed = channel in rules.fixed_channels(kind)
    return {
        "value": channel.value,
        "label": wording.CHANNELS[channel],
        "is_fixed": is_fixed,
        "said": gettext("As subscribed") if kind == NoticeKind.STATEMENT_READY else gettext("Always"),
        "is_on": is_fixed or channel in rules.channels(kind, known),
    }


def _shown(notice: Notice) -> dict[str, Any]:
    customer = notice.customer
    is_company = customer is not None and customer.kind == CustomerKind.ORGANISATION
    return {
        "title": wording.title(notice.kind),
        "sentence": wording.full(notice.kind, notice.told),
        "company": customer.display_name if customer is not None and is_company else "",
        "at": notice.created_at,
        "is_new": notice.read_at is None,
        "address": places.address_of(notice),
    }
