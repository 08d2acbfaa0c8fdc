"""Billers of the demonstration, opened by the real service; companies that are customers collect for them."""

from decimal import Decimal
from typing import Final, NamedTuple

from bank.accounts.models import Account
from bank.demo.habits import Community
from bank.requests import services
from bank.requests.rules import Check


class Plan(NamedTuple):
    """A biller with an example that fits its own pattern and check digit."""

    code: str
    name: str
    category: str
    label: str
    pattern: str
    example: str
    check: Check = Check.NONE
    least: int = 50
    most: int = 250_000
    is_whole: bool = False


PLANS: Final = (
    Plan("taa-power", "Taa Power", "ELECTRICITY", "Meter number", "[0-9]{11}", "37194820561", Check.LUHN),
    Plan("maji-safi", "Maji Safi Water", "WATER", "Customer number", "[0-9]{8}", "12345674", Check.MOD_11),
    Plan("hilltop", "Hilltop School", "SCHOOL", "Pupil number", "[A-Z]{2}[0-9]{4}", "HT1234", least=500),
    Plan(
        "simu-airtime", "Simu airtime", "AIRTIME", "Phone number", "(254|0)[17][0-9]{8}", "0712345678",
        least=5, most=10_000, is_whole=True,
    ),
)  # fmt: skip


def open_all(community: Community) -> int:
    """Opens them once, however often it is called; returns how many there are."""
    firms = community.organisations
    for number, plan in enumerate(PLANS):
        account = Account.objects.get(number=firms[number % len(firms)].current)
        services.open_biller(
            code=plan.code,
            name=plan.name,
            category=plan.category,
            account=account,
            label=plan.label,
            pattern=plan.pattern,
            example=plan.example,
            check=plan.check,
            least=Decimal(plan.least),
            most=Decimal(plan.most),
            is_whole=plan.is_whole,
        )
    return len(PLANS)
