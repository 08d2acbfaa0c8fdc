"""An expense with its receipt, what is filtered, and which are paid back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.expenses.models import CATEGORIES, STATES
from bank.expenses.selectors import Asked
from bank.kernel.errors import BankError
from bank.kernel.money import Money, parse_amount
from bank.web.views.fields import AccountChoiceField, AccountNumberField, AmountTextField, DayField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class ExpenseForm(forms.Form):
    """What was paid, the receipt that proves it, and where it is to be paid back to."""

    receipt = forms.FileField(
        label=_("Receipt as photo or PDF"),
        error_messages={"required": _("Add the receipt: a photo or a PDF.")},
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )
    merchant = forms.CharField(
        label=_("Whom you paid"), max_length=140, error_messages={"required": _("Say whom you paid.")}
    )
    category = forms.ChoiceField(
        label=_("Category"), choices=CATEGORIES, error_messages={"required": _("Choose a category.")}
    )
    purpose = forms.CharField(label=_("For what"), max_length=140, required=False)
    spent = DayField(label=_("Day of the receipt"))
    amount = AmountTextField()
    vat = forms.CharField(
        label=_("Value added tax in it"),
        max_length=40,
        required=False,
        help_text=_("As it stands on the receipt; nothing where there is none."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    number = AccountNumberField()
    holder = forms.CharField(
        label=_("Name of the account holder"), max_length=140, help_text=_("It is paid back to this account.")
    )

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account = accounts[0] if accounts else None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self._account is None:
            raise forms.ValidationError(_("The company has no account yet."))
        self._reckon(given, "amount", "money")
        self._reckon(given, "vat", "vat_money")
        return given

    def _reckon(self, given: dict[str, Any], name: str, kept: str) -> None:
        assert self._account is not None
        text = given.get(name)
        try:
            if name == "vat":
                currency = self._account.currency
                given[kept] = parse_amount(text, currency) if text else Money.zero(currency)
            elif text:
                given[kept] = amount_in(text, self._account)
        except BankError as error:
            self.add_error(name, spoken(error))


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not"), max_length=300, error_messages={"required": _("Say why: they read it.")}
    )


class ExpenseFilter(forms.Form):
    who = forms.ChoiceField(label=_("Who"), required=False)
    state = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("All")), *STATES])
    category = forms.ChoiceField(label=_("Category"), required=False, choices=[("", _("All")), *CATEGORIES])
    from_date = DayField(label=_("From"), required=False)
    to_date = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", _("Everybody")), *people]  # type: ignore[attr-defined]

    @property
    def asked(self) -> Asked:
        """What was asked for; a filter that is none narrows nothing."""
        self.is_valid()
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value})


class PayBackForm(forms.Form):
    account = AccountChoiceField(label=_("From"))

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)
