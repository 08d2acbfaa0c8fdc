"""What a company's payment, payee, template and group are asked for with."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.kernel.money import parse_amount
from bank.payments import directory, services
from bank.payments.directory import Institution
from bank.payments.models import STATUSES, Beneficiary
from bank.web.orders.request_forms import MoneyForm
from bank.web.views.fields import AccountNumberField
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken

HERE, BANK, PHONE = "here", "bank", "phone"
PLACES = (HERE, BANK, PHONE)
_OFF = {"autocomplete": "off", "spellcheck": "false"}
_WHO = {"required": _("Enter the name of the person or company you are paying.")}


class WhoForm(forms.Form):
    """A payee with an account here."""

    name = forms.CharField(
        label=_("Name of the account holder"), max_length=140, error_messages=_WHO,
        widget=forms.TextInput(attrs=_OFF),
    )  # fmt: skip
    number = AccountNumberField()

    @property
    def place(self) -> dict[str, str]:
        """Where the payee is, as a draft keeps it; nothing for one here."""
        return {}


class ElsewhereForm(WhoForm):
    """A payee with an account at another bank; the directory knows which there are."""

    bank = forms.CharField(
        label=_("Bank"),
        help_text=_("Its name, BIC or bank code, such as an IFSC or a routing number."),
        max_length=80,
        error_messages={"required": _("Enter the bank of the person or company you are paying.")},
        widget=forms.TextInput(attrs={**_OFF, "list": "banks"}),
    )
    number = forms.CharField(  # type: ignore[assignment]
        label=_("Account number or IBAN"), max_length=42,
        help_text=_("Other banks do not tell us the name on the account, so make sure of the number."),
        error_messages={"required": _("Enter the account number of the payee.")},
        widget=forms.TextInput(attrs=_OFF),
    )  # fmt: skip

    def clean_bank(self) -> Institution:
        """The one bank that fits; of several the payer is asked which."""
        found = directory.search(self.cleaned_data["bank"].rsplit(" · ", 1)[-1])
        if len({one.name for one in found}) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(
                gettext("No bank of this name or number is known here. Check it with the payee.")
            )
        named = ", ".join(f"{one.name} ({one.number})" for one in found[:4])
        raise forms.ValidationError(
            gettext("Several banks fit: %(banks)s. Write the BIC.") % {"banks": named}
        )

    def clean_number(self) -> str:
        return _elsewhere(self.cleaned_data["number"])

    @property
    def place(self) -> dict[str, str]:
        bank = self.cleaned_data["bank"]
        return {"agent": bank.number, "country": bank.country, "bank": bank.name}


class KeptElsewhereForm(ElsewhereForm):
    """A payee at another bank to be kept, tried first where that can be."""

    is_tried = forms.BooleanField(
        label=_("Try the account first"), required=False, initial=True,
        help_text=_(
            "An account in the United States gets an entry of no money; for three banking days there nothing"
            " can be paid to it. Other accounts cannot be tried."
        ),
    )  # fmt: skip
    is_savings = forms.BooleanField(label=_("It is a savings account"), required=False)


class PhoneForm(WhoForm):
    """A payee on a phone."""

    number = forms.CharField(  # type: ignore[assignment]
        label=_("Telephone number"), max_length=20,
        help_text=_("A Safaricom number with M-Pesa, such as 0712 345 678."),
        error_messages={"required": _("Enter the telephone number of the payee.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_number(self) -> str:
        return _elsewhere(self.cleaned_data["number"])

    @property
    def place(self) -> dict[str, str]:
        return {"agent": "MPESA", "country": "KE", "bank": "M-Pesa"}


def _elsewhere(text: str) -> str:
    try:
        return services.read_number_elsewhere(text)
    except BankError as error:
        raise forms.ValidationError(spoken(error)) from None


PAYEES: dict[str, type[WhoForm]] = {HERE: WhoForm, BANK: KeptElsewhereForm, PHONE: PhoneForm}


class SumForm(MoneyForm):
    """From which account, how much, what the payee reads."""

    remittance = forms.CharField(
        label=_("Message"), help_text=_("What the payee sees on their statement."), max_length=140,
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class PayHereForm(WhoForm, SumForm):
    field_order = ("account", "name", "number", "amount", "remittance")


class _Speed(forms.Form):
    speed = forms.ChoiceField(
        label=_("How"), required=False,
        choices=[("FASTEST", _("As fast as possible")), ("CHEAPEST", _("As cheap as possible"))],
    )  # fmt: skip


class PayBankForm(ElsewhereForm, SumForm, _Speed):
    field_order = ("account", "name", "bank", "number", "amount", "speed", "remittance")


class PayPhoneForm(PhoneForm, SumForm):
    field_order = ("account", "name", "number", "amount", "remittance")


PAYMENTS: dict[str, Any] = {HERE: PayHereForm, BANK: PayBankForm, PHONE: PayPhoneForm}


class PaymentSearch(forms.Form):
    q = forms.CharField(label=_("Payee, message or reference"), max_length=80, required=False)
    status = forms.ChoiceField(label=_("Status"), choices=[("", _("All")), *STATUSES], required=False)


class TemplateForm(forms.Form):
    name = forms.CharField(label=_("Name of the template"), max_length=60)


class GroupForm(forms.Form):
    """A name, and beside each payee what they get; empty leaves them out."""

    name = forms.CharField(label=_("Name of the group"), max_length=60)
    currency = forms.ChoiceField(label=_("Currency"))
    remittance = forms.CharField(label=_("Message"), max_length=140, required=False)

    def __init__(
        self, *args: Any, payees: Sequence[Beneficiary], accounts: Sequence[Holding], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        currency.choices = [(one, one) for one in sorted({account.currency for account in accounts})]
        self.names = {f"pay_{payee.pk}": payee for payee in payees}
        for name, payee in self.names.items():
            self.fields[name] = forms.CharField(
                label=payee.name, max_length=20, required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["members"] = []
        for name, payee in self.names.items():
            if given.get(name) and given.get("currency"):
                try:
                    sum_ = parse_amount(given[name], given["currency"])
                    given["members"].append(services.Member(payee.pk, sum_, given.get("remittance", "")))
                except BankError as error:
                    self.add_error(name, spoken(error))
        if not given["members"] and not self.errors:
            self.add_error(None, gettext("Write an amount beside at least one payee."))
        return given

    @property
    def amounts(self) -> list[Any]:
        """The fields of the payees, for the page."""
        return [self[name] for name in self.names]


class FromForm(forms.Form):
    """Which account pays a group. ``key`` makes sending it twice one file."""

    account = forms.ChoiceField(label=_("From"))
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.number, f"{one.label} {one.number}") for one in accounts]
