"""Writes pain.002 (Customer Payment Status Report) about a pain.001 or pain.008 and each payment in it.

Version 03 answers a pain.001 up to version 08, version 10 the versions 09 and 10 (published with it in 2019),
version 12 the later ones; a pain.008 of the same years is one version behind. Written as a stream.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, BinaryIO, Final

from lxml import etree

from bank.messages import schemas

_DIRECT_DEBIT: Final = "pain.008"
_BY_VERSION: Final = ((11, "pain.002.001.12"), (9, "pain.002.001.10"))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: an ISO 20022 ExternalStatusReason1Code and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """One payment of the original message; ``status`` is an ISO 20022 code such as ACSC or RJCT."""

    part: str
    reference: str
    instruction_id: str
    end_to_end_id: str
    status: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What the report says of the original message as a whole."""

    message_id: str
    created_at: datetime
    sender_bic: str
    original_message: str
    original_message_id: str
    original_count: int
    original_control_sum: Decimal
    status: str
    reasons: tuple[Reason, ...] = field(default=())


def message_for(original: str) -> str:
    """The version of pain.002 that answers a version of pain.001 or pain.008."""
    version = original.rpartition(".")[2]
    number = int(version) if version.isdigit() else 0
    number += original.startswith(_DIRECT_DEBIT)
    return next((message for first, message in _BY_VERSION if number >= first), "pain.002.001.03")


def write(out: BinaryIO, report: StatusReport, payments: Iterable[PaymentReport]) -> None:
    """Writes the report; ``payments`` come part by part, in the order of the original."""
    message = message_for(report.original_message)
    namespace = schemas.namespace(message)
    with etree.xmlfile(out, encoding="utf-8") as stream:
        stream.write_declaration()
        with stream.element("Document", nsmap={None: namespace}), stream.element("CstmrPmtStsRpt"):
            stream.write(_header(report, modern=not message.endswith("03")))
            stream.write(_group(report))
            for part, reports in groupby(payments, key=lambda payment: payment.part):
                with stream.element("OrgnlPmtInfAndSts"):
                    stream.write(_leaf("OrgnlPmtInfId", part))
                    for payment in reports:
                        stream.write(_payment(payment))


def _header(report: StatusReport, *, modern: bool) -> Any:
    header = _branch(
        "GrpHdr", _leaf("MsgId", report.message_id), _leaf("CreDtTm", _instant(report.created_at))
    )
    agent = _leaf("BICFI" if modern else "BIC", report.sender_bic)
    ours = "CdtrAgt" if report.original_message.startswith(_DIRECT_DEBIT) else "DbtrAgt"
    header.append(_branch(ours, _branch("FinInstnId", agent)))
    return header


def _group(report: StatusReport) -> Any:
    return _branch(
        "OrgnlGrpInfAndSts",
        _leaf("OrgnlMsgId", report.original_message_id or "NOTPROVIDED"),
        _leaf("OrgnlMsgNmId", report.original_message),
        _leaf("OrgnlNbOfTxs", str(report.original_count)),
        _leaf("OrgnlCtrlSum", f"{report.original_control_sum.normalize():f}"),
        _leaf("GrpSts", report.status),
        *(_reason(reason) for reason in report.reasons),
    )


def _payment(payment: PaymentReport) -> Any:
    ids = [
        _leaf(tag, text)
        for tag, text in (
            ("StsId", payment.reference),
            ("OrgnlInstrId", payment.instruction_id),
            ("OrgnlEndToEndId", payment.end_to_end_id),
        )
        if text
    ]
    reasons = (_reason(reason) for reason in payment.reasons)
    return _branch("TxInfAndSts", *ids, _leaf("TxSts", payment.status), *reasons)


def _reason(reason: Reason) -> Any:
    return _branch(
        "StsRsnInf", _branch("Rsn", _leaf("Cd", reason.code)), _leaf("AddtlInf", reason.sentence[:105])
    )


def _branch(tag: str, *children: Any) -> Any:
    element = etree.Element(tag)
    element.extend(children)
    return element


def _leaf(tag: str, text: str) -> Any:
    element = etree.Element(tag)
    element.text = text
    return element


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
