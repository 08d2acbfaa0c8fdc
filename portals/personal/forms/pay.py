"""Pay someone: to whom, how much, and the code that says yes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.payments import directory, services
from bank.payments.directory import Institution
from bank.web.views.fields import AccountChoiceField, AccountNumberField, AmountTextField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class PayeeForm(forms.Form):
    """Someone not among the saved payees."""

    name = forms.CharField(
        label=_("Name of the account holder"),
        help_text=_("We compare it with the name on the account before anything is sent."),
        max_length=140,
        error_messages={"required": _("Enter the name of the person or company you are paying.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    number = AccountNumberField()

    def payee(self) -> dict[str, str]:
        """The answers as a draft keeps them."""
        return {"name": self.cleaned_data["name"], "number": self.cleaned_data["number"]}


class BankPayeeForm(forms.Form):
    """Someone with an account at another bank; the directory knows which banks there are."""

    name = forms.CharField(
        label=_("Name of the account holder"),
        help_text=_("Other banks do not tell us the name on the account, so make sure of the number."),
        max_length=140,
        error_messages={"required": _("Enter the name of the person or company you are paying.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bank = forms.CharField(
        label=_("Bank"),
        help_text=_("Its name, BIC or bank code, such as an IFSC or a routing number."),
        max_length=80,
        error_messages={"required": _("Enter the bank of the person or company you are paying.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "list": "banks"}),
    )
    number = forms.CharField(
        label=_("Account number or IBAN"),
        max_length=42,
        error_messages={"required": _("Enter the account number of the payee.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_bank(self) -> Institution:
        """The one bank that fits; of several the payer is asked which."""
        typed = self.cleaned_data["bank"]
        found = directory.search(typed.rsplit(" · ", 1)[-1])
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
        try:
            return services.read_number_elsewhere(self.cleaned_data["number"])
        except BankError as error:
            raise forms.ValidationError(spoken(error)) from None

    def payee(self) -> dict[str, str]:
        """The answers as a draft keeps them."""
        bank = self.cleaned_data["bank"]
        return {
            "name": self.cleaned_data["name"],
            "number": self.cleaned_data["number"],
            "agent": bank.number,
            "country": bank.country,
            "bank": bank.name,
        }


class KeptBankPayeeForm(BankPayeeForm):
    """Someone at another bank to be kept, whose account may be tried first."""

    is_tried = forms.BooleanField(
        label=_("Try the account first"),
        required=False,
        help_text=_(
            "An account in the United States gets an entry of no money; for three banking days there nothing"
            " can be paid to it. Other accounts cannot be tried."
        ),
    )

    def payee(self) -> dict[str, str]:
        """The answers as a draft keeps them."""
        return super().payee() | {"is_tried": "yes" if self.cleaned_data["is_tried"] else ""}


class PhonePayeeForm(forms.Form):
    """Someone paid on their phone."""

    name = forms.CharField(
        label=_("Name of the phone's owner"),
        max_length=140,
        error_messages={"required": _("Enter the name of the person or company you are paying.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    number = forms.CharField(
        label=_("Telephone number"),
        help_text=_("A Safaricom number with M-Pesa, such as 0712 345 678."),
        max_length=20,
        error_messages={"required": _("Enter the telephone number of the payee.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        try:
            return services.read_number_elsewhere(self.cleaned_data["number"])
        except BankError as error:
            raise forms.ValidationError(spoken(error)) from None

    def payee(self) -> dict[str, str]:
        """The answers as a draft keeps them."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "number": given["number"],
            "agent": "MPESA",
            "country": "KE",
            "bank": "M-Pesa",
        }


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Name or account number"), max_length=80, required=False)


class AmountForm(forms.Form):
    """How much, from which of the own accounts, and what the other side will read."""

    debtor = AccountChoiceField(label=_("From"))
    amount = AmountTextField()
    message = forms.CharField(
        label=_("Message"),
        help_text=_("What the payee sees on their statement."),
        max_length=140,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currencies = {account.currency for account in accounts}
        #: To stand before the amount, where it is the same whatever account is chosen.
        self.currency = currencies.pop() if len(currencies) == 1 else ""
        for field in self.fields.values():
            if isinstance(field, AccountChoiceField):
                field.offer(accounts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("debtor") and given.get("amount"):
            try:
                given["money"] = amount_in(given["amount"], given["debtor"])
            except BankError as error:
                self.add_error("amount", spoken(error))
        return given

    def answers(self) -> dict[str, str]:
        """The answers as a draft keeps them: plain text, the amount in machine form with its currency."""
        given = self.cleaned_data
        return {
            "debtor": given["debtor"].number,
            "amount": str(given["money"].amount),
            "currency": given["money"].currency,
            "message": given["message"],
        }


class OutsideAmountForm(AmountForm):
    """To another bank or a phone, where several ways may lead."""

    speed = forms.ChoiceField(
        label=_("How"),
        choices=[("FASTEST", _("As fast as possible")), ("CHEAPEST", _("As cheap as possible"))],
        required=False,
    )
    field_order = ["debtor", "amount", "speed", "message"]

    def answers(self) -> dict[str, str]:
        return super().answers() | {"speed": self.cleaned_data["speed"] or "FASTEST"}


class TransferForm(AmountForm):
    """Between two of the own accounts."""

    creditor = AccountChoiceField(label=_("To"))
    message = forms.CharField(
        label=_("Note"), max_length=140, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ["debtor", "creditor", "amount", "message"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        debtor, creditor = given.get("debtor"), given.get("creditor")
        if debtor and creditor and debtor.number == creditor.number:
            self.add_error("creditor", gettext("Choose another account than the one the money comes from."))
        elif debtor and creditor and debtor.currency != creditor.currency:
            self.add_error("creditor", gettext("Choose an account in the same currency."))
        return given

    def payee(self) -> dict[str, str]:
        """The receiving account as a draft keeps a payee."""
        creditor = self.cleaned_data["creditor"]
        return {"name": creditor.holder, "number": creditor.number}
