"""Of a company's trail: whose acts, of which kind, on which days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.trail.selectors import THE_BANK, Asked
from bank.trail.wording import KINDS
from bank.web.views.fields import DayField


class TrailFilter(forms.Form):
    who = forms.ChoiceField(label=_("Who"), required=False)
    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Everything")), *((kind.value, words) for kind, words in KINDS.items())],
    )
    from_date = DayField(label=_("From"), required=False)
    to_date = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", _("Everybody")),
            *people,
            (THE_BANK, _("The bank")),
        ]

    @property
    def asked(self) -> Asked:
        """What was asked for; a filter that is none narrows nothing."""
        self.is_valid()
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value})
