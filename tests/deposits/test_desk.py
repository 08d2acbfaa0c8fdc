"""Deposits at the staff desk: closed early by two people, paid out where an account was missing."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.deposits.models import Deposit
from bank.identity import services as identity
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.deposits.conftest import (
    again,
    booked,
    books_untouched,
    current,
    gl,
    kes,
    opened,
    run_steps,
    skip_to,
)
from tests.identity import open_browser

pytestmark = pytest.mark.django_db


def _staff(role: str) -> User:
    user = identity.create_user(
        email=f"{role.lower()}@example.test", full_name=role.title(), password=None, is_staff=True
    )
    user.groups.add(Group.objects.get(name=role))
    return user


def _desk(user: User) -> Client:
    client = Client()
    open_browser(client, user)
    return client


def test_staff_see_and_act_but_close_early_with_two(account: Account) -> None:
    deposit = opened(account)
    skip_to(date(2026, 4, 2))
    officer, manager = _staff("OFFICER"), _staff("BRANCH_MANAGER")
    desk = _desk(officer)
    listed = desk.get(reverse("admin:deposits_deposit_changelist"), {"q": deposit.number})
    assert deposit.number in listed.content.decode()
    page = desk.get(reverse("admin:deposits_deposit_change", args=[deposit.pk])).content.decode()
    for said in ("Schedule", "Bookings", "Propose early closing", "Change the instruction"):
        assert said in page
    of_customer = desk.get(reverse("admin:cif_customer_change", args=[account.customer_id]))
    assert deposit.number in of_customer.content.decode()

    instruct = reverse("admin:deposits_deposit_do", args=[deposit.pk, "instruct"])
    desk.post(instruct, {"instruction": "PRINCIPAL", "payout_number": ""})
    assert again(deposit).instruction == "PRINCIPAL"

    with books_untouched():
        desk.post(
            reverse("admin:deposits_deposit_do", args=[deposit.pk, "close"]),
            {"reason": "Asked at the counter, in writing"},
        )
    command = Command.objects.get()
    with books_untouched(), pytest.raises(BankError):
        workflows.approve(command=command, checker=officer)
    workflows.approve(command=command, checker=manager)
    assert Deposit.objects.get().status == "CLOSED_EARLY"
    assert booked(account.number) == kes("1000000") - gl("INTEREST_EXPENSE") - gl("WITHHOLDING_TAX")


def test_a_held_deposit_is_paid_to_an_account_opened_since(account: Account) -> None:
    deposit = opened(account, months=3)
    accounts.freeze(account=account, scope="ALL", reason="Court order")
    skip_to(date(2026, 6, 2))
    run_steps()
    desk = _desk(_staff("OFFICER"))
    pay_out = reverse("admin:deposits_deposit_do", args=[deposit.pk, "pay-out"])
    with books_untouched():
        refused = desk.post(pay_out, {"account_number": "0010000000011"})
    assert "Choose an open account" in refused.content.decode()
    fresh = current(account.customer, "1000", key="2")
    held = ledger.balance(deposit.number).booked
    desk.post(pay_out, {"account_number": fresh.number})
    assert booked(fresh.number) == kes("1000") + held
    assert again(deposit).status == "MATURED"
