"""Which names are one and which are two."""

import pytest

from bank.risk.screening import matching
from bank.risk.screening.names import Kind, alternatives, parse

PERSON, ORGANISATION = Kind.PERSON, Kind.ORGANISATION


def score(one: str, other: str, kind: Kind) -> int:
    return matching.compare(parse(one, kind), parse(other, kind)).score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Osama bin Laden", "BIN LADIN, Usama"),
        ("Muammar Qaddafi", "Moammar Gadhafi"),
        ("Владимир Путин", "Vladimir PUTIN"),
        ("Ἀλέξης Τσίπρας", "Alexis Tsipras"),
        ("Xi Jin Ping", "XI Jinping"),
        ("J. C. Juncker", "Jean-Claude Juncker"),
        ("Dr. Aung San Suu Kyi", "aung san suu kyi"),
        ("Abdulrahman al-Sudani", "AL SUDANI, Abd al-Rahman"),
        ("Wangari Njoroge Kamau", "Kamau Wangari Njoroge"),
        ("Bob Mugabe", "Robert Mugabe"),
        ("Lukashenko Aleksandr Grigoryevich", "Alyaksandr Lukashenka"),
        ("Jose\u0301 Pe\u0301rez", "JOSE PEREZ"),
        ("Ro\u200bbert Mu\u202egabe", "Robert Mugabe"),
    ],
)
def test_one_person(one: str, other: str) -> None:
    assert score(one, other, PERSON) >= matching.THRESHOLD
    assert score(other, one, PERSON) >= matching.THRESHOLD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bashar al-Assad", "Hafez al-Assad"),
        ("Mohammed Ali Hassan", "Mohammed Ali Yusuf"),
        ("Wangari Maathai", "Wangari Muta"),
        ("Sergey Ivanov", "Sergey Lavrov"),
        ("Joseph", "Joseph Kony"),
        ("Kim Jong Il", "Kim Yo Jong"),
        ("李明", "李强"),
    ],
)
def test_two_people(one: str, other: str) -> None:
    assert score(one, other, PERSON) < matching.THRESHOLD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gazprom PJSC", "PUBLIC JOINT STOCK COMPANY GAZPROM"),
        ("Savanna Arms Trading", "SAVANNA ARMS TRADING CO. LTD."),
        ("Volkswagen Gesellschaft mit beschränkter Haftung", "Volkswagen GmbH"),
        ("First National Bank", "1st National Bank"),
        ("The Bahari Shipping Co.", "Bahari Shipping Company Limited"),
        ("ООО Ромашка", "Romashka LLC"),
    ],
)
def test_one_organisation(one: str, other: str) -> None:
    assert score(one, other, ORGANISATION) >= matching.THRESHOLD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bank of Kenya", "Bank of Uganda"),
        ("Savanna Arms Trading Ltd", "Savanna Farms Catering Ltd"),
        ("General Trading Company", "General Trading and Pacific Fishing Company"),
        ("Nairobi Steel Ltd", "Mombasa Steel Ltd"),
    ],
)
def test_two_organisations(one: str, other: str) -> None:
    assert score(one, other, ORGANISATION) < matching.THRESHOLD


def test_a_listed_name_may_hold_several() -> None:
    assert "Islamic Army" in alternatives("Al-Qa'ida/Islamic Army")


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "....", "\x00", "'" * 500, "a" * 5_000, "a b " * 500, "😀"]
)
def test_what_is_no_name_breaks_nothing(text: str) -> None:
    for kind in Kind:
        assert 0 <= score(text, "Usama bin Ladin", kind) <= 100
