"""The pieces of MT messages that translations from ISO 20022 are put together from."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from bank.messages import fields as read
from bank.messages import xml
from bank.messages.fields import Fields
from bank.messages.swift import parties
from bank.messages.swift.blocks import Field
from bank.messages.swift.formats import X
from bank.messages.swift.parties import Identification, MtParty

_HEAD_OFFICE: Final = "X" * 3
_IN_THE_TOWN: Final = ("Dept", "SubDept", "StrtNm", "BldgNb", "BldgNm", "Flr", "PstBx", "Room")
_OF_THE_TOWN: Final = ("PstCd", "TwnLctnNm", "DstrctNm", "CtrySubDvsn")
_FOREIGN = re.compile(rf"[^{X}\n]")


def parties_of_header(raw: bytes) -> tuple[str, str]:
    """Sender and receiver of the business header; empty where there is none."""
    header = next(xml.root(raw).iter("{*}AppHdr"), None)
    if header is None:
        return "", ""
    fields = Fields(header)
    path = "FIId/FinInstnId/"
    return fields.one(f"Fr/{path}BICFI", f"Fr/{path}BIC"), fields.one(f"To/{path}BICFI", f"To/{path}BIC")


def terminal(bic: str, letter: str) -> str:
    """A logical terminal of twelve characters."""
    return (bic[:8].ljust(8, "X") + letter + (bic[8:11] or _HEAD_OFFICE)).ljust(12, "X")


def yymmdd(day: date | None) -> str:
    return f"{day:%y%m%d}" if day else ""


def amount(fields: Fields, path: str) -> tuple[str, str]:
    found = fields.at(path)
    amount = read.decimal(found.text) if found is not None else None
    if found is None or amount is None:
        return "", ""
    return swift(amount), found.element.get("Ccy", "")


def swift(amount: Decimal) -> str:
    """A SWIFT amount: a comma in any case, no zeros after it that say nothing."""
    whole, _point, decimals = f"{abs(amount):f}".partition(".")
    return f"{whole.lstrip('0') or '0'},{decimals.rstrip('0')}"


def customer(number: str, transfer: Fields, tag: str) -> Iterator[Field]:
    found = party_of(transfer, tag, account=f"{tag}Acct")
    if found is not None:
        option, value = parties.write_customer(found, ordering=number == "50")
        yield Field(number + option, plain(value))


def agent(number: str, transfer: Fields, tag: str) -> Iterator[Field]:
    found = agent_of(transfer, tag)
    if found is not None and (found.bic or found.name or found.clearing_member):
        option, value = parties.write_agent(found)
        yield Field(number + option, plain(value))


def text(tag: str, words: str, width: int, lines: int) -> Iterator[Field]:
    if spelt := plain(words):
        kept = cut(spelt, width * lines)
        yield Field(tag, "\n".join(kept[at : at + width].strip() for at in range(0, len(kept), width)))


def agent_of(fields: Fields, tag: str) -> MtParty | None:
    found = fields.at(tag)
    if found is None:
        return None
    inner = found.at("FinInstnId") or found
    agent = read.agent(fields, tag)
    system = inner.one("ClrSysMmbId/ClrSysId/Cd")
    return MtParty(
        account=read.account(fields, f"{tag}Acct").number,
        bic=agent.bic,
        name=agent.name,
        lines=lines(inner),
        country=inner.one("PstlAdr/Ctry"),
        town=town(inner),
        clearing=system,
        clearing_member=inner.one("ClrSysMmbId/MmbId"),
    )


def party_of(fields: Fields, tag: str, *, account: str) -> MtParty | None:
    found = fields.at(tag)
    if found is None:
        return None
    born = "Id/PrvtId/DtAndPlcOfBirth/"
    return MtParty(
        account=read.account(fields, account).number,
        bic=found.one("Id/OrgId/AnyBIC", "Id/OrgId/BICOrBEI"),
        name=found.one("Nm"),
        lines=lines(found),
        country=found.one("PstlAdr/Ctry"),
        town=town(found),
        known_by=tuple(_known_by(found)),
        birth_date=found.one(f"{born}BirthDt"),
        birth_country=found.one(f"{born}CtryOfBirth"),
        birth_town=found.one(f"{born}CityOfBirth"),
        residence=found.one("CtryOfRes"),
    )


def _known_by(party: Fields) -> Iterator[Identification]:
    """Numbers of a kind that option F has a code for; others have no place in an MT."""
    kept = [found for path in ("Id/PrvtId", "Id/OrgId") if (found := party.at(path))]
    for other in [other for found in kept for other in found.each("Othr")]:
        code, (country, _slash, issuer) = other.one("SchmeNm/Cd"), other.one("Issr").partition("/")
        if code in parties.CODES_OF_NUMBERS and re.fullmatch(r"[A-Z]{2}", country):
            yield Identification(code, country, issuer, other.one("Id"))


def lines(party: Fields) -> tuple[str, ...]:
    """What says where in the town, as one line, and the address lines as given."""
    address = party.at("PstlAdr")
    if address is None:
        return ()
    street = ",".join(word for tag in _IN_THE_TOWN if (word := address.one(tag)))
    return (*([street] if street else []), *address.every("AdrLine"))


def town(party: Fields) -> str:
    """The town, and the post code and what else is larger than a street behind it."""
    name = party.one("PstlAdr/TwnNm")
    more = [word for tag in _OF_THE_TOWN if (word := party.one(f"PstlAdr/{tag}"))]
    return ",".join([name, *more]) if name else ""


def plain(words: str) -> str:
    """Text in character set x: accents off, everything else foreign a point."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", words) if not unicodedata.combining(each))
    return _FOREIGN.sub(".", bare)


def cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "+"


def coded(words: str, width: int) -> list[str]:
    """Lines of field 72, those after the first begun with //."""
    first, rest = words[:width], words[width:]
    return [first, *(f"//{rest[at : at + width - 2]}" for at in range(0, len(rest), width - 2))]
