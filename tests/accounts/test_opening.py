"""Opening accounts: once per key, on the product's terms, with a ledger account of the same number."""

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.errors import OpeningDepositTooSmall
from bank.accounts.models import Account
from bank.audit import selectors as audit
from bank.cif import services as cif
from bank.cif.errors import CustomerNotActive
from bank.cif.models import Customer
from bank.kernel.errors import InvalidInput, NotFound
from bank.kernel.money import CurrencyMismatch, Money
from bank.products.errors import ProductNotOffered
from bank.runtime.errors import IdempotencyConflict
from tests.accounts.conftest import Opening, books_untouched, kes

pytestmark = pytest.mark.django_db


def _cash() -> Money:
    return ledger.balance(ledger.gl("CASH", "KES")).booked


def test_an_account_opens_with_its_deposit_in_the_books(customer: Customer, opened: Opening) -> None:
    account = opened(customer, "1000.50")
    assert ledger.balance(account.number).booked == kes("1000.50")
    assert _cash() == kes("-1000.50")
    assert (account.status, account.currency, account.product.code) == ("ACTIVE", "KES", "CURRENT")
    assert account.opened_date == ledger.business_date()
    assert account.product_version.number == 1
    assert [line.action for line in audit.trail("ACCOUNT", account.number)] == ["ACCOUNT_OPENED"]


def test_without_a_deposit_it_stands_at_zero(customer: Customer, opened: Opening) -> None:
    account = opened(customer, "")
    assert ledger.balance(account.number).booked == kes("0")


def test_the_control_account_is_the_products(customer: Customer, opened: Opening) -> None:
    opened(customer, "500", "SAVINGS")
    lines = {line.account: line.credit for line in ledger.trial_balance()}
    assert lines[ledger.gl("SAVINGS_DEPOSITS", "KES")] == kes("500")


def test_the_same_key_opens_one_account(customer: Customer, opened: Opening) -> None:
    first = opened(customer)
    with books_untouched():
        assert opened(customer) == first


def test_the_same_key_with_other_content_is_a_conflict(customer: Customer, opened: Opening) -> None:
    opened(customer)
    with books_untouched(), pytest.raises(IdempotencyConflict):
        opened(customer, "2000")


def test_keys_of_different_customers_are_independent(
    customer: Customer, other: Customer, opened: Opening
) -> None:
    assert opened(customer) != opened(other)


def test_a_foreign_currency_is_opened_where_it_is_offered(customer: Customer) -> None:
    account = accounts.open_account(customer=customer, product_code="CURRENT", currency="USD", key="1")
    assert ledger.balance(account.number).booked == Money.zero("USD")


@pytest.mark.parametrize(
    ("product", "deposit"), [("CURRENT", "999.99"), ("SAVINGS", "99.99"), ("CURRENT", "0")]
)
def test_too_small_a_deposit_is_refused(
    customer: Customer, opened: Opening, product: str, deposit: str
) -> None:
    with books_untouched(), pytest.raises(OpeningDepositTooSmall):
        opened(customer, deposit, product)


def test_a_refused_opening_gives_its_key_back(customer: Customer, opened: Opening) -> None:
    with pytest.raises(OpeningDepositTooSmall):
        opened(customer, "1")
    assert opened(customer, "1000")


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"product_code": "NONE"}, NotFound),
        ({"product_code": "CORPORATE"}, ProductNotOffered),
        ({"product_code": "SAVINGS", "currency": "USD"}, ProductNotOffered),
        ({"product_code": "CURRENT", "currency": "XXX"}, ProductNotOffered),
        ({"product_code": "CURRENT", "branch": "1"}, InvalidInput),
        ({"product_code": "CURRENT", "branch": "٠٠١"}, InvalidInput),
        ({"product_code": "CURRENT", "nickname": "x" * 41}, InvalidInput),
        ({"product_code": "CURRENT", "opening_deposit": Money.of("1000", "USD")}, CurrencyMismatch),
    ],
    ids=[
        "unknown",
        "other segment",
        "no such currency",
        "no currency",
        "branch",
        "digits",
        "nickname",
        "dollars",
    ],
)
def test_what_is_not_on_offer_is_refused(
    customer: Customer, terms: dict[str, object], refusal: type[Exception]
) -> None:
    with books_untouched(), pytest.raises(refusal):
        accounts.open_account(customer=customer, key="1", **terms)


def test_a_blocked_customer_opens_nothing(customer: Customer, opened: Opening) -> None:
    cif.block_customer(customer=customer, reason="Documents expired")
    with books_untouched(), pytest.raises(CustomerNotActive):
        opened(customer)


def test_a_nickname_is_what_the_owner_calls_it(account: Account) -> None:
    assert account.label == "Umoja Current"
    assert accounts.rename(account=account, nickname="  House  money ").label == "House money"
    assert accounts.rename(account=account, nickname="").label == "Umoja Current"
    with pytest.raises(InvalidInput):
        accounts.rename(account=account, nickname="a\x00b")
