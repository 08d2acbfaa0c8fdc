"""Where one is looking for a branch or a cash machine."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.places import selectors as places
from bank.places.rules import PlaceKind


class PlacesForm(forms.Form):
    q = forms.CharField(
        label=_("Town, street or name"),
        max_length=60,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    near = forms.ChoiceField(label=_("Distance from"), required=False)
    kind = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Everything")),
            (PlaceKind.BRANCH.value, _("Branches")),
            (PlaceKind.ATM.value, _("Cash machines")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = self.fields["near"]
        assert isinstance(near, forms.ChoiceField)
        near.choices = [("", _("No town")), *((town, town) for town in places.towns())]
