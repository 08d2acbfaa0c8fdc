"""Sending a payment file in, finding one again, and choosing which of its lines to pay."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bank.kernel import ids
from bank.payments.rules import FileStatus
from bank.runtime import formats

STATUSES = [
    ("", _("All")),
    (FileStatus.CHECKED.value, _("Checked, not paid yet")),
    (FileStatus.WAITING.value, _("Waiting for signatures")),
    (FileStatus.PAID.value, _("Paid")),
    (FileStatus.REJECTED.value, _("Rejected")),
    (FileStatus.CANCELLED.value, _("Cancelled")),
]
ALL, ONLY_VALID = "ALL", "VALID"


class UploadForm(forms.Form):
    """``key`` makes sending the same form twice send one file."""

    file = forms.FileField(
        label=_("Payment file"),
        help_text=_("ISO 20022 pain.001 in XML, version 03 or 09."),
        error_messages={
            "required": _("Choose the file to send."),
            "empty": _("The file is empty. Choose another."),
        },
        widget=forms.FileInput(attrs={"accept": ".xml,application/xml,text/xml"}),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = ids.uuid7().hex

    def clean_file(self) -> UploadedFile:
        sent: UploadedFile = self.cleaned_data["file"]
        if sent.size is not None and sent.size > settings.PAYMENT_FILE_MAX_BYTES:
            largest = filesizeformat(settings.PAYMENT_FILE_MAX_BYTES)
            raise forms.ValidationError(
                gettext("The file is larger than %(size)s. Split it.") % {"size": largest}
            )
        return sent


class FileFilter(forms.Form):
    q = forms.CharField(label=_("Message id or reference"), max_length=40, required=False)
    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)


class WhichForm(forms.Form):
    """All lines, or the valid ones; with faults in the file the first is not on offer."""

    which = forms.ChoiceField(
        label=_("Which lines"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which lines to pay.")},
    )

    def __init__(self, *args: Any, line_count: int, faulty_count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which = self.fields["which"]
        assert isinstance(which, forms.ChoiceField)
        which.choices = _choices(line_count, faulty_count)
        if not faulty_count:
            which.initial = ALL


def _choices(line_count: int, faulty_count: int) -> list[tuple[str, str]]:
    valid = line_count - faulty_count
    if not faulty_count:
        return [(ALL, ngettext("The one line", "All %(n)s lines", valid) % {"n": formats.number(valid)})]
    words = ngettext("Only the %(n)s valid line", "Only the %(n)s valid lines", valid) % {
        "n": formats.number(valid)
    }
    left = ngettext("the faulty one is not paid", "the %(n)s faulty ones are not paid", faulty_count)
    return [(ONLY_VALID, f"{words}; {left % {'n': formats.number(faulty_count)}}")]
