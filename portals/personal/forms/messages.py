"""What somebody writes to the bank."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.cases.rules import SUBJECT_LETTERS, TEXT_LETTERS, Kind

KINDS = [
    (Kind.ENQUIRY.value, _("A question")),
    (Kind.SERVICE_REQUEST.value, _("Something we should do for you")),
    (Kind.COMPLAINT.value, _("A complaint")),
]


class TextField(forms.CharField):
    """A message of several lines."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            max_length=TEXT_LETTERS,
            widget=forms.Textarea(attrs={"rows": 6}),
            error_messages={"required": _("Write a message.")},
            help_text=_("Never write a password, a code or a whole card number."),
        )


class MessageForm(forms.Form):
    """A new message: what it is about and what happened."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is.")},
    )
    subject = forms.CharField(
        label=_("Subject"),
        max_length=SUBJECT_LETTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a subject.")},
    )
    text = TextField(_("Message"))


class ReplyForm(forms.Form):
    """One more message in a case."""

    text = TextField(_("Your message"))
