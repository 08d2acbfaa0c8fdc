"""The catalogue the bank opens with. Rows to be changed by staff; nothing else reads these numbers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bank.products.rules import (
    Band,
    FeeEvent,
    FeeKind,
    FeeTerms,
    GlPurpose,
    ProductKind,
    TaxKind,
    Tier,
)

EFFECTIVE_FROM: Final = date(2020, 1, 1)
BASE: Final = "KES"
FOREIGN: Final = ("USD", "EUR", "GBP", "INR", "JPY", "KWD")
TAX_RATES_PCT: Final = {TaxKind.EXCISE: Decimal(15), TaxKind.WITHHOLDING: Decimal(15)}
TAX_ROLES: Final = {TaxKind.EXCISE: "EXCISE_DUTY", TaxKind.WITHHOLDING: "WITHHOLDING_TAX"}
TRANSFER_INCOME: Final = "FEE_INCOME"
CARD_INCOME: Final = "CARD_FEE_INCOME"
ACCOUNT_INCOME: Final = "ACCOUNT_FEE_INCOME"
DORMANCY_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class DefaultProduct:
    """A product for the named segments (all where none is named), with its tiers in the base currency."""

    code: str
    name: str
    description: str
    kind: ProductKind
    minimum_opening: int
    segments: tuple[str, ...] = ("",)
    currencies: tuple[str, ...] = (BASE,)
    tiers: tuple[Tier, ...] = ()

    @property
    def gl_roles(self) -> dict[str, str]:
        return {GlPurpose.CONTROL: f"{self.kind}_DEPOSITS", GlPurpose.INTEREST_EXPENSE: "INTEREST_EXPENSE"}


PRODUCTS: Final = (
    DefaultProduct(
        code="SAVINGS",
        name="Umoja Savings",
        description="Interest on every shilling from the first day, paid each month.",
        kind=ProductKind.SAVINGS,
        minimum_opening=100,
        tiers=(
            Tier(Decimal(0), Decimal("3.5")),
            Tier(Decimal(100_000), Decimal("4")),
            Tier(Decimal(1_000_000), Decimal("4.5")),
        ),
    ),
    DefaultProduct(
        code="CURRENT",
        name="Umoja Current",
        description="For salary, bills and everyday payments.",
        kind=ProductKind.CURRENT,
        minimum_opening=1_000,
        segments=("RETAIL", "SME"),
        currencies=(BASE, *FOREIGN),
    ),
    DefaultProduct(
        code="BUSINESS",
        name="Umoja Business",
        description="A current account for small companies, with invoices, payroll and payment files.",
        kind=ProductKind.CURRENT,
        minimum_opening=2_000,
        segments=("SME",),
        currencies=(BASE, *FOREIGN),
    ),
    DefaultProduct(
        code="CORPORATE",
        name="Umoja Corporate",
        description="A current account for organisations, with payment files and signatories.",
        kind=ProductKind.CURRENT,
        minimum_opening=10_000,
        segments=("SME", "CORPORATE"),
        currencies=(BASE, *FOREIGN),
    ),
)

_MOBILE_MONEY_ENDS: Final = (
    100, 500, 1_000, 1_500, 2_500, 3_500, 5_000, 7_500, 10_000, 15_000, 20_000, 35_000, 50_000, None,
)  # fmt: skip
_MOBILE_MONEY_FEES: Final = (11, 22, 29, 29, 44, 56, 75, 87, 115, 167, 185, 197, 278, 315)


def _flat(fee: int) -> FeeTerms:
    return FeeTerms(FeeKind.FLAT, BASE, flat=Decimal(fee))


def _percent(rate_pct: str, minimum: int, maximum: int) -> FeeTerms:
    return FeeTerms(
        FeeKind.PERCENT, BASE, rate_pct=Decimal(rate_pct), minimum=Decimal(minimum), maximum=Decimal(maximum)
    )


def _tiered(ends: tuple[int | None, ...], fees: tuple[int, ...]) -> FeeTerms:
    bands = zip(ends, fees, strict=True)
    return FeeTerms(
        FeeKind.TIERED,
        BASE,
        bands=tuple(Band(None if end is None else Decimal(end), flat=Decimal(fee)) for end, fee in bands),
    )


FEES: Final[dict[FeeEvent, FeeTerms]] = {
    FeeEvent.OWN_TRANSFER: _flat(0),
    FeeEvent.INTERNAL_TRANSFER: _percent("0.1", 10, 100),
    FeeEvent.INTERBANK_TRANSFER: _percent("0.5", 50, 500),
    FeeEvent.EFT: _tiered((100_000, None), (50, 100)),
    FeeEvent.RTGS: _flat(200),
    FeeEvent.INTERNATIONAL_WIRE: _flat(2_500),
    FeeEvent.BILL_PAYMENT: _flat(50),
    FeeEvent.MOBILE_MONEY: _tiered(_MOBILE_MONEY_ENDS, _MOBILE_MONEY_FEES),
    FeeEvent.CARD_ISSUE_DEBIT: _flat(500),
    FeeEvent.CARD_ISSUE_CREDIT: _flat(1_000),
    FeeEvent.CARD_ISSUE_PREPAID: _flat(200),
    FeeEvent.CARD_REPLACEMENT_DEBIT: _flat(300),
    FeeEvent.CARD_REPLACEMENT_CREDIT: _flat(500),
    FeeEvent.CARD_REPLACEMENT_PREPAID: _flat(200),
    FeeEvent.ATM_WITHDRAWAL: _tiered((10_000, None), (0, 50)),
    FeeEvent.ATM_OFF_US_BALANCE: _flat(10),
    FeeEvent.CHEQUE_BOOK: _flat(500),
    FeeEvent.CHEQUE_STOP: _flat(500),
    FeeEvent.CHEQUE_RETURNED: _flat(1_500),
}


#: What leaves in another currency is priced in it: wires at about KES 2,500, transfers by ACH at a dollar.
PRICES_ABROAD: Final = (
    *(
        (FeeEvent.INTERNATIONAL_WIRE, FeeTerms(FeeKind.FLAT, currency, flat=Decimal(fee)))
        for currency, fee in (
            ("USD", 20),
            ("EUR", 18),
            ("GBP", 15),
            ("INR", 1_650),
            ("JPY", 3_000),
            ("KWD", 6),
        )
    ),
    (FeeEvent.INTERBANK_TRANSFER, FeeTerms(FeeKind.FLAT, "USD", flat=Decimal(1))),
)


def income_role(event: FeeEvent) -> str:
    """The GL role under which a fee is income."""
    if event.startswith("CHEQUE_"):
        return ACCOUNT_INCOME
    return CARD_INCOME if event.startswith(("CARD_", "ATM_")) else TRANSFER_INCOME
