"""Paying a checked file: every valid line in one ledger call, each line with an outcome of its own.

One database transaction: a crash leaves the file as it was, checked and unpaid, and confirming it
again pays it then. The references the lines were given on intake are the ledger's keys, so no line
can be booked twice whatever happens.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments import errors, rail, selectors
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rail import Instruction, Outcome
from bank.payments.rules import FileStatus, LineStatus, PaymentStatus
from bank.payments.selectors import Permit
from bank.payments.services import authority, charges, limits, signatures
from bank.payments.services.authority import Authorisation, StandingPermit, StepUp
from bank.payments.services.file_intake import locked_file
from bank.payments.services.quotes import shown
from bank.products import selectors as products
from bank.products.rules import FeeEvent
from bank.runtime import context, outbox
from bank.signing import services as signing
from bank.signing.rules import PaymentType, State

PAID_TOPIC = "payments.file_paid"
_CONFIRMATION = ("status", "confirmed_by", "confirmed_at", "confirmation_key", "authority")

_RECORD = """
WITH outcome AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('payments_paymentorder', 'id')) AS order_id, o.*
    FROM unnest(
        %(lines)s::bigint[], %(statuses)s::text[], %(reasons)s::text[], %(sentences)s::text[]
    ) AS o (line_id, status, reason, sentence)
), made AS (
    INSERT INTO payments_paymentorder (
        id, reference, uetr, status, rail, debtor_account_id, debtor_name, debtor_agent, creditor_account_id,
        creditor_number, creditor_name, creditor_agent, name_check, amount, currency, fee, excise,
        charge_bearer, end_to_end_id, instruction_id, remittance, requested_date, initiated_by_id,
        initiated_at, channel, authority)
    SELECT o.order_id, l.reference, l.uetr, o.status, %(rail)s, l.debtor_account_id, %(debtor)s, %(agent)s,
        l.creditor_account_id, l.creditor_number, l.creditor_name, %(agent)s, l.name_check, l.amount,
        l.currency, l.fee, l.excise, l.charge_bearer, l.end_to_end_id, l.instruction_id, l.remittance,
        %(today)s, %(user)s, %(now)s, %(channel)s, %(authority)s
    FROM outcome o JOIN payments_paymentfileline l ON l.id = o.line_id
), told AS (
    INSERT INTO payments_paymentevent (order_id, status, at, actor_id, reason, sentence)
    SELECT o.order_id, step.status, %(now)s, %(user)s, step.reason, step.sentence
    FROM outcome o CROSS JOIN LATERAL (
        VALUES (1, 'ACCEPTED', '', ''), (2, o.status, o.reason, o.sentence)
    ) AS step (n, status, reason, sentence)
    ORDER BY o.order_id, step.n
)
UPDATE payments_paymentfileline l
SET order_id = o.order_id, status = o.status,
    faults = CASE WHEN o.reason = '' THEN l.faults ELSE l.faults || jsonb_build_array(jsonb_build_object(
        'code', o.reason, 'sentence', o.sentence, 'field', '', 'value', '', 'is_warning', false,
        'line', l.line)) END
FROM outcome o WHERE l.id = o.line_id
"""


@dataclass(frozen=True, slots=True)
class PayableLine:
    """A valid line with what paying it needs."""

    pk: int
    reference: str
    debtor_number: str
    debtor_customer_id: int
    debtor_account_id: int
    creditor_number: str
    creditor_customer_id: int
    creditor_name: str
    amount: Decimal
    currency: str
    fee: Decimal
    excise: Decimal
    remittance: str

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_own(self) -> bool:
        return self.debtor_customer_id == self.creditor_customer_id


_FIELDS = (
    *("pk", "reference", "debtor_account__number", "debtor_account__customer_id", "debtor_account_id"),
    *("creditor_account__number", "creditor_account__customer_id", "creditor_name", "amount", "currency"),
    *("fee", "excise", "remittance"),
)


def start_file_confirmation(*, user: User, file: PaymentFile) -> Challenge:
    """Asks for a code bound to the file's valid lines and their sums; ``confirm_payment_file`` takes it.

    Raises the mandate's refusals: who may only look is sent no code.
    """
    lines = _payable(file)
    if file.customer is not None:
        _check_right(user, file.customer, lines)
    act, summary = _act(file, lines)
    return stepup.start(user=user, act=act, summary=summary)


def file_act(file: PaymentFile) -> tuple[dict[str, str], str]:
    """What the code is bound to, and the same in words."""
    return _act(file, _payable(file))


def confirm_payment_file(
    *,
    user: User,
    file: PaymentFile,
    only_valid: bool,
    key: str,
    challenge_id: UUID | str | None = None,
    code: str = "",
    authorisation: Authorisation | None = None,
) -> PaymentFile:
    """Pays the valid lines of a checked file; each ends SETTLED or REJECTED with its reason. Where the
    customer's signing rule asks for more signatures the file is ``WAITING`` for them, and nothing moves.

    Per settled line the books show the debtor debited amount, fee and excise duty, the creditor
    credited the amount. Faulty lines are rejected, if ``only_valid`` allows that there are any.
    Repeated by the same user with the same ``key`` it returns the paid file. Raises ``NotFound``,
    ``FileNotReady``, ``FileHasFaults``, ``FileHasNothingToPay``, the mandate's, step-up's, permit's
    and day limit's refusals: then nothing of the file is paid.
    """
    try:
        with transaction.atomic():
            return _confirm(user, file, only_valid, key, authorisation or StepUp(challenge_id, code))
    except BankError as refusal:
        audit.record_refusal(
            "PAYMENT_FILE_NOT_PAID",
            actor=user,
            subject_type="payment_file",
            subject_id=file.reference,
            reason=refusal.code,
        )
        raise


def _confirm(
    user: User, asked: PaymentFile, only_valid: bool, key: str, allowed_by: Authorisation
) -> PaymentFile:
    file = locked_file(user, asked.reference)
    if _was_confirmed(file, user, key):
        return file
    if file.status != FileStatus.CHECKED or file.customer is None:
        raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
    if file.faulty_count and not only_valid:
        raise errors.FileHasFaults(count=file.faulty_count)
    lines = _payable(file)
    if not lines:
        raise errors.FileHasNothingToPay(reference=file.reference)
    _check_right(user, file.customer, lines)
    permit = _permit(user, lines) if isinstance(allowed_by, StandingPermit) else None
    act, summary = _act(file, lines)
    authority.confirm(allowed_by, user=user, act=act)
    file.confirmed_by, file.confirmed_at, file.confirmation_key = user, clock.now(), key
    file.authority = allowed_by.kind
    sums = _sums((line.currency, line.amount) for line in lines if not line.is_own)
    accounts = sorted({line.debtor_number for line in lines})
    needed = signatures.needed(
        file.customer, sums, allowed_by, maker=user, payment_type=PaymentType.FILE, accounts=accounts
    )
    if needed > 1:
        return _wait_for_others(file, file.customer, user, needed, sums, act, summary, accounts)
    return _pay(file, file.customer, lines, permit, getattr(allowed_by, "reason", ""))


def pay_signed(reference: str, by: User) -> None:
    """Pays a file whose last signature ``by`` gave, in the caller's database transaction.

    Raises the limits' refusals, and the mandate's where its maker may no longer pay as much; lines that
    cannot be paid are rejected one by one.
    """
    file = _waiting(reference)
    assert file.customer is not None
    assert file.confirmed_by is not None
    lines = _payable(file)
    _check_right(file.confirmed_by, file.customer, lines)
    _pay(file, file.customer, lines, None, f"signed last by {by.pk}")


def give_up(reference: str, state: State, by: User | None, reason: str) -> None:
    """A file nobody will sign any more is as before it was confirmed: checked, and unpaid."""
    file = _waiting(reference)
    file.status, file.confirmed_by, file.confirmed_at = FileStatus.CHECKED, None, None
    file.confirmation_key = file.authority = ""
    file.save(update_fields=_CONFIRMATION)
    audit.record(
        "PAYMENT_FILE_RETURNED", actor=by, subject_type="payment_file", subject_id=file.reference,
        detail={"state": state.value, "reason": reason},
    )  # fmt: skip


def _waiting(reference: str) -> PaymentFile:
    files = PaymentFile.objects.select_for_update(of=("self",)).select_related("customer", "confirmed_by")
    file = files.get(reference=reference)
    if file.status != FileStatus.WAITING:
        raise errors.FileNotReady(reference=file.reference, status=file.status.lower())
    return file


def _wait_for_others(
    file: PaymentFile,
    customer: Customer,
    user: User,
    needed: int,
    sums: list[Money],
    act: dict[str, str],
    summary: str,
    accounts: list[str],
) -> PaymentFile:
    """The file as it will be paid once enough have signed; nothing moves and no limit is used till then."""
    file.status = FileStatus.WAITING
    file.save(update_fields=_CONFIRMATION)
    signing.ask(
        kind=signatures.FILE,
        subject=file.reference,
        customer=customer,
        amounts=sums,
        act=act,
        summary=summary,
        needed=needed,
        maker=user,
        payment_type=PaymentType.FILE,
        accounts=accounts,
    )
    return file


def _pay(
    file: PaymentFile, customer: Customer, lines: list[PayableLine], permit: Permit | None, reason: str
) -> PaymentFile:
    outcomes = _release(customer, lines, permit)
    _record(file, lines, outcomes)
    return _finish(file, outcomes, reason)


def _was_confirmed(file: PaymentFile, user: User, key: str) -> bool:
    is_confirmed = file.status in (FileStatus.WAITING, FileStatus.PAID)
    return is_confirmed and file.confirmed_by_id == user.pk and file.confirmation_key == key


def _payable(file: PaymentFile) -> list[PayableLine]:
    lines = PaymentFileLine.objects.filter(file=file, status=LineStatus.VALID).order_by("line")
    return [PayableLine(*row) for row in lines.values_list(*_FIELDS)]


def _check_right(user: User, customer: Customer, lines: Iterable[PayableLine]) -> None:
    """One signature releases them all, so the mandate must allow what they add up to in each currency:
    a payment over the limit does not pass as many small ones."""
    sums: dict[str, Money] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, Money.zero(line.currency)) + line.money
    for total in sums.values():
        cif.require_pay(user, customer, total)


def _permit(user: User, lines: list[PayableLine]) -> Permit:
    accounts = {line.debtor_account_id for line in lines}
    permits = [permit for permit in selectors.permits_for(user) if {permit.account_id} == accounts]
    if not permits:
        raise errors.PermitMissing
    return Permit(permits[0].pk, permits[0].single_maximum, permits[0].daily_maximum)


def _act(file: PaymentFile, lines: list[PayableLine]) -> tuple[dict[str, str], str]:
    amounts = _sums((line.currency, line.amount) for line in lines)
    on_top = _sums((line.currency, line.fee + line.excise) for line in lines)
    act = {
        "act": "PAY_FILE",
        "file": file.reference,
        "sha256": bytes(file.digest).hex(),
        "lines": str(len(lines)),
        "amounts": ", ".join(map(str, amounts)),
        "charges": ", ".join(map(str, on_top)),
    }
    total, extra = (", ".join(map(shown, sums)) for sums in (amounts, on_top))
    return act, f"Pay {len(lines):,} payments of file {file.reference}: {total} (charges {extra})"


def _sums(parts: Iterable[tuple[str, Decimal]]) -> list[Money]:
    sums: dict[str, Decimal] = {}
    for currency, amount in parts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]


def _release(customer: Customer, lines: list[PayableLine], permit: Permit | None) -> list[Outcome]:
    """Uses the day's limit for all, pays, and gives back what was not paid."""
    for amount in _sums((line.currency, line.amount) for line in lines if not line.is_own):
        limits.use_for_file(customer=customer, amount=amount, permit=permit)
    outcomes = _rail().release(_instructions(customer, lines), each=True)
    unpaid = [
        line
        for line, outcome in zip(lines, outcomes, strict=True)
        if outcome.status == PaymentStatus.REJECTED and not line.is_own
    ]
    for amount in _sums((line.currency, line.amount) for line in unpaid):
        limits.give_back(customer=customer, amount=amount, permit=permit)
    return outcomes


def _rail() -> rail.Rail:
    way = rail.route(rail.Destination(settings.BANK_BIC, "", "", is_internal=True))
    if way is None:
        raise errors.NoRail(destination=settings.BANK_BIC)
    return way


def _instructions(customer: Customer, lines: list[PayableLine]) -> Iterator[Instruction]:
    """One at a time, for the rail streams them to the ledger; what needs a query is asked before."""
    earning = {
        currency: _earning_accounts(customer, currency) for currency in {line.currency for line in lines}
    }
    return (_instruction(customer, line, *earning[line.currency]) for line in lines)


def _earning_accounts(customer: Customer, currency: str) -> tuple[str, str]:
    """The ledger's accounts of fee income and excise duty for transfers in a currency."""
    unit = Money.from_minor(1, currency)
    quote = products.quote_fee(
        event=FeeEvent.INTERNAL_TRANSFER, amount=unit, on=selectors.today(), segment=customer.segment
    )
    if not quote.income_role:
        return "", ""
    return charges.account_for(quote.income_role, unit), charges.account_for(quote.excise_role, unit)


def _instruction(customer: Customer, line: PayableLine, fee_account: str, excise_account: str) -> Instruction:
    return Instruction(
        reference=line.reference,
        debtor_number=line.debtor_number,
        debtor_name=customer.display_name,
        creditor_number=line.creditor_number,
        creditor_name=line.creditor_name,
        amount=line.money,
        fee=Money(line.fee, line.currency),
        excise=Money(line.excise, line.currency),
        fee_account=fee_account,
        excise_account=excise_account,
        remittance=line.remittance,
    )


def _record(file: PaymentFile, lines: list[PayableLine], outcomes: list[Outcome]) -> None:
    """Orders, their events and the lines' outcomes, set-based."""
    parameters: dict[str, Any] = {
        "lines": [line.pk for line in lines],
        "statuses": [outcome.status.value for outcome in outcomes],
        "reasons": [outcome.reason for outcome in outcomes],
        "sentences": [outcome.sentence[:300] for outcome in outcomes],
        "rail": _rail().code,
        "debtor": file.customer.display_name if file.customer else "",
        "agent": settings.BANK_BIC,
        "today": selectors.today(),
        "user": file.confirmed_by_id,
        "now": clock.now(),
        "channel": context.current().channel,
        "authority": file.authority,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, parameters)
    PaymentFileLine.objects.filter(file=file, status=LineStatus.FAULTY).update(status=LineStatus.REJECTED)


def _finish(file: PaymentFile, outcomes: list[Outcome], reason: str) -> PaymentFile:
    file.status = FileStatus.PAID
    file.settled_count = sum(outcome.status == PaymentStatus.SETTLED for outcome in outcomes)
    file.save(update_fields=[*_CONFIRMATION, "settled_count"])
    detail = {
        "settled": file.settled_count,
        "rejected": file.line_count - file.settled_count,
        "authority": file.authority,
        "reason": reason,
    }
    audit.record(
        "PAYMENT_FILE_PAID",
        actor=file.confirmed_by,
        subject_type="payment_file",
        subject_id=file.reference,
        detail=detail,
    )
    outbox.emit(PAID_TOPIC, {"reference": file.reference, "settled": file.settled_count})
    return file
