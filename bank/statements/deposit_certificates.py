"""The certificate of a deposit: what was agreed, as a designed PDF, signed and sealed as statements are."""

import hashlib
from io import BytesIO
from typing import Any

from django.db import transaction

from bank.audit import services as audit
from bank.deposits import selectors
from bank.deposits.models import Deposit
from bank.deposits.rules import LineKind, LineStatus
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.money import Money
from bank.runtime import signing
from bank.statements import papers, rules
from bank.statements.documents import designed_pdf
from bank.statements.services import issuing


def certificate(*, user: User, deposit: Deposit) -> bytes:
    """The PDF, in the active language, signed with the bank's key (PAdES) and a link of the chain of issued
    documents: whoever holds it checks it at ``/verify/``. Who fetched it stays on the audit trail.

    ``deposit`` must come from ``deposits.selectors.deposit_for``. Raises ``PdfUnavailable``.
    """
    code, file = ids.reference("CRT"), BytesIO()
    context = _context(deposit, code)
    designed_pdf.lay_out("pdf/deposit_certificate.html", context, file)
    signing.sign(file, reason=f"Certificate of deposit {code}")
    document = file.getvalue()
    digest = hashlib.sha256(document).hexdigest()
    with transaction.atomic():
        issuing.issue(
            code=code, kind=rules.DEPOSIT_CERTIFICATE, digest=digest, size=len(document),
            facts=_facts(deposit, context["balance"]),
        )  # fmt: skip
        audit.record(
            "DEPOSIT_CERTIFICATE_MADE", actor=user, subject_type="DEPOSIT", subject_id=deposit.number,
            detail={"code": code},
        )  # fmt: skip
    return document


def _facts(deposit: Deposit, balance: Money) -> dict[str, str]:
    """What the public page says: no name, the last digits, the term, and what is in the deposit."""
    until = {"to": str(deposit.maturity_date)} if deposit.maturity_date else {}
    return {
        "account": rules.masked(deposit.number),
        "currency": deposit.currency,
        "from": str(deposit.start_date),
        "format": "PDF",
        "closing": str(balance.amount),
        **until,
    }


def _context(deposit: Deposit, code: str) -> dict[str, Any]:
    address = papers.check_url(code)
    return {
        "deposit": deposit,
        "balance": selectors.standing(deposit).balance,
        "rate": deposit.annual_rate_pct / 100,
        "made_at": clock.now(),
        "foreseen": _foreseen(deposit),
        "paper": {"reference": code, "check_url": address},
        "qr": designed_pdf.qr_code(address),
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
