"""Rates of exchange and what revaluing came to."""

from datetime import date
from decimal import Decimal

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping import commands
from bank.bookkeeping.admin.fields import reason
from bank.bookkeeping.exchange import Quote
from bank.bookkeeping.models import FxRate, Revaluation
from bank.bookkeeping.selectors import rates
from bank.identity.models import User
from bank.kernel.money import Money
from bank.ledger.chart import CURRENCIES
from bank.web import cells
from bank.web.acts import Act, StartingTable
from bank.web.staff import Column, Panel, ReadOnlyTable
from bank.web.views.fields import DayField
from bank.workflows.models import Command

_CODES = [(code, code) for code in CURRENCIES]


class RateForm(forms.Form):
    base = forms.ChoiceField(label=_("One unit of"), choices=_CODES, initial="USD")
    quote = forms.ChoiceField(label=_("is worth in"), choices=_CODES, initial="KES")
    rate = forms.DecimalField(label=_("Rate"), max_digits=20, decimal_places=10)
    day = DayField(label=_("Day"))
    source = forms.CharField(label=_("Source"), max_length=20, initial="CBK")
    reason = reason()


def _propose(
    user: User, base: str, quote: str, rate: Decimal, day: date, source: str, reason: str
) -> Command:
    return commands.rates.propose(
        quote=Quote(base, quote, rate, day), source=source, reason=reason, maker=user
    )


@admin.register(FxRate)
class FxRateTable(StartingTable):
    heading = _("Rates of exchange")
    list_display = ("day", "base", "quote", "rate_shown", "source", "entered_by", "entered_at")
    list_filter = ("base", "quote", "source")
    list_select_related = ("entered_by",)
    date_hierarchy = "day"
    ordering = ("-day", "base", "quote", "-id")
    fields = ("base", "quote", "rate_shown", "day", "source", "entered_by", "command", "entered_at")
    readonly_fields = ("rate_shown",)
    starts = {
        "rate": Act(
            _("Enter a rate"), RateForm, _propose, "bookkeeping.add_fxrate",
            _("It waits for somebody else's approval."),
            _("A correction is a rate for the same day; the newest counts."),
        ),
    }  # fmt: skip

    @admin.display(description=_("rate"), ordering="rate")
    def rate_shown(self, rate: FxRate) -> str:
        return f"{rate.rate.normalize():f}"


@admin.register(Revaluation)
class RevaluationTable(ReadOnlyTable):
    heading = _("Revaluations")
    list_display = ("day", "value_shown", "result_shown", "entry")
    ordering = ("-day",)
    fields = ("day", "value_shown", "result_shown", "entry", "at")
    readonly_fields = ("value_shown", "result_shown", "entry")

    @admin.display(description=_("worth of the position"))
    def value_shown(self, found: Revaluation) -> str:
        return cells.money(Money(found.value, rates.base_currency()))

    @admin.display(description=_("gain or loss booked"))
    def result_shown(self, found: Revaluation) -> str:
        return cells.money(Money(found.result, rates.base_currency()))

    @admin.display(description=_("entry"))
    def entry(self, found: Revaluation) -> SafeString | str:
        return cells.NOTHING if found.entry_id is None else cells.code(str(found.entry_id))

    def panels(self, request: HttpRequest, record: Revaluation) -> list[Panel]:
        base = rates.base_currency()
        rows = [
            (
                currency,
                cells.money(Money.of(one["position"], currency)),
                one["rate"],
                cells.money(Money.of(one["value"], base)),
            )
            for currency, one in record.positions.items()
        ]
        columns = (
            Column(_("Currency")),
            Column(_("Position"), figures=True),
            Column(_("Rate"), figures=True),
            Column(_("Worth"), figures=True),
        )
        return [Panel(_("Positions"), columns, rows)]
