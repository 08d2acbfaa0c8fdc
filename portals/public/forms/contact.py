"""Writing to the bank without being signed in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.cases.rules import NAME_LETTERS, SUBJECT_LETTERS, TEXT_LETTERS, Kind


class ContactForm(forms.Form):
    """``website`` is a trap: no person sees the field, programs that fill in everything do."""

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[
            (Kind.ENQUIRY.value, _("A question")),
            (Kind.SERVICE_REQUEST.value, _("Something you would like us to do")),
            (Kind.COMPLAINT.value, _("A complaint")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_LETTERS,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We answer there."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address like name@example.com."),
        },
    )
    subject = forms.CharField(
        label=_("In one line"),
        max_length=SUBJECT_LETTERS,
        error_messages={"required": _("Say in one line what it is about.")},
    )
    text = forms.CharField(
        label=_("Your message"),
        help_text=_("Leave out passwords, codes and card numbers; we never need them."),
        max_length=TEXT_LETTERS,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Write what you would like to tell us.")},
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("website"))

    def told(self) -> dict[str, Any]:
        """The answers as a case takes them."""
        given = self.cleaned_data
        return {
            "kind": given["kind"],
            "subject": given["subject"],
            "text": given["text"],
            "contact_name": given["name"],
            "contact_email": given["email"],
        }
