"""Who signs: one rule, one person's class and limit, one delegation at a time, each with the reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.kernel.money import Money, parse_amount
from bank.signing import rules
from bank.signing.rules import REASON_LETTERS, PaymentType, Step

TYPES = [
    ("", _("Every type")),
    (PaymentType.INTERNAL.value, _("Payments inside the bank")),
    (PaymentType.EXTERNAL.value, _("Payments to other banks")),
    (PaymentType.FILE.value, _("Payment files")),
    (PaymentType.PAYROLL.value, _("Payroll")),
    (PaymentType.DIRECT_DEBIT.value, _("Direct debits")),
    (PaymentType.STANDING_ORDER.value, _("Standing orders")),
]
CLASSES = [("", _("No class")), *((letter, letter) for letter in rules.CLASSES)]
REMOVE = "remove"


class ChangeForm(forms.Form):
    """What every change needs: why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=_("Why?"),
            help_text=_("Whoever signs the change reads this."),
            max_length=REASON_LETTERS,
            error_messages={"required": _("Say why, in a sentence.")},
        )


class RuleForm(ChangeForm):
    currency = forms.ChoiceField(label=_("Currency"))
    above = forms.CharField(
        label=_("Above which amount"), max_length=40, initial="0.00",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    ways = forms.CharField(
        label=_("Who signs"),
        max_length=80,
        help_text=_(
            "Signature classes with +, and “or” between ways: A+B or B+B+B. A number is so many of anybody."
        ),
        error_messages={"required": _("Say who signs, such as A+B or 2.")},
    )
    account = forms.ChoiceField(label=_("From which account"), required=False)
    payment_type = forms.ChoiceField(label=_("For which payments"), choices=TYPES, required=False)
    hours = forms.IntegerField(
        label=_("Hours to sign"), min_value=1, max_value=rules.LONGEST_HOURS, initial=rules.HOURS
    )
    in_order = forms.BooleanField(label=_("They sign in this order"), required=False)
    maker_counts = forms.BooleanField(
        label=_("Whoever made it may be one of them"), required=False, initial=True
    )

    def __init__(
        self, *args: Any, currencies: list[str], accounts: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("currency", [(one, one) for one in currencies]),
            ("account", [("", gettext("Every account")), *accounts]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_ways(self) -> tuple[str, ...]:
        try:
            return rules.read_ways(self.cleaned_data["ways"])
        except BankError as error:
            raise forms.ValidationError(gettext(str(error.params["problem"])), code="invalid") from None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "currency" in given and "above" in given:
            given["above"] = _amount(self, "above", given["above"], given["currency"], zero=True)
        return given

    def step(self) -> Step:
        given = self.cleaned_data
        return Step(
            given["above"].amount, ways=given["ways"], in_order=given["in_order"],
            maker_counts=given["maker_counts"], hours=given["hours"], account=given["account"],
            payment_type=given["payment_type"],
        )  # fmt: skip


class PersonForm(ChangeForm):
    signature_class = forms.ChoiceField(label=_("Signature class"), choices=CLASSES, required=False)
    single_limit = forms.CharField(
        label=_("Limit of a single payment (KES)"), required=False, max_length=40,
        help_text=_("Empty for no limit."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_single_limit(self) -> Money | None:
        text = self.cleaned_data["single_limit"].strip()
        return _amount(self, "single_limit", text, "KES") if text else None


class DelegateForm(ChangeForm):
    """Who signs for whom; people by their e-mail address."""

    of = forms.ChoiceField(label=_("Whose signature"))
    to = forms.ChoiceField(label=_("Who gives it"))
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(
        self, *args: Any, signers: list[tuple[str, str]], people: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("of", signers), ("to", people)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


def _amount(form: forms.Form, name: str, text: str, currency: str, *, zero: bool = False) -> Money | None:
    try:
        found = parse_amount(text, currency)
    except BankError as error:
        form.add_error(name, gettext(str(error.params.get("problem") or error.message)))
        return None
    if found.is_negative or not (zero or found.is_positive):
        form.add_error(name, gettext("Enter an amount above zero."))
        return None
    return found
