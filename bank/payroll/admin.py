"""The staff table of statutory rates; another one is proposed by one of the staff and approved by another."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.payroll import commands, statutory
from bank.payroll.models import StatutoryRate
from bank.payroll.rules import Code
from bank.web.acts import Act, StartingTable
from bank.workflows.models import Command


class RateForm(forms.Form):
    code = forms.ChoiceField(label=_("Rate"), choices=[(one.value, one.value) for one in Code])
    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}))
    parts = forms.CharField(
        label=_("Parts"),
        help_text=_(
            "One a line. PAYE: band 24000 10, band rest 35, relief 2400. NSSF: percent, lower, upper. "
            "SHIF: percent, minimum. HOUSING_LEVY: percent, employer_percent."
        ),
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        max_length=2000,
    )
    source = forms.CharField(label=_("Law or notice"), max_length=140)
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose(user: Any, **asked: Any) -> Command:
    return commands.propose(**asked, maker=user)


@admin.register(StatutoryRate)
class StatutoryRateTable(StartingTable):
    heading = _("Statutory rates of wages")
    list_display = ("code", "valid_from", "parts", "source")
    list_filter = ("code",)
    ordering = ("code", "-valid_from")
    fields = ("code", "valid_from", "parts", "source")
    readonly_fields = ("parts",)
    starts = {
        "rate": Act(
            _("Propose another rate"), RateForm, _propose, commands.MAKER_RIGHT,
            _("It waits for somebody else's approval."),
            _("Wages of months that end on its day or later are worked out with it; what was paid stays."),
        ),
    }  # fmt: skip

    @admin.display(description=_("parts"))
    def parts(self, row: StatutoryRate) -> str:
        return ", ".join(statutory.written(row.parameters).splitlines())
