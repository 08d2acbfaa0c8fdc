"""Cells of the staff tables: figures, states and links, escaped; links only to what the reader may open."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from bank.kernel.money import Money
from bank.runtime import formats
from bank.web.templatetags import bank as components

NOTHING = "–"

Words: TypeAlias = str | Promise
"""Text, translated now or when it is shown."""


def money(value: Money | None) -> str:
    """An amount with its currency; a dash where there is none."""
    return NOTHING if value is None else formats.money(value)


def debit(value: Money) -> str:
    """The amount in the debit column: shown where it is below zero, without its sign."""
    return formats.amount(-value) if value.is_negative else ""


def credit(value: Money) -> str:
    """The amount in the credit column: shown where it is above zero."""
    return formats.amount(value) if value.is_positive else ""


def moment(value: datetime | None) -> str:
    return NOTHING if value is None else formats.moment(value)


def day(value: date | None) -> str:
    return NOTHING if value is None else formats.day(value)


def state(code: str, label: str = "") -> SafeString:
    """A status as the portals show it; ``label`` where the staff's word is more exact."""
    return SafeString(
        render_to_string("components/status.html", components.status(code, label=label)).strip()
    )


def code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def record_link(request: HttpRequest, table: str, pk: Any, text: object) -> str | SafeString:
    """``text`` as a link to a record of ``app_model``; plain text to those who may not look at it."""
    if pk is None or not may_look(request, table):
        return str(text)
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{table}_change", args=(pk,)), text)


def list_link(request: HttpRequest, table: str, search: str, text: object) -> str | SafeString:
    """``text`` as a link to the table of ``app_model`` searched for ``search``; else plain text."""
    if not may_look(request, table):
        return str(text)
    address = reverse(f"admin:{table}_changelist", query={"q": search})
    return format_html('<a href="{}">{}</a>', address, text)


def anchor(address: str, text: object) -> SafeString:
    """``text`` as a link."""
    return format_html('<a href="{}">{}</a>', address, text)


def may_look(request: HttpRequest, table: str) -> bool:
    """Whether the reader may see the table of ``app_model``."""
    app, _separator, model = table.rpartition("_")
    return request.user.has_perm(f"{app}.view_{model}")


def yes_no(value: bool) -> str:
    return gettext("Yes") if value else gettext("No")


def roles(*names: str) -> str:
    """Roles of staff as people say them: ``head teller``."""
    return " + ".join(filter(None, names)).replace("_", " ").lower()


def joined(parts: Sequence[object]) -> str:
    return ", ".join(str(part) for part in parts) or NOTHING
