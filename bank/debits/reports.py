"""What became of a company's file of direct debits, as its system reads it (pain.002)."""

import io
from collections.abc import Iterator, Mapping
from typing import Final

from django.conf import settings

from bank.debits.models import Collection, DebitFile
from bank.debits.rules import CollectionStatus
from bank.kernel import clock
from bank.messages import pain002

_STATUS: Final = {
    CollectionStatus.PENDING: "ACTC",
    CollectionStatus.COLLECTED: "ACSC",
    CollectionStatus.FAILED: "RJCT",
    CollectionStatus.REFUSED: "RJCT",
    CollectionStatus.CANCELLED: "CANC",
    CollectionStatus.REFUNDED: "RJCT",
}
#: ExternalStatusReason1Code for what a line is refused with; NARR where none says it better.
_REASONS: Final = {
    "MANDATE_UNUSABLE": "MD01",
    "ABOVE_MANDATE": "AM02",
    "ABOVE_CREDITOR_LIMIT": "AM02",
    "COLLECTION_REFERENCE_USED": "AM05",
    "NOTICE_TOO_SHORT": "DT01",
    "CREDITOR_NOT_ADMITTED": "AG01",
    "CREDITOR_STOPPED": "AG01",
    "COUNT_MISMATCH": "AM18",
    "CONTROL_SUM_MISMATCH": "AM10",
    "SCHEMA": "FF01",
}


def status_report(file: DebitFile) -> bytes:
    """Announced lines are ACTC, collected ones ACSC; the others RJCT with the reason as it stands now."""
    out = io.BytesIO()
    report = pain002.StatusReport(
        message_id=file.reference,
        created_at=clock.now(),
        sender_bic=settings.BANK_BIC,
        original_message=file.message,
        original_message_id=file.message_id,
        original_count=file.count,
        original_control_sum=file.control_sum,
        status=_group_status(file),
        reasons=tuple(_reason(one) for one in file.faults),
    )
    pain002.write(out, report, _lines(file))
    return out.getvalue()


def _group_status(file: DebitFile) -> str:
    if file.accepted_count == 0:
        return "RJCT"
    return "ACTC" if file.accepted_count == file.count else "PART"


def _lines(file: DebitFile) -> Iterator[pain002.PaymentReport]:
    references = [row["collection"] for row in file.rows if row["collection"]]
    known = {one.reference: one for one in Collection.objects.filter(reference__in=references)}
    for row in file.rows:
        status, reasons = _outcome(row, known)
        yield pain002.PaymentReport(
            part=row["part"] or "NOTPROVIDED",
            reference=row["collection"],
            instruction_id=row["instruction_id"],
            end_to_end_id=row["end_to_end_id"],
            status=status,
            reasons=reasons,
        )


def _outcome(
    row: Mapping[str, object], known: Mapping[str, Collection]
) -> tuple[str, tuple[pain002.Reason, ...]]:
    found = known.get(str(row["collection"]))
    if found is None:
        faults = row["faults"]
        assert isinstance(faults, list)
        return "RJCT", tuple(_reason(one) for one in faults)
    reasons = (pain002.Reason(found.reason, found.sentence or found.reason),) if found.reason else ()
    return _STATUS[CollectionStatus(found.status)], reasons


def _reason(fault: Mapping[str, str]) -> pain002.Reason:
    return pain002.Reason(_REASONS.get(fault["code"], "NARR"), fault["sentence"])
