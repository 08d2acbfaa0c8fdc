"""Carrying a sweep out at the close of a day: an internal transfer under a key of sweep and day, so however
often a close is killed or repeated, a day is swept once. Its row says what was moved, or why nothing was."""

from datetime import date

from django.db import transaction

from bank import ledger
from bank.accounts.models import Account
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.ledger.errors import InsufficientFunds
from bank.liquidity import sweep_rules
from bank.liquidity.models import Sweep, SweepRun
from bank.liquidity.sweep_rules import Move, SweepKind, SweepOutcome, SweepStatus
from bank.payments import services as paying
from bank.payments.models import PaymentOrder


def run(sweep: Sweep, day: date) -> SweepRun:
    """Sweeps once; the caller holds the sweep's row. A day that was swept gives the row it has."""
    done = SweepRun.objects.filter(sweep=sweep, day=day).first()
    if done is not None:
        return done
    free = _free(sweep.account)
    if sweep.status == SweepStatus.PAUSED:
        return _note(sweep, day, free, Move(Money.zero(sweep.currency), SweepOutcome.PAUSED), None)
    found = sweep_rules.move(
        SweepKind(sweep.kind),
        free=free,
        pool_free=_free(sweep.pool),
        target=sweep.target_money,
        threshold=sweep.threshold_money,
    )
    if found.amount.is_zero:
        return _note(sweep, day, free, found, None)
    try:
        with transaction.atomic():
            return _note(sweep, day, free, found, _pay(sweep, day, found.amount))
    except BankError as refusal:
        nothing = Move(Money.zero(sweep.currency), SweepOutcome.REFUSED, _said(refusal))
        return _note(sweep, day, free, nothing, None, refusal.code)


def _pay(sweep: Sweep, day: date, amount: Money) -> PaymentOrder:
    source, goal = (sweep.account, sweep.pool) if amount.is_negative else (sweep.pool, sweep.account)
    return paying.pay(
        user=sweep.made_by,
        debtor_number=source.number,
        creditor_number=goal.number,
        creditor_name=sweep.customer.display_name,
        amount=abs(amount),
        remittance=f"Sweep {sweep.reference}",
        key=f"sweep:{sweep.reference}:{day}",
        authorisation=paying.Operator(f"Sweep {sweep.reference} at the close of {day}"),
    )


def _free(account: Account) -> Money:
    """Booked less held, read anew: a sweep before this one may have moved money here."""
    now = ledger.balance(account.number)
    return now.booked - now.held


def _said(refusal: BankError) -> str:
    """No balance in a sentence that is kept."""
    if isinstance(refusal, InsufficientFunds):
        return "There was not enough money on the account."
    return refusal.message


def _note(
    sweep: Sweep, day: date, free: Money, found: Move, payment: PaymentOrder | None, reason: str = ""
) -> SweepRun:
    return SweepRun.objects.create(
        sweep=sweep, day=day, outcome=found.outcome.value, amount=found.amount.amount, free=free.amount,
        reason=reason[:40], sentence=found.sentence[:300], payment=payment,
    )  # fmt: skip
