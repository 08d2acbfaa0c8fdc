"""Sending a payment file in, saying what its columns mean, choosing what of it to pay, mending lines."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bank.kernel import ids
from bank.messages.tables.mapping import FIELDS, REQUIRED, Mapping
from bank.messages.tables.rows import letter
from bank.messages.tables.values import AmountStyle, DayStyle
from bank.payments.rules import FileStatus
from bank.payments.services import LineChange
from bank.runtime import formats

STATUSES = [
    ("", _("All")),
    (FileStatus.RECEIVED.value, _("Waiting for its columns")),
    (FileStatus.VALIDATING.value, _("Being checked")),
    (FileStatus.CHECKED.value, _("Checked, not paid yet")),
    (FileStatus.WAITING.value, _("Waiting for signatures")),
    (FileStatus.RELEASING.value, _("Being paid")),
    (FileStatus.PAID.value, _("Paid")),
    (FileStatus.REJECTED.value, _("Rejected")),
    (FileStatus.CANCELLED.value, _("Cancelled")),
]
ALL, ONLY_VALID = "ALL", "VALID"
AMOUNTS = [
    (AmountStyle.PLAIN.value, "1250.50"),
    (AmountStyle.POINT.value, "1,250.50"),
    (AmountStyle.COMMA.value, "1.250,50"),
]
DAYS = [
    (DayStyle.ISO.value, "2026-01-31"),
    (DayStyle.DMY.value, "31/01/2026"),
    (DayStyle.MDY.value, "01/31/2026"),
]
COLUMNS = {
    "creditor_name": _("Name of the payee"),
    "creditor_account": _("Account of the payee"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "creditor_agent": _("Bank of the payee"),
    "remittance": _("Payment details"),
    "end_to_end_id": _("Your reference"),
    "requested_date": _("Day of payment"),
    "debtor_account": _("Account to pay from"),
}


class UploadForm(forms.Form):
    """``key`` makes sending the same form twice send one file."""

    file = forms.FileField(
        label=_("Payment file"),
        help_text=_("A table (CSV or XLSX), ISO 20022 pain.001 (XML, version 03 or 09), or NACHA."),
        error_messages={
            "required": _("Choose the file to send."),
            "empty": _("The file is empty. Choose another."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xml,.ach,.txt"}),
    )
    account = forms.ChoiceField(
        label=_("Pay from"), help_text=_("Where the file itself names no account."), required=False
    )
    is_batch_booked = forms.BooleanField(
        label=_("One debit on our statement for all of them"), required=False
    )
    is_confidential = forms.BooleanField(
        label=_("Payroll: only who may see it sees the lines"), required=False
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, accounts: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = ids.uuid7().hex
        offer_accounts(self.fields["account"], accounts)

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


class ColumnsForm(forms.Form):
    """Which column holds what; the choices are the headings of the file itself."""

    amounts = forms.ChoiceField(label=_("Amounts are written as"), choices=AMOUNTS)
    days = forms.ChoiceField(label=_("Days are written as"), choices=DAYS)
    account = forms.ChoiceField(label=_("Pay from"), required=False)
    other_currency = forms.CharField(
        label=_("Currency"), help_text=_("Where no column says. Empty: that of the account."),
        max_length=3, required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, headings: list[str], accounts: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_accounts(self.fields["account"], accounts)
        columns = [
            (str(n), f"{letter(n)} – {text or gettext('(no heading)')}") for n, text in enumerate(headings)
        ]
        for name in FIELDS:
            empty = [] if name in REQUIRED else [("", gettext("No column"))]
            self.fields[name] = forms.ChoiceField(
                label=COLUMNS[name], choices=[*empty, *columns], required=name in REQUIRED
            )
        self.order_fields([*FIELDS, "amounts", "days", "account", "other_currency"])

    def mapping(self) -> Mapping:
        """What the sender said."""
        given = self.cleaned_data
        return Mapping(
            columns={name: int(given[name]) for name in FIELDS if given[name]},
            amounts=AmountStyle(given["amounts"]),
            days=DayStyle(given["days"]),
            debtor_account=given["account"],
            currency=given["other_currency"].strip().upper(),
        )

    @staticmethod
    def initial_of(mapping: Mapping) -> dict[str, Any]:
        """What is guessed or remembered, as the form shows it."""
        places = {name: str(column) for name, column in mapping.columns.items()}
        return places | {
            "amounts": mapping.amounts,
            "days": mapping.days,
            "account": mapping.debtor_account,
            "other_currency": mapping.currency,
        }


class LineForm(forms.Form):
    """A line of a checked file, mended."""

    creditor_name = forms.CharField(label=_("Payee"), max_length=140)
    creditor_account = forms.CharField(label=_("Account"), max_length=34)
    creditor_agent = forms.CharField(label=_("Bank (BIC or code)"), max_length=35, required=False)
    amount = forms.CharField(label=_("Amount"), help_text=_("As 1250.50."), max_length=30)
    currency = forms.CharField(label=_("Currency"), max_length=3)
    remittance = forms.CharField(label=_("Payment details"), max_length=140, required=False)

    def change(self) -> LineChange:
        """What the line is to say."""
        return LineChange(**{name: self.cleaned_data[name] for name in self.fields})


class WhichForm(forms.Form):
    """All lines, or the valid ones; with faults in the file the first is not on offer. A file like one sent
    before is paid only with a reason."""

    which = forms.ChoiceField(
        label=_("Which lines"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which lines to pay.")},
    )

    reason = forms.CharField(label=_("Why it is paid as well"), max_length=140)

    def __init__(
        self, *args: Any, line_count: int, faulty_count: int, is_similar: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_similar:
            del self.fields["reason"]
        which = self.fields["which"]
        assert isinstance(which, forms.ChoiceField)
        which.choices = _choices(line_count, faulty_count)
        if not faulty_count:
            which.initial = ALL


def offer_accounts(field: forms.Field, accounts: Iterable[Any]) -> None:
    """The company's accounts as choices, and the choice of none."""
    assert isinstance(field, forms.ChoiceField)
    shown = [(one.number, f"{formats.account_number(one.number)} {one.currency}") for one in accounts]
    field.choices = [("", gettext("The account in the file")), *shown]


def _choices(line_count: int, faulty_count: int) -> list[tuple[str, str]]:
    valid = line_count - faulty_count
    if not faulty_count:
        return [(ALL, ngettext("The one line", "All %(n)s lines", valid) % {"n": formats.number(valid)})]
    words = ngettext("Only the %(n)s valid line", "Only the %(n)s valid lines", valid) % {
        "n": formats.number(valid)
    }
    left = ngettext("the faulty one is not paid", "the %(n)s faulty ones are not paid", faulty_count)
    return [(ONLY_VALID, f"{words}; {left % {'n': formats.number(faulty_count)}}")]
