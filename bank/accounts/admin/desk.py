"""What staff do about accounts, as forms; what needs two people is proposed here."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.accounts import selectors, services
from bank.accounts.commands import AddHolder, ArrangeOverdraft, EndHolder, MigrateAccounts
from bank.accounts.models import SCOPES, SIGNINGS, Account, Charge, ChequeBook, ChequeDeposit
from bank.accounts.rules import AccountStatus, DepositState, Signing
from bank.identity import duty, role_rules
from bank.identity.models import User
from bank.kernel.money import Money
from bank.products.admin.desk import VERSION_ACTS
from bank.products.commands import MAKER_RIGHT
from bank.products.models import ProductVersion
from bank.products.rules import ACCOUNT_KINDS, ProductKind
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


class OverdraftForm(forms.Form):
    limit = forms.DecimalField(label=_("Limit"), max_digits=18, decimal_places=3, min_value=0)
    expires = DayField(label=_("Until"))
    rate_pct = forms.DecimalField(
        label=_("Agreed rate, per cent a year"),
        help_text=_("Empty: what the product says."),
        max_digits=9,
        decimal_places=6,
        min_value=0,
        max_value=100,
        required=False,
    )
    reason = _reason()


class CloseForm(forms.Form):
    pay_to = forms.CharField(
        label=_("Rest to account"),
        help_text=_("Another account of the customer; empty where nothing is left."),
        max_length=20,
        required=False,
    )
    reason = _reason()


class ChequeForm(forms.Form):
    """A cheque as it lies on the desk."""

    number = forms.IntegerField(label=_("Cheque number"), min_value=1, max_value=999_999)
    amount = forms.DecimalField(label=_("Amount"), max_digits=18, decimal_places=3, min_value=0)
    dated = DayField(label=_("Dated"))
    presenting_bank = forms.CharField(label=_("Presented by"), max_length=60)
    payee = forms.CharField(label=_("Payee"), max_length=140, required=False)
    key = forms.CharField(label=_("Reference of the clearing"), max_length=60)


class DepositForm(forms.Form):
    drawer_bank = forms.CharField(label=_("Drawn on"), max_length=60)
    drawer_account = forms.CharField(label=_("Drawer's account"), max_length=34)
    number = forms.CharField(label=_("Cheque number"), max_length=12)
    amount = forms.DecimalField(label=_("Amount"), max_digits=18, decimal_places=3, min_value=0)
    dated = DayField(label=_("Dated"))


class HolderForm(forms.Form):
    cif = forms.CharField(label=_("CIF of the other holder"), max_length=12)
    signing = forms.ChoiceField(label=_("Signing"), choices=SIGNINGS[1:])
    reason = _reason()


class EndHolderForm(forms.Form):
    cif = forms.CharField(label=_("CIF of who leaves"), max_length=12)
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


def _is_of_accounts(version: ProductVersion) -> bool:
    return version.product.kind in ACCOUNT_KINDS


def _overdraft(account: Account, actor: User, reason: str, **given: Any) -> None:
    payload = ArrangeOverdraft(account.number, **given)
    workflows.propose(kind="accounts.arrange_overdraft", payload=payload, reason=reason, maker=actor)


def _end_overdraft(account: Account, actor: User, reason: str) -> None:
    services.end_overdraft(account=account, reason=reason, actor=actor)


def _wake(account: Account, actor: User, reason: str) -> None:
    services.reactivate(account=account, reason=reason, actor=actor)


def _close(account: Account, actor: User, pay_to: str, reason: str) -> None:
    payee = selectors.find_by_number(pay_to) if pay_to else None
    services.close_with_payout(account=account, reason=reason, pay_to=payee, actor=actor)


def _present(account: Account, actor: User, amount: Decimal, **given: Any) -> None:
    sum_ = _within(actor, Money.of(amount, account.currency))
    services.present_cheque(account=account, amount=sum_, actor=actor, **given)


def _deposit(account: Account, actor: User, amount: Decimal, **given: Any) -> None:
    sum_ = _within(actor, Money.of(amount, account.currency))
    services.deposit_cheque(account=account, amount=sum_, actor=actor, **given)


def _within(actor: User, amount: Money) -> Money:
    """The sum of a cheque one person takes in alone. Raises ``OverLimit`` above what their role may pay."""
    duty.require_within(user=actor, act=role_rules.Act.PAYMENT, amount=amount)
    return amount


def _issue(book: ChequeBook, actor: User) -> None:
    services.issue_book(book=book, actor=actor)


def _return(deposit: ChequeDeposit, actor: User, reason: str) -> None:
    services.return_cheque(deposit=deposit, reason=reason, actor=actor)


def _add_holder(account: Account, actor: User, cif: str, signing: str, reason: str) -> None:
    payload = AddHolder(account.number, cif.strip(), signing)
    workflows.propose(kind="accounts.add_holder", payload=payload, reason=reason, maker=actor)


def _end_holder(account: Account, actor: User, cif: str, reason: str) -> None:
    payload = EndHolder(account.number, cif.strip())
    workflows.propose(kind="accounts.end_holder", payload=payload, reason=reason, maker=actor)


def _is_joint(account: Account) -> bool:
    return account.signing != Signing.SOLE


def _may_overdraw(account: Account) -> bool:
    return _is_open(account) and account.product.kind == ProductKind.CURRENT


def _has_overdraft(account: Account) -> bool:
    return selectors.overdraft(account) is not None


def _is_dormant(account: Account) -> bool:
    return account.dormant_since is not None and _is_open(account)


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
    "wake": _act(_("Wake"), ReasonForm, _wake, possible=_is_dormant),
    "overdraft": _act(
        _("Propose an overdraft"), OverdraftForm, _overdraft, said=_WAITS, lead=_WAITS, possible=_may_overdraw
    ),
    "holder": _act(
        _("Propose another holder"), HolderForm, _add_holder, said=_WAITS, lead=_WAITS, possible=_is_open
    ),
    "end-holder": _act(
        _("Propose that a holder leaves"),
        EndHolderForm,
        _end_holder,
        said=_WAITS,
        lead=_WAITS,
        possible=_is_joint,
    ),
    "cheque": _act(_("Present a cheque"), ChequeForm, _present, possible=_may_overdraw),
    "deposit-cheque": _act(_("Take a cheque in"), DepositForm, _deposit, possible=_is_open),
    "close": _act(_("Close"), CloseForm, _close, possible=_is_open),
    "end-overdraft": _act(_("End the overdraft"), ReasonForm, _end_overdraft, possible=_has_overdraft),
}
BOOK_ACTS = {"issue": _act(_("Issue"), forms.Form, _issue, possible=lambda book: book.issued_date is None)}
DEPOSIT_ACTS = {
    "return": _act(
        _("Return"), ReasonForm, _return, possible=lambda deposit: deposit.state != DepositState.RETURNED
    )
}
CHARGE_ACTS = {"waive": _act(_("Waive what is open"), ReasonForm, _waive, possible=_in_arrears)}
VERSION_ACTS["migrate"] = _act(
    _("Move its accounts to another version"), MigrationForm, _migrate,
    right=MAKER_RIGHT, said=_WAITS, lead=_WAITS, possible=_is_of_accounts,
)  # fmt: skip
