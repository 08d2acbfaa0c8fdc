"""Money put aside, and the end of an account."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.web.views.fields import AccountChoiceField, AmountTextField, DayField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class InAccount(forms.Form):
    """A form whose amounts are in the currency of one account."""

    def __init__(self, *args: Any, account: Holding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def money(self, name: str) -> Money | None:
        """The amount of a field, or ``None`` with what is wrong said beside it."""
        text = self.cleaned_data.get(name)
        if not text:
            return None
        try:
            return amount_in(text, self.account)
        except BankError as error:
            self.add_error(name, spoken(error))
            return None


class PotForm(InAccount):
    name = forms.CharField(
        label=_("What for"),
        max_length=40,
        error_messages={"required": _("Give the pot a name, such as School fees.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    goal = AmountTextField(label=_("Goal"), required=False, help_text=_("How much it should become."))
    target = DayField(label=_("By when"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["goal"] = self.money("goal")
        return given


class MoveForm(InAccount):
    """``way`` is IN or OUT, from the button that was pressed; ``key`` makes two presses one move."""

    amount = AmountTextField()
    way = forms.ChoiceField(choices=[("IN", "IN"), ("OUT", "OUT")], widget=forms.HiddenInput)
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["money"] = self.money("amount")
        return given


class CloseForm(forms.Form):
    pay_to = AccountChoiceField(label=_("What is left goes to"), required=False)

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["pay_to"]
        assert isinstance(field, AccountChoiceField)
        field.offer(accounts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        field = self.fields["pay_to"]
        assert isinstance(field, AccountChoiceField)
        if not given.get("pay_to") and field.choices and "pay_to" not in self.errors:
            self.add_error("pay_to", gettext("Choose an account."))
        return given


class BookForm(forms.Form):
    leaves = forms.TypedChoiceField(
        label=_("How many cheques"),
        choices=[("25", "25"), ("50", "50")],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose 25 or 50.")},
    )


class StopForm(forms.Form):
    first = forms.IntegerField(
        label=_("Cheque number"),
        min_value=1,
        max_value=999_999,
        error_messages={"required": _("Enter the number of the cheque.")},
    )
    last = forms.IntegerField(
        label=_("To number"),
        help_text=_("Only to stop a run of them."),
        min_value=1,
        max_value=999_999,
        required=False,
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why, such as lost or stolen.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["last"] = given.get("last") or given.get("first")
        return given


class CurrencyForm(forms.Form):
    currency = forms.ChoiceField(
        label=_("Currency"), error_messages={"required": _("Choose a currency.")}, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, code) for code in currencies]


class RefuseForm(forms.Form):
    why = forms.CharField(
        label=_("Why you refuse"),
        max_length=200,
        error_messages={"required": _("Say why; whoever asked will read it.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
