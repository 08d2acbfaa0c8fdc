"""pacs.008 (FI to FI Customer Credit Transfer): transfers from one bank to others, settled by the network."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from bank.messages import fields as read_fields
from bank.messages.build import branch, leaf
from bank.messages.fields import Fields
from bank.messages.interbank import parts
from bank.messages.interbank.records import Header, Transfer

MESSAGE: Final = "pacs.008.001.08"
_MOST_LINE: Final = 140


def body(header: Header, transfers: Sequence[Transfer], *, instrument: str) -> Any:
    """The message without its envelope. ``instrument`` is the network's name for the service."""
    amounts = [transfer.amount for transfer in transfers]
    group = parts.group_header(
        header,
        leaf("NbOfTxs", str(len(transfers))),
        leaf("TtlIntrBkSttlmAmt", f"{parts.total(amounts):f}", Ccy=amounts[0].currency),
        leaf("IntrBkSttlmDt", transfers[0].settles_on.isoformat()),
        branch("SttlmInf", leaf("SttlmMtd", "CLRG")),
        branch("PmtTpInf", branch("LclInstrm", leaf("Prtry", instrument))),
    )
    return branch("FIToFICstmrCdtTrf", group, *(_transfer(transfer) for transfer in transfers))


def _transfer(transfer: Transfer) -> Any:
    return branch(
        "CdtTrfTxInf",
        branch(
            "PmtId",
            leaf("InstrId", transfer.instruction_id),
            leaf("EndToEndId", transfer.end_to_end_id or parts.NOT_PROVIDED),
            leaf("TxId", transfer.transaction_id),
            leaf("UETR", transfer.uetr),
            leaf("ClrSysRef", transfer.clearing_reference),
        ),
        parts.amount("IntrBkSttlmAmt", transfer.amount),
        leaf("ChrgBr", transfer.charge_bearer),
        parts.party("UltmtDbtr", transfer.ultimate_debtor),
        parts.party("Dbtr", transfer.debtor_name),
        parts.account("DbtrAcct", transfer.debtor_account),
        parts.agent("DbtrAgt", transfer.debtor_agent),
        parts.agent("CdtrAgt", transfer.creditor_agent),
        parts.party("Cdtr", transfer.creditor_name, transfer.creditor_address, transfer.creditor_country),
        parts.account("CdtrAcct", transfer.creditor_account),
        parts.party("UltmtCdtr", transfer.ultimate_creditor),
        branch("Purp", leaf("Cd" if len(transfer.purpose) <= 4 else "Prtry", transfer.purpose[:35])),
        branch("RmtInf", leaf("Ustrd", transfer.remittance[:_MOST_LINE]), _reference(transfer)),
    )


def _reference(transfer: Transfer) -> Any:
    """The creditor's own reference (ISO 11649 or a number of theirs)."""
    return branch("Strd", branch("CdtrRefInf", leaf("Ref", transfer.creditor_reference)))


def read(message: Fields, *, today: date) -> list[Transfer]:
    """The transfers of a message that its schema accepts. ``today`` is when one without a day settles.

    Raises ``TotalsDiffer``, ``AmountUnreadable``.
    """
    header = message.at("GrpHdr") or message
    day = read_fields.day(header.one("IntrBkSttlmDt"))
    found = [_read(fields, day or today) for fields in message.each("CdtTrfTxInf")]
    parts.check_totals(header, [each.amount for each in found], total_tag="TtlIntrBkSttlmAmt")
    return found


def _agent(fields: Fields, tag: str) -> str:
    found = read_fields.agent(fields, tag)
    return found.bic or found.clearing_member


def _read(fields: Fields, day: date) -> Transfer:
    end_to_end, remittance = fields.one("PmtId/EndToEndId"), read_fields.remittance(fields)
    return Transfer(
        transaction_id=fields.one("PmtId/TxId", "PmtId/InstrId", "PmtId/EndToEndId"),
        uetr=fields.one("PmtId/UETR"),
        amount=parts.money_read(fields, "IntrBkSttlmAmt"),
        settles_on=read_fields.day(fields.one("IntrBkSttlmDt")) or day,
        debtor_name=read_fields.party(fields, "Dbtr").name,
        debtor_account=read_fields.account(fields, "DbtrAcct").number,
        debtor_agent=_agent(fields, "DbtrAgt"),
        creditor_name=read_fields.party(fields, "Cdtr").name,
        creditor_account=read_fields.account(fields, "CdtrAcct").number,
        creditor_agent=_agent(fields, "CdtrAgt"),
        end_to_end_id="" if end_to_end == parts.NOT_PROVIDED else end_to_end,
        instruction_id=fields.one("PmtId/InstrId"),
        clearing_reference=fields.one("PmtId/ClrSysRef"),
        charge_bearer=fields.one("ChrgBr"),
        purpose=fields.one("Purp/Cd", "Purp/Prtry"),
        remittance=str(remittance),
        creditor_country=read_fields.party(fields, "Cdtr").country,
        creditor_reference=remittance.creditor_reference,
        ultimate_debtor=read_fields.party(fields, "UltmtDbtr").name,
        ultimate_creditor=read_fields.party(fields, "UltmtCdtr").name,
    )
