"""``{% load bank %}``: the filters for figures and days, and one tag per component.

Every component is a tag whose arguments are checked when the template compiles, and whose
markup is ``templates/components/<name>.html``. Tags with a body end in ``{% end<name> %}``.
All components with their states stand on ``/styleguide/``.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.identity import passkeys
from bank.identity.models import Challenge
from bank.kernel.money import Money
from bank.runtime import formats
from bank.web import svg

register = template.Library()

NAME_CHECKS = {
    "MATCH": ("match", "check", _("Name matches")),
    "CLOSE_MATCH": ("close", "alert", _("Name is close")),
    "NO_MATCH": ("none", "alert", _("Name does not match")),
    "UNAVAILABLE": ("unknown", "question", _("Name could not be checked")),
}
STATUSES = {
    "DRAFT": ("plain", _("Draft")),
    "WAITING": ("wait", _("Waiting for approval")),
    "WAITING_FOR_APPROVAL": ("wait", _("Waiting for approval")),
    "AWAITING_APPROVAL": ("wait", _("Waiting for approval")),
    "SCHEDULED": ("move", _("Scheduled")),
    "ACCEPTED": ("move", _("Accepted")),
    "RELEASED": ("move", _("On its way")),
    "SENT": ("move", _("Sent")),
    "PAID": ("good", _("Paid")),
    "SETTLED": ("good", _("Paid")),
    "BOOKED": ("good", _("Booked")),
    "PAUSED": ("wait", _("Paused")),
    "RETURNED": ("wait", _("Returned")),
    "RECALLED": ("wait", _("Recalled")),
    "REJECTED": ("bad", _("Rejected")),
    "CANCELLED": ("plain", _("Cancelled")),
    "EXPIRED": ("plain", _("Expired")),
    "RECEIVED": ("wait", _("Received")),
    "VALIDATING": ("move", _("Being checked")),
    "RELEASING": ("move", _("Being paid")),
    "EXCLUDED": ("plain", _("Left out")),
    "CHECKED": ("wait", _("Checked, not paid yet")),
    "VALID": ("move", _("Valid")),
    "FAULTY": ("bad", _("Faulty")),
    "ON_HOLD": ("wait", _("On hold")),
    "PENDING": ("wait", _("Pending")),
    "QUEUED": ("wait", _("Being prepared")),
    "RUNNING": ("wait", _("Being prepared")),
    "READY": ("good", _("Ready")),
    "FAILED": ("bad", _("Failed")),
    "ACTIVE": ("good", _("Active")),
    "FROZEN": ("bad", _("Frozen")),
    "FROZEN_DEBIT": ("wait", _("No money out")),
    "FROZEN_CREDIT": ("wait", _("No money in")),
    "DORMANT": ("plain", _("Dormant")),
    "CLOSED": ("plain", _("Closed")),
    "NEW": ("wait", _("Received")),
    "IN_PROGRESS": ("move", _("Being looked into")),
    "WAITING_FOR_CUSTOMER": ("wait", _("Waiting for you")),
    "RESOLVED": ("good", _("Settled")),
    "APPROVED": ("good", _("Approved")),
    "WITHDRAWN": ("plain", _("Withdrawn")),
}
RAILS = {"EFT": _("Bank transfer (EFT)"), "RTGS": _("Large payments (RTGS)"), "MPESA": "M-Pesa"}
NOTICE_ICONS = {"note": "note", "good": "check", "warning": "alert", "danger": "alert"}
MESSAGE_TONES = {"success": "good", "warning": "warning", "error": "danger"}
FIELD_KINDS = {
    "RadioSelect": "choice",
    "CheckboxInput": "choice",
    "CheckboxSelectMultiple": "choice",
}


# --- filters: figures and days

register.filter("money", formats.money)
register.filter("amount", formats.amount)
register.filter("money_parts", formats.money_parts)
register.filter("number", formats.number)
register.filter("percent", formats.percent)
register.filter("day", formats.day)
register.filter("short_day", formats.short_day)
register.filter("long_day", formats.long_day)
register.filter("month", formats.month)
register.filter("moment", formats.moment)
register.filter("clock", formats.clock_time)
register.filter("account_number", formats.account_number)


@register.filter
def signed(value: Money) -> str:
    """``+1,250.00`` or ``−1,250.00``, without the currency."""
    return formats.amount(value, signed=True)


@register.filter
def signed_money(value: Money) -> str:
    """``+KES 1,250.00`` or ``−KES 1,250.00``."""
    return formats.money(value, signed=True)


@register.filter
def rail(code: str) -> str:
    """What customers call a way payments take; its code where that is its name."""
    return str(RAILS.get(code, code))


@register.filter
def message_tone(level_tag: str) -> str:
    """The notice tone of a message from ``django.contrib.messages``."""
    return MESSAGE_TONES.get(level_tag, "note")


@register.filter
def field_kind(field: BoundField) -> str:
    """Which of the field component's shapes a widget takes."""
    return FIELD_KINDS.get(type(field.field.widget).__name__, "")


# --- small signs


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon of the sprite; without ``label`` it is decoration and hidden from readers."""
    href = f"{static('icons/sprite.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@register.simple_tag(takes_context=True)
def nav_current(context: Context, url: str, *, exact: bool = False) -> SafeString:
    """``aria-current="page"`` when the request is for ``url`` or, unless ``exact``, below it."""
    request = context.get("request")
    path = request.path if request else ""
    here = path == url or (not exact and url != "/" and path.startswith(url))
    return SafeString(' aria-current="page"') if here else SafeString("")


@register.simple_tag
def amount(value: Money, *, currency: bool = False) -> SafeString:
    """A movement as HTML: a credit green with a plus, a debit in ink with a true minus."""
    text = formats.money(value, signed=True) if currency else formats.amount(value, signed=True)
    tone = " amount--credit" if value.amount > 0 else ""
    return format_html('<span class="amount{}">{}</span>', tone, text)


@register.inclusion_tag("components/figure.html")
def figure(value: Money, *, note: str = "", size: str = "") -> dict[str, Any]:
    """The one big figure of a page. ``size``: medium or small where there are several."""
    return {"parts": formats.money_parts(value), "note": note, "size": size}


@register.inclusion_tag("components/status.html")
def status(code: str, *, label: str = "") -> dict[str, Any]:
    """One of the few true status words; ``label`` says more (``Waiting for approval (1 of 2)``)."""
    tone, word = STATUSES.get(code, ("plain", code.replace("_", " ").capitalize()))
    return {"tone": tone, "label": label or word}


@register.inclusion_tag("components/name_check.html")
def name_check(result: str, *, hint: str = "") -> dict[str, Any]:
    """Confirmation of payee: MATCH, CLOSE_MATCH (``hint`` is the name), NO_MATCH, UNAVAILABLE."""
    tone, sign, label = NAME_CHECKS[result]
    return {"tone": tone, "icon": sign, "label": label, "hint": hint}


# --- doing things


@register.inclusion_tag("components/button.html")
def button(
    label: str,
    *,
    href: str = "",
    kind: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
    form: str = "",
    download: bool = False,
) -> dict[str, Any]:
    """A link with ``href``, else a submit button. ``kind``: primary, danger, quiet, small, wide."""
    classes = " ".join(["button", *(f"button--{one}" for one in kind.split())])
    return {
        "label": label, "href": href, "classes": classes, "icon": icon,
        "name": name, "value": value, "form": form, "download": download,
    }  # fmt: skip


@register.inclusion_tag("components/back_link.html")
def back_link(href: str, label: str = "") -> dict[str, Any]:
    return {"href": href, "label": label}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(items: Sequence[dict[str, str]]) -> dict[str, Any]:
    """``items``: ``{label, url}``, the present page last and without ``url``."""
    return {"items": items}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[dict[str, Any]], label: str) -> dict[str, Any]:
    """Links between views of one thing: ``{label, url, current, count?}``. State stays in the URL."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/pager.html")
def pager(*, newer: str = "", older: str = "") -> dict[str, Any]:
    """Keyset pages: a link each way, no page numbers."""
    return {"newer": newer, "older": older}


# --- forms


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None = None, *, messages: Iterable[str] = ()) -> dict[str, Any]:
    """Every error of ``form`` (and ``messages`` of the service), focused, each linked to its field."""
    linked = _linked_errors(form) if form is not None and form.is_bound else []
    return {"errors": [*linked, *({"text": text, "target": ""} for text in messages)]}


@register.inclusion_tag("components/field.html")
def field(
    field: BoundField,
    *,
    kind: str = "",
    size: str = "",
    prefix: str = "",
    optional: bool = False,
) -> dict[str, Any]:
    """Label, hint, error and input of one field.

    ``kind``: amount (with the currency as ``prefix``), code, number; ``size``: short, medium.
    """
    return {
        "field": field, "kind": kind or field_kind(field),
        "size": size, "prefix": prefix, "optional": optional,
    }  # fmt: skip


# --- showing things


@register.inclusion_tag("components/figures.html")
def figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures under each other: ``{label, money, note?, total?}``; a total is ruled as bookkeepers do."""
    return {"rows": rows}


@register.inclusion_tag("components/statement.html")
def statement(
    lines: Sequence[Any],
    *,
    pending: Sequence[Any] = (),
    detail: str = "",
    level: int = 3,
) -> dict[str, Any]:
    """Statement lines by day, with the running balance on each, holds on top.

    ``lines`` are ``accounts.selectors`` statement lines, newest first; ``pending`` need
    ``description`` and ``amount`` (negative). ``detail`` is a URL name taking the line's
    ``reference``; without it the names are plain text. ``level`` is that of the days' headings.
    """
    return {
        "days": [
            _statement_day(day, group) for day, group in groupby(lines, key=lambda one: one.booking_date)
        ],
        "pending": pending,
        "detail": detail,
        "level": level,
    }


@register.inclusion_tag("components/account_card.html")
def account_card(
    *, name: str, number: str, balance: Money, href: str, note: str = "", state: str = ""
) -> dict[str, Any]:
    """An account as a card that is one link. ``state`` shows a status other than ACTIVE."""
    return {
        "name": name, "number": number, "balance": balance, "href": href,
        "note": note, "state": "" if state == "ACTIVE" else state,
    }  # fmt: skip


@register.inclusion_tag("components/plot.html")
def plot(plot: svg.Plot, *, open_table: bool = False, level: int = 2) -> dict[str, Any]:
    """A server-drawn plot with its legend and, one click away or open, its table."""
    return {"plot": plot, "open_table": open_table, "level": level}


@register.inclusion_tag("components/tiles.html")
def tiles(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Tiles of ``{label, money | value, note?, trend?}``; ``trend`` is a list of Decimal."""
    return {"items": [item | {"spark": _spark(item)} for item in items]}


@register.inclusion_tag("components/steps.html")
def steps(labels: Sequence[str], current: int) -> dict[str, Any]:
    """Where one is in a journey; ``current`` counts from 1."""
    return {"steps": [{"label": label, "at": i} for i, label in enumerate(labels, 1)], "current": current}


@register.inclusion_tag("components/tasks.html")
def tasks(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A resumable list: ``{label, url, status, note?, status_label?}``; without ``url`` not yet open."""
    return {"items": items}


@register.inclusion_tag("components/progress.html")
def progress(*, done: int, total: int, label: str) -> dict[str, Any]:
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("components/selection.html")
def selection(*, count: int, money_in: Money, money_out: Money) -> dict[str, Any]:
    """What a list's filter selects: how many lines, in, out and net."""
    return {"count": count, "money_in": money_in, "money_out": money_out, "net": money_in + money_out}


@register.inclusion_tag("components/step_up_passkey.html", takes_context=True)
def step_up_passkey(context: Context, challenge: Challenge | None) -> dict[str, Any]:
    """A passkey instead of the code that stands beside it, signing the same act; nothing without one."""
    usable = challenge is not None and passkeys.usable_at(context["request"].get_host())
    return {"options": passkeys.asking_for(challenge) if challenge and usable else ""}


@register.inclusion_tag("components/demo_notice.html")
def demo_notice() -> dict[str, Any]:
    """In a demonstration, the line that says no real money moves."""
    return {"demo": getattr(settings, "DEMO", False)}


@register.inclusion_tag("components/sandbox_notice.html")
def sandbox_notice() -> dict[str, Any]:
    """In a demonstration, where money meets a network: that a sandbox plays the other side."""
    return {"demo": getattr(settings, "DEMO", False)}


# --- things with a body


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    *,
    lead: str = "",
    link: str = "",
    link_label: str = "",
    level: int = 2,
    flush: bool = False,
) -> SafeString:
    """Paper for one subject; ``link`` stands opposite the title, a ``flush`` table touches the edges."""
    return _render(
        "card", content=content, title=title, lead=lead, link=link,
        link_label=link_label, level=level, flush=flush,
    )  # fmt: skip


@register.simple_block_tag
def page_header(
    content: str,
    title: str = "",
    *,
    kicker: str = "",
    lead: str = "",
    money: Money | None = None,
    note: str = "",
) -> SafeString:
    """The page's ``h1`` (or its one big figure, ``money`` with ``note``); the body holds the actions."""
    return _render(
        "page_header", content=content, title=title, kicker=kicker, lead=lead, money=money, note=note
    )


@register.simple_block_tag
def notice(content: str, *, tone: str = "note", title: str = "", alert: bool = False) -> SafeString:
    """Something to know. ``tone``: note, good, warning, danger; ``alert`` is read out at once."""
    return _render(
        "notice",
        content=content,
        tone=tone,
        icon=NOTICE_ICONS[tone],
        title=title,
        role="alert" if alert else "",
    )


@register.simple_block_tag
def summary(content: str) -> SafeString:
    """A list of questions and answers; its body is ``{% answer %}`` tags."""
    return _render("summary", content=content)


@register.simple_block_tag
def answer(content: str, label: str, *, change: str = "", change_label: str = "") -> SafeString:
    """One row of ``{% summary %}``; ``change`` is the address where the answer is given."""
    return _render("answer", content=content, label=label, change=change, change_label=change_label)


@register.simple_block_tag
def receipt(
    content: str, title: str, *, money: Money | None = None, reference: str = "", status: str = "PAID"
) -> SafeString:
    """What was done, its reference, and the answers it was done with."""
    return _render(
        "receipt", content=content, title=title, money=money, reference=reference,
        status=status, tone=STATUSES.get(status, ("plain", ""))[0],
    )  # fmt: skip


@register.simple_block_tag
def details(content: str, label: str, *, opened: bool = False) -> SafeString:
    """More for those who ask; closed unless ``opened``."""
    return _render("details", content=content, label=label, opened=opened)


@register.simple_block_tag
def empty(content: str, title: str, *, icon: str = "empty", level: int = 2) -> SafeString:
    """A list with nothing in it: says so, and in the body what to do next."""
    return _render("empty", content=content, title=title, icon=icon, level=level)


@register.simple_block_tag
def table(content: str, caption: str, *, quiet: bool = False, hidden: bool = False) -> SafeString:
    """A scrolling region with a captioned table; the body is ``thead``, ``tbody``, ``tfoot``."""
    return _render("table", content=content, caption=caption, quiet=quiet, hidden=hidden)


@register.simple_block_tag
def filter_bar(content: str, *, action: str = "", reset: str = "", opened: bool = False) -> SafeString:
    """A GET form of filters, so that the state of a list is its address.

    On a phone it is folded away behind one line unless ``opened``; wider screens always show it.
    """
    return _render("filter_bar", content=content, action=action, reset=reset, opened=opened)


def _render(component: str, **parameters: Any) -> SafeString:
    return SafeString(render_to_string(f"components/{component}.html", parameters))


def _linked_errors(form: BaseForm) -> list[dict[str, str]]:
    return [
        {"text": _standing_alone(form, name, error), "target": _target(form, name)}
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]


def _standing_alone(form: BaseForm, name: str, error: ValidationError) -> str:
    """The error away from its field: a bare "this is required" gets the field's label."""
    text = " ".join(error.messages)
    return f"{form[name].label}: {text}" if error.code == "required" and name in form.fields else text


def _target(form: BaseForm, name: str) -> str:
    """The id to jump to: the input, or the first choice of a group; nowhere where there is no choice."""
    if name not in form.fields:
        return ""
    field = form[name]
    if not field.use_fieldset:
        return field.id_for_label
    return next((choice.id_for_label for choice in field.subwidgets), "")


def _statement_day(day: date, lines: Iterable[Any]) -> dict[str, Any]:
    return {"date": day, "lines": list(lines)}


def _spark(item: dict[str, Any]) -> SafeString:
    trend: Sequence[Decimal] = item.get("trend", ())
    if len(trend) < 2:
        return SafeString("")
    words = {"first": formats.number(trend[0]), "last": formats.number(trend[-1])}
    return svg.sparkline(trend, gettext("From %(first)s to %(last)s") % words)
