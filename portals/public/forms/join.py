"""Questions of the task list. What an answer must be is decided by ``bank.onboarding.checks``."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.onboarding import wording
from bank.onboarding.errors import UnusableAnswers
from bank.web.views.fields import DayField

_FEW = 4
_AUTOCOMPLETE = {
    "given_names": "given-name",
    "family_name": "family-name",
    "birth_date": "bday",
    "phone": "tel",
    "street": "street-address",
    "town": "address-level2",
    "postal_code": "postal-code",
    "country": "country",
    "email": "email",
    "registered_name": "organization",
}
_LONGEST = 300


class Questions(forms.Form):
    """A form of named questions; every refusal comes back from the bank and is put to its field."""

    def __init__(
        self, *args: Any, questions: Iterable[str], optional: Iterable[str] = wording.OPTIONAL, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.optional = frozenset(optional)
        for name in questions:
            self.fields[name] = _field(name)

    def refuse(self, refusal: UnusableAnswers) -> None:
        """Says at each field what is wrong with its answer."""
        for name, says in refusal.faults.items():
            self.add_error(name if name in self.fields else None, gettext(says))

    @property
    def rows(self) -> list[tuple[forms.BoundField, bool]]:
        """Each question, and whether it may stay open."""
        return [(self[name], name in self.optional) for name in self.fields]


class EmailForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address"),
        help_text=_("We send a code there to see that it is yours."),
        required=False,
        max_length=_LONGEST,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the mail"),
        help_text=_("Six digits. It holds for 15 minutes."),
        max_length=20,
        error_messages={"required": _("Enter the six digits of the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordForm(forms.Form):
    """What makes an address a user."""

    full_name = forms.CharField(
        label=_("Your full name"),
        required=False,
        max_length=_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. A few words in a row are easy to keep and hard to guess."),
        strip=False,
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class UploadForm(forms.Form):
    """One document."""

    purpose = forms.ChoiceField(
        label=_("What is it?"), error_messages={"required": _("Choose what the document is.")}
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("A photograph (JPEG, PNG, WEBP) or a PDF, up to 10 MB."),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )

    def __init__(self, *args: Any, purposes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["purpose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, wording.DOCUMENTS[code]) for code in purposes]


class ReviewForm(forms.Form):
    changed = forms.CharField(
        label=_("What has changed?"),
        help_text=_("Leave this empty if everything is still true."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Sets what may be chosen where that depends on the day's catalogue."""
    listed = list(choices)
    form.fields[name] = _choice(name, listed, few=name == "product" or len(listed) <= _FEW)


def _field(name: str) -> forms.Field:
    if name == "accepted":
        return forms.BooleanField(label=wording.LABELS[name], required=False)
    if name in wording.DAY_FIELDS:
        return _described(DayField(label=wording.LABELS[name], required=False), name)
    if name in wording.COUNTRY_FIELDS:
        return _choice(name, wording.countries(), few=False)
    if name in wording.CHOICES:
        choices: Mapping[str, Any] = wording.CHOICES[name]
        return _choice(name, list(choices.items()), few=len(choices) <= _FEW)
    text = forms.CharField(label=wording.LABELS[name], required=False, max_length=_LONGEST)
    return _described(text, name)


def _choice(name: str, choices: list[tuple[str, Any]], *, few: bool) -> forms.Field:
    options: list[tuple[str, Any]] = choices if few else [("", _("Choose")), *choices]
    widget = forms.RadioSelect() if few else forms.Select()
    field = forms.ChoiceField(label=wording.LABELS[name], choices=options, required=False, widget=widget)
    field.error_messages["invalid_choice"] = _("Choose one of the answers offered.")
    return _described(field, name)


def _described(field: forms.Field, name: str) -> forms.Field:
    field.help_text = wording.HINTS.get(name, "")
    if name in _AUTOCOMPLETE:
        field.widget.attrs["autocomplete"] = _AUTOCOMPLETE[name]
    return field
