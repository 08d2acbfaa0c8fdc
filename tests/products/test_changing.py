"""Changing the catalogue: proposed by one, decided by another who sees what changes for whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bank import ledger
from bank.identity.models import User
from bank.kernel.errors import BankError, InvalidInput, NotAllowed
from bank.kernel.money import Money
from bank.ledger.errors import UnknownRole
from bank.products import selectors
from bank.products import services as products
from bank.products.commands import ChangeTerms, SetFee, SetTax
from bank.products.errors import EffectiveDateUnusable, NothingChanges, UnusableTerms
from bank.products.models import FeeRule, ProductGlRole, ProductVersion
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def maker(db: None) -> User:
    products.seed_catalogue()
    return employ("maker", "OPERATIONS")


@pytest.fixture
def checker(db: None) -> User:
    return employ("checker", "TREASURY")


def terms() -> ChangeTerms:
    return ChangeTerms(
        product="SAVINGS", currency="KES", segment="", effective_from=ledger.business_date() + timedelta(10),
        minimum_opening=D(100), minimum_balance=D(500), monthly_fee=D(50), below_minimum_fee=D(20),
        waived_from_balance=D(10_000), waived_from_payments=None, fee_bearer="CUSTOMER", dormancy_days=365,
        single_debit_limit=None, tiers="0 3\n50,000 4.25", tier_method="MARGINAL", day_count="ACT_365F",
        balance_basis="DAILY", capitalisation_frequency="MONTHLY", debit_rate_pct=D(18),
    )  # fmt: skip


def fee() -> SetFee:
    return SetFee(
        event="RTGS", currency="KES", segment="", kind="FLAT", flat=D(250), rate_pct=D(0), minimum=None,
        maximum=None, bands="", effective_from=ledger.business_date() + timedelta(10),
    )  # fmt: skip


def propose(kind: str, payload: object, maker: User) -> Command:
    return workflows.propose(kind=kind, payload=payload, reason="Asset and liability committee", maker=maker)


def said(command: Command) -> dict[str, tuple[str, str]]:
    return {
        one["label"]: (one["before"].replace("\xa0", " "), one["after"].replace("\xa0", " "))
        for one in command.difference
    }


def test_terms_change_by_two_people_from_a_day_on(maker: User, checker: User) -> None:
    command = propose("products.change_terms", terms(), maker)
    shown = said(command)
    assert shown["Monthly fee"] == ("0", "50")
    assert shown["Balance to keep"] == ("0", "500")
    assert shown["A year's interest on 100,000"] == ("KES 3500.00", "KES 3625.00")
    assert shown["For"][0].startswith("0 open accounts keep")
    assert ProductVersion.objects.filter(product__code="SAVINGS").count() == 1
    done = workflows.approve(command=command, checker=checker)
    assert done.state == "APPROVED", done.decision_reason
    day = terms().effective_from
    product = selectors.product("SAVINGS")
    before = selectors.terms(selectors.current_version(product, day - timedelta(1)), "KES", "RETAIL")
    new = selectors.current_version(product, day)
    after = selectors.terms(new, "KES", "RETAIL")
    assert (before.monthly_fee, after.monthly_fee, after.minimum_opening) == (0, 50, 100)
    assert selectors.tiers_as_text(before).startswith("0 3.5\n")
    assert selectors.tiers_as_text(after) == "0 3\n50000 4.25"
    assert selectors.gl_role(new, "CONTROL") == "SAVINGS_DEPOSITS"
    with pytest.raises(EffectiveDateUnusable):
        propose("products.change_terms", terms(), maker)
    later = replace(terms(), effective_from=day + timedelta(1))
    with pytest.raises(NothingChanges):
        propose("products.change_terms", later, maker)


def test_other_terms_of_the_version_are_kept(maker: User, checker: User) -> None:
    asked = replace(terms(), product="CURRENT", segment="SME", tiers="")
    workflows.approve(command=propose("products.change_terms", asked, maker), checker=checker)
    version = selectors.current_version(selectors.product("CURRENT"), asked.effective_from)
    assert version.terms.count() == 14
    assert selectors.terms(version, "KES", "SME").monthly_fee == 50
    assert selectors.terms(version, "KES", "RETAIL").monthly_fee == 0


def test_a_price_and_a_tax_change_by_two_people(maker: User, checker: User) -> None:
    command = propose("products.set_fee", fee(), maker)
    assert said(command)["Real-time gross settlement of 10,000"] == ("KES 200.00", "KES 250.00")
    workflows.approve(command=command, checker=checker)
    tax = SetTax("EXCISE", D(20), fee().effective_from)
    workflows.approve(command=propose("products.set_tax", tax, maker), checker=checker)
    amount = Money.of(1000, "KES")
    days = (fee().effective_from - timedelta(1), fee().effective_from)
    quotes = [selectors.quote_fee(event="RTGS", amount=amount, on=day) for day in days]
    assert [str(one.total) for one in quotes] == ["KES 230.00", "KES 300.00"]
    assert quotes[1].income_role == "FEE_INCOME"


WRONG: list[tuple[Callable[[], ChangeTerms], type[BankError]]] = [
    (lambda: replace(terms(), effective_from=ledger.business_date() - timedelta(1)), EffectiveDateUnusable),
    (
        lambda: replace(terms(), effective_from=ledger.business_date() + timedelta(9999)),
        EffectiveDateUnusable,
    ),
    (lambda: replace(terms(), tiers="0 -1"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 101"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 NaN"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 3\n0 4"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 3\n500 4\n400 5"), UnusableTerms),
    (lambda: replace(terms(), tiers="100 3"), UnusableTerms),
    (lambda: replace(terms(), tiers="three per cent"), UnusableTerms),
    (lambda: replace(terms(), monthly_fee=D(-1)), UnusableTerms),
    (lambda: replace(terms(), monthly_fee=D("NaN")), UnusableTerms),
    (lambda: replace(terms(), monthly_fee=D("1e20")), UnusableTerms),
    (lambda: replace(terms(), minimum_balance=D(0)), UnusableTerms),
    (lambda: replace(terms(), dormancy_days=3), UnusableTerms),
    (lambda: replace(terms(), single_debit_limit=D(0)), UnusableTerms),
    (lambda: replace(terms(), segment="FRIENDS"), InvalidInput),
    (lambda: replace(terms(), product="MWANANCHI_LOAN"), BankError),
    (lambda: replace(terms(), currency="CHF"), UnknownRole),
    (lambda: replace(terms(), fee_bearer="NOBODY"), InvalidInput),
    (lambda: replace(terms(), day_count="ACT_ACT_OF_GOD"), InvalidInput),
    (lambda: replace(terms(), debit_rate_pct=D(101)), UnusableTerms),
]


def test_terms_that_make_no_sense_are_refused_and_change_nothing(maker: User, checker: User) -> None:
    for make, refusal in WRONG:
        with pytest.raises(refusal):
            propose("products.change_terms", make(), maker)
    for wrong in (
        replace(fee(), flat=D(-1)),
        replace(fee(), kind="PERCENT", rate_pct=D(101)),
        replace(fee(), kind="TIERED", bands="100 5 0\n50 6 0\n- 7 0"),
        replace(fee(), kind="TIERED", bands="100 5 0"),
        replace(fee(), kind="TIERED", bands="a lot"),
        replace(fee(), minimum=D(9), maximum=D(8)),
    ):
        with pytest.raises(UnusableTerms):
            propose("products.set_fee", wrong, maker)
    for wrong in (replace(fee(), event="SMILE"), replace(fee(), kind="FREE")):
        with pytest.raises(InvalidInput):
            propose("products.set_fee", wrong, maker)
    for rate in (D(-1), D(101), D("NaN")):
        with pytest.raises(UnusableTerms):
            propose("products.set_tax", SetTax("EXCISE", rate, fee().effective_from), maker)
    with pytest.raises(NotAllowed):
        propose("products.set_fee", fee(), checker)
    assert not Command.objects.exists()


def test_a_product_without_its_gl_roles_or_with_a_gap_is_refused(maker: User) -> None:
    ProductVersion.objects.filter(product__code="SAVINGS").update(effective_until=ledger.business_date())
    with pytest.raises(EffectiveDateUnusable):
        propose("products.change_terms", terms(), maker)
    ProductVersion.objects.update(effective_until=None)
    ProductGlRole.objects.filter(purpose="INTEREST_EXPENSE").delete()
    with pytest.raises(UnusableTerms):
        propose("products.change_terms", terms(), maker)


def test_what_changed_meanwhile_is_looked_at_again(maker: User, checker: User) -> None:
    """The checker decides on what they see, not on what the maker saw."""
    command = propose("products.set_fee", fee(), maker)
    FeeRule.objects.filter(event="RTGS").update(flat=210)
    with pytest.raises(BankError):
        workflows.approve(command=command, checker=checker)
    assert FeeRule.objects.filter(event="RTGS").count() == 1
