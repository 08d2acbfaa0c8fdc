"""Forms of the sign-in and security pages. What they refuse is said by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.identity import rules


class _Form(forms.Form):
    """Begins in its first field, unless it comes back with something to correct: that is read first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class _Password(forms.CharField):
    def __init__(self, *, label: object, autocomplete: str, help_text: object = "") -> None:
        super().__init__(
            label=label,  # type: ignore[arg-type]
            help_text=help_text,  # type: ignore[arg-type]
            strip=False,
            max_length=rules.LONGEST_PASSWORD,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        )


class _Code(forms.CharField):
    def __init__(self, *, label: object, help_text: object = "") -> None:
        attributes = {"autocomplete": "one-time-code", "inputmode": "text"}
        super().__init__(
            label=label,  # type: ignore[arg-type]
            help_text=help_text,  # type: ignore[arg-type]
            max_length=20,
            widget=forms.TextInput(attrs=attributes),
        )


class SignInForm(_Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = _Password(label=_("Password"), autocomplete="current-password")


class CodeForm(_Form):
    code = _Code(label=_("Code"))


class PasswordForm(_Form):
    old = _Password(label=_("Present password"), autocomplete="current-password")
    new = _Password(
        label=_("New password"),
        autocomplete="new-password",
        help_text=_("At least 12 characters. A few words in a row are easy to keep and hard to guess."),
    )
