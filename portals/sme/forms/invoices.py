"""Writing an invoice, whom it goes to, where it is paid, and what becomes of it."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.invoicing.rules import MOST_LINES, Every
from bank.invoicing.services import LineAsked
from bank.kernel.errors import BankError
from bank.kernel.money import Money, parse_amount
from bank.web.views.fields import AccountChoiceField, AmountTextField
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken

_FIRST_ROWS = 3
_MORE_ROWS = 3
EVERY = [
    (Every.WEEK.value, _("Every week")),
    (Every.MONTH.value, _("Every month")),
    (Every.QUARTER.value, _("Every quarter")),
    (Every.YEAR.value, _("Every year")),
]
STATES = [
    ("", _("All")),
    ("DRAFT", _("Draft")),
    ("OPEN", _("To be paid")),
    ("OVERDUE", _("Overdue")),
    ("PAID", _("Paid")),
    ("CLOSED", _("Cancelled or written off")),
]


class InvoiceForm(forms.Form):
    """To whom, and line by line what for. ``rows`` is how many lines there is room for."""

    debtor = forms.ChoiceField(
        label=_("Customer"), error_messages={"required": _("Choose whom the invoice is for.")}
    )
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=180)
    note = forms.CharField(label=_("Note on the invoice"), max_length=140, required=False)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_LINES, required=False)

    def __init__(
        self, *args: Any, debtors: Iterable[Any], rates: Iterable[Any], currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        chosen = self.fields["debtor"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", gettext("Choose")), *((str(one.pk), one.name) for one in debtors)]
        self.count = self._count()
        self.initial["rows"] = self.count
        taxes = [(one.code, f"{gettext(one.title)} {one.percent.normalize():f} %") for one in rates]
        for place in range(1, self.count + 1):
            self._add_row(place, taxes)

    @property
    def lines(self) -> list[list[BoundField]]:
        """The fields of each line."""
        return [
            [self[f"{name}_{n}"] for name in ("what", "quantity", "price", "tax")] for n in self._places()
        ]

    def asked(self) -> list[LineAsked]:
        """The lines that were filled in."""
        given = self.cleaned_data
        return [
            LineAsked(given[f"what_{n}"], given[f"quantity_{n}"], given[f"price_{n}"], given[f"tax_{n}"])
            for n in self._places()
            if given.get(f"what_{n}")
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for place in self._places():
            self._clean_row(given, place)
        if not self.errors and not any(given.get(f"what_{n}") for n in self._places()):
            self.add_error("what_1", gettext("Say what the invoice is for."))
        return given

    def _count(self) -> int:
        text = self.data.get("rows", "") if self.is_bound else ""
        asked = int(text) if re.fullmatch(r"[0-9]{1,3}", text) else _FIRST_ROWS
        more = _MORE_ROWS if self.is_bound and "more" in self.data else 0
        return min(max(asked, 1) + more, MOST_LINES)

    def _places(self) -> range:
        return range(1, self.count + 1)

    def _add_row(self, place: int, taxes: list[tuple[str, str]]) -> None:
        words = {"n": place}
        self.fields[f"what_{place}"] = forms.CharField(
            label=gettext("Line %(n)s: what for") % words, max_length=140, required=False
        )
        self.fields[f"quantity_{place}"] = forms.CharField(
            label=gettext("Quantity"), required=False, max_length=16, initial="1",
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )  # fmt: skip
        price = AmountTextField(label=gettext("Price of one, without tax"), required=False)
        self.fields[f"price_{place}"] = price
        self.fields[f"tax_{place}"] = forms.ChoiceField(label=gettext("Tax"), choices=taxes)

    def _clean_row(self, given: dict[str, Any], place: int) -> None:
        what, price = given.get(f"what_{place}", ""), given.get(f"price_{place}", "")
        if not what and not price:
            return
        if not what:
            self.add_error(f"what_{place}", gettext("Say what this line is for."))
        try:
            given[f"quantity_{place}"] = Decimal(given.get(f"quantity_{place}") or "1")
        except InvalidOperation:
            self.add_error(f"quantity_{place}", gettext("Write the quantity in digits, such as 1.5."))
        try:
            given[f"price_{place}"] = parse_amount(price, self.currency)
        except BankError as error:
            self.add_error(f"price_{place}", spoken(error))


class DebtorForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=140, error_messages={"required": _("Enter the customer's name.")}
    )
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Invoices and reminders go there.")
    )
    address = forms.CharField(label=_("Address"), max_length=140, required=False)
    tax_number = forms.CharField(label=_("Tax number"), max_length=20, required=False)


class SellerForm(forms.Form):
    """Where invoices are paid, and on what terms."""

    account = AccountChoiceField(label=_("Account your invoices are paid to"))
    tax_number = forms.CharField(label=_("Your tax number"), max_length=20, required=False)
    terms_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=180, initial=30)
    reminders = forms.CharField(
        label=_("Reminders"),
        help_text=_("Days after the due day, with a minus for before it: -3, 7, 21. Empty for none."),
        max_length=60,
        required=False,
        initial="-3, 7, 21",
    )

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)

    def clean_reminders(self) -> list[int]:
        words = re.split(r"[,;\s]+", self.cleaned_data["reminders"].replace("\u2212", "-").strip())
        try:
            return [int(word) for word in words if word]
        except ValueError:
            raise forms.ValidationError(gettext("Write days with commas between them: -3, 7, 21.")) from None


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=140, error_messages={"required": _("Say why, in a sentence.")}
    )


class CreditForm(ReasonForm):
    """A credit note over everything, or over an amount without tax."""

    amount = AmountTextField(
        label=_("Amount without tax"), required=False, help_text=_("Empty for the whole invoice.")
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> Money | None:
        text = self.cleaned_data["amount"].strip()
        if not text:
            return None
        try:
            return parse_amount(text, self.currency)
        except BankError as error:
            raise forms.ValidationError(spoken(error)) from None


class RecurForm(forms.Form):
    every = forms.ChoiceField(label=_("How often"), choices=EVERY, initial=Every.MONTH.value)


class InvoiceFilter(forms.Form):
    q = forms.CharField(label=_("Number, customer or reference"), max_length=40, required=False)
    state = forms.ChoiceField(label=_("Status"), choices=STATES, required=False)
