"""Cheques: ours presented by others, others' taken in, with the T-accounts of each."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bank import ledger
from bank.accounts import rules, selectors, services
from bank.accounts.admin.desk import ACCOUNT_ACTS
from bank.accounts.errors import AccountInUse, ChequeUnusable
from bank.accounts.models import Account, ChequeBook, ChequeDeposit, PresentedCheque
from bank.accounts.rules import ReturnReason
from bank.accounts.services.cheque_deposits import calendar
from bank.identity.errors import OverLimit
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.runtime.errors import IdempotencyConflict
from bank.runtime.steps import Day
from tests.accounts.conftest import books_untouched, kes, pay
from tests.accounts.test_races import _in_threads
from tests.accounts.test_worked_examples import n, run, t_accounts
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def today() -> date:
    return ledger.business_date()


@pytest.fixture
def book(account: Account, user: User) -> ChequeBook:
    """Twenty-five leaves in the customer's hands; 575 of the 1,000 were its price with the duty."""
    with t_accounts(**{n(account): "-575", "ACCOUNT_FEE_INCOME": "500", "EXCISE_DUTY": "75"}):
        ordered = services.order_book(user=user, number=account.number, leaves=25)
    return services.issue_book(book=ordered, actor=user)


def present(account: Account, number: int = 1, amount: str = "300", **more: object) -> PresentedCheque:
    asked: dict[str, object] = {
        "key": f"P{number}-{amount}",
        "dated": today(),
        "presenting_bank": "Nyati Bank",
    }
    return services.present_cheque(
        account=account, number=number, amount=kes(amount), payee="Otieno Stores", **(asked | more)
    )


def test_a_cheque_is_paid_once(account: Account, book: ChequeBook) -> None:
    """300 to the bank that presents it; the same request again is the same answer."""
    with t_accounts(**{n(account): "-300", "CHEQUES_IN_CLEARING": "300"}):
        for _twice in range(2):
            assert present(account).return_reason == ""
        assert present(account, key="another").return_reason == ReturnReason.ALREADY_PAID
    assert selectors.statement_lines(account)[0].description == "Cheque 000001"
    assert selectors.statement_lines(account)[0].counterparty == "Otieno Stores"
    with pytest.raises(IdempotencyConflict):
        present(account, amount="301", key="P1-300")


def test_without_the_money_a_cheque_goes_back_and_costs(account: Account, book: ChequeBook) -> None:
    """425 are there: the cheque of 426 is returned, its fee of 1,500 and duty taken as far as 425 go."""
    with t_accounts(**{n(account): "-425", "ACCOUNT_FEE_INCOME": "369.57", "EXCISE_DUTY": "55.43"}):
        assert present(account, amount="426").return_reason == ReturnReason.INSUFFICIENT_FUNDS
    assert selectors.arrears_of(account) == kes("1300")


def test_every_other_reason_leaves_the_books_alone(account: Account, book: ChequeBook, user: User) -> None:
    services.stop_cheques(user=user, number=account.number, first=5, last=7, reason="Lost on the bus")
    with books_untouched():
        assert present(account, number=26).return_reason == ReturnReason.UNKNOWN_NUMBER
        assert present(account, number=6).return_reason == ReturnReason.STOPPED
        late = {"dated": today() - timedelta(days=190), "key": "s"}
        assert present(account, number=2, **late).return_reason == ReturnReason.STALE
        ahead = {"dated": today() + timedelta(days=1), "key": "p"}
        assert present(account, number=2, **ahead).return_reason == ReturnReason.POSTDATED
        services.freeze(account=account, scope="DEBIT", reason="Court order")
        assert present(account, number=2, amount="1").return_reason == ReturnReason.ACCOUNT_FROZEN
        for wrong in ({"number": 0}, {"amount": "0"}, {"amount": "-4"}, {"presenting_bank": " "}):
            with pytest.raises(ChequeUnusable):
                present(account, **wrong)


def test_when_a_cheque_is_stale() -> None:
    assert not rules.is_stale(date(2026, 8, 31), date(2027, 2, 28))
    assert rules.is_stale(date(2026, 8, 31), date(2027, 3, 1))
    assert not rules.is_stale(date(2026, 1, 15), date(2026, 7, 15))


def test_a_stop_holds_even_where_its_fee_cannot_be_paid(
    account: Account, book: ChequeBook, user: User
) -> None:
    """Fee 500 and 75 duty; 425 are there."""
    with t_accounts(**{n(account): "-425", "ACCOUNT_FEE_INCOME": "369.57", "EXCISE_DUTY": "55.43"}):
        services.stop_cheques(user=user, number=account.number, first=3, last=3, reason="Lost")
    assert selectors.arrears_of(account) == kes("150")
    with books_untouched():
        for first, last in ((3, 3), (0, 1), (25, 26), (5, 4), (1, 60)):
            with pytest.raises(ChequeUnusable):
                services.stop_cheques(user=user, number=account.number, first=first, last=last, reason="x")
        with pytest.raises(ChequeUnusable):
            services.stop_cheques(user=user, number=account.number, first=9, last=9, reason=" ")
        stranger = User.objects.create_user("eve@example.test", full_name="Eve")
        with pytest.raises(NotFound):
            services.stop_cheques(user=stranger, number=account.number, first=9, last=9, reason="x")


def test_books_are_numbered_on(account: Account, book: ChequeBook, user: User) -> None:
    second = services.order_book(user=user, number=account.number, leaves=50)
    with books_untouched():
        for leaves in (50, 7):
            with pytest.raises(ChequeUnusable):
                services.order_book(user=user, number=account.number, leaves=leaves)
        assert services.issue_book(book=second, actor=user).first_number == 26
        with pytest.raises(ChequeUnusable):
            services.issue_book(book=second, actor=user)
    assert ChequeBook.objects.get(pk=second.pk).last_number == 75


def deposit(account: Account, amount: str = "800", number: str = "000123") -> ChequeDeposit:
    return services.deposit_cheque(
        account=account, drawer_bank="Nyati Bank", drawer_account="778899", number=number,
        amount=kes(amount), dated=today(),
    )  # fmt: skip


def clear(on: date) -> tuple[int, int]:
    return run("CHEQUE_CLEARING", Day(on, on + timedelta(days=1)))


def test_a_deposited_cheque_is_shown_at_once_and_there_two_business_days_later(account: Account) -> None:
    with t_accounts(CHEQUES_IN_CLEARING="-800", UNCLEARED_CHEQUES="800"):
        made = deposit(account)
    assert made.clears_date == calendar("KE").add_business_days(today(), 2)
    assert [one.sum for one in selectors.uncleared(account)] == [kes("800")]
    assert selectors.position(account).available == kes("1000")
    with books_untouched():
        assert clear(made.clears_date - timedelta(days=1)) == (0, 0)
        with pytest.raises(AccountInUse):
            services.prepare_closing(account=account)
    cleared = {"UNCLEARED_CHEQUES": "-800", "NOSTRO_EFT": "-800", "CHEQUES_IN_CLEARING": "800"}
    with t_accounts(**{n(account): "800", **cleared}):
        assert clear(made.clears_date) == (1, 0)
        assert clear(made.clears_date) == (0, 0)
    assert selectors.uncleared(account) == []


def test_a_cheque_returned_before_it_cleared(account: Account) -> None:
    """The deposit is taken back, the fee of 1,500 and 225 duty is charged: 1,000 are there."""
    made = deposit(account)
    back = {"CHEQUES_IN_CLEARING": "800", "UNCLEARED_CHEQUES": "-800"}
    fee = {n(account): "-1000", "ACCOUNT_FEE_INCOME": "869.57", "EXCISE_DUTY": "130.43"}
    with t_accounts(**back, **fee):
        services.return_cheque(deposit=made, reason="Refer to drawer")
    with books_untouched(), pytest.raises(ChequeUnusable):
        services.return_cheque(deposit=made, reason="Again")
    with t_accounts():
        assert clear(made.clears_date) == (0, 0)
    assert deposit(account).pk != made.pk


def test_a_cheque_returned_after_it_cleared_and_was_spent(account: Account, payee: Account) -> None:
    """800 were credited and 1,700 spent: 100 are taken back, 700 are claimed, and collected later."""
    made = deposit(account)
    clear(made.clears_date)
    pay(account, payee, "1700")
    with t_accounts(**{n(account): "-100", "SUSPENSE": "-700", "NOSTRO_EFT": "800"}):
        services.return_cheque(deposit=made, reason="Forged signature")
    assert selectors.arrears_of(account) == kes("2425")
    pay(payee, account, "900", key="in")
    taken = {"SUSPENSE": "700", "ACCOUNT_FEE_INCOME": "173.91", "EXCISE_DUTY": "26.09"}
    with t_accounts(**{n(account): "-900", **taken}):
        run("ACCOUNT_ARREARS")


def test_what_is_not_taken_in(account: Account) -> None:
    deposit(account)
    with books_untouched():
        for change in (
            {}, {"amount": kes("0"), "number": "2"}, {"dated": today() + timedelta(1), "number": "3"},
            {"dated": today() - timedelta(200), "number": "4"}, {"drawer_bank": " ", "number": "5"},
        ):  # fmt: skip
            asked = {
                "account": account, "drawer_bank": "Nyati Bank", "drawer_account": "778899",
                "number": "000123", "amount": kes("800"), "dated": today(),
            }  # fmt: skip
            with pytest.raises(ChequeUnusable):
                services.deposit_cheque(**(asked | change))
        services.freeze(account=account, scope="CREDIT", reason="Court order")
        frozen = Account.objects.get(pk=account.pk)
        with pytest.raises(ChequeUnusable):
            deposit(frozen, number="9")
    with t_accounts():
        assert clear(today() + timedelta(days=9)) == (1, 1)
    assert ChequeDeposit.objects.get().state == "CLEARING"


@pytest.mark.django_db(transaction=True)
def test_a_cheque_presented_many_times_at_once_is_paid_once(account: Account, book: ChequeBook) -> None:
    def work(turn: int) -> str:
        try:
            return present(account, amount="50", key=f"k{turn}").return_reason
        finally:
            connection.close()

    outcomes = _in_threads(work, 6)
    assert sorted(outcomes) == ["", *["ALREADY_PAID"] * 5]
    assert selectors.position(account).booked == kes("375")
    assert Decimal(PresentedCheque.objects.filter(return_reason="").count()) == 1


def test_one_person_at_the_desk_takes_in_no_more_than_their_role_may_pay(account: Account) -> None:
    officer = employ("desk", "OFFICER")
    given = {"actor": officer, "drawer_bank": "Nyati Bank", "drawer_account": "778899", "number": "000123"}
    take_in, pay_out = ACCOUNT_ACTS["deposit-cheque"], ACCOUNT_ACTS["cheque"]
    with books_untouched():
        for amount in ("200000.01", "9000000"):
            with pytest.raises(OverLimit):
                take_in.run(account, amount=Decimal(amount), dated=today(), **given)
            with pytest.raises(OverLimit):
                pay_out.run(
                    account, amount=Decimal(amount), actor=officer, number=1, dated=today(), payee="B"
                )
    take_in.run(account, amount=Decimal("200000"), dated=today(), **given)
    assert ChequeDeposit.objects.get().amount == Decimal(200_000)
