"""What the calculators ask. All is in the address, so that a result can be kept and shared."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from bank.kernel.errors import InvalidAmount
from bank.kernel.money import Money, parse_amount
from bank.products.selectors import Offer
from bank.runtime import formats
from bank.web.views.fields import AmountTextField
from bank.web.views.pages import spoken
from portals.public import offers

LONGEST_SAVING_MONTHS = 480
LARGEST = Decimal(10) ** 12


class MoneyField(AmountTextField):
    """An amount in the bank's own currency, as people type them."""

    def __init__(self, *, may_be_zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.may_be_zero = may_be_zero

    def clean(self, value: Any) -> Money | None:
        text = super().clean(value)
        if not text and not self.required:
            return None
        try:
            amount = parse_amount(text, settings.BANK_BASE_CURRENCY)
        except InvalidAmount as error:
            raise forms.ValidationError(spoken(error), code="invalid") from None
        if not self.may_be_zero and not amount.is_positive:
            raise forms.ValidationError(gettext("Enter an amount above zero."), code="zero")
        if amount.amount > LARGEST:
            largest = formats.money(Money.of(LARGEST, settings.BANK_BASE_CURRENCY))
            raise forms.ValidationError(gettext("Enter an amount of at most %s.") % largest, code="large")
        return amount


class MonthsField(forms.IntegerField):
    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(
            min_value=1,
            max_value=longest,
            error_messages={
                "required": gettext_lazy("Enter a number of months."),
                "invalid": gettext_lazy("Enter the number of months in digits, such as 36."),
                "min_value": gettext_lazy("Enter at least one month."),
                "max_value": gettext_lazy("Enter at most %(limit_value)s months."),
            },
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )


class CalculatorForm(forms.Form):
    """Answers from the address; what it lacks comes from the example."""

    example: ClassVar[dict[str, str]] = {}

    def __init__(self, asked: QueryDict, **kwargs: Any) -> None:
        known = {name: asked[name] for name in self.base_fields if name in asked}
        super().__init__({**self.example, **known}, auto_id="id_%s", **kwargs)

    def refuse(self, field: str, sentence: str) -> None:
        self.add_error(field, forms.ValidationError(sentence, code="bounds"))


class LoanForm(CalculatorForm):
    product = forms.ChoiceField(
        label=gettext_lazy("Loan"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the loans in the list.")},
    )
    amount = MoneyField(label=gettext_lazy("Amount you borrow"))
    months = MonthsField(label=gettext_lazy("Months to repay"), longest=600)
    example: ClassVar[dict[str, str]] = {"amount": "250,000", "months": "36"}

    def __init__(self, asked: QueryDict, *, loans: Sequence[Offer]) -> None:
        super().__init__(asked)
        self.by_code = {one.product.code: one for one in loans}
        self.data = {**self._example(self.data), **{k: v for k, v in asked.items() if k in self.fields}}
        choice = self.fields["product"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            (code, f"{gettext(one.product.name)}, {offers.loan_rate(one.prices[0])}")
            for code, one in self.by_code.items()
        ]

    def _example(self, data: Any) -> dict[str, str]:
        """Half of the largest loan over the longest term, where the usual example is out of bounds."""
        first = "PERSONAL_LOAN" if "PERSONAL_LOAN" in self.by_code else next(iter(self.by_code), "")
        code = data.get("product") or first
        known = self.by_code.get(code)
        if known is None:
            return {"product": code, **self.example}
        price = known.prices[0]
        amount, months = Decimal(250_000), 36
        if not price.minimum <= amount <= price.maximum:
            amount = price.maximum / 2
        months = min(max(months, price.minimum_months), price.maximum_months)
        written = formats.amount(Money.of(amount.quantize(Decimal(1)), price.currency)).partition(".")[0]
        return {"product": code, "amount": written, "months": str(months)}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if known := self.by_code.get(given.get("product", "")):
            given["price"] = price = known.prices[0]
            self._check_amount(given.get("amount"), price)
            self._check_months(given.get("months"), price)
        return given

    def _check_amount(self, amount: Money | None, price: Any) -> None:
        if amount is not None and not price.minimum <= amount.amount <= price.maximum:
            bounds = {
                "low": formats.money(Money(price.minimum, price.currency)),
                "high": formats.money(Money(price.maximum, price.currency)),
            }
            self.refuse("amount", gettext("This loan is given from %(low)s to %(high)s.") % bounds)

    def _check_months(self, months: int | None, price: Any) -> None:
        if months is not None and not price.minimum_months <= months <= price.maximum_months:
            bounds = {"low": price.minimum_months, "high": price.maximum_months}
            self.refuse("months", gettext("This loan is repaid over %(low)s to %(high)s months.") % bounds)


class SavingsForm(CalculatorForm):
    opening = MoneyField(label=gettext_lazy("To begin with"), may_be_zero=True)
    monthly = MoneyField(label=gettext_lazy("Each month"), may_be_zero=True)
    months = MonthsField(label=gettext_lazy("For how many months"), longest=LONGEST_SAVING_MONTHS)
    example: ClassVar[dict[str, str]] = {"opening": "50,000", "monthly": "5,000", "months": "36"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opening, monthly = given.get("opening"), given.get("monthly")
        if opening and monthly and opening.is_zero and monthly.is_zero:
            self.refuse("opening", gettext("Enter a sum to begin with, or one to add each month."))
        return given


class TermForm(CalculatorForm):
    """A deposit for one of the terms the catalogue has a rate for."""

    amount = MoneyField()
    months = forms.TypedChoiceField(
        label=gettext_lazy("Term"),
        coerce=int,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the terms in the list.")},
    )

    def __init__(self, asked: QueryDict, *, offer: Offer, label: str) -> None:
        super().__init__(asked)
        self.rates = {row.tenor_months: row for row in offer.rates}
        self.fields["amount"].label = label
        choice = self.fields["months"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            (str(months), f"{offers.term(months)}, {offers.rate(row.annual_rate_pct)}")
            for months, row in self.rates.items()
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        rate, amount = self.rates.get(given.get("months") or 0), given.get("amount")
        if rate is not None:
            given["rate"] = rate
            smallest = Money(rate.minimum, rate.currency)
            if amount is not None and amount < smallest:
                sentence = gettext("For this term the smallest sum is %s.") % formats.money(smallest)
                self.refuse("amount", sentence)
        return given


class FixedForm(TermForm):
    example: ClassVar[dict[str, str]] = {"amount": "200,000", "months": "12"}


class RecurringForm(TermForm):
    example: ClassVar[dict[str, str]] = {"amount": "5,000", "months": "24"}
