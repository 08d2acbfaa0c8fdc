"""Vendors and their bills."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.web.views.fields import AccountChoiceField, AccountNumberField, AmountTextField, DayField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class VendorForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the account holder"), max_length=140,
        error_messages={"required": _("Enter the vendor's name.")},
        help_text=_("We compare it with the name on the account."),
    )  # fmt: skip
    number = AccountNumberField()
    email = forms.EmailField(label=_("E-mail address"), required=False)


class BillForm(forms.Form):
    """From whom, how much, until when, with the paper where there is one."""

    vendor = forms.ChoiceField(label=_("Vendor"), error_messages={"required": _("Choose whose bill it is.")})
    number = forms.CharField(
        label=_("Number of the bill"), max_length=35,
        error_messages={"required": _("Enter the number that stands on the bill.")},
    )  # fmt: skip
    amount = AmountTextField()
    bill_date = DayField(label=_("Dated"))
    due_date = DayField(label=_("Due"))
    paper = forms.FileField(
        label=_("The bill as PDF or picture"), required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/*"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, vendors: Iterable[Any], accounts: Sequence[Holding], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        vendor = self.fields["vendor"]
        assert isinstance(vendor, forms.ChoiceField)
        vendor.choices = [("", _("Choose")), *((str(one.pk), one.name) for one in vendors)]
        self._account = accounts[0] if accounts else None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("amount") and self._account is not None:
            try:
                given["money"] = amount_in(given["amount"], self._account)
            except BankError as error:
                self.add_error("amount", spoken(error))
        return given


class PayBillsForm(forms.Form):
    account = AccountChoiceField(label=_("From"))

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)
