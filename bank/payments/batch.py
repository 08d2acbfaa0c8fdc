"""A payment file the bank writes for a company from its own lists (bills, wages): pain.001.001.09.

Plain Python: written as any company's system would write it, and taken in by the same checks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bank.kernel.money import Money
from bank.messages import build

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account pays."""

    name: str
    number: str
    agent: str


@dataclass(frozen=True, slots=True)
class Payee:
    """One line; ``end_to_end_id`` finds it again."""

    end_to_end_id: str
    name: str
    number: str
    agent: str
    money: Money
    remittance: str


def credit_transfers(
    *, message_id: str, payer: Payer, day: date, created_at: str, payees: Sequence[Payee], purpose: str = ""
) -> bytes:
    """The file, with its counts and its sum. ``purpose`` is the category, ``SALA`` for wages."""
    total = str(sum((one.money.amount for one in payees[1:]), payees[0].money.amount))
    header = build.branch(
        "GrpHdr", build.leaf("MsgId", message_id), build.leaf("CreDtTm", created_at),
        build.leaf("NbOfTxs", str(len(payees))), build.leaf("CtrlSum", total),
        build.branch("InitgPty", build.leaf("Nm", payer.name)),
    )  # fmt: skip
    category = build.branch("PmtTpInf", build.branch("CtgyPurp", build.leaf("Cd", purpose)))
    part = build.branch(
        "PmtInf", build.leaf("PmtInfId", message_id), build.leaf("PmtMtd", "TRF"),
        category,
        build.branch("ReqdExctnDt", build.leaf("Dt", day.isoformat())),
        build.branch("Dbtr", build.leaf("Nm", payer.name)), _account("DbtrAcct", payer.number),
        _agent("DbtrAgt", payer.agent), *(_transfer(one) for one in payees),
    )  # fmt: skip
    body = build.document(_NAMESPACE, build.branch("CstmrCdtTrfInitn", header, part))
    return build.text(body).encode()


def _transfer(one: Payee) -> Any:
    amount = build.leaf("InstdAmt", str(one.money.amount), Ccy=one.money.currency)
    return build.branch(
        "CdtTrfTxInf", build.branch("PmtId", build.leaf("EndToEndId", one.end_to_end_id)),
        build.branch("Amt", amount), _agent("CdtrAgt", one.agent),
        build.branch("Cdtr", build.leaf("Nm", one.name)), _account("CdtrAcct", one.number),
        build.branch("RmtInf", build.leaf("Ustrd", one.remittance)),
    )  # fmt: skip


def _account(tag: str, number: str) -> Any:
    return build.branch(tag, build.branch("Id", build.branch("Othr", build.leaf("Id", number))))


def _agent(tag: str, agent: str) -> Any:
    """By its BIC, or by its number in a national clearing."""
    if _BIC.fullmatch(agent):
        return build.branch(tag, build.branch("FinInstnId", build.leaf("BICFI", agent)))
    member = build.branch("ClrSysMmbId", build.leaf("MmbId", agent))
    return build.branch(tag, build.branch("FinInstnId", member))
