"""Which account is kept at what balance, out of which other."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.liquidity.models import KINDS
from bank.liquidity.services import Terms
from bank.liquidity.sweep_rules import SweepKind
from bank.web.views.fields import AccountChoiceField, AmountTextField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken


class SweepForm(forms.Form):
    """Balances stay empty where the kind has none."""

    account = AccountChoiceField(label=_("Account"), help_text=_("It has its balance when the day closes."))
    pool = AccountChoiceField(
        label=_("Other account"), help_text=_("What is over goes there, what is missing comes from it.")
    )
    kind = forms.ChoiceField(
        label=_("How"), choices=KINDS, widget=forms.RadioSelect, initial=SweepKind.ZERO.value
    )
    target = AmountTextField(
        label=_("Balance that stays"), required=False, help_text=_("Empty for a sweep to zero.")
    )
    threshold = AmountTextField(
        label=_("Threshold"), required=False, help_text=_("Nothing is moved up to it. Only for a threshold.")
    )

    def __init__(self, *args: Any, accounts: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("account", "pool"):
            field = self.fields[name]
            assert isinstance(field, AccountChoiceField)
            field.offer(accounts)

    def clean(self) -> dict[str, Any] | None:
        """Reads the balances in the account's currency."""
        cleaned: dict[str, Any] = super().clean() or {}
        if account := cleaned.get("account"):
            for name in ("target", "threshold"):
                cleaned[name] = self._money(name, account)
        return cleaned

    def _money(self, name: str, account: Holding) -> Money | None:
        typed = self.cleaned_data.get(name)
        try:
            return amount_in(typed, account) if typed else None
        except BankError as error:
            self.add_error(name, spoken(error))
            return None

    def answers(self) -> dict[str, Any]:
        """As a draft keeps them."""
        given = self.cleaned_data
        sums = {name: str(given[name].amount) if given[name] else "0" for name in ("target", "threshold")}
        return {
            "account": given["account"].number, "pool": given["pool"].number, "kind": given["kind"],
            "currency": given["account"].currency, **sums,
        }  # fmt: skip


def terms_of(answers: dict[str, Any]) -> Terms:
    """What a draft asks for."""
    target, threshold = (Money.of(answers[name], answers["currency"]) for name in ("target", "threshold"))
    return Terms(answers["account"], answers["pool"], SweepKind(answers["kind"]), target, threshold)
