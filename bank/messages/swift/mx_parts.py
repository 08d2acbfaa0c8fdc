"""The pieces of ISO 20022 messages that translations from MT are put together from."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bank.messages.build import branch, leaf
from bank.messages.swift import parties
from bank.messages.swift.blocks import Message
from bank.messages.swift.parties import Identification, MtParty

_HEAD_OFFICE: Final = "X" * 3
_WORDS_72 = re.compile(r"\A/([A-Z0-9]{3,8})/(.*)", re.DOTALL)


def instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def bic(terminal: str) -> str:
    """The BIC of a logical terminal: no terminal letter, no branch for the head office."""
    bank, branch_code = terminal[:8], terminal[9:12]
    return bank if branch_code in {"", _HEAD_OFFICE} else bank + branch_code


def found(message: Message, number: str) -> MtParty | None:
    field = next((each for each in message.fields if each.tag[:2] == number), None)
    return parties.read(field.tag[2:], field.value) if field else None


def institution(party: MtParty) -> Any:
    system = branch("ClrSysId", leaf("Cd", party.clearing))
    return branch(
        "FinInstnId",
        leaf("BICFI", party.bic),
        branch("ClrSysMmbId", system, leaf("MmbId", party.clearing_member)),
        leaf("Nm", party.name),
        address(party),
    )


def agent(tag: str, party: MtParty | None) -> Any:
    return branch(tag, institution(party)) if party else None


def party(tag: str, party: MtParty | None) -> Any:
    if party is None:
        return None
    return branch(
        tag,
        leaf("Nm", party.name),
        address(party),
        branch("Id", branch("OrgId", leaf("AnyBIC", party.bic)) if party.bic else _person(party)),
        leaf("CtryOfRes", party.residence),
    )


def _person(party: MtParty) -> Any:
    """Birth and numbers of a person. Of date, town and country of birth the schema takes all or none."""
    born = None
    if party.birth_date and party.birth_town and party.birth_country:
        born = branch(
            "DtAndPlcOfBirth",
            leaf("BirthDt", party.birth_date),
            leaf("CityOfBirth", party.birth_town),
            leaf("CtryOfBirth", party.birth_country),
        )
    return branch("PrvtId", born, *(_other(known) for known in party.known_by))


def _other(known: Identification) -> Any:
    issuer = "/".join(part for part in (known.country, known.issuer) if part)
    scheme = branch("SchmeNm", leaf("Cd", known.code))
    return branch("Othr", leaf("Id", known.number), scheme, leaf("Issr", issuer))


def address(party: MtParty) -> Any:
    lines = (leaf("AdrLine", line) for line in party.lines)
    return branch("PstlAdr", leaf("TwnNm", party.town), leaf("Ctry", party.country), *lines)


def account(tag: str, party: MtParty | None) -> Any:
    if party is None or not party.account:
        return None
    if party.is_iban:
        return branch(tag, branch("Id", leaf("IBAN", party.account.replace(" ", ""))))
    return branch(tag, branch("Id", branch("Othr", leaf("Id", party.account))))


def amount(tag: str, value: str) -> Any:
    return leaf(tag, number(value[3:]), Ccy=value[:3])


def number(text_: str) -> str:
    """A SWIFT amount with a point instead of the comma; nothing where there is no amount."""
    return text_.replace(",", ".").rstrip(".") if re.fullmatch(r"\d+(?:,\d*)?", text_) else ""


def day(text_: str) -> str:
    try:
        return datetime.strptime(text_, "%y%m%d").date().isoformat()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return ""


def joined(text_: str) -> str:
    return " ".join(line.strip() for line in text_.split("\n")).strip()


def direction(amount: Decimal) -> str:
    return "DBIT" if amount < 0 else "CRDT"


def codes_72(message: Message) -> list[tuple[str, str]]:
    """Field 72 as code and text; a line that begins with // goes on with the one before."""
    found: list[tuple[str, str]] = []
    for line in message.value("72").split("\n"):
        if begins := _WORDS_72.match(line):
            found.append((begins[1], begins[2].strip()))
        elif found:
            code, said = found[-1]
            found[-1] = (code, f"{said} {line.removeprefix('//').strip()}")
    return found
