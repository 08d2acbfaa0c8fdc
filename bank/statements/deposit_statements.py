"""The statement of a deposit: any period in every format of a statement, made while its reader waits."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.db import transaction
from django.utils import translation

from bank import ledger
from bank.audit import services as audit
from bank.deposits.models import Deposit
from bank.identity.models import User
from bank.kernel import ids
from bank.runtime import signing
from bank.statements import files, formats, papers, rules
from bank.statements.paper import Paper
from bank.statements.rules import Kind
from bank.statements.services import issuing


@dataclass(frozen=True, slots=True)
class Document:
    """A finished statement, and under which name and as what it is handed out."""

    content: bytes
    name: str
    content_type: str
    digest: str
    """SHA-256, as sealed."""


def statement(*, user: User, deposit: Deposit, from_date: date, to_date: date, format: str) -> Document:
    """The movements and balances of a period in the deposit's currency, both days included, in the active
    language; a PDF is signed with the bank's key (PAdES). It becomes a link of the chain of issued documents,
    as statements of accounts do, and who made it stays on the audit trail. Posts nothing and keeps no file.

    ``deposit`` must come from ``deposits.selectors.deposit_for``. Raises ``UnknownFormat``,
    ``PeriodReversed``, ``PeriodInFuture``, ``PeriodBeforeOpening``, ``PeriodTooLong``, ``PdfUnavailable``.
    """
    wanted, subject = formats.named(format), papers.subject_of(deposit)
    rules.check_period(from_date, to_date, ledger.business_date(), subject.opened_date)
    paper = papers.paper_about(
        subject, reference=ids.reference("S"), from_date=from_date, to_date=to_date,
        language=translation.get_language() or user.language, number=to_date.timetuple().tm_yday,
    )  # fmt: skip
    content = _written(wanted.code, paper)
    digest = files.digest_of(BytesIO(content))
    _issue(user, paper, wanted.code, digest, len(content))
    name = rules.download_name(Kind.STATEMENT, deposit.number, from_date, to_date, wanted.extension)
    return Document(content, name, wanted.content_type, digest)


def _written(format: str, paper: Paper) -> bytes:
    file = BytesIO()
    formats.write(format, paper, file)
    if format == "PDF":
        signing.sign(file, reason=f"Statement {paper.reference}")
    return file.getvalue()


@transaction.atomic
def _issue(user: User, paper: Paper, format: str, digest: str, size: int) -> None:
    issuing.issue(
        code=paper.reference, kind=Kind.STATEMENT.value, digest=digest, size=size, facts=paper.facts(format),
    )  # fmt: skip
    audit.record(
        "DEPOSIT_STATEMENT_MADE", actor=user, subject_type="DEPOSIT", subject_id=paper.account_number,
        detail={"statement": paper.reference, "format": format},
    )  # fmt: skip
