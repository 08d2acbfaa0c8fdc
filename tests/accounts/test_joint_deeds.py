"""Accounts both sign for: pots, cheque books, currencies and deposits wait for the other holder too."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from bank import ledger
from bank.accounts import postings, rules, selectors, services
from bank.accounts.errors import BothMustSign, ChequeUnusable, CurrencyUnusable, PotUnusable
from bank.accounts.models import Account, ChequeBook, JointAct, Pot
from bank.accounts.services import joint
from bank.cif.models import Customer, Mandate
from bank.deposits import selectors as deposit_selectors
from bank.deposits import services as deposits
from bank.deposits.models import Deposit
from bank.deposits.services import Order
from bank.identity import stepup, tokens
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.products.models import TermRate
from tests.accounts.conftest import Opening, books_untouched, kes
from tests.accounts.test_joint import agree, latest
from tests.accounts.test_worked_examples import n, t_accounts
from tests.deposits.conftest import skip_to
from tests.portals.test_together import confirm
from tests.portals.town import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(account: Account, other: Customer, opened: Opening) -> Account:
    """Amina's and Brian's account with KES 200,000 more in it; both sign."""
    services.add_holder(account=account, customer=other, signing="BOTH")
    fund(account, "200000")
    return Account.objects.get(pk=account.pk)


def fund(account: Account, amount: str) -> None:
    ledger.post(
        postings.cash_deposited(
            key=f"more {account.number}",
            account=account.number,
            amount=kes(amount),
            gl=ledger.gl,
            narrative="Cash",
        )
    )


def test_a_pot_is_opened_filled_emptied_and_closed_by_two(both: Account, user: User, spouse: User) -> None:
    asked: dict[str, Any] = {"number": both.number, "name": "Roof", "goal": kes("9000"), "key": "p"}
    with books_untouched():
        made = services.open_pot(user=spouse, **asked)
        assert services.open_pot(user=spouse, **asked) == made
        assert not Pot.objects.exists()
        assert latest().summary == "Open the pot Roof"
    assert agree(user, latest()).state == "AGREED"
    pot = Pot.objects.get()
    assert (pot.account.nickname, pot.goal_sum, pot.account.parent) == ("Roof", kes("9000"), both)

    with books_untouched():
        for _press in range(2):
            services.move_in(user=user, number=pot.account.number, amount=kes("500"), key="in")
        assert JointAct.objects.filter(kind="POT_MOVE").count() == 1
        assert latest().money == kes("500")
    with t_accounts(**{n(both): "-500", n(pot.account): "500"}):
        assert agree(spouse, latest()).state == "AGREED"
    with books_untouched():
        services.move_out(user=spouse, number=pot.account.number, amount=kes("600"), key="out")
        failed = agree(user, latest())
        assert (failed.state, "not enough" in failed.why.lower() or "available" in failed.why) == (
            "FAILED",
            True,
        )
        services.move_out(user=spouse, number=pot.account.number, amount=kes("100"), key="less")
        joint.refuse(user=user, reference=latest().reference, why="It is for the roof")
        services.close_pot(user=user, number=pot.account.number)
    with t_accounts(**{n(both): "500", n(pot.account): "-500"}):
        assert agree(spouse, latest()).state == "AGREED"
    pot.account.refresh_from_db()
    assert pot.account.status == "CLOSED"


def test_cheques_and_currencies(both: Account, user: User, spouse: User) -> None:
    """Asked by one, charged and opened with the other's yes; a stop holds at once, whoever asks."""
    with books_untouched():
        services.order_book(user=user, number=both.number, leaves=25)
        assert not ChequeBook.objects.exists()
        with pytest.raises(ChequeUnusable):
            services.order_book(user=user, number=both.number, leaves=26)
        with pytest.raises(CurrencyUnusable):
            services.open_currency(user=user, number=both.number, currency="CHF")
        assert JointAct.objects.count() == 1
    before = ledger.balance(both.number).booked
    assert agree(spouse, latest()).state == "AGREED"
    book = ChequeBook.objects.get()
    assert ledger.balance(both.number).booked < before
    services.issue_book(book=book, actor=user)
    services.stop_cheques(user=spouse, number=both.number, first=1, last=1, reason="Lost")
    with books_untouched():
        services.open_currency(user=spouse, number=both.number, currency="USD")
        assert not Account.objects.filter(role="CURRENCY").exists()
    assert agree(user, latest()).state == "AGREED"
    assert Account.objects.get(role="CURRENCY").currency == "USD"
    assert services.open_currency(user=user, number=both.number, currency="USD").pk


def test_refusals_leave_nothing_that_waits(both: Account, user: User, spouse: User) -> None:
    """No other holder who could say yes, an account in use no more, somebody else's."""
    stranger = User.objects.create_user("eve@example.test", full_name="Eve")
    Mandate.objects.filter(user=spouse).update(can_pay=False)
    with books_untouched():
        for act in (
            lambda: services.open_pot(user=user, number=both.number, name="Mine", key="p"),
            lambda: services.order_book(user=user, number=both.number, leaves=25),
            lambda: services.open_currency(user=user, number=both.number, currency="USD"),
            lambda: deposits.start_opening(user=user, order=order(both)),
        ):
            with pytest.raises(BothMustSign):
                act()
        with pytest.raises(NotFound):
            services.open_pot(user=stranger, number=both.number, name="Mine", key="q")
        Mandate.objects.filter(user=spouse).update(can_pay=True)
        Account.objects.filter(pk=both.pk).update(status="DORMANT")
        with pytest.raises(PotUnusable):
            services.open_pot(user=user, number=both.number, name="Mine", key="r")
    assert not JointAct.objects.exists()


def order(account: Account, **changes: Any) -> Order:
    asked = {"product_code": "FIXED", "account_number": account.number, "amount": kes("100000"), "months": 12}
    return Order(**{**asked, **changes})


def asked_for(user: User, wanted: Order, key: str = "d") -> JointAct:
    challenge = deposits.start_opening(user=user, order=wanted)
    code = {"challenge_id": challenge.id, "code": stepup.code_for(challenge)}
    made, _replayed = deposits.open_deposit(user=user, order=wanted, key=key, **code)
    assert joint.waits(made)
    return made


def test_a_deposit_is_opened_and_closed_by_two(
    both: Account, user: User, spouse: User, opened: Opening
) -> None:
    """Brian, whose name it is not in, asks; Amina agrees. Both see it; closing it early takes both too."""
    own = opened(both.customer, key="own")
    with books_untouched():
        aside = asked_for(user, order(both, payout_number=own.number), "aside")
        assert f"paid out to account {rules.spaced(own.number)}" in aside.summary
        joint.refuse(user=spouse, reference=aside.reference, why="To our account, please")
        asked = asked_for(spouse, order(both))
        assert not Deposit.objects.exists()
    TermRate.objects.filter(version__product__code="FIXED", tenor_months=12).update(annual_rate_pct=1)
    with books_untouched():
        dearer = agree(user, asked)
        assert dearer.state == "FAILED"
        asked = asked_for(spouse, order(both), "again")
    held_before = ledger.balance(both.number).booked
    assert agree(user, asked).state == "AGREED"
    held = Deposit.objects.get()
    assert (held.customer, held.funding_account) == (both.customer, both)
    assert held_before - ledger.balance(both.number).booked == kes("100000")
    for who in (user, spouse):
        assert deposit_selectors.deposit_for(who, held.number) == held
    with pytest.raises(NotFound):
        deposit_selectors.deposit_for(
            User.objects.create_user("eve@example.test", full_name="Eve"), held.number
        )

    skip_to(ledger.business_date() + timedelta(days=120))
    with books_untouched():
        challenge = deposits.start_closing(user=spouse, deposit=held)
        code = {"challenge_id": challenge.id, "code": stepup.code_for(challenge)}
        closing, _replayed = deposits.close_early(user=spouse, deposit=held, key="c", **code)
        assert joint.waits(closing)
        held.refresh_from_db()
        assert held.status == "ACTIVE"
    assert agree(user, closing).state == "AGREED"
    held.refresh_from_db()
    assert held.status == "CLOSED_EARLY"
    assert ledger.balance(held.number).booked.is_zero


def test_the_pages_and_rest_say_that_it_waits(both: Account, user: User, spouse: User) -> None:
    page, base = browser(spouse), f"/personal/accounts/{both.number}/"
    posts = (
        (f"{base}pots/", {"name": "Roof", "goal": "", "target": ""}),
        (f"{base}currencies/", {"currency": "USD"}),
        (f"{base}cheques/order/", {"leaves": "25"}),
    )
    with books_untouched():
        for address, given in posts:
            answer = page.post(address, given)
            assert answer.status_code == 302, (address, answer.content.decode())
            assert answer.headers["Location"] == f"/personal/together/{latest().reference}/"
            assert "waits for the other holder" in page.get(answer.headers["Location"]).content.decode()
        quote = f"/personal/deposits/new/fixed/?amount=100000&months=12&account={both.number}"
        check = page.post(quote).headers["Location"]
        there = confirm(page, check, spouse)
        assert there == f"/personal/together/{latest().reference}/"
        assert "Opening of a deposit" in page.get(there).content.decode()
    assert JointAct.objects.count() == 4
    amina = browser(user)
    for asked in JointAct.objects.all():
        here = f"/personal/together/{asked.reference}/"
        assert confirm(amina, amina.post(f"{here}agree/").headers["Location"], user) == here
    assert set(JointAct.objects.values_list("state", flat=True)) == {"AGREED"}
    pot = Pot.objects.get()
    client = APIClient(headers={"Authorization": f"Bearer {tokens.issue(user=user).access}"})
    moves = f"/api/v1/accounts/{both.number}/pots/{pot.account.number}/moves"
    body = {"amount": {"amount": "50.00", "currency": "KES"}, "direction": "IN"}
    with books_untouched():
        for _again in range(2):
            waits = client.post(moves, body, format="json", headers={"Idempotency-Key": "m"})
            assert (waits.status_code, waits.json()["kind"], waits.json()["state"]) == (
                202,
                "POT_MOVE",
                "WAITING",
            )
        assert waits.json()["reference"] == latest().reference
        assert selectors.waiting_for(spouse) == [latest()]
        early = f"/api/v1/deposits/{Deposit.objects.get().number}/early-closing"
        assert client.get(early).status_code in {200, 409}
