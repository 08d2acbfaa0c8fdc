"""What a company asks to collect with, a mandate and a collection; what who pays claims with."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.debits.models import KINDS
from bank.debits.rules import MOST_NOTICE_DAYS, MandateKind, Terms
from bank.kernel.errors import BankError
from bank.kernel.money import parse_amount
from bank.web.views.fields import AccountChoiceField, AccountNumberField, AmountTextField, DayField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class MandateForm(forms.Form):
    """Of whom, how much, when."""

    account = AccountChoiceField(label=_("Into"))
    name = forms.CharField(label=_("Name of your customer"), max_length=140)
    number = AccountNumberField(label=_("Their account number"))
    reference = forms.CharField(
        label=_("Mandate reference"), max_length=35, help_text=_("Your own, such as a contract's number.")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=KINDS, initial=MandateKind.CORE.value,
        help_text=_("Core can be asked back for eight weeks; between companies it cannot."),
    )  # fmt: skip
    limit = AmountTextField(label=_("Each time at most"))
    month = AmountTextField(label=_("In a month at most"))
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"), required=False)
    notice = forms.IntegerField(
        label=_("Days of notice"), min_value=1, max_value=MOST_NOTICE_DAYS, initial=MOST_NOTICE_DAYS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["account"]
        assert isinstance(chosen, AccountChoiceField)
        chosen.offer(accounts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("limit", "month"):
            if given.get("account") and given.get(name):
                try:
                    given[f"{name}_money"] = amount_in(given[name], given["account"])
                except BankError as error:
                    self.add_error(name, spoken(error))
        return given

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(
            creditor_number=given["account"].number,
            debtor_number=given["number"],
            debtor_name=given["name"],
            reference=given["reference"],
            limit=given["limit_money"],
            month_limit=given["month_money"],
            first=given["first"],
            last=given["last"],
            kind=MandateKind(given["kind"]),
            notice_days=given["notice"],
        )


class AdmissionForm(forms.Form):
    """What a company wants to collect."""

    wish = forms.CharField(
        label=_("What you collect"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Of whom, what for, and about how much in a month; also from other companies?"),
    )  # fmt: skip


class ClaimForm(forms.Form):
    """Why a direct debit was not authorised."""

    why = forms.CharField(
        label=_("What happened"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Such as: I never gave this company a mandate, or I ended it before."),
    )  # fmt: skip


class DebitFileForm(forms.Form):
    """Many collections at once."""

    file = forms.FileField(
        label=_("File of direct debits"),
        help_text=_("ISO 20022 pain.008 (XML)."),
        error_messages={
            "required": _("Choose the file to send."),
            "empty": _("The file is empty. Choose another."),
        },
    )
    only_valid = forms.BooleanField(
        label=_("Announce the lines without a fault, even if others have one"), required=False
    )


class CollectForm(forms.Form):
    """One collection."""

    amount = AmountTextField()
    due = DayField(label=_("Due"))
    own = forms.CharField(label=_("Your reference"), max_length=35)
    remittance = forms.CharField(label=_("What for"), max_length=140, required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> Any:
        try:
            return parse_amount(self.cleaned_data["amount"], self.currency)
        except BankError as error:
            raise forms.ValidationError(spoken(error)) from None

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "amount": given["amount"],
            "due": given["due"],
            "end_to_end_id": given["own"],
            "remittance": given["remittance"],
        }
