"""Events on accounts as a banker reads them: what happens, and the T-accounts it leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bank import ledger
from bank.accounts import eod, selectors, services
from bank.accounts.commands import MigrateAccounts
from bank.accounts.errors import (
    ArrearsOpen,
    ChargeNotOpen,
    MigrationRefused,
    NoAccountsToMove,
    WaiverAboveLimit,
)
from bank.accounts.models import Account, AccountVersion, Charge
from bank.cif.models import Customer
from bank.identity.models import User
from bank.ledger.models import Posting
from bank.products import selectors as products
from bank.products import services as catalogue
from bank.products.admin.desk import VERSION_ACTS
from bank.products.models import ProductTerms
from bank.runtime.steps import Day, Step
from bank.workflows import services as workflows
from tests.accounts.conftest import Opening, books_untouched, kes, pay
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


@contextmanager
def t_accounts(**expected: str) -> Iterator[None]:
    """What the block does to each account, debits below zero: role or variable name = amount.

    Nothing else may move, and the whole sums to zero.
    """
    last = Posting.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    moved: dict[str, Decimal] = {}
    for line in Posting.objects.filter(pk__gt=last).select_related("account"):
        moved[line.account.code] = moved.get(line.account.code, Decimal(0)) + Decimal(line.amount) / 100
    named = {_code(name): Decimal(amount) for name, amount in expected.items()}
    assert {code: amount for code, amount in moved.items() if amount} == named
    assert sum(named.values()) == 0


def _code(name: str) -> str:
    return name[1:] if name.startswith("n") and name[1:].isdigit() else ledger.gl(name, "KES")


def n(account: Account) -> str:
    """The account as a name of ``t_accounts``."""
    return f"n{account.number}"


def month_end() -> Day:
    """The business date, as if it were the last of its month."""
    today = ledger.business_date()
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Day(today, following)


def run(code: str, day: Day | None = None) -> tuple[int, int]:
    """A step of the close of business, part by part to its end: how many, and how many of them failed."""
    step: Step = next(one for one in eod.STEPS if one.code == code)
    done, failed, cursor = 0, 0, ""
    while True:
        part = step.work(day or month_end(), cursor)
        done, failed = done + part.done, failed + part.failed
        if part.cursor is None:
            return done, failed
        cursor = part.cursor


def priced(account: Account, **terms: Any) -> None:
    ProductTerms.objects.filter(version=account.product_version, currency="KES").update(**terms)


def test_the_monthly_fee_with_its_excise_duty(account: Account) -> None:
    """KES 200 a month and 15 % excise duty: the customer pays 230, the state gets 30."""
    priced(account, monthly_fee=200)
    with t_accounts(**{n(account): "-230", "ACCOUNT_FEE_INCOME": "200", "EXCISE_DUTY": "30"}):
        assert run("ACCOUNT_FEES") == (1, 0)
    lines = [(line.description, str(line.amount)) for line in selectors.statement_lines(account)[:2]]
    assert lines == [("Excise duty", "KES -30.00"), ("Account fee", "KES -200.00")]
    with t_accounts():
        assert run("ACCOUNT_FEES")[1] == 0
    assert Charge.objects.get().settled_date == ledger.business_date()


def test_a_fee_for_the_balance_that_was_not_kept(account: Account, payee: Account) -> None:
    """Balance 1,000 of the 5,000 to keep: KES 100 and 15 duty. The payee keeps 5,000 and pays nothing."""
    pay(account, payee, "1", key="x")
    priced(account, minimum_balance=1000, below_minimum_fee=100)
    with t_accounts(**{n(account): "-115", "ACCOUNT_FEE_INCOME": "100", "EXCISE_DUTY": "15"}):
        run("ACCOUNT_FEES")


def test_who_is_waived_pays_nothing(account: Account, payee: Account) -> None:
    """By balance (the account has 998 of 990) and by payments (it made two of two)."""
    for key in ("a", "b"):
        pay(account, payee, "1", key=key)
    Account.objects.filter(pk=payee.pk).update(opened_date=ledger.business_date() + timedelta(1))
    with t_accounts():
        priced(account, monthly_fee=200, waived_from_balance=990)
        run("ACCOUNT_FEES")
        priced(account, waived_from_balance=None, waived_from_payments=2)
        run("ACCOUNT_FEES")
    priced(account, waived_from_payments=3)
    with t_accounts(**{n(account): "-230", "ACCOUNT_FEE_INCOME": "200", "EXCISE_DUTY": "30"}):
        run("ACCOUNT_FEES")


def test_a_fee_the_bank_bears_is_its_own_cost(account: Account) -> None:
    priced(account, monthly_fee=200, fee_bearer="BANK")
    with t_accounts(OPERATING_EXPENSE="-230", ACCOUNT_FEE_INCOME="200", EXCISE_DUTY="30"):
        run("ACCOUNT_FEES")


def test_without_the_money_a_fee_is_taken_in_part_and_the_rest_later(
    account: Account, payee: Account
) -> None:
    """115 of 230 are there: fee 100 and duty 15 are taken, 115 stay in arrears until 50 come in, then
    the rest when there is enough. The books never take more than there is."""
    Account.objects.filter(pk=payee.pk).update(opened_date=ledger.business_date() + timedelta(1))
    pay(account, payee, "885")
    priced(account, monthly_fee=200)
    with t_accounts(**{n(account): "-115", "ACCOUNT_FEE_INCOME": "100", "EXCISE_DUTY": "15"}):
        assert run("ACCOUNT_FEES") == (1, 1)
    assert selectors.arrears_of(account) == kes("115")
    with t_accounts():
        assert run("ACCOUNT_ARREARS") == (1, 1)
    with books_untouched(), pytest.raises(ArrearsOpen):
        services.close_account(account=account, reason="Customer's wish")
    pay(payee, account, "50", key="some")
    with t_accounts(**{n(account): "-50", "ACCOUNT_FEE_INCOME": "43.48", "EXCISE_DUTY": "6.52"}):
        run("ACCOUNT_ARREARS")
    pay(payee, account, "100", key="more")
    with t_accounts(**{n(account): "-65", "ACCOUNT_FEE_INCOME": "56.52", "EXCISE_DUTY": "8.48"}):
        assert run("ACCOUNT_ARREARS") == (1, 0)
    assert selectors.arrears_of(account).is_zero
    assert selectors.position(account).booked == kes("35")


def test_a_frozen_account_owes_and_is_not_debited(account: Account) -> None:
    priced(account, monthly_fee=200)
    services.freeze(account=account, scope="DEBIT", reason="Court order")
    with t_accounts():
        assert run("ACCOUNT_FEES") == (1, 1)
    assert selectors.arrears_of(account) == kes("230")


def test_open_charges_are_waived_by_whoever_may(account: Account, user: User) -> None:
    priced(account, monthly_fee=2000)
    services.freeze(account=account, scope="DEBIT", reason="Court order")
    run("ACCOUNT_FEES")
    charge = Charge.objects.get()
    for actor in (user, employ("officer", "OFFICER")):
        with pytest.raises(WaiverAboveLimit):
            services.waive_charge(charge=charge, reason="Goodwill", actor=actor)
    manager = employ("manager", "BRANCH_MANAGER")
    services.waive_charge(charge=charge, reason="Goodwill", actor=manager)
    assert selectors.arrears_of(account).is_zero
    with pytest.raises(ChargeNotOpen):
        services.waive_charge(charge=charge, reason="Goodwill", actor=manager)


def test_accounts_move_to_another_version_by_two_people(
    account: Account, other: Customer, opened: Opening
) -> None:
    """The preview names the accounts and the figures; each account's history says when it moved."""
    tomorrow = ledger.business_date() + timedelta(1)
    product = account.product
    new = catalogue.change_terms(
        product=product, currency="KES", segment="RETAIL", effective_from=tomorrow,
        changes={"monthly_fee": Decimal(75), "single_debit_limit": Decimal(500)},
    )  # fmt: skip
    asked = MigrateAccounts(product.code, 1, 2, tomorrow)
    with pytest.raises(MigrationRefused):
        workflows.propose(
            kind="accounts.migrate", payload=MigrateAccounts(product.code, 1, 1, tomorrow), reason="x",
            maker=employ("eager", "OPERATIONS"),
        )  # fmt: skip
    with pytest.raises(NoAccountsToMove, match="no accounts to move"):
        workflows.propose(
            kind="accounts.migrate", payload=MigrateAccounts("FIXED", 1, 1, tomorrow), reason="x",
            maker=employ("keen", "OPERATIONS"),
        )  # fmt: skip
    offered = VERSION_ACTS["migrate"].possible
    assert (offered(new), offered(products.product("FIXED").versions.get())) == (True, False)
    command = workflows.propose(
        kind="accounts.migrate", payload=asked, reason="New tariff", maker=employ("maker", "OPERATIONS")
    )
    shown = {line["label"]: (line["before"], line["after"]) for line in command.difference}
    assert shown["Monthly fee, KES Retail"] == ("0.000", "75.000")
    assert shown["Accounts that move"][0] == "1"
    workflows.approve(command=command, checker=employ("checker", "TREASURY"))
    with t_accounts():
        run("PRODUCT_MIGRATION", Day(ledger.business_date() - timedelta(1), ledger.business_date()))
        assert Account.objects.get().product_version.number == 1
        assert run("PRODUCT_MIGRATION", Day(ledger.business_date(), tomorrow)) == (1, 0)
    moved = Account.objects.get()
    assert (moved.product_version, moved.single_debit_limit) == (new, 500)
    kept = AccountVersion.objects.get()
    assert (kept.before.number, kept.version.number, kept.from_date) == (1, 2, tomorrow)
    assert run("PRODUCT_MIGRATION", Day(ledger.business_date(), tomorrow)) == (0, 0)
