"""What the bank offers and on which terms."""

from datetime import date
from decimal import Decimal

import pytest

from bank.kernel.errors import NotFound
from bank.products import defaults, selectors
from bank.products import services as products
from bank.products.errors import ProductNotOffered, UnusableTerms
from bank.products.models import FeeRule, Product, ProductTerms, ProductVersion, TaxRule
from bank.products.rules import GlPurpose, Tier

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def catalogue() -> None:
    products.seed_catalogue()


def _counts() -> list[int]:
    return [model.objects.count() for model in (Product, ProductVersion, ProductTerms, FeeRule, TaxRule)]


def test_seeding_twice_changes_nothing() -> None:
    before = _counts()
    products.seed_catalogue()
    assert _counts() == before
    assert FeeRule.objects.count() == len(defaults.FEES) + len(defaults.PRICES_ABROAD)


def test_seeding_leaves_changed_prices_alone() -> None:
    FeeRule.objects.filter(event="RTGS").update(flat=300)
    products.seed_catalogue()
    assert FeeRule.objects.get(event="RTGS").flat == 300


@pytest.mark.parametrize(
    ("code", "segment", "opening"),
    [
        ("SAVINGS", "RETAIL", 100),
        ("CURRENT", "SME", 1000),
        ("BUSINESS", "SME", 2_000),
        ("CORPORATE", "SME", 10_000),
    ],
)
def test_opening_deposits(code: str, segment: str, opening: int) -> None:
    version = selectors.current_version(selectors.product(code), TODAY)
    assert selectors.terms(version, "KES", segment).minimum_opening == opening


@pytest.mark.parametrize(
    ("code", "currency", "segment"), [("SAVINGS", "USD", "RETAIL"), ("CORPORATE", "KES", "RETAIL")]
)
def test_what_has_no_terms_is_not_offered(code: str, currency: str, segment: str) -> None:
    version = selectors.current_version(selectors.product(code), TODAY)
    with pytest.raises(ProductNotOffered):
        selectors.terms(version, currency, segment)


def test_the_catalogue_in_few_queries(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        offers = {offer.product.code: offer for offer in selectors.catalogue(TODAY)}
        rates = [tier.annual_rate_pct for tier in offers["SAVINGS"].terms[0].interest_tiers.all()]
    assert set(offers) == {"SAVINGS", "CURRENT", "BUSINESS", "CORPORATE"}
    assert rates == [Decimal("3.5"), Decimal("4"), Decimal("4.5")]
    assert selectors.catalogue(date(2019, 12, 31)) == []


def test_the_fee_schedule_shows_what_is_in_force() -> None:
    assert len(selectors.fee_schedule(TODAY)) == len(defaults.FEES) + len(defaults.PRICES_ABROAD)
    assert selectors.fee_schedule(date(2019, 12, 31)) == []


def test_gl_roles_of_a_version() -> None:
    version = selectors.current_version(selectors.product("SAVINGS"), TODAY)
    assert selectors.gl_role(version, GlPurpose.CONTROL)
    with pytest.raises(NotFound):
        selectors.gl_role(version, "NOTHING")


def _publish(**changes: object) -> ProductVersion:
    terms: dict[str, object] = {
        "product": selectors.product("SAVINGS"),
        "effective_from": TODAY,
        "terms": [ProductTerms(currency="KES")],
        "tiers": {"KES": [Tier(Decimal(0), Decimal(5))]},
        "gl_roles": dict.fromkeys(GlPurpose, "X"),
    }
    return products.publish_version(**(terms | changes))


def test_a_new_version_is_sold_from_its_day_and_the_old_one_kept() -> None:
    before = selectors.current_version(selectors.product("SAVINGS"), TODAY)
    version = _publish()
    savings = selectors.product("SAVINGS")
    assert selectors.current_version(savings, TODAY) == version
    assert selectors.current_version(savings, date(2026, 5, 31)) == before
    assert (before.number, version.number) == (1, 2)


@pytest.mark.parametrize(
    "fault",
    [
        {"tiers": {"KES": [Tier(Decimal(10), Decimal(5))]}},
        {"tiers": {"KES": [Tier(Decimal(0), Decimal(5)), Tier(Decimal(0), Decimal(6))]}},
        {"tiers": {"KES": [Tier(Decimal(0), Decimal(-1))]}},
        {"tiers": {"KES": [Tier(Decimal(0), Decimal(101))]}},
        {"gl_roles": {GlPurpose.CONTROL: "X"}},
        {"terms": [ProductTerms(currency="KES", minimum_opening=Decimal(-1))]},
    ],
    ids=[
        "gap at zero",
        "overlapping tiers",
        "negative rate",
        "absurd rate",
        "GL role missing",
        "negative opening",
    ],
)
def test_unusable_terms_are_refused(fault: dict[str, object]) -> None:
    before = _counts()
    with pytest.raises(UnusableTerms):
        _publish(**fault)
    assert _counts() == before


def test_unknown_products_are_not_found() -> None:
    with pytest.raises(NotFound):
        selectors.product("NONE")
