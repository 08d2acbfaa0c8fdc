"""A collection number: for which account, and what it stands for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import NICKNAME_LETTERS
from bank.web.views.fields import AccountChoiceField
from bank.web.views.holdings import Holding


class CollectionForm(forms.Form):
    account = AccountChoiceField(label=_("Account"), help_text=_("What is paid to the number arrives here."))
    reference = forms.CharField(
        label=_("What it stands for"),
        max_length=NICKNAME_LETTERS,
        help_text=_("Such as a customer, a flat or an invoice. It stands on every line that comes in."),
        error_messages={"required": _("Say what the number stands for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, AccountChoiceField)
        field.offer(accounts)
