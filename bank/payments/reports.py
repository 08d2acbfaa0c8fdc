"""Status reports of payment files, as the sender's system reads them (pain.002)."""

import io
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from bank.kernel import clock
from bank.messages import pain002
from bank.payments import rules
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rules import FileStatus, LineStatus

_LINE_STATUS = {
    LineStatus.VALID: "ACTC",
    LineStatus.FAULTY: "RJCT",
    LineStatus.EXCLUDED: "RJCT",
    LineStatus.HELD: "PDNG",
    LineStatus.SENT: "ACSP",
    LineStatus.SETTLED: "ACSC",
    LineStatus.REJECTED: "RJCT",
}
_GROUP_STATUS = {
    FileStatus.RECEIVED: "RCVD",
    FileStatus.VALIDATING: "RCVD",
    FileStatus.WAITING: "PDNG",
    FileStatus.RELEASING: "ACSP",
}


def status_report(file: PaymentFile) -> bytes:
    """The pain.002 about a file: checked lines are ACTC, paid ones ACSC, the others RJCT with reasons."""
    out = io.BytesIO()
    report = pain002.StatusReport(
        message_id=f"{file.reference}-{file.status[:8]}"[:35],
        created_at=clock.now(),
        sender_bic=settings.BANK_BIC,
        original_message=file.message,
        original_message_id=file.message_id,
        original_count=file.line_count,
        original_control_sum=file.control_sum,
        status=_group_status(file),
        reasons=_reasons(file.faults),
    )
    pain002.write(out, report, _payments(file))
    return out.getvalue()


def _payments(file: PaymentFile) -> Iterator[pain002.PaymentReport]:
    for line in file.lines.order_by("line").iterator(chunk_size=2000):
        yield pain002.PaymentReport(
            part=line.part or "NOTPROVIDED",
            reference=line.reference,
            instruction_id=line.instruction_id,
            end_to_end_id=line.end_to_end_id,
            status=_line_status(file, line),
            reasons=_reasons(line.faults),
        )


def _line_status(file: PaymentFile, line: PaymentFileLine) -> str:
    if file.status in {FileStatus.REJECTED, FileStatus.CANCELLED}:
        return "RJCT"
    if file.status == FileStatus.WAITING and line.status == LineStatus.VALID:
        return "PDNG"
    return _LINE_STATUS[LineStatus(line.status)]


def _group_status(file: PaymentFile) -> str:
    if file.status in {FileStatus.REJECTED, FileStatus.CANCELLED}:
        return "RJCT"
    if file.status in _GROUP_STATUS:
        return _GROUP_STATUS[FileStatus(file.status)]
    if file.status == FileStatus.CHECKED:
        return "PART" if file.faulty_count else "ACTC"
    if file.settled_count == file.line_count:
        return "ACSC"
    if file.settled_count + file.sent_count == file.line_count:
        return "ACSP"
    return "PART" if file.settled_count or file.sent_count else "RJCT"


def _reasons(faults: list[dict[str, Any]]) -> tuple[pain002.Reason, ...]:
    return tuple(
        pain002.Reason(rules.iso_reason(fault["code"]), fault["sentence"])
        for fault in faults
        if not fault["is_warning"]
    )
