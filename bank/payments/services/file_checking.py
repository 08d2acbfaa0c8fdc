"""Checking a payment file: read as a stream, checked line by line, stored in chunks by COPY.

Each chunk is a database transaction of its own that also says how far the file is, so that the page can
show it and whoever takes the work up again after a killed worker begins there. Of two workers on one
file one stores each chunk, and the other stops. A file with a fault of its own (structure, counts,
sums, debtor, message sent before) is kept as REJECTED with every fault found, so that the sender
can be shown all.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from bank import ledger
from bank.audit import services as audit
from bank.cif.models import Customer
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.messages.canonical import CreditTransfer, Fault
from bank.messages.tables import mapping as mappings
from bank.payments import line_checks, rules, selectors
from bank.payments.line_checks import CheckedLine, FileContext, KnownAccount
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.models.file_sources import PaymentFileSource
from bank.payments.rules import FileStatus
from bank.payments.services import file_pricing, file_sources, line_store, listing
from bank.payments.services.file_routing import FileWays, looked_at, payees_elsewhere, tried
from bank.payments.services.file_sources import Reading
from bank.products import selectors as products
from bank.runtime import locks

CHUNK = 5_000
OVERDUE = timedelta(minutes=2)
SIMILAR_DAYS = 30


def check_payment_file(*, reference: str) -> None:
    """Checks a file that is VALIDATING, from where it was left. Safe to repeat and to run twice at once.

    What cannot be read is REJECTED with the reason as a fault of the whole.
    """
    source = PaymentFileSource.objects.select_related("file__uploaded_by").get(file__reference=reference)
    if source.file.status != FileStatus.VALIDATING:
        return
    try:
        check(source.file, source)
    except BankError as refusal:
        _reject(source.file, refusal)


def hand_out_overdue() -> list[tuple[str, str]]:
    """Files nobody has gone on with for a while (a machine that died with its worker): status and reference
    of each. Each is given out once in ``OVERDUE``, however many sweeps run at once."""
    waiting = PaymentFileSource.objects.filter(
        file__status__in=[FileStatus.VALIDATING, FileStatus.RELEASING],
        handed_out_at__lt=clock.now() - OVERDUE,
    )
    with transaction.atomic():
        found = list(waiting.select_for_update(of=("self",), skip_locked=True).select_related("file")[:100])
        PaymentFileSource.objects.filter(pk__in=[one.pk for one in found]).update(handed_out_at=clock.now())
    return [(one.file.status, one.file.reference) for one in found]


def forget_lines(file: PaymentFile) -> None:
    """Takes back what was found in a file that is to be read another way."""
    PaymentFileLine.objects.filter(file=file).delete()
    file.line_count = file.faulty_count = file.warning_count = file.excluded_count = 0
    file.faults, file.totals, file.similar_to = [], {}, None
    file.revision += 1


def check(file: PaymentFile, source: PaymentFileSource, *, is_page_waiting: bool = False) -> None:
    """Checks the rest of a file. Where a page waits for it and too many payees are new to the watch lists, it
    stays VALIDATING, for a worker to go on. Raises ``FormatError`` where it cannot be read on."""
    mapping = mappings.of_json(source.mapping)
    reading = file_sources.read(bytes(source.content), mapping, selectors.today())
    file.message, file.message_id = reading.source.message, reading.source.header.message_id[:35]
    file.initiating_party = reading.source.header.initiating_party.name[:140]
    checking = _Checking(file, reading, is_page_waiting)
    behind, position = source.checked_rows, 0
    for chunk in batched_transfers(reading.source.transfers()):
        is_done = position + len(chunk) <= behind
        if is_done:
            checking.pass_over(chunk)
        elif not _store(checking, chunk, position):
            return
        position += len(chunk)
    _finish(checking, position)


def batched_transfers(transfers: Iterator[CreditTransfer]) -> Iterator[list[CreditTransfer]]:
    """The transfers in chunks, so that memory stays flat however many there are."""
    chunk: list[CreditTransfer] = []
    for transfer in transfers:
        chunk.append(transfer)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@transaction.atomic
def _store(checking: "_Checking", chunk: list[CreditTransfer], position: int) -> bool:
    """Stores a chunk, unless somebody else has, the file was given up, or a page would wait too long; tells
    whether it did."""
    if not _is_ours(checking.file, position) or not checking.take(chunk):
        return False
    PaymentFileSource.objects.filter(file=checking.file).update(
        checked_rows=position + len(chunk), handed_out_at=clock.now()
    )
    file = checking.file
    PaymentFile.objects.filter(pk=file.pk).update(
        faulty_count=file.faulty_count, warning_count=file.warning_count, customer=file.customer
    )
    return True


@transaction.atomic
def _finish(checking: "_Checking", position: int) -> None:
    if _is_ours(checking.file, position):
        checking.finish()


def _is_ours(file: PaymentFile, position: int) -> bool:
    """Locks the file and tells whether it still is to be checked from there."""
    status = (
        PaymentFile.objects.select_for_update(no_key=True).values_list("status", flat=True).get(pk=file.pk)
    )
    reached = PaymentFileSource.objects.values_list("checked_rows", flat=True).get(file=file)
    return status == FileStatus.VALIDATING and reached == position


@transaction.atomic
def _reject(file: PaymentFile, refusal: BankError) -> None:
    locked = PaymentFile.objects.select_for_update(no_key=True).get(pk=file.pk)
    if locked.status != FileStatus.VALIDATING:
        return
    locked.status = FileStatus.REJECTED
    locked.faults = [line_store.fault_json(Fault(0, refusal.code, refusal.message))]
    locked.save(update_fields=["status", "faults"])
    audit.record(
        "PAYMENT_FILE_TAKEN_IN", actor=file.uploaded_by, subject_type="payment_file",
        subject_id=file.reference, detail={"status": locked.status, "reason": refusal.code},
    )  # fmt: skip


class _Checking:
    """A file being checked: looks up accounts chunk by chunk and counts what it stores."""

    def __init__(self, file: PaymentFile, reading: Reading, is_page_waiting: bool) -> None:
        business_date, today = ledger.business_date(), selectors.today()
        self.file = file
        self.reading = reading
        self.faults = list(reading.line_faults.pop(0, []))
        self.context = FileContext(
            own_agent=settings.BANK_BIC,
            earliest=min(business_date, today),
            latest=max(business_date, today),
            ways=FileWays(),
            unmatched=file.warning_count,
        )
        self._is_page_waiting = is_page_waiting
        self._is_broken = bool(self.faults or reading.line_faults)
        self._debtors: dict[str, KnownAccount | None] = {}
        self._customer: Customer | None = None
        self._hash_total = 0

    def take(self, transfers: list[CreditTransfer]) -> bool:
        """Checks and stores a chunk; does neither, and says so, where a page would wait too long for it."""
        self._look_up_debtors({transfer.information.debtor_account.number for transfer in transfers})
        numbers = {line_checks.internal_number(transfer, settings.BANK_BIC) for transfer in transfers}
        creditors = selectors.known_accounts(numbers)
        checked = [self._checked(transfer, creditors) for transfer in transfers]
        if self._is_page_waiting and listing.are_many_new(payees_elsewhere(checked).values()):
            return False
        lines = looked_at(tried(checked, self._customer))
        line_store.store(self.file, lines, segment=self._customer.segment if self._customer else "")
        self.file.faulty_count += sum(not line.is_valid for line in lines)
        self.file.warning_count += sum(bool(line.faults) and line.is_valid for line in lines)
        self.file.customer = self._customer
        self._count(transfers)
        return True

    def pass_over(self, transfers: list[CreditTransfer]) -> None:
        """Remembers of a chunk that is stored what the rest of the file is held against."""
        self._look_up_debtors({transfer.information.debtor_account.number for transfer in transfers})
        for transfer in transfers:
            line_checks.duplicate_of(transfer, self.context)
        self._count(transfers)

    def finish(self) -> None:
        """Settles what the file is worth once all of it has been read."""
        source, file = self.reading.source, self.file
        totals = source.totals
        self.faults += source.control_faults() + self._message_fault(source.header.message_id)
        file.line_count = totals.count
        file.control_sum = totals.control_sum
        file.totals = {currency: str(total) for currency, total in sorted(totals.by_currency.items())}
        file.hash_total = f"{self._hash_total % 10**10:010d}"
        file.customer = self._customer
        file.faults = [line_store.fault_json(fault) for fault in self.faults]
        is_payable = not self._is_broken and all(fault.is_warning for fault in self.faults)
        file.status = FileStatus.CHECKED if is_payable else FileStatus.REJECTED
        # Line by line on the statement it would be no secret.
        file.is_batch_booked |= file.is_confidential
        file.similar_to = _similar(file) if is_payable else None
        file.save()
        if products.gives_free_ones():
            file_pricing.reprice(file)
        self._record()

    def _count(self, transfers: list[CreditTransfer]) -> None:
        for transfer in transfers:
            information = transfer.information
            self._hash_total += line_store.last_ten(transfer.creditor_account.number)
            self.file.is_confidential |= information.category_purpose == "SALA"
            self.file.is_batch_booked |= information.batch_booking is True

    def _checked(self, transfer: CreditTransfer, creditors: dict[str, KnownAccount]) -> CheckedLine:
        debtor = self._debtors[transfer.information.debtor_account.number]
        number = line_checks.internal_number(transfer, settings.BANK_BIC)
        line = line_checks.checked(transfer, debtor, creditors.get(number), self.context)
        line = line_checks.placed(line, self.reading.places)
        more = self.reading.line_faults.pop(transfer.line, None)
        return line_checks.with_faults(line, more) if more else line

    def _look_up_debtors(self, numbers: set[str]) -> None:
        for number in sorted(numbers - self._debtors.keys()):
            account = selectors.payable_account(self.file.uploaded_by, number)
            self._debtors[number] = selectors.as_known(account) if account else None
            if account is None:
                sentence = (
                    "This is not an account you may pay from."
                    if number
                    else "Name the account the file is paid from."
                )
                self._fault("DEBTOR_ACCOUNT_UNKNOWN", sentence, "DbtrAcct", number)
            elif self._customer is None:
                self._customer = account.customer
                self.context.limits = selectors.limits_by_currency(account.customer)
                self.context.narrow = selectors.narrow_singles(account.customer, rules.Door.FILE)
            elif account.customer_id != self._customer.pk:
                sentence = "All debtor accounts of a file must belong to one customer."
                self._fault("DEBTORS_DIFFER", sentence, "DbtrAcct", number)

    def _message_fault(self, message_id: str) -> list[Fault]:
        """A message is taken once per customer; the lock makes a doubled upload wait for the first."""
        if self._customer is None:
            return []
        locks.hold_until_commit(f"payment-file:{self._customer.pk}:{message_id}")
        taken = PaymentFile.objects.filter(
            customer=self._customer, message_id=message_id[:35], status__in=rules.ALIVE
        ).first()
        if taken is None:
            return []
        day = clock.day_of(taken.uploaded_at)
        sentence = f"A file with this message id was taken on {day} as {taken.reference}."
        return [Fault(0, "DUPLICATE_MESSAGE", sentence, "MsgId", message_id[:35])]

    def _fault(self, code: str, sentence: str, where: str, value: str) -> None:
        self.faults.append(Fault(0, code, sentence, where, value[:140]))

    def _record(self) -> None:
        file = self.file
        detail = {
            "message_id": file.message_id,
            "lines": file.line_count,
            "faulty": file.faulty_count,
            "totals": file.totals,
            "status": file.status,
            "sha256": bytes(file.digest).hex(),
        }
        audit.record(
            "PAYMENT_FILE_TAKEN_IN",
            actor=file.uploaded_by,
            subject_type="payment_file",
            subject_id=file.reference,
            detail=detail,
        )


def _similar(file: PaymentFile) -> PaymentFile | None:
    """A file of the same customer with as many payments, the same sum and the same payees, not long ago."""
    return (
        PaymentFile.objects.filter(
            customer=file.customer,
            status__in=rules.ALIVE,
            line_count=file.line_count,
            control_sum=file.control_sum,
            hash_total=file.hash_total,
            uploaded_at__gte=clock.now() - timedelta(days=SIMILAR_DAYS),
        )
        .exclude(pk__in=[file.pk, file.retry_of_id or 0])
        .order_by("-pk")
        .first()
    )
