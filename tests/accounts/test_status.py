"""Freezing and closing: the ledger account moves with the account, and then nothing else does."""

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.errors import (
    AccountAlreadyFrozen,
    AccountClosed,
    AccountHasHolds,
    AccountIsFrozen,
    AccountNotFrozen,
)
from bank.accounts.models import Account, AccountFreeze
from bank.audit import selectors as audit
from bank.identity.models import User
from bank.kernel.errors import InvalidInput
from tests.accounts.conftest import books_untouched, kes, pay

pytestmark = pytest.mark.django_db


def _freeze(account: Account, scope: str = "DEBIT") -> Account:
    return accounts.freeze(account=account, scope=scope, reason="Court order 12/2026", authority="High Court")


def _statuses(account: Account) -> tuple[str, str]:
    return Account.objects.get(pk=account.pk).status, ledger.balance(account.number).status.value


def test_a_debit_freeze_lets_money_in_and_none_out(account: Account, payee: Account) -> None:
    _freeze(account)
    assert _statuses(account) == ("FROZEN_DEBIT", "FROZEN_DEBIT")
    with books_untouched(), pytest.raises(ledger.errors.AccountFrozen):
        pay(account, payee, "1")
    assert pay(payee, account, "1").is_posted


def test_a_full_freeze_lets_nothing_move(account: Account, payee: Account) -> None:
    _freeze(account, "ALL")
    assert _statuses(account) == ("FROZEN", "FROZEN")
    with books_untouched():
        for debtor, creditor in ((account, payee), (payee, account)):
            with pytest.raises(ledger.errors.AccountFrozen):
                pay(debtor, creditor, "1")


def test_lifting_the_wider_freeze_leaves_the_narrower(account: Account, payee: Account) -> None:
    _freeze(account, "DEBIT")
    _freeze(account, "ALL")
    accounts.unfreeze(account=account, scope="ALL", reason="Order narrowed")
    assert _statuses(account) == ("FROZEN_DEBIT", "FROZEN_DEBIT")
    accounts.unfreeze(account=account, reason="Order lifted")
    assert _statuses(account) == ("ACTIVE", "ACTIVE")
    assert pay(account, payee, "1").is_posted


def test_a_freeze_is_kept_with_reason_authority_and_who(account: Account, user: User) -> None:
    accounts.freeze(account=account, scope="ALL", reason="Fraud", authority="Police", actor=user)
    accounts.unfreeze(account=account, reason="Cleared", actor=user)
    kept = AccountFreeze.objects.get()
    assert (kept.reason, kept.authority, kept.placed_by, kept.lifted_by) == ("Fraud", "Police", user, user)
    actions = {line.action for line in audit.trail("ACCOUNT", account.number)}
    assert {"ACCOUNT_FROZEN", "ACCOUNT_UNFROZEN"} <= actions


@pytest.mark.parametrize(
    ("scope", "reason"), [("DEBIT", " "), ("DEBIT", "x" * 201), ("SIDEWAYS", "Court order")]
)
def test_a_freeze_needs_a_reason_and_a_scope(account: Account, scope: str, reason: str) -> None:
    with pytest.raises(InvalidInput):
        accounts.freeze(account=account, scope=scope, reason=reason)
    assert _statuses(account) == ("ACTIVE", "ACTIVE")


def test_freezing_twice_and_lifting_nothing_are_refused(account: Account) -> None:
    with pytest.raises(AccountNotFrozen):
        accounts.unfreeze(account=account, reason="?")
    _freeze(account)
    with pytest.raises(AccountAlreadyFrozen):
        _freeze(account)
    with pytest.raises(InvalidInput):
        accounts.unfreeze(account=account, reason="")
    assert _statuses(account) == ("FROZEN_DEBIT", "FROZEN_DEBIT")


def test_an_account_at_zero_closes_for_good(account: Account, payee: Account) -> None:
    pay(account, payee, "1000")
    closed = accounts.close_account(account=account, reason="Customer's wish")
    assert closed.closed_date == ledger.business_date()
    assert _statuses(account) == ("CLOSED", "CLOSED")
    with books_untouched(), pytest.raises(ledger.errors.AccountClosed):
        pay(payee, account, "1", key="late")
    for act in (accounts.close_account, accounts.unfreeze):
        with pytest.raises(AccountClosed):
            act(account=account, reason="Again")
    with pytest.raises(AccountClosed):
        _freeze(account)


def test_an_account_with_money_stays_open(account: Account) -> None:
    with books_untouched(), pytest.raises(ledger.errors.AccountNotEmpty):
        accounts.close_account(account=account, reason="Customer's wish")
    assert _statuses(account) == ("ACTIVE", "ACTIVE")


def test_an_account_with_a_hold_stays_open(account: Account, payee: Account) -> None:
    ledger.place_hold(key="hold", account=account.number, amount=kes("10"))
    pay(account, payee, "990")
    with books_untouched(), pytest.raises(AccountHasHolds):
        accounts.close_account(account=account, reason="Customer's wish")
    assert _statuses(account) == ("ACTIVE", "ACTIVE")


def test_a_frozen_account_is_not_closed(account: Account, payee: Account) -> None:
    pay(account, payee, "1000")
    _freeze(account)
    with pytest.raises(AccountIsFrozen):
        accounts.close_account(account=account, reason="Customer's wish")
    assert _statuses(account) == ("FROZEN_DEBIT", "FROZEN_DEBIT")


def test_a_credit_freeze_lets_money_out_and_none_in(account: Account, payee: Account) -> None:
    """One entry or many, with fees or without: the ledger's every way says the same."""
    _freeze(account, "CREDIT")
    assert _statuses(account) == ("FROZEN_CREDIT", "FROZEN_CREDIT")
    with books_untouched():
        with pytest.raises(ledger.errors.AccountFrozen):
            pay(payee, account, "1")
        both = ledger.Entry(
            key="both", code="X", postings=(
                ledger.Posting(account.number, kes("5")), ledger.Posting(account.number, kes("-5")),
            ),
        )  # fmt: skip
        with pytest.raises(ledger.errors.AccountFrozen):
            ledger.post(both)
        many = [
            ledger.transfer(key=f"m{n}", debit=payee.number, credit=account.number, amount=kes("1"), code="X")
            for n in range(3)
        ]
        outcomes = ledger.post(many, outcome="EACH")
        assert [outcome.refusal.code for outcome in outcomes] == ["ACCOUNT_FROZEN"] * 3
    assert pay(account, payee, "1", key="out").is_posted
    _freeze(account, "DEBIT")
    assert _statuses(account) == ("FROZEN", "FROZEN")
    accounts.unfreeze(account=account, scope="CREDIT", reason="Lifted")
    assert _statuses(account) == ("FROZEN_DEBIT", "FROZEN_DEBIT")
