"""The reason of a rejection or a return, and what narrows the inbox."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.signing import kinds
from bank.signing.rules import REASON_LETTERS

AGES = [("", _("Of any age")), ("24", _("Older than a day")), ("72", _("Older than three days"))]


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you not sign it?"),
        help_text=_("Whoever made it reads this."),
        max_length=REASON_LETTERS,
        error_messages={"required": _("Say why, in a sentence.")},
    )


class InboxFilter(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False)
    least = forms.DecimalField(
        label=_("From which amount"), required=False, min_value=0, max_digits=18, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    age = forms.ChoiceField(label=_("Age"), choices=AGES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Everything")), *kinds.titles()]

    def chosen(self) -> dict[str, Any]:
        """As ``selectors.narrowed`` takes it; nothing of what cannot be read."""
        given = self.cleaned_data if self.is_valid() else {}
        least: Decimal | None = given.get("least")
        age = timedelta(hours=int(given["age"])) if given.get("age") else None
        return {"kind": given.get("kind", ""), "least": least, "older_than": age}
