"""Setting a sweep up, with a code and the signatures the company's rule asks for; pausing and ending it.

Nothing moves here. A sweep is signed like an order to pay of all that is on its two accounts now, for so
much it may move in a day.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import ids
from bank.kernel.errors import BankError, NotAllowed
from bank.kernel.money import Money
from bank.liquidity import selectors
from bank.liquidity.errors import SweepTwice, SweepUnusable
from bank.liquidity.models import Sweep
from bank.liquidity.sweep_rules import SweepKind, SweepStatus, check_loop, check_step, check_terms
from bank.payments.errors import KeyMissing
from bank.runtime import idempotency
from bank.runtime.errors import IdempotencyConflict
from bank.signing import selectors as signatures
from bank.signing import services as signing
from bank.signing.rules import PaymentType, State
from bank.standing import selectors as standing

SWEEP: Final = "SWEEP"
_LONGEST_KEY: Final = 200
_GIVEN_UP: Final = {State.WITHDRAWN: SweepStatus.ENDED, State.RETURNED: SweepStatus.ENDED}


@dataclass(frozen=True, slots=True)
class Terms:
    """A sweep as asked for; ``target`` and ``threshold`` are zero where its kind has none."""

    account_number: str
    pool_number: str
    kind: SweepKind
    target: Money
    threshold: Money


@dataclass(frozen=True, slots=True)
class _Prepared:
    terms: Terms
    account: Account
    pool: Account


def start_sweep(*, user: User, customer: Customer, terms: Terms) -> Challenge:
    """Asks for a code bound to the whole instruction; ``create_sweep`` takes it. Raises ``NotFound``,
    ``NotAllowed``, ``SweepUnusable``, ``SweepTwice``."""
    _prepare(user, customer, terms)
    return stepup.start(user=user, act=_act(terms), summary=summary_of(terms))


def create_sweep(
    *, user: User, customer: Customer, terms: Terms, key: str, challenge_id: UUID | str | None, code: str
) -> Sweep:
    """Keeps the sweep. Repeated with the same ``key`` and terms it answers with the same one.

    Where the company's rule asks for more signatures it is WAITING until they are given. Raises as
    ``start_sweep``, the step-up's refusals, ``TooFewSignatories``, ``IdempotencyConflict``.
    """
    if not key or len(key) > _LONGEST_KEY:
        raise KeyMissing
    try:
        with transaction.atomic():
            made = _prepare(user, customer, terms)
            stepup.confirm(user=user, challenge_id=challenge_id, act=_act(terms), code=code)
            return _keep(user, customer, made, key)
    except (BankError, IntegrityError) as refusal:
        known = Sweep.objects.filter(made_by=user, idempotency_key=key).first()
        if known is None and isinstance(refusal, IntegrityError):
            raise SweepTwice(number=terms.account_number) from None
        if known is None:
            raise
        if bytes(known.request_digest) != idempotency.digest(_act(terms)):
            raise IdempotencyConflict from None
        return known


@transaction.atomic
def pause(*, user: User, reference: str) -> Sweep:
    """Moves nothing until it is resumed. Raises ``NotFound``, ``NotAllowed``, ``WrongSweepStatus``."""
    return _step(_own(user, reference), SweepStatus.PAUSED, user)


@transaction.atomic
def resume(*, user: User, reference: str) -> Sweep:
    """Moves again from the next close on. Raises ``WrongSweepStatus``: what waits for signatures is begun by
    these."""
    sweep = _own(user, reference)
    if sweep.status == SweepStatus.WAITING:
        raise NotAllowed(what="begin a sweep that waits for signatures")
    return _step(sweep, SweepStatus.ACTIVE, user)


@transaction.atomic
def end(*, user: User, reference: str) -> Sweep:
    """Ends it for good. Raises ``WrongSweepStatus`` where it is over already."""
    return _step(_own(user, reference), SweepStatus.ENDED, user, "You ended it.")


def begin_signed(reference: str, by: User) -> None:
    """The last signature was given: from the next close on it moves money. Raises ``SweepUnusable`` where its
    accounts no longer allow it, ``WrongSweepStatus`` where it was ended meanwhile."""
    sweep = _locked(reference)
    for account in (sweep.account, sweep.pool):
        _check_account(account, sweep.customer)
    _step(sweep, SweepStatus.ACTIVE, by)


def give_up(reference: str, state: State, by: User | None, reason: str) -> None:
    """Nobody will sign it any more: rejected, or ended by its maker."""
    _step(_locked(reference), _GIVEN_UP.get(state, SweepStatus.REJECTED), by, reason)


def summary_of(terms: Terms) -> str:
    """The instruction in words, for the message that carries the code."""
    between = f"account {terms.account_number} and account {terms.pool_number}"
    if terms.kind == SweepKind.THRESHOLD:
        return f"Sweep between {between}: above {terms.threshold} down to {terms.target}, every day"
    return f"Sweep between {between}: to a balance of {terms.target}, every day"


def _prepare(user: User, customer: Customer, terms: Terms) -> _Prepared:
    account = accounts.account_for(user, terms.account_number)
    pool = accounts.account_for(user, terms.pool_number)
    for one in (account, pool):
        _check_account(one, customer)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="move money of this company")
    if account.pk == pool.pk or account.currency != pool.currency:
        raise SweepUnusable(problem="Choose two accounts in the same currency.")
    if {terms.target.currency, terms.threshold.currency} != {account.currency}:
        raise SweepUnusable(problem="Give the balances in the currency of the accounts.")
    check_terms(terms.kind, terms.target, terms.threshold)
    pools = selectors.pools_of(customer)
    if account.number in pools:
        raise SweepTwice(number=account.number)
    check_loop(pools, account.number, pool.number)
    return _Prepared(terms, account, pool)


def _check_account(account: Account, customer: Customer) -> None:
    if account.customer_id != customer.pk or standing.needs_both(account):
        raise SweepUnusable(problem="A sweep moves money between two accounts of the company itself.")
    if account.status != AccountStatus.ACTIVE:
        raise SweepUnusable(problem="Both accounts of a sweep must be active.")


def _act(terms: Terms) -> dict[str, str]:
    return {
        "act": SWEEP,
        "account": terms.account_number,
        "pool": terms.pool_number,
        "kind": terms.kind.value,
        "target": str(terms.target),
        "threshold": str(terms.threshold),
    }


def _keep(user: User, customer: Customer, made: _Prepared, key: str) -> Sweep:
    terms, numbers = made.terms, [made.account.number, made.pool.number]
    reach = _reach(made)
    kind = PaymentType.STANDING_ORDER
    needed = signatures.needed(customer, [reach], maker=user, payment_type=kind, accounts=numbers)
    sweep = Sweep(
        reference=ids.reference("SWP"), customer=customer, account=made.account, pool=made.pool,
        kind=terms.kind.value, currency=made.account.currency, target=terms.target.amount,
        threshold=terms.threshold.amount, made_by=user, idempotency_key=key,
        request_digest=idempotency.digest(_act(terms)),
        status=SweepStatus.ACTIVE if needed == 1 else SweepStatus.WAITING,
    )  # fmt: skip
    sweep.save(force_insert=True)
    _record(sweep, "SET_UP", user, summary_of(terms))
    if needed > 1:
        signing.ask(
            kind=SWEEP, subject=sweep.reference, customer=customer, amounts=[reach], act=_act(terms),
            summary=summary_of(terms), maker=user, needed=needed, payment_type=kind,
            accounts=numbers,
        )  # fmt: skip
    return sweep


def _reach(made: _Prepared) -> Money:
    """What it could move today at most."""
    zero = Money.zero(made.account.currency)
    booked = [ledger.balance(one.number).booked for one in (made.account, made.pool)]
    return sum((one for one in booked if one.is_positive), zero)


def _own(user: User, reference: str) -> Sweep:
    """The sweep's row, locked, for who may pay for its company. Raises ``NotFound``, ``NotAllowed``."""
    sweep = selectors.sweep_for(user, reference, locked=True)
    if not cif.may_pay(user, sweep.customer):
        raise NotAllowed(what="change sweeps of this company")
    return sweep


def _locked(reference: str) -> Sweep:
    sweeps = Sweep.objects.select_for_update(of=("self",)).select_related("customer", "account", "pool")
    return sweeps.get(reference=reference)


def _step(sweep: Sweep, then: SweepStatus, by: User | None, reason: str = "") -> Sweep:
    check_step(sweep.status, then)
    sweep.status, sweep.end_reason = then.value, reason[:300]
    sweep.save(update_fields=["status", "end_reason"])
    _record(sweep, then.value, by, reason)
    return sweep


def _record(sweep: Sweep, action: str, by: User | None, sentence: str) -> None:
    audit.record(
        f"SWEEP_{action}", actor=by, subject_type="sweep", subject_id=sweep.reference,
        detail={"sentence": sentence} if sentence else None,
    )  # fmt: skip
