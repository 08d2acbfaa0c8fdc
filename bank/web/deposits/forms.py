"""What is asked about deposits: a quote (its answers are in the address), an instruction, a sum."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bank.deposits.models import Deposit
from bank.deposits.rules import Instruction
from bank.deposits.services import Order
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.products.rules import ProductKind
from bank.products.selectors import Offer
from bank.runtime import formats
from bank.statements import deposit_statements
from bank.statements.deposit_statements import Document
from bank.web.papers.forms import format_choices
from bank.web.views.fields import AccountChoiceField, AmountTextField, DayField, amount_in
from bank.web.views.holdings import Holding
from bank.web.views.pages import spoken

MODES = {
    "AT_MATURITY": _("At maturity"),
    "MONTHLY": _("Every month, to your account"),
    "QUARTERLY": _("Every quarter, to your account"),
    "COMPOUNDED": _("Added to the deposit every quarter"),
}
INSTRUCTIONS = [
    (Instruction.NONE.value, _("Pay everything out")),
    (Instruction.PRINCIPAL.value, _("Renew the deposit, pay the interest out")),
    (Instruction.PRINCIPAL_AND_INTEREST.value, _("Renew the deposit with its interest")),
]
_LINE = {"required": _("Choose one of these.")}


class QuoteForm(forms.Form):
    """Everything a deposit is opened with; what the address lacks comes from an example."""

    amount = AmountTextField()
    months = forms.TypedChoiceField(
        label=_("Term"),
        coerce=int,
        error_messages={"invalid_choice": _("Choose one of the terms in the list.")},
    )
    mode = forms.ChoiceField(label=_("Interest is paid"), widget=forms.RadioSelect, error_messages=_LINE)
    instruction = forms.ChoiceField(
        label=_("At maturity"), choices=INSTRUCTIONS, widget=forms.RadioSelect, error_messages=_LINE
    )
    account = AccountChoiceField(label=_("From"))

    def __init__(
        self, asked: QueryDict, *, offer: Offer, accounts: Sequence[Holding], modes: Sequence[str]
    ) -> None:
        self.offer = offer
        known = {name: asked[name] for name in self.base_fields if name in asked}
        super().__init__({**self._example(modes, accounts), **known}, auto_id="id_%s")
        self._say("months", [(str(row.tenor_months), _term(row)) for row in offer.rates])
        self._say("mode", [(mode, MODES[mode]) for mode in modes])
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)
        if offer.product.kind != ProductKind.FIXED_DEPOSIT:
            del self.fields["instruction"]
        if not offer.rates:
            del self.fields["months"]
        if len(modes) == 1:
            del self.fields["mode"]
        if offer.product.kind == ProductKind.RECURRING_DEPOSIT:
            self.fields["amount"].label = gettext("Amount each month")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("account") and given.get("amount"):
            try:
                given["money"] = amount_in(given["amount"], given["account"])
            except BankError as error:
                self.add_error("amount", spoken(error))
        return given

    def order(self) -> Order:
        """The deposit the answers describe."""
        given = self.cleaned_data
        return Order(
            product_code=self.offer.product.code,
            account_number=given["account"].number,
            amount=given["money"],
            months=given.get("months") or None,
            mode=given.get("mode") or None,
            instruction=given.get("instruction") or Instruction.NONE.value,
        )

    def _say(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _example(self, modes: Sequence[str], accounts: Sequence[Holding]) -> dict[str, str]:
        """A year (or the first term) of twice the smallest sum."""
        rates = {row.tenor_months: row for row in self.offer.rates}
        row = rates.get(12) or next(iter(rates.values()), None)
        smallest = row.minimum if row else self.offer.terms[0].minimum_opening
        currency = row.currency if row else self.offer.terms[0].currency
        amount = formats.amount(Money.of(smallest * 2, currency)).partition(".")[0]
        return {
            "amount": amount,
            "months": str(row.tenor_months) if row else "",
            "mode": modes[0],
            "instruction": Instruction.NONE.value,
            "account": accounts[0].number if accounts else "",
        }


class InstructionForm(forms.Form):
    """What shall happen at maturity, and where the money goes."""

    instruction = forms.ChoiceField(
        label=_("At maturity"), choices=INSTRUCTIONS, widget=forms.RadioSelect, error_messages=_LINE
    )
    payout = AccountChoiceField(label=_("Pay to"))

    def __init__(self, *args: Any, accounts: Sequence[Holding], renewable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payout = self.fields["payout"]
        assert isinstance(payout, AccountChoiceField)
        payout.offer(accounts)
        if not renewable:
            del self.fields["instruction"]


class StatementForm(forms.Form):
    """Which days of a deposit, and which form of statement; its whole time where nothing else is asked."""

    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"))
    format = forms.ChoiceField(label=_("Format"), choices=format_choices)

    def __init__(self, asked: QueryDict | None, *, deposit: Deposit, today: date) -> None:
        whole = {"since": deposit.start_date, "until": deposit.closed_date or today, "format": "PDF"}
        super().__init__(asked, initial=whole, auto_id="id_%s", use_required_attribute=False)
        self._deposit = deposit

    def make(self, user: User) -> Document:
        """Makes it. Raises what ``statements.deposit_statements.statement`` raises."""
        given = self.cleaned_data
        return deposit_statements.statement(
            user=user, deposit=self._deposit, from_date=given["since"], to_date=given["until"],
            format=given["format"],
        )  # fmt: skip


class SumForm(forms.Form):
    """A sum into or out of a deposit, in its currency."""

    amount = AmountTextField()

    def __init__(self, *args: Any, account: Holding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("amount"):
            try:
                given["money"] = amount_in(given["amount"], self.account)
            except BankError as error:
                self.add_error("amount", spoken(error))
        return given


def _term(row: Any) -> str:
    count = row.tenor_months
    months = ngettext("%(count)d month", "%(count)d months", count) % {"count": count}
    return f"{months}, {formats.percent(row.annual_rate_pct / 100)}"
