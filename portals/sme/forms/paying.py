"""Paying an invoice from an account at the bank."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.web.views.fields import AccountChoiceField, AmountTextField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class FromAccountForm(forms.Form):
    """From which account, and how much of what is open."""

    account = AccountChoiceField(label=_("From"))
    amount = AmountTextField()

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("account") and given.get("amount"):
            try:
                given["money"] = amount_in(given["amount"], given["account"])
            except BankError as error:
                self.add_error("amount", spoken(error))
        return given
