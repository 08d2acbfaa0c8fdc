"""What things cost: the tariff's numbers, and what holds for every tariff."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.kernel.money import Money
from bank.products import defaults, rules, selectors
from bank.products import services as products
from bank.products.errors import UnusableTerms
from bank.products.models import FeeRule, TaxRule
from bank.products.rules import Band, FeeEvent, FeeKind, FeeTerms

TODAY = date(2026, 6, 1)


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


@pytest.mark.parametrize(
    ("event", "amount", "fee"),
    [
        (FeeEvent.INTERNAL_TRANSFER, "100", "10"),
        (FeeEvent.INTERNAL_TRANSFER, "10000", "10"),
        (FeeEvent.INTERNAL_TRANSFER, "12345.67", "12.35"),
        (FeeEvent.INTERNAL_TRANSFER, "12345", "12.34"),
        (FeeEvent.INTERNAL_TRANSFER, "5000000", "100"),
        (FeeEvent.OWN_TRANSFER, "5000000", "0"),
        (FeeEvent.INTERBANK_TRANSFER, "1000", "50"),
        (FeeEvent.INTERBANK_TRANSFER, "40000", "200"),
        (FeeEvent.INTERBANK_TRANSFER, "4000000", "500"),
        (FeeEvent.EFT, "100000", "50"),
        (FeeEvent.EFT, "100000.01", "100"),
        (FeeEvent.RTGS, "1000000", "200"),
        (FeeEvent.INTERNATIONAL_WIRE, "1", "2500"),
        (FeeEvent.BILL_PAYMENT, "1", "50"),
        (FeeEvent.MOBILE_MONEY, "100", "11"),
        (FeeEvent.MOBILE_MONEY, "100.01", "22"),
        (FeeEvent.MOBILE_MONEY, "50000", "278"),
        (FeeEvent.MOBILE_MONEY, "150000", "315"),
        (FeeEvent.ATM_WITHDRAWAL, "10000", "0"),
        (FeeEvent.ATM_WITHDRAWAL, "10000.01", "50"),
    ],
)
def test_the_tariff(event: FeeEvent, amount: str, fee: str) -> None:
    assert rules.fee(defaults.FEES[event], kes(amount)) == kes(fee)


def test_every_default_price_is_usable() -> None:
    for terms in defaults.FEES.values():
        rules.check_fee(terms)


def test_slabs_price_each_part_by_its_own_band() -> None:
    terms = FeeTerms(
        FeeKind.SLAB,
        "KES",
        bands=(
            Band(Decimal(1000), rate_pct=Decimal(1)),
            Band(None, flat=Decimal(5), rate_pct=Decimal("0.5")),
        ),
    )
    assert rules.fee(terms, kes("1000")) == kes("10")
    assert rules.fee(terms, kes("3000")) == kes("25")


AMOUNTS = st.integers(min_value=1, max_value=10**12).map(lambda minor: Money.from_minor(minor, "KES"))
RATES = st.decimals(min_value=0, max_value=100, places=4)


@given(amount=AMOUNTS, rate=RATES, bounds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_a_percentage_stays_within_its_bounds(amount: Money, rate: Decimal, bounds: tuple[int, int]) -> None:
    low, high = sorted(bounds)
    terms = FeeTerms(
        FeeKind.PERCENT,
        "KES",
        rate_pct=rate,
        minimum=Decimal(low).scaleb(-2),
        maximum=Decimal(high).scaleb(-2),
    )
    fee = rules.fee(terms, amount)
    assert low <= fee.minor <= high
    exact = Fraction(amount.minor) * Fraction(rate) / 100
    if low < exact < high:
        assert abs(fee.minor - exact) <= Fraction(1, 2)


@given(event=st.sampled_from(sorted(defaults.FEES)), one=AMOUNTS, other=AMOUNTS)
def test_more_money_never_costs_less(event: FeeEvent, one: Money, other: Money) -> None:
    small, large = sorted((one, other))
    terms = defaults.FEES[event]
    assert Money.zero("KES") <= rules.fee(terms, small) <= rules.fee(terms, large)


@given(ends=st.lists(st.integers(1, 10**6), min_size=1, max_size=6, unique=True), rate=RATES, amount=AMOUNTS)
def test_slabs_of_one_rate_are_that_rate(ends: list[int], rate: Decimal, amount: Money) -> None:
    bands = (*(Band(Decimal(end), rate_pct=rate) for end in sorted(ends)), Band(None, rate_pct=rate))
    slab = rules.fee(FeeTerms(FeeKind.SLAB, "KES", bands=bands), amount)
    assert slab == rules.fee(FeeTerms(FeeKind.PERCENT, "KES", rate_pct=rate), amount)


@given(fee=AMOUNTS, rate=RATES)
def test_a_tax_is_the_nearest_cent_of_its_share(fee: Money, rate: Decimal) -> None:
    exact = Fraction(fee.minor) * Fraction(rate) / 100
    assert abs(rules.percent_of(rate, fee).minor - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    "terms",
    [
        FeeTerms(FeeKind.FLAT, "KES", flat=Decimal(-1)),
        FeeTerms(FeeKind.PERCENT, "KES", rate_pct=Decimal(-1)),
        FeeTerms(FeeKind.PERCENT, "KES", rate_pct=Decimal(101)),
        FeeTerms(FeeKind.PERCENT, "KES", minimum=Decimal(2), maximum=Decimal(1)),
        FeeTerms(FeeKind.TIERED, "KES"),
        FeeTerms(FeeKind.TIERED, "KES", bands=(Band(Decimal(5)),)),
        FeeTerms(FeeKind.TIERED, "KES", bands=(Band(None), Band(None))),
        FeeTerms(FeeKind.SLAB, "KES", bands=(Band(Decimal(5)), Band(Decimal(5)), Band(None))),
    ],
    ids=[
        "negative",
        "negative rate",
        "absurd rate",
        "crossed bounds",
        "no bands",
        "closed",
        "two tops",
        "overlap",
    ],
)
@pytest.mark.django_db
def test_unusable_prices_are_refused(terms: FeeTerms) -> None:
    with pytest.raises(UnusableTerms):
        products.set_fee(event=FeeEvent.EFT, terms=terms, income_role="FEE_INCOME", effective_from=TODAY)
    assert not FeeRule.objects.exists()


@pytest.mark.django_db
def test_a_quote_is_fee_and_excise(django_assert_num_queries: object) -> None:
    products.seed_catalogue()
    with django_assert_num_queries(1):  # type: ignore[operator]
        quote = selectors.quote_fee(event="INTERNAL_TRANSFER", amount=kes("50000"), on=TODAY)
    assert (quote.fee, quote.excise, quote.total) == (kes("50"), kes("7.50"), kes("57.50"))
    assert (quote.income_role, quote.excise_role) == ("FEE_INCOME", "EXCISE_DUTY")
    assert selectors.fee("MOBILE_MONEY", kes("2500"), TODAY) == kes("44")


@pytest.mark.django_db
def test_an_event_without_a_price_in_a_currency_is_free() -> None:
    products.seed_catalogue()
    quote = selectors.quote_fee(event="INTERNAL_TRANSFER", amount=Money.of("5", "USD"), on=TODAY)
    assert quote.total == Money.zero("USD")


@pytest.mark.django_db
def test_a_new_price_holds_from_its_day_and_a_segment_may_have_its_own() -> None:
    products.seed_catalogue()
    later = date(2026, 7, 1)
    for segment, flat in (("", 20), ("CORPORATE", 5)):
        terms = FeeTerms(FeeKind.FLAT, "KES", flat=Decimal(flat))
        products.set_fee(
            event="INTERNAL_TRANSFER", terms=terms, income_role="X", effective_from=later, segment=segment
        )

    def price(on: date, segment: str) -> Money:
        return selectors.quote_fee(event="INTERNAL_TRANSFER", amount=kes("50000"), on=on, segment=segment).fee

    assert price(TODAY, "CORPORATE") == kes("50")
    assert price(later, "RETAIL") == kes("20")
    assert price(later, "CORPORATE") == kes("5")


@pytest.mark.django_db
def test_a_new_tax_rate_holds_from_its_day() -> None:
    products.seed_catalogue()
    products.set_tax(kind="EXCISE", rate_pct=Decimal(20), gl_role="TAXES_PAYABLE", effective_from=TODAY)
    with pytest.raises(UnusableTerms):
        products.set_tax(kind="EXCISE", rate_pct=Decimal(-1), gl_role="X", effective_from=TODAY)
    assert selectors.tax("EXCISE", date(2026, 5, 31)).rate_pct == 15
    assert selectors.tax("EXCISE", TODAY).rate_pct == 20
    assert selectors.quote_fee(event="RTGS", amount=kes("1"), on=TODAY).excise == kes("40")
    assert TaxRule.objects.filter(kind="EXCISE").count() == 2
