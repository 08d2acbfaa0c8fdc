"""What staff do about accounts, as forms; what needs two people is proposed here."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.accounts import services
from bank.accounts.commands import MigrateAccounts
from bank.accounts.models import SCOPES, Account, Charge
from bank.accounts.rules import AccountStatus
from bank.identity.models import User
from bank.products.admin.desk import VERSION_ACTS
from bank.products.commands import MAKER_RIGHT
from bank.products.models import ProductVersion
from bank.web.acts import Act
from bank.web.cells import Words
from bank.web.views.fields import DayField
from bank.workflows import services as workflows

RIGHT: Final = "accounts.change_account"
_KEPT = _("It is on record.")
_WAITS = _("It waits for somebody else's approval, who sees what changes for whom.")


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), help_text=_("It stays on record."), max_length=200)


class ReasonForm(forms.Form):
    reason = _reason()


class FreezeForm(forms.Form):
    scope = forms.ChoiceField(label=_("Stops"), choices=SCOPES)
    authority = forms.CharField(label=_("Ordered by"), max_length=120, required=False)
    reason = _reason()


class UnfreezeForm(forms.Form):
    scope = forms.ChoiceField(label=_("Which"), choices=[("", _("All of them")), *SCOPES], required=False)
    reason = _reason()


class MigrationForm(forms.Form):
    to_version = forms.IntegerField(label=_("To version"), min_value=1)
    on_date = DayField(label=_("On"))
    reason = _reason()


def _freeze(account: Account, actor: User, **given: str) -> None:
    services.freeze(account=account, actor=actor, **given)


def _unfreeze(account: Account, actor: User, scope: str, reason: str) -> None:
    services.unfreeze(account=account, scope=scope or None, reason=reason, actor=actor)


def _waive(charge: Charge, actor: User, reason: str) -> None:
    services.waive_charge(charge=charge, reason=reason, actor=actor)


def _migrate(version: ProductVersion, actor: User, to_version: int, on_date: date, reason: str) -> None:
    payload = MigrateAccounts(version.product.code, version.number, to_version, on_date)
    workflows.propose(kind="accounts.migrate", payload=payload, reason=reason, maker=actor)


def _is_open(account: Account) -> bool:
    return account.status != AccountStatus.CLOSED


def _is_frozen(account: Account) -> bool:
    return account.freezes.filter(lifted_at__isnull=True).exists()


def _in_arrears(charge: Charge) -> bool:
    return charge.settled_date is None and charge.waived_date is None


def _act(title: Words, form: type[forms.Form], run: Callable[..., None], **more: Any) -> Act:
    terms: dict[str, Any] = {"right": RIGHT, "said": _KEPT, **more}
    return Act(title, form, run, **terms)


ACCOUNT_ACTS = {
    "freeze": _act(_("Freeze"), FreezeForm, _freeze, possible=_is_open),
    "unfreeze": _act(_("Lift a freeze"), UnfreezeForm, _unfreeze, possible=_is_frozen),
}
CHARGE_ACTS = {"waive": _act(_("Waive what is open"), ReasonForm, _waive, possible=_in_arrears)}
VERSION_ACTS["migrate"] = _act(
    _("Move its accounts to another version"), MigrationForm, _migrate,
    right=MAKER_RIGHT, said=_WAITS, lead=_WAITS,
)  # fmt: skip
