"""What asking for money, answering, reading a code and paying a bill ask for."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.messages.qr import LONGEST
from bank.requests.models import DECLINE_REASONS
from bank.web.views.fields import AccountChoiceField, AccountNumberField, AmountTextField, DayField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class OptionalNumberField(AccountNumberField):
    """An account number that may be left out."""

    def clean(self, value: Any) -> str:
        return super().clean(value) if str(value or "").strip() else ""


class MoneyForm(forms.Form):
    """An account of one's own and an amount in its currency; subclasses say which account is meant."""

    account = AccountChoiceField(label=_("From"))
    amount = AmountTextField()
    is_open = False

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["account"]
        assert isinstance(chosen, AccountChoiceField)
        chosen.offer(accounts)
        self.fields["amount"].required = not self.is_open

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["money"] = None
        if given.get("account") and given.get("amount"):
            try:
                given["money"] = amount_in(given["amount"], given["account"])
            except BankError as error:
                self.add_error("amount", spoken(error))
        return given

    @property
    def sum(self) -> list[str]:
        """The amount as a draft keeps it."""
        money = self.cleaned_data["money"]
        return [str(money.amount), money.currency]


class AskForm(MoneyForm):
    """A request to pay."""

    account = AccountChoiceField(label=_("Into"))
    amount = AmountTextField(help_text=_("Leave it empty to let the payer choose."), required=False)
    remittance = forms.CharField(label=_("What for"), max_length=140)
    name = forms.CharField(
        label=_("Name of who you ask"), max_length=140, required=False,
        help_text=_("Leave name and account empty for a link anybody at the bank can pay by."),
    )  # fmt: skip
    number = OptionalNumberField(label=_("Their account number"), required=False)
    until = DayField(label=_("Last day to pay"), required=False)
    partial = forms.BooleanField(label=_("May be paid in parts"), required=False)
    is_open = True

    def expires_at(self) -> datetime | None:
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59))) if day else None


class ReceiveForm(MoneyForm):
    """What a QR code of one's own asks for."""

    account = AccountChoiceField(label=_("Into"))
    amount = AmountTextField(help_text=_("Leave it empty to let the payer choose."), required=False)
    text = forms.CharField(label=_("What for"), max_length=25, required=False)
    is_open = True


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=DECLINE_REASONS)
    words = forms.CharField(label=_("Anything to add"), max_length=140, required=False)


class CodeForm(forms.Form):
    """The text of a code, as a camera reads it."""

    code = forms.CharField(
        label=_("Text of the code"), max_length=LONGEST, strip=False,
        help_text=_("Point your phone's camera at the code, copy what it reads, and paste it here."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class BillForm(MoneyForm):
    """A bill: the biller's own word for its reference stands over the field."""

    reference = forms.CharField(
        max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    field_order = ["reference", "amount", "account"]

    def __init__(self, *args: Any, label: str, example: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = gettext(label)
        self.fields["reference"].help_text = gettext("Such as %(example)s") % {"example": example}
