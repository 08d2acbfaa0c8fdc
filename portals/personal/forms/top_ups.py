"""Money from M-Pesa: which phone is asked, and for how much."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.web.views.fields import AmountTextField
from portals.personal.forms.accounts import InAccount


class TopUpForm(InAccount):
    phone = forms.CharField(
        label=_("M-Pesa number"),
        max_length=20,
        help_text=_("The phone is asked for its PIN. It must be at hand."),
        error_messages={"required": _("Enter a phone number.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    amount = AmountTextField(help_text=_("Whole shillings, 150,000 at most."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["money"] = self.money("amount")
        return given
