"""Confirming a checked file: who lets it go, and when its lines are paid.

A short file is paid in the transaction that confirms it, a long one by a worker, RELEASING until then.
Either way paying is one database transaction: a crash leaves the file unpaid, and whoever takes it up
again pays it then.
"""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction

from bank.accounts.errors import FreeOnesUsedUp
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages.canonical import Fault
from bank.payments import errors, rules, selectors
from bank.payments.models import PaymentFile
from bank.payments.models.file_sources import PaymentFileSource
from bank.payments.rules import Authority, FileStatus
from bank.payments.selectors import Permit
from bank.payments.services import authority, file_holding, file_pricing, limits, signatures
from bank.payments.services.authority import Authorisation, Operator, StandingPermit, StepUp
from bank.payments.services.file_intake import locked_file
from bank.payments.services.file_release import CONFIRMATION, PayableLine, payable, release, sums
from bank.payments.services.line_store import fault_json
from bank.payments.services.quotes import shown
from bank.runtime import outbox
from bank.signing import services as signing
from bank.signing.rules import PaymentType, State, Terms

CONFIRMED_TOPIC = "payments.file_confirmed"


@transaction.atomic
def start_file_confirmation(*, user: User, file: PaymentFile) -> Challenge:
    """Asks for a code bound to the file's valid lines, their sums and what they cost now;
    ``confirm_payment_file`` takes it.

    Raises the mandate's refusals: who may only look is sent no code.
    """
    file = locked_file(user, file.reference)
    lines = file_pricing.reprice(file) if file.status == FileStatus.CHECKED else payable(file)
    if file.customer is not None:
        _check_right(user, file.customer, lines)
    act, summary = _act(file, lines)
    return stepup.start(user=user, act=act, summary=summary)


def file_act(file: PaymentFile) -> tuple[dict[str, str], str]:
    """What the code is bound to, and the same in words."""
    return _act(file, payable(file))


def confirm_payment_file(
    *,
    user: User,
    file: PaymentFile,
    only_valid: bool,
    key: str,
    challenge_id: UUID | str | None = None,
    code: str = "",
    authorisation: Authorisation | None = None,
    override_reason: str = "",
) -> PaymentFile:
    """Pays the valid lines of a checked file; each ends SETTLED or REJECTED with its reason. Where the
    customer's signing rule asks for more signatures the file is ``WAITING`` for them, and nothing moves.

    Per settled line the books show the debtor debited amount, fee and excise duty, the creditor
    credited the amount. Faulty lines are rejected, if ``only_valid`` allows that there are any.
    A file of more lines than are paid at once comes back RELEASING. One that looks like another sent
    before needs ``override_reason``. Repeated by the same user with the same ``key`` it returns the file.
    Raises ``NotFound``, ``FileNotReady``, ``FileHasFaults``, ``FileHasNothingToPay``, the mandate's,
    step-up's, permit's and day limit's refusals, ``FileLooksSentBefore``, ``BothMustSign``,
    ``FreeOnesUsedUp`` where a line that was shown as free is none by now: then nothing of the file is paid.
    """
    try:
        with transaction.atomic():
            allowed_by = authorisation or StepUp(challenge_id, code)
            return _confirm(user, file, only_valid, key, allowed_by, override_reason)
    except BankError as refusal:
        audit.record_refusal(
            "PAYMENT_FILE_NOT_PAID",
            actor=user,
            subject_type="payment_file",
            subject_id=file.reference,
            reason=refusal.code,
        )
        if isinstance(refusal, FreeOnesUsedUp):
            _price_again(user, file)
        raise


@transaction.atomic
def _price_again(user: User, asked: PaymentFile) -> None:
    """Others took free ones that were shown: whoever looks again sees what it costs now."""
    file = locked_file(user, asked.reference)
    if file.status == FileStatus.CHECKED:
        file_pricing.reprice(file)


def _confirm(
    user: User,
    asked: PaymentFile,
    only_valid: bool,
    key: str,
    allowed_by: Authorisation,
    override_reason: str,
) -> PaymentFile:
    file = locked_file(user, asked.reference)
    if _was_confirmed(file, user, key):
        return file
    customer, lines = _confirmable(file, only_valid)
    _check_right(user, customer, lines)
    permit = _permit(user, lines) if isinstance(allowed_by, StandingPermit) else None
    act, summary = _act(file, lines)
    authority.confirm(allowed_by, user=user, act=act)
    _override(file, allowed_by.reason if isinstance(allowed_by, Operator) else override_reason)
    file.confirmed_by, file.confirmed_at, file.confirmation_key = user, clock.now(), key
    file.authority = allowed_by.kind
    file_pricing.take_free(file, lines)
    amounts = sums((line.currency, line.amount) for line in lines if not line.is_own)
    accounts = sorted({line.debtor_number for line in lines})
    counted = amounts
    if not isinstance(allowed_by, Operator):
        counted = signatures.sums_of_file(user, file, customer, amounts)
    needed, kind = max(
        (
            signatures.needed(
                customer, counted, allowed_by, maker=user, payment_type=kind, accounts=accounts
            ),
            kind,
        )
        for kind in _types(file)
    )
    if needed > 1:
        _check_permit(permit, amounts)
        terms = None if counted == amounts else signatures.terms(customer, counted, kind, accounts)
        return _wait_for_others(file, customer, user, needed, amounts, act, summary, accounts, kind, terms)
    return _pay(file, customer, lines, permit, getattr(allowed_by, "reason", ""))


def _types(file: PaymentFile) -> list[PaymentType]:
    """What a company's signing rules call it. A payroll is a file too: whichever rule asks more holds, or
    calling a file a payroll would be a way around the rule for files."""
    return [PaymentType.FILE, PaymentType.PAYROLL] if file.is_confidential else [PaymentType.FILE]


def _confirmable(file: PaymentFile, only_valid: bool) -> tuple[Customer, list[PayableLine]]:
    if file.status != FileStatus.CHECKED or file.customer is None:
        raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
    if file.faulty_count and not only_valid:
        raise errors.FileHasFaults(count=file.faulty_count)
    lines = payable(file)
    if not lines:
        raise errors.FileHasNothingToPay(reference=file.reference)
    return file.customer, lines


def _override(file: PaymentFile, reason: str) -> None:
    """Whoever pays a file like one sent before says why, and it stays with the file."""
    if file.similar_to is None:
        return
    reason = rules.clean_text("Remittance", reason)
    if not reason:
        raise errors.FileLooksSentBefore(reference=file.similar_to.reference)
    file.override_reason = reason


def pay_signed(reference: str, by: User) -> None:
    """Pays a file whose last signature ``by`` gave, in the caller's database transaction.

    Raises the limits' refusals, and the mandate's where its maker may no longer pay as much; lines that
    cannot be paid are rejected one by one.
    """
    file = _waiting(reference)
    assert file.customer is not None
    assert file.confirmed_by is not None
    lines = payable(file)
    _check_right(file.confirmed_by, file.customer, lines)
    _pay(file, file.customer, lines, permit_of(file, lines), f"signed last by {by.pk}")


def give_up(reference: str, state: State, by: User | None, reason: str) -> None:
    """A file nobody will sign any more is as before it was confirmed: checked, and unpaid."""
    file = _waiting(reference)
    _unconfirm(file)
    audit.record(
        "PAYMENT_FILE_RETURNED", actor=by, subject_type="payment_file", subject_id=file.reference,
        detail={"state": state.value, "reason": reason},
    )  # fmt: skip


def _waiting(reference: str) -> PaymentFile:
    file = _locked(reference)
    if file.status != FileStatus.WAITING:
        raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
    return file


def _wait_for_others(
    file: PaymentFile,
    customer: Customer,
    user: User,
    needed: int,
    amounts: list[Money],
    act: dict[str, str],
    summary: str,
    accounts: list[str],
    kind: PaymentType,
    terms: list[Terms] | None,
) -> PaymentFile:
    """The file as it will be paid once enough have signed; nothing moves and no limit is used till then."""
    file.status = FileStatus.WAITING
    file.save(update_fields=CONFIRMATION)
    signing.ask(
        kind=signatures.FILE,
        subject=file.reference,
        customer=customer,
        amounts=amounts,
        act=act,
        summary=summary,
        needed=needed,
        maker=user,
        payment_type=kind,
        accounts=accounts,
        terms=terms,
    )
    return file


def _pay(
    file: PaymentFile, customer: Customer, lines: list[PayableLine], permit: Permit | None, reason: str
) -> PaymentFile:
    if len(lines) <= settings.PAYMENT_FILE_AT_ONCE_LINES and not file_holding.must_screen_many(lines):
        return release(file, customer, lines, permit, reason)
    file.status = FileStatus.RELEASING
    file.save(update_fields=CONFIRMATION)
    PaymentFileSource.objects.filter(file=file).update(handed_out_at=clock.now())
    outbox.emit(CONFIRMED_TOPIC, {"reference": file.reference})
    return file


def release_payment_file(*, reference: str) -> None:
    """Pays a file that is RELEASING. Safe to repeat and to run twice at once: the second finds it paid.

    What refuses the file as a whole (the day's limit, the mandate) leaves it checked and unpaid, with the
    reason shown on it.
    """
    try:
        with transaction.atomic():
            file = _locked(reference)
            if file.status == FileStatus.RELEASING:
                _release_now(file)
    except BankError as refusal:
        _take_back(reference, refusal)


def _release_now(file: PaymentFile) -> None:
    assert file.customer is not None
    assert file.confirmed_by is not None
    lines = payable(file)
    _check_right(file.confirmed_by, file.customer, lines)
    release(file, file.customer, lines, permit_of(file, lines), "")


@transaction.atomic
def _take_back(reference: str, refusal: BankError) -> None:
    file = _locked(reference)
    by = file.confirmed_by
    _unconfirm(file)
    fault = Fault(0, refusal.code, refusal.message, is_warning=True)
    file.faults = [*(one for one in file.faults if one["code"] != refusal.code), fault_json(fault)]
    file.save(update_fields=["faults"])
    audit.record_refusal(
        "PAYMENT_FILE_NOT_PAID", actor=by, subject_type="payment_file", subject_id=file.reference,
        reason=refusal.code,
    )  # fmt: skip


def _unconfirm(file: PaymentFile) -> None:
    file_pricing.give_free_back(payable(file))
    file.status, file.confirmed_by, file.confirmed_at = FileStatus.CHECKED, None, None
    file.confirmation_key = file.authority = ""
    file.save(update_fields=CONFIRMATION)


def _locked(reference: str) -> PaymentFile:
    files = PaymentFile.objects.select_for_update(of=("self",), no_key=True).select_related(
        "customer", "confirmed_by"
    )
    return files.get(reference=reference)


def _was_confirmed(file: PaymentFile, user: User, key: str) -> bool:
    is_confirmed = file.status in (FileStatus.WAITING, FileStatus.RELEASING, FileStatus.PAID)
    return is_confirmed and file.confirmed_by_id == user.pk and file.confirmation_key == key


def _check_right(user: User, customer: Customer, lines: Iterable[PayableLine]) -> None:
    """One signature releases them all, so the mandate must allow what they add up to in each currency:
    a payment over the limit does not pass as many small ones."""
    for total in sums((line.currency, line.amount) for line in lines):
        cif.require_pay(user, customer, total)


def _permit(user: User, lines: list[PayableLine]) -> Permit:
    accounts = {line.debtor_account_id for line in lines}
    permits = [permit for permit in selectors.permits_for(user) if {permit.account_id} == accounts]
    if not permits:
        raise errors.PermitMissing
    return Permit(permits[0].pk, permits[0].single_maximum, permits[0].daily_maximum)


def permit_of(file: PaymentFile, lines: list[PayableLine]) -> Permit | None:
    """The permit that spoke for whoever confirmed the file, without a code. Raises ``PermitMissing`` where it
    has ended."""
    if file.authority != Authority.PERMIT or file.confirmed_by is None:
        return None
    return _permit(file.confirmed_by, lines)


def _check_permit(permit: Permit | None, amounts: list[Money]) -> None:
    """A permit speaks for its maker, as one of those who sign, within its bounds alone."""
    if permit is None:
        return
    for amount in amounts:
        limits.check_permit(permit, amount, amount)


def _act(file: PaymentFile, lines: list[PayableLine]) -> tuple[dict[str, str], str]:
    amounts = sums((line.currency, line.amount) for line in lines)
    on_top = sums((line.currency, line.fee + line.excise) for line in lines)
    act = {
        "act": "PAY_FILE",
        "file": file.reference,
        "sha256": bytes(file.digest).hex(),
        "lines": str(len(lines)),
        "amounts": ", ".join(map(str, amounts)),
        "charges": ", ".join(map(str, on_top)),
        "revision": str(file.revision),
    }
    total, extra = (", ".join(map(shown, moneys)) for moneys in (amounts, on_top))
    return act, f"Pay {len(lines):,} payments of file {file.reference}: {total} (charges {extra})"
