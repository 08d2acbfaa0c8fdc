"""The deposits and loans the bank opens with: rows for staff to change, like the accounts of ``defaults``."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bank.products.defaults import BASE
from bank.products.rules import DepositRules, InterestMode, LoanPrice, ProductKind, TermPrice, Tier


@dataclass(frozen=True, slots=True)
class DefaultDeposit:
    code: str
    name: str
    description: str
    kind: ProductKind
    rules: DepositRules
    rates: tuple[TermPrice, ...] = ()


@dataclass(frozen=True, slots=True)
class DefaultOpenDeposit:
    """A deposit without a term: tiers by balance like a savings account's, from ``minimum`` on."""

    code: str
    name: str
    description: str
    kind: ProductKind
    rules: DepositRules
    minimum: int
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class DefaultLoan:
    code: str
    name: str
    description: str
    price: LoanPrice


def _term(months: int, minimum: int, rate_pct: str) -> TermPrice:
    return TermPrice(months, Decimal(minimum), Decimal(rate_pct))


DEPOSITS: Final = (
    DefaultDeposit(
        code="FIXED",
        name="Umoja Fixed Deposit",
        description="A sum you leave for a term, at a rate that stays.",
        kind=ProductKind.FIXED_DEPOSIT,
        rules=DepositRules(
            modes=(InterestMode.AT_MATURITY, InterestMode.QUARTERLY, InterestMode.MONTHLY),
            cooling_days=7,
            early_steps=((12, Decimal(2)), (6, Decimal("1.5")), (3, Decimal(1)), (0, Decimal("0.5"))),
        ),
        rates=(
            _term(3, 50_000, "8.5"),
            _term(6, 50_000, "9"),
            _term(12, 50_000, "10"),
            _term(24, 100_000, "11"),
            _term(36, 100_000, "12"),
        ),
    ),
    DefaultDeposit(
        code="RECURRING",
        name="Umoja Recurring Deposit",
        description="The same sum every month, towards something you have in mind.",
        kind=ProductKind.RECURRING_DEPOSIT,
        rules=DepositRules(early_share_pct=Decimal(75), grace_days=7, missed_pct=Decimal(2)),
        rates=(
            _term(6, 1_000, "6.5"),
            _term(12, 1_000, "7.5"),
            _term(24, 1_000, "8"),
            _term(36, 1_000, "8.5"),
            _term(60, 1_000, "9"),
        ),
    ),
)

OPEN_DEPOSITS: Final = (
    DefaultOpenDeposit(
        code="CALL",
        name="Umoja Call Deposit",
        description="A large sum that earns by the day and is yours on call.",
        kind=ProductKind.CALL_DEPOSIT,
        rules=DepositRules(modes=(InterestMode.MONTHLY,)),
        minimum=50_000,
        tiers=(Tier(Decimal(0), Decimal("5")), Tier(Decimal(1_000_000), Decimal("5.5"))),
    ),
    DefaultOpenDeposit(
        code="NOTICE",
        name="Umoja 30-Day Notice Deposit",
        description="More interest than on call, for thirty days' notice.",
        kind=ProductKind.NOTICE_DEPOSIT,
        rules=DepositRules(modes=(InterestMode.MONTHLY,), notice_days=30),
        minimum=50_000,
        tiers=(Tier(Decimal(0), Decimal("6.5")), Tier(Decimal(1_000_000), Decimal("7"))),
    ),
)


def _price(
    smallest: int,
    largest: int,
    months: tuple[int, int],
    rates_pct: tuple[str, str],
    fee_pct: str,
    segment: str,
) -> LoanPrice:
    lowest, highest = map(Decimal, rates_pct)
    return LoanPrice(
        BASE, Decimal(smallest), Decimal(largest), *months, lowest, highest, Decimal(fee_pct), segment
    )


LOANS: Final = (
    DefaultLoan(
        "PERSONAL_LOAN",
        "Personal Loan",
        "For school fees, a wedding, a roof: no security, equal instalments.",
        _price(5_000, 500_000, (3, 60), ("15", "15"), "2.5", "RETAIL"),
    ),
    DefaultLoan(
        "SALARY_ADVANCE",
        "Salary Advance",
        "Part of next month's salary today, for those whose salary comes to us.",
        _price(1_000, 100_000, (1, 12), ("12", "12"), "1.5", "RETAIL"),
    ),
    DefaultLoan(
        "EMERGENCY_LOAN",
        "Emergency Loan",
        "For what cannot wait, decided the same day.",
        _price(2_000, 50_000, (1, 24), ("18", "18"), "3", "RETAIL"),
    ),
    DefaultLoan(
        "ASSET_LOAN",
        "Asset Loan",
        "For a car, a motorcycle or a machine, which is the security.",
        _price(50_000, 2_000_000, (6, 84), ("14", "14"), "2", "RETAIL"),
    ),
    DefaultLoan(
        "MORTGAGE",
        "Umoja Mortgage",
        "A home of your own, over up to twenty-five years.",
        _price(500_000, 10_000_000, (60, 300), ("13.5", "13.5"), "1", "RETAIL"),
    ),
    DefaultLoan(
        "WORKING_CAPITAL",
        "Working Capital Loan",
        "For stock and wages until your customers have paid.",
        _price(50_000, 5_000_000, (6, 24), ("16", "16"), "1", "SME"),
    ),
    DefaultLoan(
        "BUSINESS_TERM",
        "Business Term Loan",
        "For premises, vehicles and growth, priced by your company's score.",
        _price(100_000, 20_000_000, (12, 60), ("10", "14"), "1", "SME"),
    ),
    DefaultLoan(
        "ASSET_FINANCE",
        "Asset Finance",
        "Vehicles, plant and equipment, financed against themselves.",
        _price(500_000, 50_000_000, (12, 84), ("11", "16"), "1", "CORPORATE"),
    ),
)
