"""The staff table of rates of value added tax; another rate takes two of the staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.invoicing import commands
from bank.invoicing.models import VatRate
from bank.web.acts import Act, StartingTable
from bank.workflows.models import Command


class VatRateForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=12, initial="STANDARD")
    title = forms.CharField(label=_("Title"), max_length=60, initial="Standard")
    percent = forms.DecimalField(label=_("Per cent"), max_digits=5, decimal_places=2, min_value=0)
    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose(user: Any, **asked: Any) -> Command:
    return commands.propose(**asked, maker=user)


@admin.register(VatRate)
class VatRateTable(StartingTable):
    heading = _("Rates of value added tax")
    list_display = ("code", "title", "percent", "valid_from")
    list_filter = ("code",)
    ordering = ("code", "-valid_from")
    fields = ("code", "title", "percent", "valid_from")
    starts = {
        "rate": Act(
            _("Propose another rate"), VatRateForm, _propose, commands.MAKER_RIGHT,
            _("It waits for somebody else's approval."),
            _("Invoices issued on its day or later bear it; issued ones stay as they are."),
        ),
    }  # fmt: skip
