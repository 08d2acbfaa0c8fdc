"""Orders that waited, for others' signatures or for the bank to look at them, and what becomes of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from django.db import transaction

from bank.accounts import services as accounts
from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import errors, rules, selectors
from bank.payments.models import PaymentEvent, PaymentOrder
from bank.payments.rules import Authority, PaymentStatus, ReviewState
from bank.payments.services import file_waiting, listing, networks, quotes, signatures, transfers, watching
from bank.payments.services.outside import Elsewhere
from bank.runtime import outbox
from bank.signing.rules import State

Check: TypeAlias = Callable[[PaymentOrder], None]
_checks: list[Check] = []
_REFUSED: Final = "The bank looked at this payment and does not make it. Write to us to know more."


def before_paying(check: Check) -> Check:
    """Has an app above asked before an order that waited is paid: what it was for may be paid otherwise by
    now. It raises the refusal; the order goes on waiting, to be signed, rejected or let go later."""
    _checks.append(check)
    return check


def pay_signed(reference: str, by: User) -> None:
    """Pays an order whose last signature ``by`` gave, for the charges its maker confirmed, in the caller's
    database transaction. Raises as ``pay`` does: the makers' rights, permits, accounts and
    limits count today.
    """
    _pay_waiting(_locked(reference), by, is_looked_at=False)


def _pay_waiting(order: PaymentOrder, by: User, *, is_looked_at: bool) -> None:
    rules.check_step(order.status, PaymentStatus.ACCEPTED)
    for check in _checks:
        check(order)
    asked = quotes.ask(
        order.debtor_number,
        order.creditor_number,
        order.creditor_name,
        order.money,
        order.remittance,
        order.end_to_end_id,
        _elsewhere(order),
        order.fee_event,
    )
    made = quotes.draft(order.initiated_by, asked)
    agreed = replace(
        made.charges, fee=Money(order.fee, order.currency), excise=Money(order.excise, order.currency)
    )
    made = replace(made, charges=agreed)
    permit = _permit(made, order)
    transfers.use_limits(made, order, permit)
    if is_looked_at:
        listing.require_unlisted(order)
    reasons = [] if is_looked_at else transfers.look(made, order)
    if reasons:
        transfers.give_back_limits(made, order, permit)
        _step(order, by, order.status, reason=watching.REASON, sentence=watching.SENTENCE)
        watching.hold(order, reasons, by)
        return
    transfers.release(made, order)
    reached = PaymentStatus(order.status)
    _step(order, by, PaymentStatus.ACCEPTED)
    if reached != PaymentStatus.ACCEPTED:
        _step(order, by, reached)
    transfers.tell(order, by)


def _permit(made: quotes.Draft, order: PaymentOrder) -> selectors.Permit | None:
    """The permit that spoke for the maker, who gave no code. Raises ``PermitMissing`` where it has ended."""
    if order.authority != Authority.PERMIT:
        return None
    if made.parties.permit is None:
        raise errors.PermitMissing
    return made.parties.permit


@transaction.atomic
def release_held(*, reference: str, by: User) -> PaymentOrder:
    """Lets a held payment go: it is paid as if its last signature had been given now, whatever the velocity
    rules say; a line of a file as its file was. Raises ``ReviewOver``, ``PayeeListed`` while a match with a
    watch list is not decided or is a true one, and as ``pay`` does.
    """
    order = _locked(reference)
    watching.conclude(order, ReviewState.RELEASED, by)
    line = file_waiting.line_of(order)
    if line is None:
        _pay_waiting(order, by, is_looked_at=True)
    else:
        file_waiting.pay(order, line, by)
    audit.record("PAYMENT_LET_GO", actor=by, subject_type="payment", subject_id=order.reference)
    return order


@transaction.atomic
def refuse_held(*, reference: str, by: User, reason: str) -> PaymentOrder:
    """Refuses a held payment: it is REJECTED with a reason its maker may read. Raises ``ReviewOver``."""
    order = _locked(reference)
    watching.conclude(order, ReviewState.REFUSED, by)
    _step(order, None, PaymentStatus.REJECTED, reason="REFUSED_BY_BANK", sentence=_REFUSED)
    accounts.give_free_back(reference)
    detail = {"reason": reason}
    audit.record(
        "PAYMENT_REFUSED_BY_BANK", actor=by, subject_type="payment", subject_id=order.reference, detail=detail
    )
    outbox.emit(networks.CHANGED_TOPIC, {"reference": order.reference, "status": order.status})
    return order


def _elsewhere(order: PaymentOrder) -> Elsewhere | None:
    """Where an order's creditor is, for the rail that was agreed to."""
    if selectors.is_own_agent(order.creditor_agent):
        return None
    return Elsewhere(
        agent=order.creditor_agent,
        country=order.creditor_country,
        preference=order.rail,
        charge_bearer=order.charge_bearer,
        purpose=order.purpose,
        address=order.creditor_address,
        creditor_reference=order.creditor_reference,
        ultimate_debtor=order.ultimate_debtor,
        ultimate_creditor=order.ultimate_creditor,
    )


def give_up(reference: str, state: State, by: User | None, reason: str) -> None:
    """An order nobody will sign any more: rejected, cancelled or expired, with why."""
    order = _locked(reference)
    wanted = signatures.GIVEN_UP[state]
    rules.check_step(order.status, wanted)
    accounts.give_free_back(reference)
    _step(order, by, wanted, reason=f"APPROVAL_{state.value}", sentence=reason[:300])


def _locked(reference: str) -> PaymentOrder:
    orders = PaymentOrder.objects.select_for_update(of=("self",))
    return orders.select_related("debtor_account", "initiated_by").get(reference=reference)


def _step(order: PaymentOrder, by: User | None, status: str, *, reason: str = "", sentence: str = "") -> None:
    order.status = status
    order.save(update_fields=["status", "release_at"])
    PaymentEvent.objects.create(order=order, status=status, actor=by, reason=reason, sentence=sentence)
