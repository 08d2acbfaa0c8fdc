"""ISO 20022 elements asked by paths of local names, whatever the version spells around them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bank.messages import canonical

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,15}", re.ASCII)


class Fields:
    """One element, asked by paths of local names. Its children are listed once: every field is looked
    up in a dictionary, which is what makes reading fast.
    """

    __slots__ = ("_children", "element", "name")

    def __init__(self, element: Any) -> None:
        self.element = element
        self.name = element.tag.rpartition("}")[2]
        self._children: dict[str, Fields] | None = None

    def one(self, *paths: str) -> str:
        """The text at the first of the paths that holds any."""
        for path in paths:
            found = self.at(path)
            if found is not None and (text := found.text):
                return text
        return ""

    def each(self, tag: str) -> "list[Fields]":
        """All children with the name, in order."""
        return [Fields(element) for element in self.element.iterchildren(f"{{*}}{tag}")]

    def every(self, tag: str) -> tuple[str, ...]:
        """The texts of all children with the name, in order."""
        found = (child.text for child in self.element.iterchildren(f"{{*}}{tag}"))
        return tuple(text.strip() for text in found if text and text.strip())

    @property
    def text(self) -> str:
        return (self.element.text or "").strip()

    def at(self, path: str) -> "Fields | None":
        """The first element at the path."""
        name, _slash, rest = path.partition("/")
        child = self._listed().get(name)
        return child.at(rest) if child is not None and rest else child

    def _listed(self) -> "dict[str, Fields]":
        if self._children is None:
            self._children = {}
            for element in self.element:
                child = Fields(element)
                self._children.setdefault(child.name, child)
        return self._children


def party(fields: Fields, tag: str) -> canonical.Party:
    """A person or organisation; from 2019 on these stand one level deeper, in Pty."""
    outer = fields.at(tag)
    if outer is None:
        return canonical.Party()
    found = outer.at("Pty") or outer
    return canonical.Party(
        name=found.one("Nm"),
        country=found.one("CtryOfRes", "PstlAdr/Ctry"),
        identification=found.one(
            "Id/OrgId/LEI", "Id/OrgId/AnyBIC", "Id/OrgId/BICOrBEI", "Id/OrgId/Othr/Id", "Id/PrvtId/Othr/Id"
        ),
    )


def account(fields: Fields, tag: str) -> canonical.AccountIdentification:
    """An account by IBAN or another number, in the spelling of any version."""
    found = fields.at(tag)
    if found is None:
        return canonical.AccountIdentification()
    return canonical.AccountIdentification(
        iban=found.one("Id/IBAN", "IBAN").replace(" ", ""),
        other=found.one("Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id", "Id/DmstAcct/Id", "BBAN", "DmstAcct/Id"),
        currency=found.one("Ccy"),
        proxy=found.one("Prxy/Id"),
    )


def agent(fields: Fields, tag: str, early_tag: str = "") -> canonical.Agent:
    """A bank, by BIC or clearing number; ``early_tag`` is what the first versions called it."""
    found = fields.at(tag) or fields.at(early_tag)
    if found is None:
        return canonical.Agent()
    return canonical.Agent(
        bic=found.one("FinInstnId/BICFI", "FinInstnId/BIC", "FinInstnId/CmbndId/BIC", "BIC"),
        clearing_member=found.one(
            "FinInstnId/ClrSysMmbId/MmbId", "FinInstnId/Othr/Id", "FinInstnId/PrtryId/Id"
        ),
        name=found.one("FinInstnId/Nm"),
    )


def remittance(fields: Fields) -> canonical.Remittance:
    """What the payment is for, the free text whole."""
    found = fields.at("RmtInf")
    if found is None:
        return canonical.Remittance()
    return canonical.Remittance(
        unstructured=found.every("Ustrd"),
        creditor_reference=found.one("Strd/CdtrRefInf/Ref", "Strd/CdtrRefInf/CdtrRef"),
        document_numbers=_document_numbers(found),
    )


def _document_numbers(remittance: Fields) -> tuple[str, ...]:
    documents = (Fields(each) for each in remittance.element.iterfind("{*}Strd/{*}RfrdDocInf"))
    return tuple(number for document in documents if (number := document.one("Nb", "RfrdDocNb")))


def decimal(text: str) -> Decimal | None:
    """An xs:decimal (XML Schema part 2, 3.2.3): no exponent, no NaN, no grouping, ASCII digits."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def count(text: str) -> int | None:
    """A count as the schemas write it (Max15NumericText); None for anything else."""
    return int(text) if _COUNT.fullmatch(text) else None


def day(text: str) -> date | None:
    """The day of an ISO date or date with time; None for anything else."""
    try:
        return datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text[:10])
    except ValueError:
        return None
