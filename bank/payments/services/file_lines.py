"""Lines of a checked file before it is confirmed: mended, left out, taken in; unpaid ones sent anew.

Every change is audited and makes another revision of the file, which codes are bound to.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum

from bank import ledger
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.messages import canonical
from bank.messages.tables import payments as tables
from bank.messages.tables import values
from bank.messages.tables.mapping import Mapping
from bank.messages.tables.values import AmountStyle
from bank.payments import errors, line_checks, selectors
from bank.payments.line_checks import CheckedLine, FileContext
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rules import Door, FileStatus, LineStatus
from bank.payments.services import file_exports, file_pricing, line_store
from bank.payments.services.file_intake import Wishes, locked_file, submit_payment_file
from bank.payments.services.file_routing import FileWays, looked_at

RetryCheck = Callable[[PaymentFile, frozenset[str]], None]
_retry_checks: list[RetryCheck] = []
_OPEN = (LineStatus.VALID, LineStatus.FAULTY, LineStatus.EXCLUDED)


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a line is to say. ``amount`` is written as 1250.50."""

    creditor_name: str
    creditor_account: str
    creditor_agent: str
    amount: str
    currency: str
    remittance: str

    @staticmethod
    def of(line: PaymentFileLine) -> "LineChange":
        """What a line says."""
        return LineChange(
            creditor_name=line.creditor_name,
            creditor_account=line.creditor_number,
            creditor_agent=line.creditor_agent,
            amount=line.amount_text,
            currency=line.currency,
            remittance=line.remittance,
        )


@transaction.atomic
def edit_line(*, user: User, reference: str, line: int, change: LineChange) -> PaymentFileLine:
    """Writes a line anew and checks it as at first; faults that are left are on it again.

    Raises ``NotFound``, ``NotAllowed``, ``PayrollConfidential``, ``LineNotEditable``.
    """
    file, kept = _open_line(user, reference, line)
    before = _said(kept)
    checked = _checked(user, file, _transfer(kept, change))
    segment = file.customer.segment if file.customer else ""
    line_store.rewrite(kept, checked, segment=segment)
    _settle(file)
    _record("PAYMENT_FILE_LINE_EDITED", user, file, line, before=before, after=_said(kept))
    return kept


@transaction.atomic
def exclude_line(*, user: User, reference: str, line: int) -> PaymentFileLine:
    """Leaves a line out: it will not be paid. Raises as ``edit_line``."""
    file, kept = _open_line(user, reference, line)
    kept.status = LineStatus.EXCLUDED
    kept.save(update_fields=["status"])
    _settle(file)
    _record("PAYMENT_FILE_LINE_LEFT_OUT", user, file, line)
    return kept


@transaction.atomic
def include_line(*, user: User, reference: str, line: int) -> PaymentFileLine:
    """Takes a line that was left out in again, with the faults it has. Raises as ``edit_line``."""
    file, kept = _open_line(user, reference, line)
    is_valid = all(fault["is_warning"] for fault in kept.faults)
    kept.status = LineStatus.VALID if is_valid else LineStatus.FAULTY
    kept.save(update_fields=["status"])
    _settle(file)
    _record("PAYMENT_FILE_LINE_TAKEN_IN", user, file, line)
    return kept


def before_retry(check: RetryCheck) -> RetryCheck:
    """Has an app above asked before a file is sent anew, with the end-to-end ids of its unpaid lines: what
    the app pays again by another file must not be paid by this one too. It raises ``FileMadeHere``."""
    _retry_checks.append(check)
    return check


def retry_file(*, user: User, reference: str, key: str) -> PaymentFile:
    """A new file of the lines of a paid one that were not paid; it is checked, confirmed and paid as any.

    A file is sent anew once, unless that one came to nothing. Raises ``NotFound``, ``NotAllowed``,
    ``FileNotReady``, ``FileSentAnew``, ``FileMadeHere``, ``FileHasNothingToPay``.
    """
    with transaction.atomic():
        file = locked_file(user, reference)
        require_lines(user, file)
        if file.status != FileStatus.PAID or file.customer is None:
            raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
        over = (FileStatus.REJECTED, FileStatus.CANCELLED)
        known = file.retries.exclude(status__in=over).exclude(idempotency_key=key).first()
        if known is not None:
            raise errors.FileSentAnew(reference=known.reference)
        _check_retry(file)
        content = file_exports.unpaid(file)
        if content is None:
            raise errors.FileHasNothingToPay(reference=file.reference)
        wishes = Wishes(
            name=f"{file.name or file.message_id} *"[:120],
            mapping=Mapping(columns=file_exports.COLUMN_PLACES),
            is_batch_booked=file.is_batch_booked,
            is_confidential=file.is_confidential,
            retry_of=file,
        )
        return submit_payment_file(user=user, content=content, key=key, wishes=wishes)


def _check_retry(file: PaymentFile) -> None:
    unpaid = file.lines.filter(status=LineStatus.REJECTED).values_list("end_to_end_id", flat=True)
    for check in _retry_checks:
        check(file, frozenset(unpaid))


def line_to_mend(*, user: User, file: PaymentFile, line: int) -> PaymentFileLine:
    """A line as ``edit_line`` would change it. Raises as that does."""
    _file, kept = _found(user, file, line)
    return kept


def faulty_rows(*, user: User, file: PaymentFile) -> Iterator[str]:
    """The faulty lines as CSV. Raises ``PayrollConfidential``; who took them out stays in the trail."""
    require_sight(user=user, file=file)
    audit.record(
        "PAYMENT_FILE_FAULTS_DOWNLOADED", actor=user, subject_type="payment_file", subject_id=file.reference
    )
    return file_exports.faulty(file)


def require_lines(user: User, file: PaymentFile) -> None:
    """Raises ``NotAllowed`` for who may not pay, ``PayrollConfidential`` for who may not see the lines."""
    if file.customer is None or not cif.may_pay(user, file.customer):
        raise NotAllowed(what="change this file")
    require_sight(user=user, file=file)


def require_sight(*, user: User, file: PaymentFile) -> None:
    """Raises ``PayrollConfidential`` for who may see the totals of a file and not its lines."""
    if not selectors.may_see_lines(user, file):
        raise errors.PayrollConfidential


def _open_line(user: User, reference: str, line: int) -> tuple[PaymentFile, PaymentFileLine]:
    return _found(user, locked_file(user, reference), line)


def _found(user: User, file: PaymentFile, line: int) -> tuple[PaymentFile, PaymentFileLine]:
    require_lines(user, file)
    kept = PaymentFileLine.objects.filter(file=file, line=line).first()
    if kept is None:
        raise NotFound(what="line")
    if file.status != FileStatus.CHECKED or kept.status not in _OPEN:
        raise errors.LineNotEditable(line=line)
    return file, kept


def _transfer(kept: PaymentFileLine, change: LineChange) -> canonical.CreditTransfer:
    """The line as if it had come so; the debtor's side and the references stay."""
    day = kept.requested_date
    part = tables.part(kept.part, kept.debtor_number, day, day.isoformat() if day else "")
    amount, _problem = values.amount(change.amount.strip(), AmountStyle.PLAIN)
    return canonical.CreditTransfer(
        line=kept.line,
        information=part,
        instruction_id=kept.instruction_id,
        end_to_end_id=kept.end_to_end_id,
        uetr=str(kept.uetr),
        amount=amount,
        amount_text=change.amount.strip(),
        currency=change.currency.strip().upper(),
        creditor=canonical.Party(change.creditor_name.strip()),
        creditor_account=tables.account(change.creditor_account),
        creditor_agent=tables.agent(change.creditor_agent),
        charge_bearer=kept.charge_bearer,
        ultimate_debtor=canonical.Party(kept.ultimate_debtor),
        ultimate_creditor=canonical.Party(kept.ultimate_creditor),
        purpose=kept.purpose,
        remittance=canonical.Remittance((change.remittance.strip(),)),
    )


def _checked(user: User, file: PaymentFile, transfer: canonical.CreditTransfer) -> CheckedLine:
    business_date, today = ledger.business_date(), selectors.today()
    context = FileContext(
        settings.BANK_BIC, min(business_date, today), max(business_date, today), FileWays(),
        limits=selectors.limits_by_currency(file.customer) if file.customer else {},
        narrow=selectors.narrow_singles(file.customer, Door.FILE) if file.customer else {},
    )  # fmt: skip
    account = selectors.payable_account(user, transfer.information.debtor_account.number)
    number = line_checks.internal_number(transfer, settings.BANK_BIC)
    creditor = selectors.known_accounts([number]).get(number)
    debtor = selectors.as_known(account) if account else None
    (line,) = looked_at([line_checks.checked(transfer, debtor, creditor, context)])
    twin = _twin(file, line)
    if twin is None:
        return line
    sentence = f"Line {twin} is the same payment: same accounts, amount, end-to-end id and text."
    fault = canonical.Fault(transfer.line, "DUPLICATE_LINE", sentence, "CdtTrfTxInf", str(twin))
    return replace(line, faults=(*line.faults, fault))


def _twin(file: PaymentFile, line: CheckedLine) -> int | None:
    """Another line of the file that is the same payment."""
    transfer = line.transfer
    same = PaymentFileLine.objects.filter(
        file=file,
        debtor_number=transfer.information.debtor_account.number,
        creditor_number=transfer.creditor_account.number,
        creditor_agent=transfer.creditor_agent.bic or transfer.creditor_agent.clearing_member,
        amount=transfer.amount,
        currency=transfer.currency,
        end_to_end_id=transfer.end_to_end_id,
        remittance=str(transfer.remittance),
    )
    others = same.exclude(line=transfer.line).exclude(status=LineStatus.EXCLUDED)
    return others.values_list("line", flat=True).first()


def _settle(file: PaymentFile) -> None:
    """What the file comes to now, and that it is another one to agree to."""
    lines = PaymentFileLine.objects.filter(file=file)
    faulty, left_out = Q(status=LineStatus.FAULTY), Q(status=LineStatus.EXCLUDED)
    remarked = Q(status=LineStatus.VALID) & ~Q(faults=[])
    found = lines.aggregate(
        faulty=Count("pk", filter=faulty),
        left_out=Count("pk", filter=left_out),
        remarked=Count("pk", filter=remarked),
    )
    file.faulty_count, file.excluded_count = found["faulty"], found["left_out"]
    file.warning_count = found["remarked"]
    sums = lines.exclude(left_out).exclude(amount=None).values("currency").annotate(total=Sum("amount"))
    totals: dict[str, Decimal] = {row["currency"]: row["total"] for row in sums.order_by("currency")}
    file.totals = {currency: f"{total.normalize():f}" for currency, total in totals.items()}
    file.control_sum = sum(totals.values(), Decimal(0))
    file.hash_total = line_store.hash_total(lines.exclude(left_out).values_list("creditor_number", flat=True))
    file.revision += 1
    file.save()
    file_pricing.reprice(file)


def _said(line: PaymentFileLine) -> dict[str, Any]:
    return asdict(LineChange.of(line)) | {"status": line.status}


def _record(action: str, user: User, file: PaymentFile, line: int, **detail: Any) -> None:
    audit.record(
        action, actor=user, subject_type="payment_file", subject_id=file.reference,
        detail={"line": line, "revision": file.revision, **detail},
    )  # fmt: skip
