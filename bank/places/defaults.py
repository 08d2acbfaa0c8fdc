"""The branches and cash machines the bank opens with; rows to be changed by staff."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Final

from bank.places.rules import Hours, PlaceKind, Service, Spot

_BRANCH_HOURS: Final = (
    *(Hours(day, time(8, 30), time(16, 0)) for day in range(5)),
    Hours(5, time(9, 0), time(12, 0)),
)
_BASIC: Final = (
    Service.TELLERS,
    Service.CASH_OUT,
    Service.CASH_IN,
    Service.ACCOUNT_OPENING,
    Service.STEP_FREE,
)
_LARGE: Final = (*_BASIC, Service.BUSINESS_DESK, Service.FOREIGN_EXCHANGE, Service.SAFE_BOXES)
_MACHINE: Final = (Service.CASH_OUT, Service.STEP_FREE)
_DEPOSIT_MACHINE: Final = (*_MACHINE, Service.CASH_IN)


@dataclass(frozen=True, slots=True)
class DefaultPlace:
    code: str
    kind: PlaceKind
    name: str
    town: str
    street: str
    spot: Spot
    services: tuple[Service, ...]
    phone: str = ""
    hours: tuple[Hours, ...] = ()


def _branch(
    code: str, name: str, town: str, street: str, spot: tuple[str, str], phone: str, *, large: bool = False
) -> DefaultPlace:
    where = Spot(*map(Decimal, spot))
    services = _LARGE if large else _BASIC
    return DefaultPlace(code, PlaceKind.BRANCH, name, town, street, where, services, phone, _BRANCH_HOURS)


def _machine(
    code: str, name: str, town: str, street: str, spot: tuple[str, str], *, takes_cash: bool = False
) -> DefaultPlace:
    where = Spot(*map(Decimal, spot))
    services = _DEPOSIT_MACHINE if takes_cash else _MACHINE
    return DefaultPlace(code, PlaceKind.ATM, name, town, street, where, services)


PLACES: Final = (
    _branch(
        "nairobi-kenyatta",
        "Kenyatta Avenue",
        "Nairobi",
        "Umoja House, Kenyatta Avenue",
        ("-1.28510", "36.81960"),
        "+254 20 555 0100",
        large=True,
    ),
    _branch(
        "nairobi-westlands",
        "Westlands",
        "Nairobi",
        "Waiyaki Way, opposite the mall",
        ("-1.26760", "36.80620"),
        "+254 20 555 0110",
        large=True,
    ),
    _branch(
        "nairobi-upper-hill",
        "Upper Hill",
        "Nairobi",
        "Hospital Road",
        ("-1.29850", "36.81150"),
        "+254 20 555 0120",
    ),
    _branch(
        "nairobi-eastleigh",
        "Eastleigh",
        "Nairobi",
        "First Avenue, Section 1",
        ("-1.27440", "36.84980"),
        "+254 20 555 0130",
    ),
    _branch(
        "nairobi-karen",
        "Karen",
        "Nairobi",
        "Ngong Road, at the roundabout",
        ("-1.31940", "36.70700"),
        "+254 20 555 0140",
    ),
    _branch(
        "mombasa-moi",
        "Moi Avenue",
        "Mombasa",
        "Moi Avenue, near the tusks",
        ("-4.06210", "39.66410"),
        "+254 41 555 0100",
        large=True,
    ),
    _branch("mombasa-nyali", "Nyali", "Mombasa", "Links Road", ("-4.03500", "39.70190"), "+254 41 555 0110"),
    _branch(
        "kisumu",
        "Kisumu",
        "Kisumu",
        "Oginga Odinga Street",
        ("-0.10220", "34.75030"),
        "+254 57 555 0100",
        large=True,
    ),
    _branch(
        "nakuru",
        "Nakuru",
        "Nakuru",
        "Kenyatta Avenue",
        ("-0.28490", "36.06850"),
        "+254 51 555 0100",
        large=True,
    ),
    _branch(
        "eldoret",
        "Eldoret",
        "Eldoret",
        "Uganda Road",
        ("0.51660", "35.28130"),
        "+254 53 555 0100",
        large=True,
    ),
    _branch("thika", "Thika", "Thika", "Commercial Street", ("-1.03780", "37.07500"), "+254 67 555 0100"),
    _branch("nyeri", "Nyeri", "Nyeri", "Kimathi Way", ("-0.42110", "36.95120"), "+254 61 555 0100"),
    _branch("meru", "Meru", "Meru", "Njuri Ncheke Street", ("0.04760", "37.64930"), "+254 64 555 0100"),
    _branch(
        "machakos", "Machakos", "Machakos", "Mbolu Malu Road", ("-1.51870", "37.26440"), "+254 44 555 0100"
    ),
    _branch(
        "kakamega", "Kakamega", "Kakamega", "Canon Awori Street", ("0.28350", "34.75290"), "+254 56 555 0100"
    ),
    _branch("kisii", "Kisii", "Kisii", "Hospital Road", ("-0.67830", "34.77310"), "+254 58 555 0100"),
    _branch("garissa", "Garissa", "Garissa", "Kismayu Road", ("-0.45690", "39.64010"), "+254 46 555 0100"),
    _branch("malindi", "Malindi", "Malindi", "Lamu Road", ("-3.21570", "40.11670"), "+254 42 555 0100"),
    _machine("atm-jkia", "Airport, terminal 1A", "Nairobi", "Arrivals hall", ("-1.33060", "36.92580")),
    _machine(
        "atm-sarit",
        "Sarit Centre",
        "Nairobi",
        "Lower ground floor, Westlands",
        ("-1.26110", "36.80210"),
        takes_cash=True,
    ),
    _machine(
        "atm-thika-road",
        "Thika Road Mall",
        "Nairobi",
        "Ground floor, Roysambu",
        ("-1.21940", "36.88840"),
        takes_cash=True,
    ),
    _machine("atm-likoni", "Likoni Ferry", "Mombasa", "Mainland side", ("-4.08020", "39.66270")),
    _machine(
        "atm-kisumu-west-end",
        "West End",
        "Kisumu",
        "Achieng Oneko Road",
        ("-0.09780", "34.75380"),
        takes_cash=True,
    ),
    _machine("atm-naivasha", "Naivasha", "Naivasha", "Moi Avenue", ("-0.71660", "36.43260")),
    _machine("atm-nanyuki", "Nanyuki", "Nanyuki", "Kenyatta Street", ("0.01100", "37.07450")),
    _machine("atm-kericho", "Kericho", "Kericho", "Moi Highway", ("-0.36780", "35.28340")),
    _machine("atm-kitale", "Kitale", "Kitale", "Kenyatta Street", ("1.01910", "35.00230")),
    _machine("atm-voi", "Voi", "Voi", "At the railway station", ("-3.39360", "38.55990")),
    _machine("atm-ukunda", "Ukunda", "Ukunda", "Beach Road, Diani", ("-4.28630", "39.57150")),
    _machine("atm-lodwar", "Lodwar", "Lodwar", "Main Street", ("3.11960", "35.60350")),
)
