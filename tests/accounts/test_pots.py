"""Pots: put aside, taken back, closed; never more than there is, never to anybody else."""

from datetime import date, timedelta

import pytest
from django.db import connection

from bank import ledger
from bank.accounts import rules, selectors, services
from bank.accounts.errors import AccountInUse, PayoutUnusable, PotPaysNobody, PotUnusable
from bank.accounts.models import Account, Pot
from bank.cif.errors import MandateForbidsPayments
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.payments import services as payments
from tests.accounts.conftest import Opening, books_untouched, kes
from tests.accounts.test_races import _in_threads
from tests.accounts.test_worked_examples import n, t_accounts
from tests.portals.town import newest_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def pot(account: Account, user: User) -> Pot:
    return services.open_pot(
        user=user, number=account.number, name=" School  fees ", key="p", goal=kes("600"),
        target=ledger.business_date() + timedelta(days=150),
    )  # fmt: skip


def test_money_put_aside_and_taken_back(account: Account, pot: Pot, user: User) -> None:
    """400 of 1,000 into the pot, 150 back: what is put aside cannot be spent, and still is the customer's."""
    number = pot.account.number
    with t_accounts(**{n(account): "-400", n(pot.account): "400"}):
        for _twice in range(2):
            services.move_in(user=user, number=number, amount=kes("400"), key="in")
    assert selectors.position(account).available == kes("600")
    shown = selectors.pot_positions(account)[0]
    assert (str(shown.pot), shown.progress.per_cent, shown.progress.missing) == (
        "School fees",
        66,
        kes("200"),
    )
    with t_accounts(**{n(account): "150", n(pot.account): "-150"}):
        services.move_out(user=user, number=number, amount=kes("150"), key="out")
    assert [line.description for line in selectors.statement_lines(account)[:2]] == [
        "From pot School fees", "To pot School fees",
    ]  # fmt: skip
    assert [one.account.number for one in selectors.accounts_for(user)] == [account.number]
    again = services.open_pot(
        user=user, number=account.number, name="School fees", key="p", goal=kes("600"), target=pot.target_date
    )
    assert again == pot
    services.change_pot(user=user, number=number, name="Fees", goal=kes("250"))
    assert selectors.pot_positions(account)[0].progress == rules.Progress(100, kes("0"), None)


def test_progress_says_what_a_month_takes() -> None:
    goal, day = kes("1000"), date(2026, 1, 31)
    assert rules.progress(kes("300"), goal, date(2026, 4, 1), day).monthly == kes("233.34")
    assert rules.progress(kes("-3"), goal, date(2026, 2, 1), day) == rules.Progress(
        0, kes("1003"), kes("1003")
    )
    assert rules.progress(kes("3"), None, None, day) == rules.Progress(None, None, None)


def test_what_a_pot_refuses(
    account: Account, pot: Pot, payee: Account, user: User, opened: Opening, customer: Customer
) -> None:
    number = pot.account.number
    services.move_in(user=user, number=number, amount=kes("100"), key="in")
    stranger = User.objects.create_user("eve@example.test", full_name="Eve")
    moves = [
        (user, kes("901"), services.move_in, ledger.errors.InsufficientFunds),
        (user, kes("101"), services.move_out, ledger.errors.InsufficientFunds),
        (user, kes("0"), services.move_in, PotUnusable),
        (user, kes("-5"), services.move_out, PotUnusable),
        (user, Money.of(5, "USD"), services.move_in, PotUnusable),
        (stranger, kes("5"), services.move_out, NotFound),
    ]
    with books_untouched():
        for who, amount, move, refusal in moves:
            with pytest.raises(refusal):
                move(user=who, number=number, amount=amount, key="k")
        for wrong in ({"name": ""}, {"name": "x" * 41}, {"goal": kes("0")}, {"target": date(2020, 1, 1)}):
            with pytest.raises(PotUnusable):
                services.open_pot(**{"user": user, "number": account.number, "name": "N", "key": "w"} | wrong)
        with pytest.raises(PotUnusable):
            services.open_pot(user=user, number=number, name="A pot in a pot", key="w")
        with pytest.raises(NotFound):
            services.open_pot(user=user, number=payee.number, name="N", key="w")
        with pytest.raises(PotPaysNobody):
            payments.start_payment(
                user=user, debtor_number=number, creditor_number=payee.number, creditor_name="Brian Langat",
                amount=kes("1"),
            )  # fmt: skip
        with pytest.raises(AccountInUse):
            services.close_account(account=account, reason="Customer's wish")
        services.freeze(account=account, scope="ALL", reason="Court order")
        with pytest.raises(ledger.errors.AccountFrozen):
            services.move_out(user=user, number=number, amount=kes("1"), key="frozen")
        services.unfreeze(account=account, reason="Lifted")
        user.mandates.update(role="VIEWER", can_pay=False)
        with pytest.raises(MandateForbidsPayments):
            services.move_out(user=user, number=number, amount=kes("1"), key="viewer")


def test_a_pot_closes_with_its_money_back_and_then_its_account_too(
    account: Account, pot: Pot, user: User, opened: Opening, customer: Customer, payee: Account
) -> None:
    services.move_in(user=user, number=pot.account.number, amount=kes("400"), key="in")
    with t_accounts(**{n(account): "400", n(pot.account): "-400"}):
        assert services.close_pot(user=user, number=pot.account.number) == kes("400")
    with pytest.raises(NotFound):
        services.move_in(user=user, number=pot.account.number, amount=kes("4"), key="late")
    rest = opened(customer, deposit="100", product="SAVINGS", key="rest")
    with books_untouched():
        for wrong in (account, payee, pot.account):
            with pytest.raises(PayoutUnusable):
                services.preview_closing(account=account, pay_to=wrong)
        assert services.preview_closing(account=account, pay_to=rest).paid_out == kes("1000")
        assert Account.objects.get(pk=account.pk).status == "ACTIVE"
    challenge = services.start_closing(user=user, number=account.number, pay_to=rest.number)
    code = newest_code(user)
    asked = {"user": user, "number": account.number, "challenge_id": challenge.id, "code": code}
    with books_untouched(), pytest.raises(BankError):
        services.close_own(**asked, pay_to="")
    challenge = services.start_closing(user=user, number=account.number, pay_to=rest.number)
    asked = {**asked, "challenge_id": challenge.id, "code": newest_code(user)}
    with t_accounts(**{n(account): "-1000", n(rest): "1000"}):
        services.close_own(**asked, pay_to=rest.number)
    assert Account.objects.get(pk=account.pk).status == "CLOSED"


@pytest.mark.django_db(transaction=True)
def test_a_pot_emptied_twice_at_once_is_emptied_once(account: Account, pot: Pot, user: User) -> None:
    number = pot.account.number
    services.move_in(user=user, number=number, amount=kes("400"), key="in")

    def work(turn: int) -> bool:
        try:
            services.move_out(user=user, number=number, amount=kes("400"), key=f"out{turn}")
        except ledger.errors.LedgerError:
            return False
        finally:
            connection.close()
        return True

    assert sum(_in_threads(work, 6)) == 1
    assert selectors.position(account).booked == kes("1000")
