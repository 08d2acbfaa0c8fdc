"""Employees, their items, and which account pays the wages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.kernel.money import Money, parse_amount
from bank.payroll.rules import CURRENCY, ItemKind
from bank.web.views.fields import AccountChoiceField, AccountNumberField, AmountTextField, DayField
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken

ITEMS = [
    (ItemKind.ALLOWANCE.value, _("Allowance, taxed")),
    (ItemKind.UNTAXED.value, _("Allowance, not taxed")),
    (ItemKind.DEDUCTION.value, _("Deduction")),
]


def shillings(text: str) -> Money:
    """What was typed, as the payroll's money. Raises ``ValidationError``."""
    try:
        return parse_amount(text, CURRENCY)
    except BankError as error:
        raise forms.ValidationError(spoken(error)) from None


class EmployeeForm(forms.Form):
    staff_number = forms.CharField(
        label=_("Staff number"), max_length=20, error_messages={"required": _("Give a staff number.")}
    )
    name = forms.CharField(
        label=_("Name of the account holder"), max_length=140,
        error_messages={"required": _("Enter the employee's name.")},
        help_text=_("We compare it with the name on the account."),
    )  # fmt: skip
    account_number = AccountNumberField()
    salary = AmountTextField(label=_("Salary a month"))
    joined = DayField(label=_("Joined"))
    email = forms.EmailField(label=_("E-mail address"), required=False, help_text=_("Payslips go there."))
    tax_number = forms.CharField(label=_("Tax number"), max_length=20, required=False)

    def clean_salary(self) -> Money:
        return shillings(self.cleaned_data["salary"])


class SalaryForm(forms.Form):
    salary = AmountTextField(label=_("Salary a month"))

    def clean_salary(self) -> Money:
        return shillings(self.cleaned_data["salary"])


class ItemForm(forms.Form):
    """An allowance or a deduction: each month from this one, or this month alone."""

    kind = forms.ChoiceField(label=_("What it is"), choices=ITEMS)
    title = forms.CharField(
        label=_("Called"), max_length=60, error_messages={"required": _("Give it a name.")}
    )
    amount = AmountTextField(label=_("Amount a month"))
    once = forms.BooleanField(label=_("This month only"), required=False)

    def clean_amount(self) -> Money:
        return shillings(self.cleaned_data["amount"])

    def asked(self, month: date) -> dict[str, Any]:
        given = self.cleaned_data
        last = month if given["once"] else None
        chosen = {name: given[name] for name in ("kind", "title", "amount")}
        return {**chosen, "first": month, "last": last}


class LeaveForm(forms.Form):
    last = DayField(label=_("Last day"))


class PayFromForm(forms.Form):
    account = AccountChoiceField(label=_("From"))

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)
