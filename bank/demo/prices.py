"""Prices the demonstration bank had before and has announced, so that its history has something to tell."""

from datetime import date
from decimal import Decimal

from bank.products import selectors as products
from bank.products import services
from bank.products.defaults import BASE, income_role
from bank.products.growth import months_after
from bank.products.models import Product
from bank.products.offers import DEPOSITS
from bank.products.rules import FeeEvent, FeeKind, FeeTerms, TermPrice

EARLIER = (date(2014, 3, 1), date(2017, 7, 1))
_CHEAPER = (Decimal("1.5"), Decimal("0.75"))


#: What companies pay a month for which account, unless they keep so much; what an overdraft costs a year.
_COMPANIES = (
    ("BUSINESS", "SME", date(2024, 1, 1), "250", "250000", "16"),
    ("CORPORATE", "CORPORATE", date(2024, 2, 1), "1000", "10000000", "14"),
)


def publish_history(*, today: date) -> None:
    """Two earlier prices of the fixed deposit and of two fees, what companies pay for their accounts, and
    rates announced for a month to come.
    """
    for code, segment, since, monthly, waived_from, overdraft in _COMPANIES:
        services.change_terms(
            product=products.product(code),
            currency=BASE,
            segment=segment,
            effective_from=since,
            changes={
                "monthly_fee": Decimal(monthly),
                "waived_from_balance": Decimal(waived_from),
                "debit_rate_pct": Decimal(overdraft),
            },
        )
    fixed = products.product("FIXED")
    for since, less in zip(EARLIER, _CHEAPER, strict=True):
        _publish(fixed, since, -less)
    _publish(fixed, months_after(today.replace(day=1), 2), Decimal("0.25"))
    for event, sums in ((FeeEvent.RTGS, (350, 300)), (FeeEvent.BILL_PAYMENT, (30, 40))):
        for since, flat in zip(EARLIER, sums, strict=True):
            services.set_fee(
                event=event,
                terms=FeeTerms(FeeKind.FLAT, BASE, flat=Decimal(flat)),
                income_role=income_role(event),
                effective_from=since,
            )


def _publish(product: Product, since: date, difference: Decimal) -> None:
    """The rates of the opening catalogue, each by so many per cent higher or lower."""
    default = next(one for one in DEPOSITS if one.code == product.code)
    rates = [
        TermPrice(rate.tenor_months, rate.minimum, rate.annual_rate_pct + difference)
        for rate in default.rates
    ]
    services.publish_deposit(product=product, effective_from=since, currency=BASE, rates=rates)
