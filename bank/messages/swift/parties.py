"""Parties and banks of MT fields, in the terms of ISO 20022 and back (options A, B, C, D, F, K and none)."""

import re
from dataclasses import dataclass, replace
from typing import Final

from bank.kernel import iban
from bank.kernel.errors import BankError

#: National clearing codes of SWIFT's party lines and their ISO 20022 names (external clearing system codes).
CLEARING: Final = {
    "AT": "ATBLZ",
    "AU": "AUBSB",
    "BL": "DEBLZ",
    "CC": "CACPA",
    "CN": "CNAPS",
    "CP": "USPID",
    "ES": "ESNCC",
    "FW": "USABA",
    "GR": "GRBIC",
    "HK": "HKNCC",
    "IE": "IENCC",
    "IN": "INFSC",
    "IT": "ITNCC",
    "NZ": "NZNCC",
    "PL": "PLKNR",
    "PT": "PTNCC",
    "RU": "RUCBC",
    "SC": "GBDSC",
    "SW": "CHSIC",
    "ZA": "ZANCC",
}
_CODES: Final = {name: code for code, name in CLEARING.items()}
_CLEARED = re.compile(r"//([A-Z]{2})([0-9A-Z]{0,28})")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_LINE: Final = 35
_NAME_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class MtParty:
    """A customer or a bank as an MT field tells of it. ``lines`` are address lines without a form."""

    account: str = ""
    bic: str = ""
    name: str = ""
    lines: tuple[str, ...] = ()
    country: str = ""
    town: str = ""
    clearing: str = ""
    clearing_member: str = ""

    @property
    def is_iban(self) -> bool:
        return is_iban(self.account)


def is_iban(text: str) -> bool:
    """Whether an account number is an IBAN, check digits and all."""
    try:
        iban.validate(text)
    except BankError:
        return False
    return True


def read(option: str, value: str) -> MtParty:
    """The party of a field with an option letter (empty for none, as in 59)."""
    first, lines = _party_line(value)
    if option == "F":
        return _numbered(first, lines)
    if option in {"A", "G"} or (lines and len(lines) == 1 and option == "A"):
        return replace(first, bic=lines[0].strip() if lines else "")
    if option == "B":
        return replace(first, lines=tuple(lines))
    return replace(first, name=lines[0] if lines else "", lines=tuple(lines[1:]))


def _party_line(value: str) -> tuple[MtParty, list[str]]:
    """The account or clearing code in the first line, and the lines after it."""
    lines = [line.rstrip() for line in value.split("\n") if line.strip()]
    if not lines or not lines[0].startswith("/"):
        return MtParty(), lines
    cleared = _CLEARED.fullmatch(lines[0])
    if cleared and cleared[1] in CLEARING:
        return MtParty(clearing=CLEARING[cleared[1]], clearing_member=cleared[2]), lines[1:]
    account = re.sub(r"\A/(?:[CD]/)?/?", "", lines[0])
    return MtParty(account=account), lines[1:]


def _numbered(first: MtParty, lines: list[str]) -> MtParty:
    """Option F: 1/ name, 2/ address, 3/ country and town; what else is numbered goes with the address."""
    parts: dict[str, list[str]] = {}
    for line in lines:
        number, _slash, text = line.partition("/")
        parts.setdefault(number, []).append(text)
    country, _slash, town = "".join(parts.get("3", [])[:1]).partition("/")
    return replace(
        first,
        name=" ".join(parts.get("1", [])),
        lines=tuple(parts.get("2", []) + parts.get("3", [])[1:]),
        country=country,
        town=town,
    )


def write_agent(party: MtParty) -> tuple[str, str]:
    """Option and value of a field for a bank: A by BIC, D by name and address, C by clearing code alone."""
    line = _write_party_line(party)
    if party.bic:
        return "A", "\n".join(part for part in (line, party.bic) if part)
    if party.name:
        return "D", "\n".join(part for part in (line, *_name_and_address(party)) if part)
    return "C", line


def write_customer(party: MtParty, *, ordering: bool) -> tuple[str, str]:
    """Option and value of field 50 or 59: F where country and town are known, else K or no letter."""
    line = f"/{party.account}" if party.account else ""
    if party.bic and not party.name:
        return "A", "\n".join(part for part in (line, party.bic) if part)
    if party.country and party.town and (party.account or not ordering):
        return "F", "\n".join(part for part in (line, *_numbered_lines(party)) if part)
    return "K" if ordering else "", "\n".join(part for part in (line, *_name_and_address(party)) if part)


def _write_party_line(party: MtParty) -> str:
    if party.clearing in _CODES:
        return f"//{_CODES[party.clearing]}{party.clearing_member}"
    return f"/{party.account}" if party.account else ""


def _name_and_address(party: MtParty) -> list[str]:
    place = " ".join(part for part in (party.town, party.country) if part)
    lines = [*_wrapped(party.name)[:_NAME_LINES], *party.lines, *([place] if place else [])]
    return [line[:_LINE] for line in lines][:4]


def _numbered_lines(party: MtParty) -> list[str]:
    width = _LINE - 2
    names = [f"1/{line}" for line in _wrapped(party.name, width)[:_NAME_LINES]]
    address = [f"2/{line[:width]}" for line in party.lines][: 3 - len(names)]
    return [*names, *address, f"3/{party.country}/{party.town}"[:_LINE]]


def _wrapped(text: str, width: int = _LINE) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def is_bic(text: str) -> bool:
    """Whether a text has the form of a BIC."""
    return bool(_BIC.fullmatch(text))
