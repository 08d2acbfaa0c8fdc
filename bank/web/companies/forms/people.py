"""Inviting somebody to act for the company."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.kernel.money import Money, parse_amount
from bank.onboarding.errors import UnusableAnswers
from bank.web.views.fields import DayField

RIGHTS = (
    ("VIEWER", _("Look only")),
    ("SIGNATORY", _("Look and pay")),
    ("OWNER", _("Administer: pay and invite others")),
)


class InvitationForm(forms.Form):
    """Whom, what they may do, and up to how much."""

    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=300,
        help_text=_("They get a mail with a link that works once, for seven days."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What may they do?"),
        choices=RIGHTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they may do.")},
    )
    single_limit = forms.CharField(
        label=_("Limit of a single payment (KES)"),
        required=False,
        max_length=40,
        help_text=_("Empty for no limit."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    until = DayField(
        label=_("Until"),
        required=False,
        help_text=_("The last day they act for the company, as for an accountant. Empty for no end."),
    )

    def clean_single_limit(self) -> Money | None:
        """The limit as money, or none."""
        text = self.cleaned_data["single_limit"].strip()
        if not text:
            return None
        try:
            return parse_amount(text, "KES")
        except BankError as error:
            problem = str(error.params.get("problem") or error.message)
            raise forms.ValidationError(gettext(problem), code="invalid") from None

    def answers(self) -> dict[str, Any]:
        """What the bank is asked for, as a draft keeps it."""
        role, limit = self.cleaned_data["role"], self.cleaned_data["single_limit"]
        return {
            "email": self.cleaned_data["email"],
            "role": role,
            "can_pay": role != "VIEWER",
            "limit": [str(limit.amount), limit.currency] if limit else None,
            "until": str(self.cleaned_data["until"] or ""),
        }

    def refuse(self, refusal: UnusableAnswers) -> None:
        """Says at each field what is wrong with it."""
        for name, says in refusal.faults.items():
            self.add_error(name if name in self.fields else None, gettext(says))
