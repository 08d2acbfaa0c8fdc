"""The pieces all interbank messages are made of, written; and read back where they are hostile."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages import errors
from bank.messages.build import branch, leaf
from bank.messages.fields import Fields, decimal
from bank.messages.interbank.records import Header

NOT_PROVIDED: Final = "NOTPROVIDED"
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Za-z0-9]{11,30}", re.ASCII)
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_LINE: Final = 70
_MOST_LINES: Final = 7


def instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def agent(tag: str, number: str) -> Any:
    """A bank by its BIC, or by its number in the national clearing where it is no BIC."""
    if _BIC.fullmatch(number):
        return branch(tag, branch("FinInstnId", leaf("BICFI", number)))
    return branch(tag, branch("FinInstnId", branch("ClrSysMmbId", leaf("MmbId", number))))


def agent_as_party(tag: str, bic: str) -> Any:
    """A bank where the schema lets a person stand too."""
    return branch(tag, agent("Agt", bic))


def account(tag: str, number: str) -> Any:
    """An account by IBAN where it has the shape of one, else by its number."""
    if _IBAN.fullmatch(number):
        return branch(tag, branch("Id", leaf("IBAN", number)))
    return branch(tag, branch("Id", branch("Othr", leaf("Id", number))))


def party(tag: str, name: str, address: str = "", country: str = "") -> Any:
    lines = (address[at : at + _LINE].strip() for at in range(0, len(address), _LINE))
    spelt = [leaf("AdrLine", line) for line in lines][:_MOST_LINES]
    return branch(tag, leaf("Nm", name), branch("PstlAdr", leaf("Ctry", country), *spelt))


def amount(tag: str, money: Money) -> Any:
    return leaf(tag, f"{money.amount:f}", Ccy=money.currency)


def group_header(header: Header, *more: Any, tag: str = "GrpHdr") -> Any:
    """Message id and instant, what the message adds, and between which banks."""
    return branch(
        tag,
        leaf("MsgId", header.message_id),
        leaf("CreDtTm", instant(header.created_at)),
        *more,
        agent("InstgAgt", header.sender),
        agent("InstdAgt", header.receiver),
    )


def reason(tag: str, code: str, sentence: str) -> Any:
    """A code of an external code list (four characters at most), a word of one's own, and a sentence."""
    spelt = leaf("Cd", code) if 0 < len(code) <= 4 else leaf("Prtry", code[:35])
    return branch(tag, branch("Rsn", spelt), leaf("AddtlInf", sentence[:105]))


def reason_read(fields: Fields, tag: str) -> tuple[str, str]:
    """Code and sentence at ``tag``."""
    return fields.one(f"{tag}/Rsn/Cd", f"{tag}/Rsn/Prtry"), fields.one(f"{tag}/AddtlInf")


def money_read(fields: Fields, tag: str) -> Money:
    """The amount at ``tag``. Raises ``AmountUnreadable``."""
    found = fields.at(tag)
    value = decimal(found.text) if found is not None else None
    if found is None or value is None:
        raise errors.AmountUnreadable(field=tag)
    try:
        return Money(value, found.element.get("Ccy", ""))
    except BankError as refusal:
        raise errors.AmountUnreadable(field=tag) from refusal


def total(amounts: list[Money]) -> Decimal:
    return sum((money.amount for money in amounts), Decimal(0))


def check_totals(header: Fields, amounts: list[Money], *, total_tag: str) -> None:
    """Raises ``TotalsDiffer`` where count or total of a group header are not what follows."""
    count = header.one("NbOfTxs")
    if count and int(count) != len(amounts):
        raise errors.TotalsDiffer(field="NbOfTxs", stated=count, found=len(amounts))
    for tag in (total_tag, "CtrlSum"):
        stated = decimal(header.one(tag)) if header.one(tag) else None
        if stated is not None and stated != total(amounts):
            raise errors.TotalsDiffer(field=tag, stated=stated, found=total(amounts))
