"""``{% load public %}``: the catalogue's figures in words, and the status page's strip of days."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from bank.kernel.money import Money
from bank.runtime import formats
from bank.web.status import Service
from portals.public import offers

register = template.Library()
register.filter("term", offers.term)
register.filter("rate", offers.rate)
register.filter("loan_rate", offers.loan_rate)


@register.filter
def said(text: str) -> str:
    """A name or description of the catalogue in the reader's language."""
    return gettext(text) if text else ""


@register.filter
def smallest(row: Any) -> Money:
    """The smallest sum of a rate or a loan."""
    return Money(row.minimum, row.currency)


@register.filter
def bounds(price: Any) -> str:
    """``KES 5,000.00 – KES 500,000.00``, the cents left out where there are none."""
    low, high = (_whole(Money(sum_, price.currency)) for sum_ in (price.minimum, price.maximum))
    return f"{low} – {high}"


@register.filter
def negative(value: Money) -> Money:
    return -value


@register.filter
def strip(service: Service) -> SafeString:
    """A bar a day, the oldest first, coloured by how the day went; the words are beside it."""
    bars = format_html_join(
        "",
        '<rect class="day--{}" x="{}" width="8" height="32" rx="2"><title>{}</title></rect>',
        ((day.tone, number * 10, _day_in_words(day)) for number, day in enumerate(service.days)),
    )
    return format_html(
        '<svg class="strip" viewBox="0 0 {} 32" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        len(service.days) * 10 - 2,
        gettext("%(service)s day by day; days with trouble are listed below.") % {"service": service.label},
        bars,
    )


def _day_in_words(day: Any) -> str:
    if day.failed is None:
        return f"{formats.day(day.day)}: {gettext('not measured')}"
    available = formats.percent(Decimal(1) - day.failed)
    return f"{formats.day(day.day)}: {gettext('%s available') % available}"


def _whole(sum_: Money) -> str:
    text = formats.money(sum_)
    return text.removesuffix(".00") if sum_.amount == sum_.amount.to_integral_value() else text
