"""camt.056 (asks a transfer back) and camt.029 (the answer)."""

from typing import Any, Final

from bank.messages.build import branch, leaf
from bank.messages.fields import Fields
from bank.messages.interbank import parts
from bank.messages.interbank.records import Header, Recall, RecallAnswer

RECALL: Final = "camt.056.001.08"
ANSWER: Final = "camt.029.001.09"
_ACCEPTED: Final = frozenset({"ACCR", "PACR"})


def _assignment(header: Header) -> Any:
    return branch(
        "Assgnmt",
        leaf("Id", header.message_id),
        parts.agent_as_party("Assgnr", header.sender),
        parts.agent_as_party("Assgne", header.receiver),
        leaf("CreDtTm", parts.instant(header.created_at)),
    )


def recall_body(header: Header, recall: Recall) -> Any:
    transaction = branch(
        "TxInf",
        leaf("CxlId", recall.recall_id),
        leaf("OrgnlTxId", recall.transaction_id),
        leaf("OrgnlUETR", recall.uetr),
        leaf("OrgnlClrSysRef", recall.clearing_reference),
        parts.amount("OrgnlIntrBkSttlmAmt", recall.amount),
        parts.reason("CxlRsnInf", recall.reason, recall.sentence),
    )
    return branch("FIToFIPmtCxlReq", _assignment(header), branch("Undrlyg", transaction))


def read_recalls(message: Fields) -> list[Recall]:
    """Raises ``AmountUnreadable``."""
    return [_read_recall(fields) for under in message.each("Undrlyg") for fields in under.each("TxInf")]


def _read_recall(fields: Fields) -> Recall:
    reason, sentence = parts.reason_read(fields, "CxlRsnInf")
    return Recall(
        recall_id=fields.one("CxlId"),
        transaction_id=fields.one("OrgnlTxId"),
        uetr=fields.one("OrgnlUETR"),
        amount=parts.money_read(fields, "OrgnlIntrBkSttlmAmt"),
        reason=reason,
        clearing_reference=fields.one("OrgnlClrSysRef"),
        sentence=sentence,
    )


def answer_body(header: Header, answer: RecallAnswer) -> Any:
    transaction = branch(
        "TxInfAndSts",
        leaf("CxlStsId", answer.recall_id),
        leaf("OrgnlTxId", answer.transaction_id),
        leaf("OrgnlUETR", answer.uetr),
        leaf("TxCxlSts", "ACCR" if answer.is_accepted else "RJCR"),
        parts.reason("CxlStsRsnInf", answer.reason, answer.sentence),
    )
    return branch(
        "RsltnOfInvstgtn",
        _assignment(header),
        branch("Sts", leaf("Conf", "CNCL" if answer.is_accepted else "RJCR")),
        branch("CxlDtls", transaction),
    )


def read_answers(message: Fields) -> list[RecallAnswer]:
    """Every answer that decides; what is only pending (PDCR) is none yet."""
    details = [each for under in message.each("CxlDtls") for each in under.each("TxInfAndSts")]
    return [_read_answer(fields) for fields in details if fields.one("TxCxlSts") != "PDCR"]


def _read_answer(fields: Fields) -> RecallAnswer:
    reason, sentence = parts.reason_read(fields, "CxlStsRsnInf")
    return RecallAnswer(
        recall_id=fields.one("CxlStsId"),
        transaction_id=fields.one("OrgnlTxId"),
        is_accepted=fields.one("TxCxlSts") in _ACCEPTED,
        uetr=fields.one("OrgnlUETR"),
        reason=reason,
        sentence=sentence,
    )
