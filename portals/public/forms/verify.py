"""Checking a document: its code, its file, or both."""

import hashlib
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LARGEST = 30_000_000


class VerifyForm(forms.Form):
    """The file is read once for its digest and kept nowhere."""

    code = forms.CharField(
        label=_("Code on the document"),
        help_text=_("Such as S-7K3M-9QXD-4TRH. It stands beside the QR code."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    file = forms.FileField(
        label=_("The file itself"),
        help_text=_("To see whether a single byte was changed. We do not keep it."),
        required=False,
        error_messages={"empty": _("The file is empty. Choose another.")},
    )

    def clean_file(self) -> UploadedFile | None:
        sent: UploadedFile | None = self.cleaned_data["file"]
        if sent is not None and (sent.size or 0) > LARGEST:
            largest = filesizeformat(LARGEST)
            raise forms.ValidationError(gettext("The file is larger than %(size)s.") % {"size": largest})
        return sent

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("code") and not given.get("file"):
            self.add_error("code", gettext("Enter the code, or choose the file."))
        return given

    def digest(self) -> str:
        """SHA-256 of the file, empty where none was sent."""
        sent: UploadedFile | None = self.cleaned_data.get("file")
        if sent is None:
            return ""
        reckoned = hashlib.sha256()
        for chunk in sent.chunks():
            reckoned.update(chunk)
        return reckoned.hexdigest()
