"""Taking in a payment file: read as a stream, checked line by line, stored in chunks by COPY.

Nothing is paid here. A file with a fault of its own (structure, counts, sums, debtor, message
sent before) is kept as REJECTED with every fault found, so that the sender can be shown all.
"""

import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.db import IntegrityError, transaction

from bank import ledger
from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.errors import BankError
from bank.messages import pain001, schemas
from bank.messages.canonical import CreditTransfer, Fault
from bank.payments import errors, line_checks, rules, selectors
from bank.payments.line_checks import CheckedLine, FileContext, KnownAccount
from bank.payments.models import PaymentFile
from bank.payments.rules import FileStatus
from bank.payments.services import line_store
from bank.runtime import context, locks
from bank.runtime.errors import IdempotencyConflict

CHUNK = 5_000


def submit_payment_file(*, user: User, content: bytes, key: str) -> PaymentFile:
    """Reads and checks a pain.001 file and keeps it with every line and every fault; pays nothing.

    The same ``key`` and content return the same file; other content raises
    ``IdempotencyConflict``. Raises ``FormatError`` for what cannot be read at all: then nothing
    is kept but the audit line.
    """
    file, _replayed = submit_once(user=user, content=content, key=key)
    return file


def submit_once(*, user: User, content: bytes, key: str) -> tuple[PaymentFile, bool]:
    """As ``submit_payment_file``, and whether the file was there already under this key."""
    if not key or len(key) > rules.TEXT_LIMITS["Key"]:
        raise errors.KeyMissing
    digest = hashlib.sha256(content).digest()
    known = _known(user, key, digest)
    if known is not None:
        return known, True
    try:
        with transaction.atomic():
            return _take_in(user, content, key, digest), False
    except IntegrityError:
        known = _known(user, key, digest)
        if known is None:
            raise
        return known, True
    except BankError as refusal:
        audit.record_refusal(
            "PAYMENT_FILE_REFUSED",
            actor=user,
            subject_type="payment_file",
            subject_id=digest.hex()[:16],
            reason=refusal.code,
        )
        raise


@transaction.atomic
def cancel_payment_file(*, user: User, reference: str) -> PaymentFile:
    """Gives up a checked file before it is paid. Raises ``NotFound``, ``FileNotReady``."""
    file = locked_file(user, reference)
    if file.status != FileStatus.CHECKED:
        raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
    file.status = FileStatus.CANCELLED
    file.save(update_fields=["status"])
    audit.record("PAYMENT_FILE_CANCELLED", actor=user, subject_type="payment_file", subject_id=file.reference)
    return file


def locked_file(user: User, reference: str) -> PaymentFile:
    """The user's file with its row locked until the database transaction ends."""
    file = selectors.file_for(user, reference)
    return PaymentFile.objects.select_for_update(of=("self",)).select_related("customer").get(pk=file.pk)


def _known(user: User, key: str, digest: bytes) -> PaymentFile | None:
    known = PaymentFile.objects.filter(uploaded_by=user, idempotency_key=key).first()
    if known is not None and bytes(known.digest) != digest:
        raise IdempotencyConflict
    return known


def _take_in(user: User, content: bytes, key: str, digest: bytes) -> PaymentFile:
    initiation = pain001.Initiation(content, max_bytes=settings.PAYMENT_FILE_MAX_BYTES)
    faults = _schema_faults(initiation)
    file = PaymentFile.objects.create(
        reference=ids.reference("FILE"),
        uploaded_by=user,
        channel=context.current().channel,
        message=initiation.message,
        message_id=initiation.header.message_id[:35],
        initiating_party=initiation.header.initiating_party.name[:140],
        digest=digest,
        idempotency_key=key,
        status=FileStatus.REJECTED,
    )
    by_line: dict[int, list[Fault]] = {}
    for fault in faults:
        by_line.setdefault(fault.line, []).append(fault)
    intake = _Intake(user, file, by_line)
    for chunk in batched_transfers(initiation.transfers()):
        intake.take(chunk)
    intake.finish(initiation, is_broken=bool(faults))
    return file


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


def _schema_faults(initiation: pain001.Initiation) -> list[Fault]:
    """The faults against the published schema, each with the line of the payment it stands in (0: none)."""
    found = [
        Fault(fault.line, "SCHEMA", fault.sentence[:300], fault.element, fault.value.strip()[:140])
        for fault in schemas.faults(initiation.raw, initiation.message)
    ]
    if len(found) == schemas.MAX_FAULTS:
        sentence = f"The file has {len(found)} faults of its structure or more; only so many are shown."
        found.append(Fault(0, "TOO_MANY_FAULTS", sentence))
    return found


class _Intake:
    """A file on its way in: looks up accounts chunk by chunk and counts what it stores."""

    def __init__(self, user: User, file: PaymentFile, schema_faults: dict[int, list[Fault]]) -> None:
        business_date, today = ledger.business_date(), selectors.today()
        self.file = file
        self.faults = schema_faults.pop(0, [])
        self.context = FileContext(
            own_agent=settings.BANK_BIC, earliest=min(business_date, today), latest=max(business_date, today)
        )
        self._user = user
        self._schema_faults = schema_faults
        self._debtors: dict[str, KnownAccount | None] = {}
        self._customer: Customer | None = None
        self._hash_total = 0

    def take(self, transfers: list[CreditTransfer]) -> None:
        """Checks and stores a chunk."""
        self._look_up_debtors({transfer.information.debtor_account.number for transfer in transfers})
        numbers = {line_checks.internal_number(transfer, settings.BANK_BIC) for transfer in transfers}
        creditors = selectors.known_accounts(numbers)
        lines = [self._checked(transfer, creditors) for transfer in transfers]
        line_store.store(self.file, lines, segment=self._customer.segment if self._customer else "")
        self.file.faulty_count += sum(not line.is_valid for line in lines)
        self.file.warning_count += sum(bool(line.faults) and line.is_valid for line in lines)
        for transfer in transfers:
            self._hash_total += _last_ten(transfer.creditor_account.number)

    def finish(self, initiation: pain001.Initiation, *, is_broken: bool) -> None:
        """Settles what the file is worth once all of it has been read."""
        totals = initiation.totals
        self.faults += initiation.control_faults() + self._message_fault(initiation.header.message_id)
        self.file.line_count = totals.count
        self.file.control_sum = totals.control_sum
        self.file.totals = {currency: str(total) for currency, total in sorted(totals.by_currency.items())}
        self.file.hash_total = f"{self._hash_total % 10**10:010d}"
        self.file.customer = self._customer
        self.file.faults = [line_store.fault_json(fault) for fault in self.faults]
        is_payable = not self.faults and not is_broken
        self.file.status = FileStatus.CHECKED if is_payable else FileStatus.REJECTED
        self.file.save()
        self._record()

    def _checked(self, transfer: CreditTransfer, creditors: dict[str, KnownAccount]) -> CheckedLine:
        debtor = self._debtors[transfer.information.debtor_account.number]
        number = line_checks.internal_number(transfer, settings.BANK_BIC)
        line = line_checks.checked(transfer, debtor, creditors.get(number), self.context)
        more = self._schema_faults.get(transfer.line)
        return line_checks.with_faults(line, more) if more else line

    def _look_up_debtors(self, numbers: set[str]) -> None:
        for number in sorted(numbers - self._debtors.keys()):
            account = selectors.payable_account(self._user, number)
            self._debtors[number] = selectors.as_known(account) if account else None
            if account is None:
                self._fault(
                    "DEBTOR_ACCOUNT_UNKNOWN", "This is not an account you may pay from.", "DbtrAcct", number
                )
            elif self._customer is None:
                self._customer = account.customer
                self.context.limits = selectors.limits_by_currency(account.customer)
            elif account.customer_id != self._customer.pk:
                sentence = "All debtor accounts of a file must belong to one customer."
                self._fault("DEBTORS_DIFFER", sentence, "DbtrAcct", number)

    def _message_fault(self, message_id: str) -> list[Fault]:
        """A message is taken once per customer; the lock makes a doubled upload wait for the first."""
        if self._customer is None:
            return []
        locks.hold_until_commit(f"payment-file:{self._customer.pk}:{message_id}")
        taken = PaymentFile.objects.filter(
            customer=self._customer,
            message_id=message_id[:35],
            status__in=rules.ALIVE,
        ).first()
        if taken is None:
            return []
        sentence = (
            f"A file with this message id was taken on {taken.uploaded_at:%Y-%m-%d} as {taken.reference}."
        )
        return [Fault(0, "DUPLICATE_MESSAGE", sentence, "MsgId", message_id[:35])]

    def _fault(self, code: str, sentence: str, where: str, value: str) -> None:
        self.faults.append(Fault(0, code, sentence, where, value[:140]))

    def _record(self) -> None:
        detail = {
            "message_id": self.file.message_id,
            "lines": self.file.line_count,
            "faulty": self.file.faulty_count,
            "totals": self.file.totals,
            "status": self.file.status,
            "sha256": self.file.digest.hex(),
        }
        audit.record(
            "PAYMENT_FILE_TAKEN_IN",
            actor=self._user,
            subject_type="payment_file",
            subject_id=self.file.reference,
            detail=detail,
        )


def _last_ten(number: str) -> int:
    digits = "".join(char for char in number if char.isascii() and char.isdigit())
    return int(digits[-10:] or 0)
