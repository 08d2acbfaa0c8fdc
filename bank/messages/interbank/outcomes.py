"""What became of transfers: pacs.002 (status), pacs.004 (return), pacs.028 (the question after a status)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from bank.messages import fields as read_fields
from bank.messages.build import branch, leaf
from bank.messages.fields import Fields
from bank.messages.interbank import parts
from bank.messages.interbank.records import Header, Original, Return, Status

STATUS: Final = "pacs.002.001.10"
RETURN: Final = "pacs.004.001.10"
ENQUIRY: Final = "pacs.028.001.03"


def status_body(header: Header, original: Original, statuses: Sequence[Status]) -> Any:
    """pacs.002 about transfers of one message."""
    about = branch(
        "OrgnlGrpInfAndSts",
        leaf("OrgnlMsgId", original.message_id),
        leaf("OrgnlMsgNmId", original.message),
    )
    return branch("FIToFIPmtStsRpt", parts.group_header(header), about, *map(_status, statuses))


def _status(status: Status) -> Any:
    return branch(
        "TxInfAndSts",
        leaf("OrgnlTxId", status.transaction_id),
        leaf("OrgnlUETR", status.uetr),
        leaf("TxSts", status.status),
        parts.reason("StsRsnInf", status.reason, status.sentence),
        leaf("AccptncDtTm", parts.instant(status.at) if status.at else ""),
        leaf("ClrSysRef", status.clearing_reference),
    )


def read_statuses(message: Fields) -> list[Status]:
    return [_read_status(fields) for fields in message.each("TxInfAndSts")]


def _read_status(fields: Fields) -> Status:
    reason, sentence = parts.reason_read(fields, "StsRsnInf")
    at = fields.one("AccptncDtTm")
    return Status(
        transaction_id=fields.one("OrgnlTxId", "OrgnlInstrId"),
        status=fields.one("TxSts"),
        uetr=fields.one("OrgnlUETR"),
        clearing_reference=fields.one("ClrSysRef", "AcctSvcrRef"),
        reason=reason,
        sentence=sentence,
        at=datetime.fromisoformat(at) if at else None,
    )


def return_body(header: Header, original: Original, returned: Return) -> Any:
    """pacs.004 about one transfer."""
    group = parts.group_header(
        header,
        leaf("NbOfTxs", "1"),
        parts.amount("TtlRtrdIntrBkSttlmAmt", returned.amount),
        leaf("IntrBkSttlmDt", returned.settles_on.isoformat()),
        branch("SttlmInf", leaf("SttlmMtd", "CLRG")),
    )
    about = branch(
        "OrgnlGrpInf", leaf("OrgnlMsgId", original.message_id), leaf("OrgnlMsgNmId", original.message)
    )
    transaction = branch(
        "TxInf",
        leaf("RtrId", returned.return_id),
        leaf("OrgnlEndToEndId", returned.original_end_to_end_id),
        leaf("OrgnlTxId", returned.original_transaction_id),
        leaf("OrgnlUETR", returned.original_uetr),
        leaf("OrgnlClrSysRef", returned.original_clearing_reference),
        parts.amount("RtrdIntrBkSttlmAmt", returned.amount),
        parts.reason("RtrRsnInf", returned.reason, returned.sentence),
    )
    return branch("PmtRtr", group, about, transaction)


def read_returns(message: Fields, *, today: date) -> list[Return]:
    """Raises ``TotalsDiffer``, ``AmountUnreadable``."""
    header = message.at("GrpHdr") or message
    day = read_fields.day(header.one("IntrBkSttlmDt")) or today
    found = [_read_return(fields, day) for fields in message.each("TxInf")]
    parts.check_totals(header, [each.amount for each in found], total_tag="TtlRtrdIntrBkSttlmAmt")
    return found


def _read_return(fields: Fields, day: date) -> Return:
    reason, sentence = parts.reason_read(fields, "RtrRsnInf")
    return Return(
        return_id=fields.one("RtrId"),
        amount=parts.money_read(fields, "RtrdIntrBkSttlmAmt"),
        reason=reason,
        settles_on=read_fields.day(fields.one("IntrBkSttlmDt")) or day,
        original_transaction_id=fields.one("OrgnlTxId", "OrgnlInstrId"),
        original_uetr=fields.one("OrgnlUETR"),
        original_clearing_reference=fields.one("OrgnlClrSysRef"),
        original_end_to_end_id=fields.one("OrgnlEndToEndId"),
        sentence=sentence,
    )


def enquiry_body(header: Header, transaction_id: str, uetr: str, clearing_reference: str = "") -> Any:
    """pacs.028: what became of this transfer?"""
    asked = branch(
        "TxInf",
        leaf("OrgnlTxId", transaction_id),
        leaf("OrgnlUETR", uetr),
        leaf("ClrSysRef", clearing_reference),
    )
    return branch("FIToFIPmtStsReq", parts.group_header(header), asked)


def read_enquiry(message: Fields) -> str:
    """The transaction asked after."""
    asked = message.at("TxInf") or message
    return asked.one("OrgnlTxId")
