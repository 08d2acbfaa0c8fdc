"""Which currency, which steps, whose money."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.liquidity.rules import By

STEPS = [(By.WEEK.value, _("Weeks")), (By.DAY.value, _("Days"))]
THIS, ALL = "", "all"
WHOSE = [(THIS, _("This company")), (ALL, _("All my companies"))]


class CashFilter(forms.Form):
    """``currencies`` are those on offer; the first is taken where none is chosen."""

    currency = forms.ChoiceField(label=_("In the currency"), required=False)
    by = forms.ChoiceField(label=_("Steps"), choices=STEPS, required=False)
    whose = forms.ChoiceField(label=_("Whose money"), choices=WHOSE, required=False)

    def __init__(self, *args: Any, currencies: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        self.currencies = list(currencies)
        currency.choices = [(one, one) for one in self.currencies]

    @property
    def chosen(self) -> tuple[str, By, bool]:
        """What was asked for, or what is shown without asking."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return (
            given.get("currency") or self.currencies[0],
            By(given.get("by") or By.WEEK.value),
            given.get("whose") == ALL,
        )
