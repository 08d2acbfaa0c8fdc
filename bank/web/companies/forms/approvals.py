"""The reason of a rejection."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.signing.rules import REASON_LETTERS


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you reject it?"),
        help_text=_("Whoever made it reads this."),
        max_length=REASON_LETTERS,
        error_messages={"required": _("Say why, in a sentence.")},
    )
