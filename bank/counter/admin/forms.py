"""What a teller types. Every form carries the key under which it counts once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.counter import rules, selectors
from bank.counter.models import BOUNDS, PAPERS, Drawer
from bank.counter.rules import NOTES, Count, Shown
from bank.kernel.errors import BankError
from bank.kernel.money import Money, parse_amount
from bank.web.views.fields import AccountNumberField, AmountTextField

_TYPED = {"inputmode": "numeric", "autocomplete": "off"}


class KeyedForm(forms.Form):
    """``key`` comes with the page: the same page sent twice is one act."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def once(self) -> str:
        return str(self.cleaned_data["key"])


class AmountForm(KeyedForm):
    amount = AmountTextField()

    def clean_amount(self) -> Money:
        return read_amount(self.cleaned_data["amount"])


class OpenForm(AmountForm):
    drawer = forms.ModelChoiceField(
        label=_("Drawer"), queryset=Drawer.objects.none(), to_field_name="code", empty_label=None
    )
    field_order = ("drawer", "amount")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drawer = self.fields["drawer"]
        assert isinstance(drawer, forms.ModelChoiceField)
        drawer.queryset = selectors.drawers() if self.is_bound else selectors.free_drawers()
        self.fields["amount"].label = _("Float from the vault")


class DepositForm(AmountForm):
    number = AccountNumberField()
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For whoever approves it: where the money comes from, or what it is for."),
        max_length=rules.REASON_LETTERS,
        required=False,
    )
    field_order: Sequence[str] = ("number", "amount")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].error_messages["required"] = _("Enter the number of the account.")

    @property
    def papers(self) -> tuple[Shown, Shown]:
        given = self.cleaned_data
        return tuple(  # type: ignore[return-value]
            Shown(given.get(f"{whose}paper") or "", given.get(f"{whose}ending") or "")
            for whose in ("", "other_")
        )


class WithdrawalForm(DepositForm):
    paper = forms.ChoiceField(
        label=_("Document shown"),
        choices=PAPERS,
        error_messages={"required": _("Choose which document was shown.")},
    )
    ending = forms.CharField(
        label=_("Last four characters of its number"),
        help_text=_("The whole number is not kept."),
        error_messages={"required": _("Enter the last four characters of the document's number.")},
        min_length=rules.DIGITS_SHOWN,
        max_length=rules.DIGITS_SHOWN,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    other_paper = forms.ChoiceField(
        label=_("Document of the second person"),
        help_text=_("Where two sign: both holders, or two of a company."),
        choices=[("", "–"), *PAPERS],
        required=False,
    )
    other_ending = forms.CharField(
        label=_("Last four characters of its number"),
        max_length=rules.DIGITS_SHOWN,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("number", "amount", "paper", "ending", "other_paper", "other_ending", "reason")

    def clean_ending(self) -> str:
        return str(self.cleaned_data["ending"]).upper()

    def clean_other_ending(self) -> str:
        return str(self.cleaned_data["other_ending"]).upper()


class CountForm(KeyedForm):
    """How many of each note lie in the drawer, and the coins as a sum; ``held`` is what should be there."""

    held = forms.DecimalField(widget=forms.HiddenInput, max_digits=21, decimal_places=3)
    coins = forms.CharField(
        label=_("Coins"),
        help_text=_("Their sum."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("What is known about a difference"), max_length=rules.REASON_LETTERS, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for note in NOTES:
            self.fields[f"note_{note}"] = forms.IntegerField(
                label=_("Notes of %(note)s") % {"note": f"{note:,}"},
                min_value=0,
                max_value=rules.MOST_NOTES,
                required=False,
                widget=forms.TextInput(attrs=_TYPED),
            )
        self.order_fields([*(f"note_{note}" for note in NOTES), "coins", "reason"])

    def clean_coins(self) -> Money:
        text = self.cleaned_data["coins"]
        return read_amount(text) if text.strip() else Money.zero(selectors.currency())

    @property
    def count(self) -> Count:
        given = self.cleaned_data
        return Count({note: given[f"note_{note}"] or 0 for note in NOTES}, given["coins"])

    @property
    def should(self) -> Money:
        return Money(self.cleaned_data["held"], selectors.currency())

    @property
    def counted_fields(self) -> list[forms.BoundField]:
        return [*(self[f"note_{note}"] for note in NOTES), self["coins"]]


class DrawerForm(forms.Form):
    code = forms.CharField(label=_("Code on the drawer"), max_length=12)
    branch = forms.CharField(label=_("Branch"), help_text=_("Three digits."), max_length=3)


class BoundForm(forms.Form):
    bound = forms.ChoiceField(label=_("What"), choices=BOUNDS)
    amount = forms.DecimalField(
        label=_("Amount"),
        help_text=_("In the bank's own currency."),
        min_value=Decimal(0),
        max_digits=15,
        decimal_places=2,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


def read_amount(text: str) -> Money:
    """An amount as people type it, in the counter's currency."""
    try:
        return parse_amount(text, selectors.currency())
    except BankError as refusal:
        raise forms.ValidationError(refusal.message, code="invalid") from None
