"""What a notice says, in the language of whoever reads it.

In the portal all of it; by mail and text message, which others may read on the way or over a shoulder, no
name and no amount: what happened, the last digits of the account, and to look.
"""

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.money import Money
from bank.notifications.rules import Channel, NoticeKind
from bank.runtime import formats

TITLES: Final[dict[str, Any]] = {
    NoticeKind.MONEY_IN.value: _("Money came in"),
    NoticeKind.MONEY_GIVEN_BACK.value: _("Money went back to its payer"),
    NoticeKind.PAYMENT_SETTLED.value: _("A payment has arrived"),
    NoticeKind.PAYMENT_REJECTED.value: _("A payment was rejected"),
    NoticeKind.PAYMENT_RETURNED.value: _("A payment came back"),
    NoticeKind.STANDING_FAILED.value: _("A standing order was not paid"),
    NoticeKind.FILE_PAID.value: _("A payment file was paid"),
    NoticeKind.APPROVAL_WAITS.value: _("Something waits for your signature"),
    NoticeKind.EXPENSE_WAITS.value: _("An expense waits for your decision"),
    NoticeKind.EXPENSE_DECIDED.value: _("An expense was decided on"),
    NoticeKind.STATEMENT_READY.value: _("A statement is ready"),
    NoticeKind.DEPOSIT_MATURING.value: _("A deposit matures soon"),
    NoticeKind.DEPOSIT_MATURED.value: _("A deposit has matured"),
    NoticeKind.PAYEE_ADDED.value: _("A payee was added"),
    NoticeKind.NEW_DEVICE.value: _("Sign-in from a new device"),
}
CHANNELS: Final[dict[Channel, Any]] = {
    Channel.PORTAL: _("Portal"),
    Channel.EMAIL: _("E-mail"),
    Channel.SMS: _("SMS"),
}
_OUTCOMES: Final[dict[str, Any]] = {"APPROVED": _("approved"), "REJECTED": _("rejected")}
_FULL: Final[dict[str, Any]] = {
    NoticeKind.MONEY_IN: _("%(amount)s came from %(name)s to the account ending %(digits)s."),
    NoticeKind.MONEY_GIVEN_BACK: _(
        "%(amount)s that came from %(name)s to the account ending %(digits)s went back: the payer's bank"
        " asked for it and you agreed. If you did not, call us at once."
    ),
    NoticeKind.PAYMENT_SETTLED: _("%(amount)s to %(name)s, from the account ending %(digits)s, has arrived."),
    NoticeKind.PAYMENT_REJECTED: _(
        "%(amount)s to %(name)s was not paid. The money is on the account ending %(digits)s."
    ),
    NoticeKind.PAYMENT_RETURNED: _("%(amount)s to %(name)s came back to the account ending %(digits)s."),
    NoticeKind.STANDING_FAILED: _(
        "What was due to %(name)s on %(day)s was not paid from the account ending %(digits)s."
    ),
    NoticeKind.FILE_PAID: _("Payments of the file %(reference)s that were paid: %(count)s."),
    NoticeKind.APPROVAL_WAITS: _("%(name)s needs your signature for the approval %(reference)s."),
    NoticeKind.EXPENSE_WAITS: _("%(name)s claims %(amount)s as the expense %(reference)s."),
    NoticeKind.EXPENSE_DECIDED: _("Your expense %(reference)s of %(amount)s is %(outcome)s."),
    NoticeKind.STATEMENT_READY: _("The statement %(reference)s of the account ending %(digits)s is ready."),
    NoticeKind.DEPOSIT_MATURING: _("The deposit %(reference)s of %(amount)s matures on %(day)s."),
    NoticeKind.DEPOSIT_MATURED: _("The deposit %(reference)s has matured, with %(amount)s."),
    NoticeKind.PAYEE_ADDED: _(
        "%(name)s, account ending %(digits)s, is a payee now. If none of you added it, call us at once."
    ),
    NoticeKind.NEW_DEVICE: _(
        "Somebody signed in as you with %(name)s. If it was not you, change your password and call us."
    ),
}
_SHORT: Final[dict[str, Any]] = {
    NoticeKind.MONEY_IN: _("Money came to your account ending %(digits)s."),
    NoticeKind.MONEY_GIVEN_BACK: _("Money on your account ending %(digits)s went back to its payer."),
    NoticeKind.PAYMENT_SETTLED: _("A payment from your account ending %(digits)s has arrived."),
    NoticeKind.PAYMENT_REJECTED: _("A payment from your account ending %(digits)s was rejected."),
    NoticeKind.PAYMENT_RETURNED: _("A payment came back to your account ending %(digits)s."),
    NoticeKind.STANDING_FAILED: _("A standing order was not paid from your account ending %(digits)s."),
    NoticeKind.FILE_PAID: _("A payment file was paid."),
    NoticeKind.APPROVAL_WAITS: _("Something waits for your signature."),
    NoticeKind.EXPENSE_WAITS: _("An expense waits for your decision."),
    NoticeKind.EXPENSE_DECIDED: _("An expense of yours was decided on."),
    NoticeKind.STATEMENT_READY: _("A statement of your account ending %(digits)s is ready."),
    NoticeKind.DEPOSIT_MATURING: _("A deposit of yours matures on %(day)s."),
    NoticeKind.DEPOSIT_MATURED: _("A deposit of yours has matured."),
    NoticeKind.PAYEE_ADDED: _("A payee was added. If none of you added it, call us at once."),
    NoticeKind.NEW_DEVICE: _("Somebody signed in as you from a new device. If it was not you, call us."),
}


def title(kind: str) -> str:
    return str(TITLES[kind])


def full(kind: str, told: dict[str, Any]) -> str:
    """For the portal, behind its sign-in."""
    return str(_FULL[kind]) % _said(told)


def short(kind: str, told: dict[str, Any]) -> str:
    """For mail and text messages."""
    return str(_SHORT[kind]) % _said(told)


def _said(told: dict[str, Any]) -> dict[str, str]:
    """The facts as people read them; a sentence takes what it needs."""
    said = {
        "name": told.get("name") or gettext("another bank"),
        "digits": str(told.get("account", ""))[-4:],
        "reference": str(told.get("reference", "")),
        "count": str(told.get("count", "")),
    }
    if "outcome" in told:
        said["outcome"] = str(_OUTCOMES[told["outcome"]])
    if "amount" in told:
        said["amount"] = formats.money(Money.of(told["amount"], told["currency"]))
    if "day" in told:
        said["day"] = formats.day(date.fromisoformat(told["day"]))
    return said
