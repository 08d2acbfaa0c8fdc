"""Form fields that take what people type and say how to fix what cannot be read."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from django import forms
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from bank.accounts.errors import InvalidAccountNumber
from bank.accounts.rules import NUMBER_DIGITS, read_number
from bank.identity import passkeys
from bank.kernel.errors import InvalidAmount
from bank.kernel.money import Money, parse_amount
from bank.runtime import formats
from bank.web.views.holdings import Holding

_MANY = 4
#: What the kernel says of amounts; it knows no other language.
AMOUNT_PROBLEMS = (
    gettext_noop("Enter the amount without a plus or minus sign."),
    gettext_noop("Write the amount in digits, with a point before the decimals: 1,250.50."),
)


class Offered(Protocol):
    """What can be chosen by its number: an account, a deposit."""

    @property
    def number(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def available(self) -> Money: ...


class AccountNumberField(forms.CharField):
    """An account number with the blanks and hyphens people put in it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Account number"))
        kwargs.setdefault("help_text", gettext_lazy("13 digits. Spaces are fine."))
        super().__init__(
            max_length=40,
            error_messages={"required": gettext_lazy("Enter the account number of the payee.")},
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        number = re.sub(r"[\s.\u2010-\u2015-]", "", super().clean(value))
        try:
            return read_number(number)
        except InvalidAccountNumber:
            raise forms.ValidationError(_number_fault(number), code="invalid") from None


class AmountTextField(forms.CharField):
    """An amount as typed; its currency is known only once the account is, see ``amount_in``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Amount"))
        super().__init__(
            max_length=40,
            error_messages={"required": gettext_lazy("Enter an amount, such as 1,250.00.")},
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )


class AccountChoiceField(forms.TypedChoiceField):
    """One of the accounts offered: as a short list with balances, or a menu where there are many."""

    def __init__(self, **kwargs: Any) -> None:
        self._offered: dict[str, Offered] = {}
        super().__init__(
            widget=forms.RadioSelect,
            coerce=lambda number: self._offered[number],
            empty_value=None,
            error_messages={
                "required": gettext_lazy("Choose an account."),
                "invalid_choice": gettext_lazy("Choose one of your accounts."),
            },
            **kwargs,
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> "AccountChoiceField":
        copied = super().__deepcopy__(memo)
        copied._offered = {}
        copied.coerce = lambda number: copied._offered[number]
        return copied

    def offer(self, accounts: Sequence[Offered]) -> None:
        """Takes the accounts to choose from; an only one is chosen already."""
        self._offered = {account.number: account for account in accounts}
        if len(accounts) > _MANY:
            self.widget = forms.Select()
        self.choices = [(account.number, _described(account)) for account in accounts]
        if len(accounts) == 1:
            self.initial = accounts[0].number


class CodeField(forms.CharField):
    """A one-time code, blanks allowed, offered by the phone from the message; or a passkey's answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=passkeys.LONGEST_ANSWER,
            error_messages={"required": gettext_lazy("Enter the six digits of the code.")},
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        return re.sub(r"\s", "", super().clean(value))


class DayField(forms.DateField):
    """A calendar day from the browser's own picker, also accepted as 19/11/2026 or 19.11.2026."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": gettext_lazy("Enter a day, such as 19/11/2026.")},
            **kwargs,
        )


def amount_in(text: str, account: Holding) -> Money:
    """What was typed, in the account's currency. Raises ``InvalidAmount``, also for zero."""
    amount = parse_amount(text, account.currency)
    if not amount.is_positive:
        raise InvalidAmount(problem=gettext("Enter an amount above zero."))
    return amount


def _number_fault(number: str) -> str:
    if not re.fullmatch(r"[0-9]+", number):
        return gettext("Write the account number in digits only.")
    if len(number) != NUMBER_DIGITS:
        return gettext("An account number has 13 digits; this one has %d.") % len(number)
    return gettext("One digit of the account number is wrong. Compare it with what you were given.")


def _describe(account: Offered) -> str:
    return format_html(
        '<span>{} <small class="number">{}</small> <span class="number">{}</span></span>',
        account.label,
        formats.account_number(account.number),
        formats.money(account.available),
    )


_described = lazy(_describe, str)
