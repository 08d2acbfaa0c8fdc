"""Asking for money and answering: make, remind, take back; pay, decline, block. Only paying moves money.

The words are those of ISO 20022 creditor payment activation: a request is pain.013, its answer pain.014.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from bank.accounts import selectors as accounts
from bank.accounts.errors import AccountIsDormant
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.identity.models import Challenge, User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.payments import rules as payment_rules
from bank.payments import services as paying
from bank.payments.errors import CreditorUnknown, CurrenciesDiffer, SameAccount
from bank.payments.models import PaymentOrder
from bank.payments.services import name_checks
from bank.requests import errors, rules, selectors
from bank.requests.models import BlockedRequester, PaymentRequest, RequestPayment
from bank.requests.rules import DeclineReason, RequestStatus
from bank.runtime import outbox
from bank.runtime.errors import IdempotencyConflict

MADE: Final = "requests.made"
ANSWERED: Final = "requests.answered"
REMINDED: Final = "requests.reminded"


def make_request(
    *,
    user: User,
    creditor_number: str,
    amount: Money | None,
    remittance: str,
    key: str,
    debtor_number: str = "",
    debtor_name: str = "",
    expires_at: datetime | None = None,
    allows_partial: bool = False,
) -> PaymentRequest:
    """Asks the holder of an account, or whoever has the link, to pay. ``key`` makes it happen once.

    Asking moves nothing and needs no code. The name of who is asked must fit the account, so that nobody
    learns here whose an account is. Raises ``NotFound``, ``NotAllowed``, ``RequestUnusable``,
    ``CreditorUnknown``, ``RequesterBlocked``, ``TooManyRequests``, ``IdempotencyConflict``.
    """
    creditor = _own_account(user, creditor_number)
    until = expires_at or clock.now() + timedelta(days=rules.DEFAULT_LIFE_DAYS)
    rules.check_life(until, clock.now())
    words = payment_rules.clean_text("Remittance", remittance)
    _check_asked(amount, words, creditor, allows_partial)
    debtor = _asked_of(user, creditor, debtor_number, debtor_name) if debtor_number else None
    _check_pace(user)
    try:
        with transaction.atomic():
            made = PaymentRequest.objects.create(
                reference=ids.reference("RTP"),
                creditor_account=creditor,
                debtor_account=debtor,
                amount=amount.amount if amount else None,
                currency=creditor.currency,
                remittance=words,
                allows_partial=allows_partial,
                expires_at=until,
                decided=RequestStatus.PENDING,
                made_by=user,
                idempotency_key=key,
            )
            _record("REQUEST_MADE", made, user)
            outbox.emit(MADE, {"reference": made.reference})
    except IntegrityError:
        return _made_before(user, key, creditor, amount, words)
    return made


def _made_before(user: User, key: str, creditor: Account, amount: Money | None, words: str) -> PaymentRequest:
    """The request with this key. Raises ``IdempotencyConflict`` where it asked for something else."""
    known = PaymentRequest.objects.get(made_by=user, idempotency_key=key)
    if (known.creditor_account_id, known.money, known.remittance) != (creditor.pk, amount, words):
        raise IdempotencyConflict
    return known


def start_accepting(*, user: User, reference: str, debtor_number: str, amount: Money) -> Challenge:
    """Asks for the code of the payment; ``accept`` takes it. Raises as ``accept``."""
    request = _payable(selectors.request_for(user, reference), amount)
    return paying.start_payment(user=user, **_payment(request, debtor_number, amount))


def accept(
    *,
    user: User,
    reference: str,
    debtor_number: str,
    amount: Money,
    key: str,
    challenge_id: UUID | str | None,
    code: str,
) -> PaymentOrder:
    """Pays a request, all of it or where it allows a part; books what ``payments.pay`` books.

    The request's row is locked, so two people with one link cannot pay more than was asked. Raises
    ``RequestOver``, ``AmountNotAsked``, ``MoreThanAsked``, and what ``payments.pay`` raises.
    """
    with transaction.atomic():
        request = selectors.request_for(user, reference, locked=True)
        known = request.payments.filter(
            payment__initiated_by=user, payment__idempotency_key=f"request:{key}"
        ).first()
        if known is not None:
            return known.payment
        _payable(request, amount)
        paid = paying.pay(
            user=user,
            key=f"request:{key}",
            challenge_id=challenge_id,
            code=code,
            remittance=request.remittance,
            end_to_end_id=request.reference,
            **_payment(request, debtor_number, amount),
        )
        RequestPayment.objects.create(request=request, payment=paid)
        outbox.emit(ANSWERED, {"reference": request.reference, "status": "ACCP"})
    return paid


@transaction.atomic
def decline(*, user: User, reference: str, reason: str, words: str = "") -> PaymentRequest:
    """Says no, with a reason the requester reads. Only who was asked by name can. Raises ``RequestOver``."""
    request = _open(selectors.request_for(user, reference, locked=True), "declined")
    if request.debtor_account is None or not cif.may_pay(user, request.debtor_account.customer):
        raise NotAllowed(what="decline this request")
    if reason not in set(DeclineReason):
        raise errors.RequestUnusable(problem="Choose one of the reasons.")
    request.decline_reason, request.decline_words = reason, payment_rules.clean_text("Remittance", words)
    return _decide(request, RequestStatus.DECLINED, user)


@transaction.atomic
def cancel(*, user: User, reference: str) -> PaymentRequest:
    """The requester takes it back; what was paid stays paid. Raises ``RequestOver``."""
    request = _open(_made(user, reference), "taken back")
    return _decide(request, RequestStatus.CANCELLED, user)


@transaction.atomic
def remind(*, user: User, reference: str) -> PaymentRequest:
    """Reminds who was asked, once a day and three times at most. Raises ``ReminderTooSoon``."""
    request = _open(_made(user, reference), "reminded of")
    rules.check_reminder(request.reminders, request.reminded_at, clock.now())
    request.reminders, request.reminded_at = request.reminders + 1, clock.now()
    request.save(update_fields=["reminders", "reminded_at"])
    _record("REQUEST_REMINDED", request, user)
    outbox.emit(REMINDED, {"reference": request.reference})
    return request


@transaction.atomic
def block(*, user: User, reference: str) -> None:
    """Takes no more requests from who made this one, and declines it where it is open."""
    request = selectors.request_for(user, reference, locked=True)
    if request.debtor_account is None or not cif.may_pay(user, request.debtor_account.customer):
        raise NotAllowed(what="block this requester")
    pair: dict[str, Any] = {
        "customer": request.debtor_account.customer,
        "requester": request.creditor_account.customer,
    }
    BlockedRequester.objects.get_or_create(**pair)
    _record("REQUESTER_BLOCKED", request, user)
    if selectors.standing(request).is_open:
        request.decline_reason = DeclineReason.NO_WISH
        _decide(request, RequestStatus.DECLINED, user)


@transaction.atomic
def unblock(*, user: User, blocked_id: int) -> None:
    """Takes requests from them again. Raises ``NotFound``."""
    gone, _rows = selectors.blocked_by(user).filter(pk=blocked_id).delete()
    if not gone:
        raise NotFound(what="requester")


def _own_account(user: User, number: str) -> Account:
    account = accounts.account_for(user, number)
    if not cif.may_pay(user, account.customer):
        raise NotAllowed(what="ask for money for this customer")
    if account.status != AccountStatus.ACTIVE:
        raise AccountIsDormant(number=account.number)
    return account


def _check_asked(amount: Money | None, words: str, creditor: Account, allows_partial: bool) -> None:
    if not words:
        raise errors.RequestUnusable(problem="Say what the money is for.")
    if amount is None:
        if allows_partial:
            raise errors.RequestUnusable(problem="An open amount is always paid as the payer chooses.")
        return
    if not amount.is_positive:
        raise errors.RequestUnusable(problem="Enter an amount above zero.")
    if amount.currency != creditor.currency:
        raise CurrenciesDiffer(
            currency=amount.currency, number=creditor.number, account_currency=creditor.currency
        )


def _asked_of(user: User, creditor: Account, number: str, name: str) -> Account:
    """The account asked of, where the name given fits it at least closely."""
    debtor = selectors.account_at(number)
    registered = debtor.customer.display_name if debtor else None
    found = name_checks.check(user, payment_rules.clean_text("Name", name), registered)
    if debtor is None or found == payment_rules.NameCheck.NO_MATCH:
        raise CreditorUnknown
    if debtor.pk == creditor.pk:
        raise SameAccount
    if debtor.currency != creditor.currency:
        raise CurrenciesDiffer(
            currency=creditor.currency, number=debtor.number, account_currency=debtor.currency
        )
    if selectors.is_blocked(debtor.customer, creditor.customer):
        raise errors.RequesterBlocked
    return debtor


def _check_pace(user: User) -> None:
    """So many a day and no more: a request is an unasked letter."""
    since = clock.now() - timedelta(days=1)
    if PaymentRequest.objects.filter(made_by=user, made_at__gte=since).count() >= rules.MOST_A_DAY:
        raise errors.TooManyRequests


def _made(user: User, reference: str) -> PaymentRequest:
    request = selectors.request_for(user, reference, locked=True)
    if not cif.may_pay(user, request.creditor_account.customer):
        raise NotFound(what="request to pay")
    return request


def _open(request: PaymentRequest, wanted: str) -> PaymentRequest:
    standing = selectors.standing(request)
    if not standing.is_open:
        raise errors.RequestOver(status=standing.status.lower().replace("_", " "), wanted=wanted)
    return request


def _payable(request: PaymentRequest, amount: Money) -> PaymentRequest:
    _open(request, "paid")
    left = selectors.standing(request).left
    rules.check_amount(amount, request.money, left, partial=request.allows_partial)
    return request


def _payment(request: PaymentRequest, debtor_number: str, amount: Money) -> dict[str, Any]:
    creditor = request.creditor_account
    return {
        "debtor_number": debtor_number,
        "creditor_number": creditor.number,
        "creditor_name": creditor.customer.display_name,
        "amount": amount,
    }


def _decide(request: PaymentRequest, status: RequestStatus, user: User) -> PaymentRequest:
    request.decided = status
    request.save(update_fields=["decided", "decline_reason", "decline_words"])
    _record(f"REQUEST_{status.value}", request, user)
    outbox.emit(ANSWERED, {"reference": request.reference, "status": rules.ISO_STATUS[status]})
    return request


def _record(action: str, request: PaymentRequest, user: User) -> None:
    detail = {"amount": str(request.money or "open"), "reason": request.decline_reason}
    audit.record(
        action, actor=user, subject_type="request_to_pay", subject_id=request.reference, detail=detail
    )
