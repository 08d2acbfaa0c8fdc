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
from bank.deposits.errors import DepositOver, InstructionNotPossible
from bank.deposits.models import Deposit
from bank.deposits.services import Order
from bank.identity import stepup, tokens
from bank.identity.models import Challenge, User
from bank.kernel.errors import NotFound
from bank.products.models import TermRate
from tests.accounts.conftest import Opening, books_untouched, kes
from tests.accounts.test_joint import agree, latest
from tests.accounts.test_worked_examples import n, t_accounts
from tests.deposits.conftest import opened as in_person
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


def fund(account: Account, amount: str, key: str = "more") -> None:
    ledger.post(
        postings.cash_deposited(
            key=f"{key} {account.number}",
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


def _code(challenge: Any) -> dict[str, Any]:
    return {"challenge_id": challenge.id, "code": stepup.code_for(challenge)}


def test_money_of_a_running_deposit_moves_by_two(
    both: Account, user: User, spouse: User, opened: Opening
) -> None:
    """Into a call deposit and out of it, all of it at last; asked again under its key it is the same act."""
    own, held = opened(both.customer, key="own"), in_person(both, "CALL")
    with books_untouched():
        sums: dict[str, Any] = {"deposit": held, "amount": kes("10000")}
        given = _code(deposits.start_pay_in(user=spouse, **sums))
        for _press in range(2):
            asked, _again = deposits.pay_in(user=spouse, key="in", **sums, **given)
        assert isinstance(asked, JointAct)
        assert JointAct.objects.count() == 1
        assert asked.summary.startswith("Put KES 10000.00 from account")
    with t_accounts(**{n(both): "-10000", n(held): "10000"}):
        assert agree(user, asked).state == "AGREED"
    with books_untouched():
        out = _code(deposits.start_withdrawal(user=user, **sums))
        refused, _again = deposits.withdraw(user=user, key="out", **sums, **out)
        assert isinstance(refused, JointAct)
        joint.refuse(user=spouse, reference=refused.reference, why="It is for the roof")
        again = _code(deposits.start_withdrawal(user=user, **sums))
        elsewhere, _again = deposits.withdraw(user=user, key="out2", **sums, **again)
        assert isinstance(elsewhere, JointAct)
        Deposit.objects.update(payout_account=own)
        assert agree(spouse, elsewhere).state == "FAILED", "to another account than both saw"
        Deposit.objects.update(payout_account=both)
        part = _code(deposits.start_withdrawal(user=spouse, **sums))
        asked, _again = deposits.withdraw(user=spouse, key="part", **sums, **part)
        assert isinstance(asked, JointAct)
    with t_accounts(**{n(held): "-10000", n(both): "10000"}):
        assert agree(user, asked).state == "AGREED"
    with books_untouched():
        rest = _code(deposits.start_withdrawal(user=user, deposit=held))
        asked, _again = deposits.withdraw(user=user, deposit=held, key="all", **rest)
        assert isinstance(asked, JointAct)
    with t_accounts(**{n(held): "-100000", n(both): "100000"}):
        assert agree(spouse, asked).state == "AGREED"
    held.refresh_from_db()
    assert held.status == "CLOSED"
    with books_untouched(), pytest.raises(DepositOver):
        deposits.start_pay_in(user=user, **sums)


def test_a_late_instalment_and_an_instruction_by_two(
    both: Account, user: User, spouse: User, opened: Opening
) -> None:
    """What shall happen at maturity, even pay-out to the account of one, is kept once both have agreed."""
    fund(both, "200000", "deposits")
    own, fixed, call = opened(both.customer, key="own"), in_person(both, "FIXED"), in_person(both, "CALL")
    wanted: dict[str, Any] = {"deposit": fixed, "instruction": "PRINCIPAL", "payout_number": own.number}
    with books_untouched():
        asked = [deposits.change_instruction(actor=spouse, **wanted) for _press in range(2)]
        assert asked[0] == asked[1] == latest()
        assert latest().summary.endswith(f"paid to account {rules.spaced(own.number)}")
        fixed.refresh_from_db()
        assert (fixed.instruction, fixed.payout_account) == ("NONE", both)
        assert agree(user, latest()).state == "AGREED"
        fixed.refresh_from_db()
        assert (fixed.instruction, fixed.payout_account) == ("PRINCIPAL", own)
        assert deposits.change_instruction(actor=user, **wanted) == fixed
        with pytest.raises(InstructionNotPossible):
            deposits.change_instruction(deposit=call, instruction="PRINCIPAL", actor=user)
    recurring = in_person(both, "RECURRING", "5000")
    line = recurring.schedule.filter(kind="INSTALMENT", status="PENDING").order_by("number")[0]
    line.refused_on = line.due_date
    line.save()
    with books_untouched():
        late = _code(deposits.start_late(user=user, deposit=recurring, number=line.number))
        acts = [
            deposits.pay_late(user=user, deposit=recurring, number=line.number, key="l", **late)[0]
            for _press in range(2)
        ]
        assert isinstance(acts[0], JointAct)
        assert acts[0] == acts[1]
        more = _code(deposits.start_late(user=spouse, deposit=recurring, number=line.number))
        second, _ = deposits.pay_late(user=spouse, deposit=recurring, number=line.number, key="m", **more)
        assert isinstance(second, JointAct)
    with t_accounts(**{n(both): "-5000", n(recurring): "5000"}):
        assert agree(spouse, acts[0]).state == "AGREED"
    with books_untouched():
        assert agree(user, second).state == "FAILED", "an instalment is paid once"
        Mandate.objects.filter(user=spouse).update(can_pay=False)
        for act in (
            lambda: deposits.change_instruction(deposit=fixed, instruction="NONE", actor=user),
            lambda: deposits.start_withdrawal(user=user, deposit=call),
            lambda: deposits.start_pay_in(user=user, deposit=call, amount=kes("1")),
        ):
            with pytest.raises(BothMustSign):
                act()


def test_deposits_cheque_books_and_currencies_by_page_and_rest(
    both: Account, user: User, spouse: User
) -> None:
    fund(both, "200000", "deposits")
    held, fixed = in_person(both, "CALL"), in_person(both, "FIXED")
    client, account = client_of(user), f"/api/v1/accounts/{both.number}"
    with books_untouched():
        _ask_by_page(browser(spouse), spouse, held, fixed)
        _ask_by_rest(client, f"/api/v1/deposits/{held.number}")
        instruct = f"/api/v1/deposits/{fixed.number}/instruction"
        waits = client.put(instruct, {"instruction": "PRINCIPAL_AND_INTEREST"}, format="json")
        assert (waits.status_code, waits.json()) == (202, {"joint_act": latest().reference})
        for name, body in (("cheque-books", {"leaves": 25}), ("currencies", {"currency": "USD"})):
            for _again in range(2):
                key = {"headers": {"Idempotency-Key": name}, "format": "json"}
                waits = client.post(f"{account}/{name}", body, **key)
                assert (waits.status_code, waits.json()["reference"]) == (202, latest().reference)
        assert client.post(f"{account}/cheque-books", {"leaves": 26}, **key).status_code == 400
        headers = {"Idempotency-Key": "chf"}
        unknown = client.post(f"{account}/currencies", {"currency": "CHF"}, headers=headers, format="json")
        assert unknown.json()["code"] == "CURRENCY_UNUSABLE"
    stranger = User.objects.create_user("eve@example.test", full_name="Eve")
    assert JointAct.objects.count() == 10
    for act in list(JointAct.objects.filter(kind__in=("CHEQUE_BOOK", "CURRENCY_OPENING"))):
        assert agree(spouse, act).state == "AGREED"
    assert client_of(user).get(f"{account}/currencies").json()["items"][0]["currency"] == "USD"
    assert client_of(user).get(f"{account}/cheque-books").json()["items"][0]["leaves"] == 25
    assert client_of(stranger).get(f"{account}/currencies").status_code == 404
    moves = {"headers": {"Idempotency-Key": "x"}, "format": "json"}
    assert (
        client_of(stranger).post(f"/api/v1/deposits/{held.number}/withdrawals", {}, **moves).status_code
        == 404
    )


def _ask_by_page(page: Any, spouse: User, held: Deposit, fixed: Deposit) -> None:
    base = f"/personal/deposits/{held.number}/move/"
    for act, given in (("pay_in", "500"), ("withdraw", "700"), ("withdraw_all", "")):
        there = confirm(page, page.post(base, {"act": act, "amount": given}).headers["Location"], spouse)
        assert there == f"/personal/together/{latest().reference}/"
        assert "waits for the other" in page.get(there).content.decode()
    kept = page.post(
        f"/personal/deposits/{fixed.number}/instruction/",
        {"instruction": "PRINCIPAL", "payout": fixed.funding_account.number},
    )
    assert kept.headers["Location"] == f"/personal/together/{latest().reference}/"
    assert "maturity" in page.get(kept.headers["Location"]).content.decode()


def _ask_by_rest(client: APIClient, one: str) -> None:
    money = {"amount": {"amount": "400.00", "currency": "KES"}}
    for number, (address, body) in enumerate(
        ((f"{one}/pay-ins", money), (f"{one}/withdrawals", money), (f"{one}/withdrawals", {}))
    ):
        key = {"headers": {"Idempotency-Key": f"k-{number}"}, "format": "json"}
        challenge = client.post(address, body, **key)
        assert (challenge.status_code, challenge.json()["code"]) == (403, "STEP_UP_REQUIRED")
        code = _code(Challenge.objects.get(pk=challenge.json()["challenge"]["id"]))
        for _again in range(2):
            waits = client.post(address, {**body, "authorisation": code}, **key)
            assert (waits.status_code, waits.json()) == (202, {"joint_act": latest().reference})
    other = {**money, "account": "0010000000011", "authorisation": code}
    reused = client.post(f"{one}/pay-ins", other, headers={"Idempotency-Key": "k-0"}, format="json")
    assert reused.json()["code"] == "IDEMPOTENCY_CONFLICT", "the key is of a payment from another account"
    late = client.post(f"{one}/instalments/1", {}, headers={"Idempotency-Key": "l"}, format="json")
    assert late.json()["code"] == "DEPOSIT_INSTALMENT_NOT_DUE"
    noticed = client.post(f"{one}/notices", money, headers={"Idempotency-Key": "n"}, format="json")
    assert noticed.json()["code"] == "DEPOSIT_WRONG_KIND"


def client_of(user: User) -> APIClient:
    return APIClient(headers={"Authorization": f"Bearer {tokens.issue(user=user).access}"})
