"""What a standing order is asked for with; its answers stand in the address, so that dates can be looked at
before anything is confirmed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.kernel.money import Money, parse_amount
from bank.payments import directory
from bank.payments import services as paying
from bank.payments.models import Beneficiary
from bank.standing.models import FREQUENCIES, HOLIDAY_RULES, MONTH_RULES
from bank.standing.rules import Frequency, HolidayRule, MonthRule, Schedule
from bank.standing.services import Terms
from bank.web.views.fields import AccountChoiceField, AccountNumberField, AmountTextField, DayField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken

AMOUNT, SWEEP = "amount", "sweep"
_WHOLE = {"invalid": _("Enter a whole number."), "min_value": _("Enter a number above zero.")}


class StandingForm(forms.Form):
    """To whom, how much, when, and what happens on a holiday or without money."""

    debtor = AccountChoiceField(label=_("From"))
    name = forms.CharField(
        label=_("Name of the account holder"), max_length=140, required=False,
        help_text=_("May stay empty between your own accounts."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    bank = forms.CharField(
        label=_("Bank"), max_length=80, required=False,
        help_text=_("Another bank's name, BIC or bank code; empty for an account here."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "list": "banks"}),
    )  # fmt: skip
    number = forms.CharField(
        label=_("Account number"), max_length=42,
        error_messages={"required": _("Enter the account number of the payee.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    what = forms.ChoiceField(
        label=_("How much"), widget=forms.RadioSelect, initial=AMOUNT,
        choices=[(AMOUNT, _("This amount each time")), (SWEEP, _("Everything above this balance"))],
    )  # fmt: skip
    amount = AmountTextField()
    message = forms.CharField(label=_("Message"), max_length=140, required=False)
    frequency = forms.ChoiceField(label=_("How often"), choices=FREQUENCIES, initial=Frequency.MONTHLY.value)
    first = DayField(label=_("First payment"))
    month_rule = forms.ChoiceField(
        label=_("Day of the month"), choices=MONTH_RULES, initial=MonthRule.SAME_DAY.value
    )
    until = DayField(
        label=_("Last day"), required=False, help_text=_("Leave both empty to go on until you end it.")
    )
    times = forms.IntegerField(
        label=_("Or number of payments"), required=False, min_value=1, error_messages=_WHOLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    holiday_rule = forms.ChoiceField(
        label=_("On a weekend or holiday"), choices=HOLIDAY_RULES, initial=HolidayRule.FOLLOWING.value
    )
    retry_days = forms.TypedChoiceField(
        label=_("If there is not enough money"), coerce=int, initial="2", choices=[
            ("0", _("Try until the evening of the day")), ("1", _("Try for one business day more")),
            ("2", _("Try for two business days more")), ("5", _("Try for five business days more")),
            ("10", _("Try for ten business days more")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        debtor = self.fields["debtor"]
        assert isinstance(debtor, AccountChoiceField)
        debtor.offer(accounts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("debtor") and given.get("amount"):
            try:
                given["money"] = _sum(given["amount"], given["debtor"], given.get("what"))
            except BankError as error:
                self.add_error("amount", spoken(error))
        self._read_payee(given)
        if given.get("until") and given.get("times"):
            self.add_error("times", gettext("Give a last day or a number of payments, not both."))
        return given

    def _read_payee(self, given: dict[str, Any]) -> None:
        """The number as its bank writes numbers."""
        given["place"] = {}
        if not given.get("number"):
            return
        try:
            if given.get("bank"):
                found = directory.one(given["bank"])
                given["place"] = {"agent": found.number, "country": found.country, "bank": found.name}
                given["number"] = paying.read_number_elsewhere(given["number"])
            else:
                given["number"] = AccountNumberField().clean(given["number"])
        except BankError as error:
            self.add_error("bank" if error.code == "CREDITOR_AGENT_UNKNOWN" else "number", spoken(error))
        except forms.ValidationError as error:
            self.add_error("number", error)

    def terms(self) -> Terms:
        return terms_of(self.answers())

    def answers(self) -> dict[str, Any]:
        """The answers as a draft keeps them."""
        given = self.cleaned_data
        words = ("name", "number", "what", "message", "frequency", "month_rule", "holiday_rule")
        return {
            **{name: given[name] for name in words},
            "debtor": given["debtor"].number,
            "place": given["place"],
            "sum": [str(given["money"].amount), given["money"].currency],
            "first": given["first"].isoformat(),
            "until": given["until"].isoformat() if given["until"] else "",
            "times": given["times"],
            "retry_days": given["retry_days"],
        }


class ChangeForm(forms.Form):
    amount = AmountTextField()
    message = forms.CharField(label=_("Message"), max_length=140, required=False)


def terms_of(answers: Mapping[str, Any]) -> Terms:
    """The standing order a draft describes."""
    money, day = Money.of(*answers["sum"]), DayField().clean
    schedule = Schedule(
        Frequency(answers["frequency"]),
        day(answers["first"]),
        MonthRule(answers["month_rule"]),
        day(answers["until"]) if answers["until"] else None,
        answers["times"],
        HolidayRule(answers["holiday_rule"]),
    )
    return Terms(
        debtor_number=answers["debtor"],
        creditor_number=answers["number"],
        creditor_name=answers["name"],
        schedule=schedule,
        amount=None if answers["what"] == SWEEP else money,
        keep=money if answers["what"] == SWEEP else None,
        remittance=answers["message"],
        retry_days=answers["retry_days"],
        to=_to(answers.get("place")),
    )


def _to(place: Mapping[str, str] | None) -> paying.Elsewhere | None:
    return paying.Elsewhere(place["agent"], place["country"]) if place else None


def payees(kept: Sequence[Beneficiary]) -> list[dict[str, str]]:
    """Saved payees, to fill the form with."""
    return [
        {"name": one.name, "number": one.number, "pk": str(one.pk), "agent": one.agent if one.country else ""}
        for one in kept
    ]


def _sum(text: str, account: Holding, what: str | None) -> Money:
    return parse_amount(text, account.currency) if what == SWEEP else amount_in(text, account)
