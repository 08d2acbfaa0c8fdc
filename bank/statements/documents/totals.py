"""What the lines of one page come to, in words for its foot."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from bank.kernel.money import Money
from bank.runtime import formats


def page_total(amounts: Iterable[Money], currency: str) -> str:
    """``This page: +1,250.00 in, -300.00 out``, in the active language."""
    money_in = money_out = Money.zero(currency)
    for amount in amounts:
        if amount.is_positive:
            money_in += amount
        else:
            money_out += amount
    said = {"in": formats.amount(money_in, signed=True), "out": formats.amount(money_out, signed=True)}
    return _("This page: %(in)s in, %(out)s out") % said
