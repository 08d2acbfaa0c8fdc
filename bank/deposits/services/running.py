"""What a deposit does while it runs: earns, pays interest, takes its instalments. Called by the close.

Each takes locked deposits or lines and one business day; what they refuse the close notes.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

from bank import ledger
from bank.deposits import postings, selectors
from bank.deposits.models import Deposit, ScheduleLine
from bank.deposits.rules import OPEN_KINDS, LineStatus
from bank.deposits.services import books
from bank.kernel.money import Money, rounded
from bank.products import rules as prices
from bank.products import selectors as products
from bank.products.rules import GlPurpose, InterestMode
from bank.runtime.steps import Day

MISSED = "deposits.instalment_missed"
_FINEST = Decimal(1).scaleb(-12)


def accrue(*, deposits: Sequence[Deposit], day: Day) -> int:
    """What the deposits earn up to the next business day, in one entry for all of them.

    Debits the interest expense and credits the interest payable with the sum by expense role and
    currency; each deposit's own position moves by its part. Positions are kept as what was earned
    in all, rounded once, so that no rounding adds up and the last accrual meets what is paid.
    Returns how many moved.
    """
    tax_pct = selectors.withholding(day.business_date).rate_pct
    sums: dict[tuple[str, str], Money] = {}
    moved: list[Deposit] = []
    expense = cache(lambda version: products.gl_role(version, GlPurpose.INTEREST_EXPENSE))
    balances = ledger.balances(one.number for one in deposits if one.kind in OPEN_KINDS)
    for deposit in deposits:
        balance = balances[deposit.number].booked if deposit.kind in OPEN_KINDS else None
        more = _earn(deposit, _accrued_until(deposit, day), tax_pct, balance)
        here = (expense(deposit.product_version), deposit.currency)
        sums[here] = sums.get(here, Money.zero(deposit.currency)) + more
        moved.append(deposit)
    if any(not amount.is_zero for amount in sums.values()):
        ledger.post(
            postings.accrued(
                key=_part_key("accrual", moved, day),
                amounts=sums,
                gl=ledger.gl,
                narrative=f"Interest on deposits to {day.next_date:%d %B %Y}",
            )
        )
    Deposit.objects.bulk_update(moved, ["accrued", "accrued_until", "earned"])
    return len(moved)


def collect(*, line: ScheduleLine, day: Day) -> None:
    """Takes an instalment from the funding account into a recurring deposit, on the business date.

    Raises the ledger's refusals (``InsufficientFunds``, ``AccountFrozen``, ``AccountClosed``).
    """
    deposit = line.deposit
    ledger.post(
        postings.funded(
            key=f"deposit:{deposit.number}:instalment:{line.number}",
            source=deposit.funding_account.number,
            deposit=deposit.number,
            amount=deposit.of(line.amount),
            narrative=f"{deposit.product.name}, instalment {line.number}",
        )
    )
    line.status, line.done_date = LineStatus.PAID.value, day.business_date
    line.save(update_fields=["status", "done_date"])


def put_off(*, line: ScheduleLine, day: Day, refusal: str) -> None:
    """Notes that an instalment could not be taken; the customer is told once, with the last day for it."""
    line.refusal = refusal
    if line.refused_on is None:
        line.refused_on = day.business_date
        until = selectors.taken_on(line) + timedelta(days=selectors.rules_of(line.deposit).grace_days)
        books.tell(MISSED, line.deposit, line=line.number, until=until, penalty="")
    line.save(update_fields=["refusal", "refused_on"])


def miss(*, line: ScheduleLine) -> None:
    """Gives up on an instalment whose days of grace are over: the penalty is noted, and taken from the
    interest when the deposit ends.
    """
    deposit = line.deposit
    penalty = prices.percent_of(selectors.rules_of(deposit).missed_pct, deposit.of(line.amount))
    line.status = LineStatus.MISSED.value
    line.save(update_fields=["status"])
    deposit.penalties = deposit.penalties + penalty.amount
    deposit.save(update_fields=["penalties"])
    books.record("DEPOSIT_INSTALMENT_MISSED", deposit, None, line=line.number, penalty=penalty)
    books.tell(MISSED, deposit, line=line.number, until=line.due_date, penalty=penalty)


def pay_interest(*, deposit: Deposit, line: ScheduleLine) -> None:
    """Pays the interest of a period that has ended, less withholding tax.

    Debits interest payable and credits the payout account, or the deposit itself where interest is
    compounded or no account can receive; then the tax.
    """
    to = None if deposit.mode == InterestMode.COMPOUNDED else selectors.account_to_pay(deposit)
    tax_pct = selectors.withholding(ledger.business_date()).rate_pct
    through = selectors.earned(deposit, line.due_date, tax_pct)
    gross = through - deposit.of(deposit.paid_interest)
    tax = prices.percent_of(tax_pct, gross)
    _pay(deposit, gross, tax, to.number if to else deposit.number, line.due_date, str(line.number))
    line.amount, line.tax, line.status = gross.amount, tax.amount, LineStatus.PAID.value
    line.done_date = ledger.business_date()
    line.save(update_fields=["amount", "tax", "status", "done_date"])


def pay_month(*, deposit: Deposit, day: Day) -> None:
    """Pays what a call or notice deposit has earned into the deposit, less withholding tax."""
    gross = deposit.of(deposit.accrued) - deposit.of(deposit.paid_interest)
    if gross.is_positive:
        tax = prices.percent_of(selectors.withholding(day.business_date).rate_pct, gross)
        _pay(deposit, gross, tax, deposit.number, day.business_date, f"{day.business_date:%Y-%m}")


def _pay(deposit: Deposit, gross: Money, tax: Money, to: str, value_date: date, which: str) -> None:
    if gross.is_positive:
        ledger.post(
            postings.interest_paid(
                key=f"deposit:{deposit.number}:interest:{which}",
                deposit=deposit.number,
                to=to,
                gross=gross,
                tax=tax,
                roles=books.roles_of(deposit, ledger.business_date()),
                narrative=f"Interest on {deposit.product.name}",
                value_date=value_date,
            )
        )
    deposit.paid_interest = deposit.paid_interest + gross.amount
    deposit.paid_tax = deposit.paid_tax + tax.amount
    deposit.save(update_fields=["paid_interest", "paid_tax"])


def _earn(deposit: Deposit, until: date, tax_pct: Decimal, balance: Money | None) -> Money:
    """Moves a deposit's position to ``until`` and returns by how much."""
    before = deposit.of(deposit.accrued)
    if balance is None:
        now = selectors.earned(deposit, until, tax_pct)
    else:
        more = prices.interest(selectors.tiers_of(deposit), balance, deposit.accrued_until, until)
        exact = deposit.earned + Decimal(more.numerator) / Decimal(more.denominator)
        deposit.earned = exact.quantize(_FINEST, rounding=ROUND_HALF_EVEN)
        now = rounded(deposit.earned, deposit.currency)
    deposit.accrued, deposit.accrued_until = now.amount, until
    return now - before


def _accrued_until(deposit: Deposit, day: Day) -> date:
    return min(day.next_date, deposit.maturity_date or day.next_date)


def _part_key(what: str, deposits: Sequence[Deposit], day: Day) -> str:
    """The same deposits on the same day are one entry, whatever else is done again."""
    named = ",".join(str(one.pk) for one in deposits).encode()
    return f"deposits:{what}:{day.business_date}:{hashlib.sha256(named).hexdigest()[:24]}"
