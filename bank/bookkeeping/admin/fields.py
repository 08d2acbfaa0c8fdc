"""Form fields bookkeeping's screens share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank import ledger

REASON = _("It stays on record, and whoever decides reads it.")


def reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), help_text=REASON, max_length=300)


class GlAccountField(forms.CharField):
    """The code of an account of the chart, such as 5900.KES; capitals and blanks do not matter."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            attrs={"list": "gl-accounts", "autocomplete": "off", "spellcheck": "false", "size": 11}
        )
        super().__init__(max_length=34, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        return "".join(str(super().clean(value)).upper().split())


class ChartField(forms.ChoiceField):
    """One of the accounts of the chart that take postings."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_chart, **kwargs)


def _chart() -> list[tuple[str, str]]:
    return [("", "–"), *((one.code, f"{one.code} {one.name}") for one in ledger.chart_accounts())]
