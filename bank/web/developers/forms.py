"""Forms for apps and keys. What they refuse is said by the services."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bank.access.rules import CONSENT_SCOPES, NAME_LETTERS, OWN_SCOPES, Flow
from bank.kernel import clock
from bank.web.oauth.wording import SCOPES

_MANY = 2_000


class LinesField(forms.CharField):
    """One thing on each line, or with blanks between."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"})
        super().__init__(max_length=_MANY, widget=widget, **kwargs)

    def clean(self, value: Any) -> list[str]:
        return str(super().clean(value)).split()


class NameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Name"),
            max_length=NAME_LETTERS,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **kwargs,
        )


class AppChangeForm(forms.Form):
    name = NameField(help_text=_("Customers see it when they are asked."))
    redirect_uris = LinesField(
        label=_("Redirect addresses"),
        required=False,
        help_text=_("One on each line, beginning with https://. They are compared letter by letter."),
    )


class AppForm(AppChangeForm):
    flow = forms.ChoiceField(
        label=_("How it gets tokens"),
        widget=forms.RadioSelect,
        choices=[
            (Flow.CONSENT.value, _("A customer allows it (authorisation code with PKCE)")),
            (Flow.OWN.value, _("It acts for whoever registers it (client credentials)")),
        ],
        initial=Flow.CONSENT.value,
    )
    scopes = forms.MultipleChoiceField(label=_("Scopes"), widget=forms.CheckboxSelectMultiple)
    is_public = forms.BooleanField(
        label=_("It can keep no secret: it runs in a browser or on a phone"), required=False
    )

    def __init__(self, *args: Any, for_company: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = scope_choices(for_company)  # type: ignore[attr-defined]
        self.order_fields(["name", "flow", "redirect_uris", "scopes", "is_public"])


class KeyForm(forms.Form):
    name = NameField(help_text=_("So that you know it again, such as: night run."))
    scopes = forms.MultipleChoiceField(label=_("Scopes"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=_("Ends after"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("a year"))],
        initial=90,
    )
    networks = LinesField(
        label=_("Addresses it may be used from"),
        required=False,
        help_text=_("One on each line, such as 203.0.113.7 or 203.0.113.0/24. With none, from everywhere."),
    )

    def __init__(self, *args: Any, for_company: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = scope_choices(for_company)  # type: ignore[attr-defined]

    @property
    def expires_at(self) -> datetime:
        """The end of the last day."""
        last = clock.today() + timedelta(days=self.cleaned_data["days"])
        return timezone.make_aware(datetime.combine(last, time.max.replace(microsecond=0)))


class LogForm(forms.Form):
    q = forms.CharField(
        label=_("Address or correlation id"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    answer = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=[("", _("All")), ("2", _("Done (2xx)")), ("4", _("Refused (4xx)")), ("5", _("Failed (5xx)"))],
    )


def scope_choices(for_company: bool) -> list[tuple[str, str]]:
    scopes = OWN_SCOPES if for_company else CONSENT_SCOPES
    return [(scope.value, f"{scope.value} – {SCOPES[scope]}") for scope in scopes]
