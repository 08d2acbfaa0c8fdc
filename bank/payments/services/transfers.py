"""Paying one payee: price, right, code, limit, books, order, audit and news in one database transaction.

Nine statements on the way that matters (a permit, an internal transfer): the parties, the
mandate, the price, the day's use, what is usual, the ledger, order with events, audit, outbox.
"""

from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from bank.accounts import services as accounts
from bank.audit import services as audit
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import ids
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments import errors, names, rail, rules, selectors
from bank.payments.models import PaymentOrder
from bank.payments.network import NetworkRail
from bank.payments.rules import Authority, NameCheck, PaymentStatus
from bank.payments.services import (
    authority,
    charges,
    holders,
    limits,
    listing,
    networks,
    quotes,
    signatures,
    watching,
)
from bank.payments.services.authority import Authorisation, Operator, StandingPermit, StepUp
from bank.payments.services.outside import Elsewhere
from bank.payments.services.quotes import Asked, Draft
from bank.runtime import context, idempotency, outbox
from bank.runtime.errors import IdempotencyConflict
from bank.signing import services as signing
from bank.signing.rules import Terms

SETTLED_TOPIC = "payments.settled"
_ORDER_FIELDS = [field for field in PaymentOrder._meta.concrete_fields if not field.primary_key]


class _KeyTaken(Exception):
    """The order with this key was made by a request that came first; undo and answer with it."""


def start_payment(
    *,
    user: User,
    debtor_number: str,
    creditor_number: str,
    creditor_name: str,
    amount: Money,
    to: Elsewhere | None = None,
    fee_event: str = "",
) -> Challenge:
    """Asks for a code bound to this payment; ``pay`` takes it. Raises as ``quote`` does, up to
    ``NoRailFits``."""
    made = quotes.draft(
        user, quotes.ask(debtor_number, creditor_number, creditor_name, amount, to=to, fee_event=fee_event)
    )
    return stepup.start(user=user, act=quotes.act_of(made), summary=quotes.summary_of(made))


def pay(
    *,
    user: User,
    debtor_number: str,
    creditor_number: str,
    creditor_name: str,
    amount: Money,
    key: str,
    challenge_id: UUID | str | None = None,
    code: str = "",
    authorisation: Authorisation | None = None,
    remittance: str = "",
    end_to_end_id: str = "",
    to: Elsewhere | None = None,
    fee_event: str = "",
) -> PaymentOrder:
    """Pays somebody: the debtor is debited amount, fee and excise duty, the creditor credited the amount,
    in one journal entry in the amount's currency on the business date. Where the customer's signing rule
    asks for more signatures, or the account's holders sign together, the order is ``AWAITING_APPROVAL``
    and nothing moves.

    A creditor elsewhere (``to``) is credited by a network: till it settles, the amount is in IN_TRANSIT.
    Outside the rail's hours the order is ``ACCEPTED`` and leaves at ``release_at``, else ``RELEASED``.

    ``authorisation`` says what lets it go; without it the code does. The user's ``key`` makes it
    happen once: repeated with the same content it returns the same order, whatever has changed
    since; with other content it raises ``IdempotencyConflict``. Otherwise raises what ``quote``
    raises, the step-up's refusals, ``PermitMissing``, ``PermitExceeded``, and the ledger's
    (``AccountClosed``, ``AccountFrozen``, ``InsufficientFunds``). A refusal leaves the books, the
    day's use and the code untouched and is kept in the audit trail.
    """
    order, _replayed = pay_once(
        user=user,
        debtor_number=debtor_number,
        creditor_number=creditor_number,
        creditor_name=creditor_name,
        amount=amount,
        key=key,
        authorisation=authorisation or StepUp(challenge_id, code),
        remittance=remittance,
        end_to_end_id=end_to_end_id,
        to=to,
        fee_event=fee_event,
    )
    return order


def pay_once(
    *,
    user: User,
    debtor_number: str,
    creditor_number: str,
    creditor_name: str,
    amount: Money,
    key: str,
    authorisation: Authorisation,
    remittance: str = "",
    end_to_end_id: str = "",
    to: Elsewhere | None = None,
    fee_event: str = "",
) -> tuple[PaymentOrder, bool]:
    """As ``pay``, and whether the order was there already under this key."""
    if not key or len(key) > rules.TEXT_LIMITS["Key"]:
        raise errors.KeyMissing
    asked = quotes.ask(
        debtor_number, creditor_number, creditor_name, amount, remittance, end_to_end_id, to, fee_event
    )
    try:
        with transaction.atomic():
            return _pay(user, asked, key, authorisation), False
    except (BankError, _KeyTaken) as refusal:
        known = _made_before(user, key, asked)
        if known is not None:
            return known, True
        if isinstance(refusal, BankError):
            _record_refusal(user, asked, refusal)
        raise


def _pay(user: User, asked: Asked, key: str, allowed_by: Authorisation) -> PaymentOrder:
    made = quotes.draft(user, asked)
    permit = made.parties.permit if isinstance(allowed_by, StandingPermit) else None
    if isinstance(allowed_by, StandingPermit) and permit is None:
        raise errors.PermitMissing
    authority.confirm(allowed_by, user=user, act=quotes.act_of(made))
    order = _order(user, made, key, allowed_by)
    accounts.take_free(
        account=made.debtor, quote=made.charges, on=order.requested_date, reference=order.reference
    )
    if holders.must_agree(made.debtor, allowed_by):
        return _wait_for_holders(user, made, order, permit)
    sums = [] if made.is_own else _sums(user, made, allowed_by)
    needed = signatures.needed(
        made.debtor.customer, sums, allowed_by,
        maker=user, payment_type=signatures.type_of(made.rail.code), accounts=[made.debtor.number],
    )  # fmt: skip
    if needed > 1:
        _check_permit(permit, made.asked.amount)
        return _wait_for_others(user, made, order, needed, sums)
    use_limits(made, order, permit)
    reasons = look(made, order, getattr(allowed_by, "word_given_at", None))
    if reasons:
        return _hold(made, order, user, reasons, permit)
    release(made, order)
    reached = PaymentStatus(order.status)
    _insert(order, list(dict.fromkeys([PaymentStatus.ACCEPTED, reached])))
    tell(order, user)
    return order


def look(made: Draft, order: PaymentOrder, word_given_at: datetime | None = None) -> list[dict[str, Any]]:
    """Why somebody of the bank should look at the payment first: its payee may be on a watch list, or it is
    more than usual. Of what the bank itself does the first stops it, and what would bring a new payee more
    than may go to one, where the customer's word for it is as young.

    Raises ``PayeeCooling``, ``PayeeListed``.
    """
    if made.is_own:
        return []
    if order.authority == Authority.OPERATOR:
        listing.require_unlisted(order)
        if word_given_at is not None:
            watching.require_cool_since(_watched(made, order), word_given_at)
        return []
    found = watching.look(_watched(made, order))
    watching.require_cool(found.cooling, order.money)
    return listing.reasons(order) + found.reasons


def _watched(made: Draft, order: PaymentOrder) -> watching.Watched:
    return watching.Watched(
        made.debtor.customer, order.creditor_number, order.money, order.reference, order.creditor_agent
    )


def _hold(
    made: Draft,
    order: PaymentOrder,
    user: User,
    reasons: list[dict[str, Any]],
    permit: selectors.Permit | None,
) -> PaymentOrder:
    """The order as it will be paid when the bank lets it go; nothing moves and no limit is used till then."""
    give_back_limits(made, order, permit)
    order.status = PaymentStatus.AWAITING_APPROVAL
    _insert(order, [PaymentStatus.AWAITING_APPROVAL], watching.REASON, watching.SENTENCE)
    watching.hold(order, reasons, user)
    return order


def release(made: Draft, order: PaymentOrder) -> None:
    """Books the order, and sends it on its way or has it wait for its rail."""
    instruction = _instruction(made, order)
    (outcome,) = made.rail.release([instruction])
    order.status = outcome.status
    if isinstance(made.rail, NetworkRail):
        networks.dispatch(made.rail, order, instruction)


def refuse_same(
    *, user: User, debtor_number: str, creditor_number: str, amount: Money, remittance: str
) -> None:
    """Before a code is sent: what equals a payment of the last ten minutes is asked about. Raises
    ``PaidJustNow``. Programs that pay under a permit have their key against paying twice."""
    same = selectors.same_just_now(user, debtor_number, creditor_number, amount, remittance)
    if same is not None:
        raise errors.PaidJustNow(reference=same.reference)


def _sums(user: User, made: Draft, allowed_by: Authorisation) -> list[Money]:
    """What must be signed for; the bank's own acts are not split by anybody."""
    if isinstance(allowed_by, Operator):
        return [made.asked.amount]
    return signatures.sums(user, made.debtor.customer, made.asked.creditor_number, made.asked.amount)


def _wait_for_others(
    user: User, made: Draft, order: PaymentOrder, needed: int, sums: list[Money]
) -> PaymentOrder:
    """The order as it will be paid once enough have signed; nothing moves and no limit is used till then."""
    order.status = PaymentStatus.AWAITING_APPROVAL
    _insert(order, [PaymentStatus.AWAITING_APPROVAL])
    signing.ask(
        kind=signatures.PAYMENT,
        subject=order.reference,
        customer=made.debtor.customer,
        amounts=[made.asked.amount],
        act=quotes.act_of(made),
        summary=quotes.summary_of(made),
        needed=needed,
        maker=user,
        payment_type=signatures.type_of(made.rail.code),
        accounts=[made.debtor.number],
        terms=_terms(made, sums),
    )
    return order


def _wait_for_holders(
    user: User, made: Draft, order: PaymentOrder, permit: selectors.Permit | None
) -> PaymentOrder:
    """The order as it will be paid once the other holders agreed; nothing moves till then."""
    _check_permit(permit, made.asked.amount)
    order.status = PaymentStatus.AWAITING_APPROVAL
    _insert(order, [PaymentStatus.AWAITING_APPROVAL])
    holders.ask(user, order, act=quotes.act_of(made), summary=quotes.summary_of(made))
    return order


def _check_permit(permit: selectors.Permit | None, amount: Money) -> None:
    """A permit speaks for its maker, as one of those who sign, within its bounds alone; what else it let go
    that day counts when the payment leaves."""
    if permit is not None:
        limits.check_permit(permit, amount, amount)


def _terms(made: Draft, sums: list[Money]) -> list[Terms] | None:
    """What the day's sum needs, where it is more than the payment itself; else its own rule says."""
    if sums == [made.asked.amount]:
        return None
    kind = signatures.type_of(made.rail.code)
    return signatures.terms(made.debtor.customer, sums, kind, [made.debtor.number])


def use_limits(made: Draft, order: PaymentOrder, permit: selectors.Permit | None) -> None:
    if not made.is_own:
        way = limits.Way(order.rail, rules.door_of(order.channel))
        limits.use(customer=made.debtor.customer, amount=order.money, way=way, permit=permit)


def give_back_limits(made: Draft, order: PaymentOrder, permit: selectors.Permit | None) -> None:
    way = limits.Way(order.rail, rules.door_of(order.channel))
    limits.give_back(customer=made.debtor.customer, amount=order.money, way=way, permit=permit)


def _order(user: User, made: Draft, key: str, allowed_by: Authorisation) -> PaymentOrder:
    asked = made.asked
    return PaymentOrder(
        reference=ids.reference("PAY"),
        uetr=uuid4(),
        rail=made.rail.code,
        debtor_account=made.debtor,
        debtor_name=made.debtor.customer.display_name,
        debtor_agent=settings.BANK_BIC,
        creditor_account=made.creditor,
        creditor_number=asked.creditor_number,
        creditor_name=asked.creditor_name or made.registered,
        name_check=_name_check(made),
        amount=asked.amount.amount,
        currency=asked.amount.currency,
        fee=made.charges.fee.amount,
        excise=made.charges.excise.amount,
        fee_event=asked.fee_event,
        end_to_end_id=asked.end_to_end_id,
        remittance=asked.remittance,
        requested_date=selectors.today(),
        initiated_by=user,
        channel=context.current().channel,
        authority=allowed_by.kind,
        idempotency_key=key,
        request_digest=_digest(asked),
        **_place(made),
    )


def _name_check(made: Draft) -> NameCheck:
    if made.creditor is None:
        return NameCheck.UNAVAILABLE
    return NameCheck.MATCH if made.is_own else names.check(made.asked.creditor_name, made.registered)


def _place(made: Draft) -> dict[str, Any]:
    """Where the creditor is, and why this rail goes there."""
    to = made.asked.to
    if to is None:
        return {"creditor_agent": settings.BANK_BIC}
    return {
        "creditor_agent": to.agent,
        "creditor_country": to.country,
        "creditor_address": to.address,
        "creditor_reference": to.creditor_reference,
        "ultimate_debtor": to.ultimate_debtor,
        "ultimate_creditor": to.ultimate_creditor,
        "charge_bearer": to.charge_bearer,
        "purpose": to.purpose,
        "routing": [one.as_json() for one in made.considered],
    }


def _instruction(made: Draft, order: PaymentOrder) -> rail.Instruction:
    """The order for its rail, with the accounts that earn its charges."""
    instruction = networks.instruction_of(order)
    return replace(
        instruction,
        fee=made.charges.fee,
        excise=made.charges.excise,
        fee_account=charges.account_for(made.charges.income_role, made.charges.fee),
        excise_account=charges.account_for(made.charges.excise_role, made.charges.excise),
        transit_account="" if made.asked.to is None else networks.transit(made.asked.amount),
    )


def _insert(order: PaymentOrder, steps: list[PaymentStatus], reason: str = "", sentence: str = "") -> None:
    """Order and events in one statement. Raises ``_KeyTaken`` where the key's order is there already:
    the insert waits for whoever is making it.
    """
    values = [field.get_db_prep_save(getattr(order, field.attname), connection) for field in _ORDER_FIELDS]
    events = [value for step in steps for value in (step, order.initiated_at, order.initiated_by_id)]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(len(steps)), [*values, reason, sentence, *events])
        row = cursor.fetchone()
    if row is None:
        raise _KeyTaken
    order.pk = row[0]
    order._state.adding = False


@cache
def _insertion(steps: int) -> str:
    """Names of our own tables and columns only; every value is a parameter."""
    columns = ", ".join(str(field.column) for field in _ORDER_FIELDS)
    places = ", ".join(["%s"] * len(_ORDER_FIELDS))
    events = ", ".join(["(%s, %s::timestamptz, %s::bigint)"] * steps)
    return (
        f"WITH made AS (INSERT INTO payments_paymentorder ({columns}) VALUES ({places})"  # noqa: S608
        " ON CONFLICT (initiated_by_id, idempotency_key) DO NOTHING RETURNING id), told AS ("
        "INSERT INTO payments_paymentevent (order_id, status, at, actor_id, reason, sentence)"
        " SELECT made.id, step.status, step.at, step.actor, %s, %s FROM made,"
        f" (VALUES {events}) AS step (status, at, actor)) SELECT id FROM made"
    )


def tell(order: PaymentOrder, user: User) -> None:
    detail = {
        "debtor": order.debtor_number,
        "creditor": order.creditor_number,
        "amount": str(order.money),
        "charges": str(order.charges),
        "name_check": order.name_check,
        "authority": order.authority,
    }
    audit.record(
        "PAYMENT_MADE", actor=user, subject_type="payment", subject_id=order.reference, detail=detail
    )
    topic = SETTLED_TOPIC if order.status == PaymentStatus.SETTLED else networks.CHANGED_TOPIC
    outbox.emit(topic, {"reference": order.reference, "status": order.status})


def _made_before(user: User, key: str, asked: Asked) -> PaymentOrder | None:
    known = (
        PaymentOrder.objects.select_related("debtor_account")
        .filter(initiated_by=user, idempotency_key=key)
        .first()
    )
    if known is not None and bytes(known.request_digest or b"") != _digest(asked):
        raise IdempotencyConflict
    return known


def _record_refusal(user: User, asked: Asked, refusal: BankError) -> None:
    detail = {"creditor": asked.creditor_number, "amount": str(asked.amount)}
    audit.record_refusal(
        "PAYMENT_REFUSED",
        actor=user,
        subject_type="account",
        subject_id=asked.debtor_number[:40],
        reason=refusal.code,
        detail=detail,
    )


def _digest(asked: Asked) -> bytes:
    said = {
        "debtor": asked.debtor_number,
        "creditor": asked.creditor_number,
        "name": asked.creditor_name,
        "amount": str(asked.amount),
        "remittance": asked.remittance,
        "end_to_end_id": asked.end_to_end_id,
    }
    return idempotency.digest(said if asked.to is None else said | asdict(asked.to))
