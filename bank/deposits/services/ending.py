"""The end of a deposit: interest settled, money paid out or kept for another term."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from bank import ledger
from bank.accounts.models import Account
from bank.deposits import errors, postings, rules, selectors
from bank.deposits.models import Deposit
from bank.deposits.rules import Ending, Instruction, LineKind, LineStatus, Status
from bank.deposits.services import books
from bank.deposits.services.opening import payout_account, write_contract
from bank.deposits.services.quotes import Quote, quote
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.ledger.entries import Entry
from bank.products.rules import ProductKind

MATURED = "deposits.matured"
RENEWED = "deposits.renewed"
MATURING = "deposits.maturing"


@dataclass(frozen=True, slots=True)
class _Renewal:
    """The contract that follows, and what is left over for the customer."""

    quote: Quote
    rest: Money


def reckon(deposit: Deposit, interest: Money, *, cost: Money | None = None) -> Ending:
    """What is left of a deposit that ends today with so much interest in all. Reads its balance.

    Without a ``cost`` the penalties for missed instalments are taken, from interest alone.
    """
    return rules.ending(
        balance=ledger.balance(deposit.number).booked,
        interest=interest,
        paid_interest=deposit.of(deposit.paid_interest),
        paid_tax=deposit.of(deposit.paid_tax),
        tax_pct=selectors.withholding(ledger.business_date()).rate_pct,
        penalty=deposit.of(deposit.penalties) if cost is None else cost,
        capped=cost is None,
    )


def finish(
    deposit: Deposit, ending: Ending, *, target: Account | None, status: Status, value_date: date, said: str
) -> None:
    """Books the end of a locked deposit: its last interest into it, and all it has to ``target``.

    Without a target the money stays in the deposit. The deposit's ledger account is closed once empty.
    """
    entries = _last_interest(deposit, ending, value_date, said)
    if target is not None and ending.payout.is_positive:
        entries.append(
            postings.returned(
                key=f"deposit:{deposit.number}:end",
                deposit=deposit.number,
                target=target.number,
                amount=ending.payout,
                narrative=said,
                value_date=value_date,
            )
        )
    ledger.post(entries)
    _close(deposit, ending, status, said)


def announce(*, deposit: Deposit) -> None:
    """Tells that a deposit will mature, while there is time to say what happens then."""
    books.tell(MATURING, deposit, on=deposit.maturity_date)


@transaction.atomic
def mature(*, deposit: Deposit) -> Deposit:
    """Ends a locked deposit on its maturity date, as its instruction says.

    Interest to that date is credited to it, less withholding tax; then all of it goes to the
    account ``selectors.account_to_pay`` finds, or into a new deposit of the same term at the rate
    of the day, with or without the interest. Where the product is no longer offered for the term
    and sum, it is paid out instead. Without an account to pay to the money stays, without interest
    from then on, and the deposit is HELD. One database transaction; raises the ledger's refusals.
    """
    assert deposit.maturity_date is not None
    on = deposit.maturity_date
    ending = reckon(deposit, selectors.earned(deposit, on, selectors.withholding(on).rate_pct))
    target = selectors.account_to_pay(deposit)
    renewal = _renewal(deposit, ending, target)
    said = f"{deposit.product.name} matured"
    if renewal is not None:
        return _renew(deposit, ending, renewal, target, said)
    status = Status.MATURED if target else Status.HELD
    finish(deposit, ending, target=target, status=status, value_date=on, said=said)
    books.record("DEPOSIT_MATURED", deposit, None, paid=ending.payout, to=target.number if target else "")
    news = {"interest": ending.interest_now, "tax": ending.tax_now, "penalty": ending.penalty}
    books.tell(MATURED, deposit, paid=ending.payout, to=target.number if target else "", **news)
    return deposit


@transaction.atomic
def pay_out_held(*, deposit: Deposit, account_number: str = "", actor: User | None = None) -> Deposit:
    """Pays a matured deposit that waited for an account: to the one named, else to the one found.

    Debits the deposit, credits the account. Raises ``DepositOver``, ``PayoutNotPossible``, and the
    ledger's refusals.
    """
    locked = books.lock(deposit, Status.HELD)
    named = payout_account(locked.funding_account, account_number) if account_number else None
    target = named or selectors.account_to_pay(locked)
    if target is None:
        raise errors.PayoutNotPossible(currency=locked.currency)
    balance = ledger.balance(locked.number).booked
    nothing = Money.zero(locked.currency)
    said = f"{locked.product.name} paid out"
    ending = Ending(balance, locked.of(locked.paid_interest), nothing, nothing, nothing)
    finish(locked, ending, target=target, status=Status.MATURED, value_date=ledger.business_date(), said=said)
    books.record("DEPOSIT_PAID_OUT", locked, actor, paid=balance, to=target.number)
    return locked


def _last_interest(deposit: Deposit, ending: Ending, value_date: date, said: str) -> list[Entry]:
    payable = deposit.of(deposit.accrued) - deposit.of(deposit.paid_interest)
    if deposit.status == Status.HELD:
        return []
    entry = postings.ended(
        key=f"deposit:{deposit.number}:interest",
        deposit=deposit.number,
        ending=ending,
        accrued=payable,
        roles=books.roles_of(deposit, ledger.business_date()),
        narrative=said,
        value_date=value_date,
    )
    return [] if entry is None else [entry]


def _close(deposit: Deposit, ending: Ending, status: Status, said: str) -> None:
    if deposit.status == Status.ACTIVE:
        deposit.paid_tax = deposit.paid_tax + ending.tax_now.amount
        deposit.accrued = deposit.paid_interest = ending.interest.amount
        _close_schedule(deposit, ending, status)
    deposit.status = status
    if deposit.is_over:
        deposit.closed_date = ledger.business_date()
        ledger.set_status(deposit.number, ledger.Status.CLOSED, reason=said[:200])
    deposit.save(update_fields=["status", "closed_date", "accrued", "paid_interest", "paid_tax"])


def _close_schedule(deposit: Deposit, ending: Ending, status: Status) -> None:
    """At maturity the last interest and the maturity are done; whatever else was foreseen lapses."""
    waiting = deposit.schedule.filter(status=LineStatus.PENDING)
    if status != Status.CLOSED_EARLY and deposit.maturity_date is not None:
        done = {"status": LineStatus.PAID, "done_date": deposit.maturity_date}
        last = waiting.filter(kind=LineKind.INTEREST, due_date=deposit.maturity_date)
        last.update(amount=ending.interest_now.amount, tax=ending.tax_now.amount, **done)
        waiting.filter(kind=LineKind.MATURITY).update(amount=ending.payout.amount, **done)
    waiting.update(status=LineStatus.LAPSED)


def _renewal(deposit: Deposit, ending: Ending, target: Account | None) -> _Renewal | None:
    """What a deposit is renewed as; ``None`` where it is to be paid out, or cannot be renewed."""
    if deposit.instruction == Instruction.NONE or deposit.kind != ProductKind.FIXED_DEPOSIT:
        return None
    assert deposit.maturity_date is not None
    keeps_all = deposit.instruction == Instruction.PRINCIPAL_AND_INTEREST or target is None
    principal = ending.payout if keeps_all else min(deposit.money, ending.payout)
    try:
        made = quote(
            product_code=deposit.product.code,
            amount=principal,
            on=deposit.maturity_date,
            months=deposit.tenor_months,
            mode=deposit.mode,
        )
    except BankError:
        return None
    return _Renewal(made, ending.payout - principal)


def _renew(deposit: Deposit, ending: Ending, renewal: _Renewal, target: Account | None, said: str) -> Deposit:
    """Moves the money into the contract that follows, which begins on the day the old one ended."""
    follows = write_contract(
        renewal.quote,
        funding=deposit.funding_account,
        payout=deposit.payout_account,
        instruction=deposit.instruction,
        actor=None,
    )
    moved = postings.renewed(
        key=f"deposit:{deposit.number}:end",
        deposit=deposit.number,
        renewal=follows.number,
        principal=follows.money,
        target=target.number if target else "",
        rest=renewal.rest,
        narrative=f"{said} and renewed",
        value_date=renewal.quote.start,
    )
    ledger.post([*_last_interest(deposit, ending, renewal.quote.start, said), moved])
    _close(deposit, ending, Status.RENEWED, said)
    Deposit.objects.filter(pk=follows.pk).update(renewal_of=deposit)
    books.record("DEPOSIT_RENEWED", deposit, None, renewal=follows.number, paid=renewal.rest)
    books.tell(RENEWED, deposit, renewal=follows.number, paid=renewal.rest)
    return deposit
