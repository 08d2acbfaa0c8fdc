"""What a payment costs, as the pages say it."""

from django.utils.translation import gettext, ngettext

from bank.payments.services import Quote
from bank.runtime import formats


def fee(quoted: Quote) -> str:
    """Fee and duty, or that it is one of the month's free ones and how many are left."""
    return free(quoted) or formats.money(quoted.fee + quoted.excise)


def free(quoted: Quote) -> str:
    """That it is one of the month's free ones; nothing for any other."""
    if not quoted.free_left:
        return ""
    left = quoted.free_left - 1
    after = ngettext("%(count)d more is free this month", "%(count)d more are free this month", left)
    return gettext("Free") + "; " + after % {"count": left}
