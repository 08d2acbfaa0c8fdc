"""The certificate of a deposit: what was agreed, as a designed PDF under the bank's letterhead."""

from io import BytesIO
from typing import Any

from bank.audit import services as audit
from bank.deposits import selectors
from bank.deposits.models import Deposit
from bank.deposits.rules import LineKind, LineStatus
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.money import Money
from bank.statements.documents import designed_pdf


def certificate(*, user: User, deposit: Deposit) -> bytes:
    """The PDF, in the active language; who fetched it stays on the audit trail.

    ``deposit`` must come from ``deposits.selectors.deposit_for``. Raises ``PdfUnavailable``.
    """
    file = BytesIO()
    designed_pdf.lay_out("pdf/deposit_certificate.html", _context(deposit), file)
    audit.record("DEPOSIT_CERTIFICATE_MADE", actor=user, subject_type="DEPOSIT", subject_id=deposit.number)
    return file.getvalue()


def _context(deposit: Deposit) -> dict[str, Any]:
    return {
        "deposit": deposit,
        "balance": selectors.standing(deposit).balance,
        "rate": deposit.annual_rate_pct / 100,
        "made_at": clock.now(),
        "foreseen": _foreseen(deposit),
    }


def _foreseen(deposit: Deposit) -> dict[str, Any]:
    """The interest of the whole term and the last payment, as the schedule has them."""
    lines = [line for line in selectors.schedule_of(deposit) if line.status != LineStatus.LAPSED]
    interest = [line for line in lines if line.kind == LineKind.INTEREST]
    if not interest:
        return {}
    nothing = Money.zero(deposit.currency)
    return {
        "interest": sum((deposit.of(line.amount) for line in interest), nothing),
        "tax": sum((deposit.of(line.tax) for line in interest), nothing),
        "last": next((deposit.of(one.amount) for one in lines if one.kind == LineKind.MATURITY), nothing),
    }
