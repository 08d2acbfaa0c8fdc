"""Where what a notice tells of can be seen, in the portal of the customer it concerns."""

from typing import Final

from django.urls import NoReverseMatch, reverse

from bank.cif.rules import door_of
from bank.notifications.models import Notice
from bank.notifications.rules import NoticeKind

_SECURITY: Final = "/account/security/"
#: For each kind the page of the portal and which fact names the thing there.
_PERSONAL: Final[dict[str, tuple[str, str]]] = {
    NoticeKind.MONEY_IN.value: ("account", "account"),
    NoticeKind.MONEY_GIVEN_BACK.value: ("account", "account"),
    NoticeKind.PAYMENT_SETTLED.value: ("payment", "reference"),
    NoticeKind.PAYMENT_REJECTED.value: ("payment", "reference"),
    NoticeKind.PAYMENT_RETURNED.value: ("payment", "reference"),
    NoticeKind.STANDING_FAILED.value: ("regular", ""),
    NoticeKind.APPROVAL_WAITS.value: ("joint-act", "reference"),
    NoticeKind.STATEMENT_READY.value: ("statements", ""),
    NoticeKind.DEPOSIT_MATURING.value: ("deposit", "reference"),
    NoticeKind.DEPOSIT_MATURED.value: ("deposit", "reference"),
    NoticeKind.PAYEE_ADDED.value: ("payees", ""),
}
_COMPANY: Final[dict[str, tuple[str, str]]] = {
    NoticeKind.MONEY_IN.value: ("account", "account"),
    NoticeKind.MONEY_GIVEN_BACK.value: ("account", "account"),
    NoticeKind.PAYMENT_SETTLED.value: ("account", "account"),
    NoticeKind.PAYMENT_REJECTED.value: ("account", "account"),
    NoticeKind.PAYMENT_RETURNED.value: ("account", "account"),
    NoticeKind.STANDING_FAILED.value: ("regular", ""),
    NoticeKind.FILE_PAID.value: ("file", "reference"),
    NoticeKind.APPROVAL_WAITS.value: ("approval", "reference"),
    NoticeKind.EXPENSE_WAITS.value: ("expense", "reference"),
    NoticeKind.EXPENSE_DECIDED.value: ("expense", "reference"),
    NoticeKind.STATEMENT_READY.value: ("statements", ""),
}


def address_of(notice: Notice) -> str:
    """The page; the portal's first one where it shows no such thing."""
    customer = notice.customer
    if customer is None:
        return _SECURITY
    door = door_of(customer.kind, customer.segment).strip("/")
    is_personal = door == "personal"
    page, fact = (_PERSONAL if is_personal else _COMPANY).get(notice.kind, ("home", ""))
    args = [] if is_personal else [customer.cif]
    try:
        return reverse(f"{door}:{page}", args=[*args, notice.told[fact]] if fact else args)
    except NoReverseMatch:
        return reverse(f"{door}:home", args=args)
