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
#: What option F calls a customer's number by: alien registration, passport, customer, driving licence,
#: employer, national identity, social security and tax.
CODES_OF_NUMBERS: Final = ("ARNU", "CCPT", "CUST", "DRLC", "EMPL", "NIDN", "SOSE", "TXID")
_IDENTIFIED = re.compile(rf"({'|'.join(CODES_OF_NUMBERS)})/([A-Z]{{2}}/.+)")
_ISSUED: Final = frozenset({"CUST", "DRLC", "EMPL"})
#: Lines of option F that hold a number of the customer, and what kind of number.
_NUMBERED_CODES: Final = {"6": "CUST", "7": "NIDN"}
_LINE: Final = 35
_NAME_LINES: Final = 2
_NAME_AND_ADDRESS_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Identification:
    """By what somebody is known: a code such as CUST or NIDN, the country, who gave it out, the number."""

    code: str
    country: str
    issuer: str
    number: str


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
    known_by: tuple[Identification, ...] = ()
    birth_date: str = ""
    birth_country: str = ""
    birth_town: str = ""
    residence: str = ""

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
        return _numbered(*_known_by(first, lines))
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


def _known_by(first: MtParty, lines: list[str]) -> tuple[MtParty, list[str]]:
    """Option F without an account begins with a code and its number, such as ``CUST/KE/UMOJA/123``."""
    if lines and (found := _IDENTIFIED.fullmatch(lines[0])):
        return replace(first, known_by=(_identified(found[1], found[2]),)), lines[1:]
    return first, lines


def _identified(code: str, text: str) -> Identification:
    """Country, who gave it out where the code has one, and the number."""
    country, _slash, rest = text.partition("/")
    issuer, _slash, number = rest.rpartition("/") if code in _ISSUED else ("", "", rest)
    return Identification(code, country, issuer, number)


def _numbered(first: MtParty, lines: list[str]) -> MtParty:
    """Option F: 1/ name, 2/ address, 3/ country and town, 4/ and 5/ birth, 6/ and 7/ other numbers, 8/ what
    did not fit before it.
    """
    parts: dict[str, list[str]] = {}
    for line in lines:
        number, _slash, text = line.partition("/")
        parts.setdefault(number, []).append(text)
    country, _slash, town = "".join(parts.get("3", [])[:1]).partition("/")
    birth_country, _slash, birth_town = "".join(parts.get("5", [])).partition("/")
    return replace(
        first,
        name=" ".join(parts.get("1", [])),
        lines=tuple(parts.get("2", []) + parts.get("3", [])[1:]),
        country=country,
        town=town,
        known_by=_all_known_by(first, parts),
        birth_date=_birth_date("".join(parts.get("4", []))),
        birth_country=birth_country,
        birth_town=birth_town,
    )


def _all_known_by(first: MtParty, parts: dict[str, list[str]]) -> tuple[Identification, ...]:
    more = [_identified(_NUMBERED_CODES[at], text) for at in _NUMBERED_CODES for text in parts.get(at, [])]
    known = [*first.known_by, *more]
    if known and parts.get("8"):
        known[-1] = replace(known[-1], number=known[-1].number + "".join(parts["8"]))
    return tuple(known)


def _birth_date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else ""


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
    if party.country and party.town and (party.account or party.known_by or not ordering):
        return "F", "\n".join(
            part for part in (line or _identified_line(party), *_numbered_lines(party)) if part
        )
    return "K" if ordering else "", "\n".join(part for part in (line, *_name_and_address(party)) if part)


def _write_party_line(party: MtParty) -> str:
    if party.clearing in _CODES:
        return f"//{_CODES[party.clearing]}{party.clearing_member}"
    return f"/{party.account}" if party.account else ""


def _name_and_address(party: MtParty) -> list[str]:
    place = "/".join(part for part in (party.country, party.town) if part)
    lines = [*_wrapped(party.name)[:_NAME_LINES], *party.lines, *([place] if place else [])]
    return [line[:_LINE] for line in lines][:4]


def _numbered_lines(party: MtParty) -> list[str]:
    width = _LINE - 2
    names = [f"1/{line}" for line in _wrapped(party.name, width)[:_NAME_LINES]]
    address = [f"2/{line[:width]}" for line in party.lines][: 3 - len(names)]
    birth = [f"4/{party.birth_date.replace('-', '')}"] if party.birth_date and party.birth_town else []
    if birth:
        birth.append(f"5/{party.birth_country}/{party.birth_town}"[:_LINE])
    lines = [*names, *address, f"3/{party.country}/{party.town}"[:_LINE]]
    return [*lines, *birth][: max(_NAME_AND_ADDRESS_LINES, len(lines))]


def _identified_line(party: MtParty) -> str:
    if not party.known_by:
        return ""
    one = party.known_by[0]
    return "/".join(part for part in (one.code, one.country, one.issuer, one.number) if part)[:_LINE]


def _wrapped(text: str, width: int = _LINE) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def is_bic(text: str) -> bool:
    """Whether a text has the form of a BIC."""
    return bool(_BIC.fullmatch(text))
