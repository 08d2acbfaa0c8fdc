"""Forms of the sign-in and security pages. What they refuse is said by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from bank.identity import passkeys, role_rules, rules

_NEW_PASSWORD = _("At least 12 characters. A few words in a row are easy to keep and hard to guess.")


def _length(minutes: int) -> Any:
    hours = minutes // 60
    if hours:
        return ngettext_lazy("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext_lazy("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


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
            max_length=passkeys.LONGEST_ANSWER,
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
        help_text=_NEW_PASSWORD,
    )


class ForgottenForm(_Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class ResetForm(_Form):
    new = _Password(label=_("New password"), autocomplete="new-password", help_text=_NEW_PASSWORD)
    code = _Code(label=_("Code"))


class PhoneForm(_Form):
    phone = forms.CharField(
        label=_("Mobile number"),
        help_text=_("A number without country code is taken for one of the bank's own country."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )


class PasskeyForm(_Form):
    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("Such as the device it is kept in."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answer = forms.CharField(required=False, max_length=passkeys.LONGEST_ANSWER, widget=forms.HiddenInput())


class PasskeyNameForm(_Form):
    name = forms.CharField(label=_("Name of the passkey"), max_length=40)


class DutyForm(_Form):
    reason = forms.CharField(
        label=_("What is it for?"),
        help_text=_("Such as the case or the customer you work on. It stays on the audit trail."),
        max_length=300,
    )
    minutes = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        choices=[(minutes, _length(minutes)) for minutes in role_rules.DUTY_MINUTES],
        initial=60,
    )
