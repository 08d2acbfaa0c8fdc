"""Corrections: a posting with value in a period whose interest was paid changes what that interest was.

The period is reckoned anew out of the ledger's balances by value date, under the terms and the tax
rate it was paid under, and the difference alone is booked on the account, with value on the day the
interest itself had: so it counts in the periods after it, which are corrected in their turn. A
customer who cannot pay back too much interest, or a higher cost of an overdraft, owes it until the
next capitalisation.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bank import ledger
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.interest import postings, rules, staging
from bank.interest.capitalisation import withholding
from bank.interest.models import Period, Position
from bank.kernel.money import Money
from bank.ledger import engine, valued
from bank.products.rules import percent_of

# Accounts with a posting not seen yet that has value in a period paid before, and their status.
_LATE: Final = """
    SELECT s.account_id, s.low, s.version, b.status
    FROM interest_part s
    JOIN ledger_balance b ON b.account_id = s.ledger_id
    WHERE s.low < s.since
        AND EXISTS (SELECT FROM interest_period r WHERE r.account_id = s.account_id AND r.last_day >= s.low)
    ORDER BY s.account_id
"""
_HOLD_BACK: Final = "UPDATE interest_part SET held_back = true WHERE account_id = ANY (%s::bigint[])"


@dataclass(slots=True)
class Difference:
    """What a period's interest should have been less what it was, in the account's currency."""

    account: Account
    period: Period
    accrued: rules.Accrued
    gross: Money = field(init=False)
    tax: Money = field(init=False)
    cost: Money = field(init=False)

    def __post_init__(self) -> None:
        currency, was = self.account.currency, self.period
        earned = Money.from_minor(self.accrued.credit_minor, currency)
        self.gross = earned - Money.from_minor(was.credit_paid, currency)
        self.tax = percent_of(was.tax_rate_pct, earned) - Money.from_minor(was.tax_withheld, currency)
        self.cost = Money.from_minor(self.accrued.debit_minor - was.debit_due, currency)

    @property
    def refund(self) -> Money:
        """What an overdraft cost too much, zero or more."""
        return -self.cost if self.cost.is_negative else Money.zero(self.cost.currency)

    @property
    def net(self) -> Money:
        """What the account is credited with; below zero, debited."""
        return self.gross - self.tax + self.refund

    @property
    def is_nothing(self) -> bool:
        return self.gross.is_zero and self.tax.is_zero and self.cost.is_zero


def correct_late() -> list[int]:
    """Corrects the paid periods of the staged accounts into which new postings have value.

    A wholly frozen account waits: its postings stay unseen until it is not. Returns the accounts whose
    balance may have moved.
    """
    late = engine.rows(_LATE)
    waiting = [account for account, _, _, status in late if status == ledger.Status.FROZEN]
    if waiting:
        engine.rows(_HOLD_BACK, (waiting,))
    ready = [row for row in late if row[0] not in waiting]
    for account_id, low, version, status in ready:
        _correct(account_id, low, version, net=status == ledger.Status.FROZEN_DEBIT)
    return [row[0] for row in ready]


def _correct(account_id: int, low: date, version: int, *, net: bool) -> None:
    account = Account.objects.get(pk=account_id)
    periods = Period.objects.filter(account=account, last_day__gte=low).order_by("first_day")
    for period in periods.select_related("terms"):
        days = valued.closing_balances(account.number, from_date=period.first_day, to_date=period.last_day)
        accrued = rules.accrue(
            staging.terms_of(period.terms, period.agreed_rate_pct),
            period.first_day,
            [balance.minor for balance in days],
        )
        difference = Difference(account, period, accrued)
        if not difference.is_nothing:
            _book(difference, f"{account.number}:{period.last_day}:{version}", net=net)
        _keep(difference)


def _book(difference: Difference, label: str, *, net: bool) -> None:
    """Posts the difference on the account; what the account cannot bear is owed."""
    entry = _entry(difference, label, net=net)
    if entry.postings:
        try:
            ledger.post(entry)
        except ledger.errors.LedgerError:
            if not difference.net.is_negative:
                raise
            _owe(difference, label)
    if difference.cost.is_positive:
        _add_owed(difference.cost, postings.INCOME, f"{label}:cost", difference)
    _record(difference)


def _entry(difference: Difference, label: str, *, net: bool) -> ledger.Entry:
    period = difference.period
    return postings.corrected(
        key=f"interest-corrected:{label}",
        account=difference.account.number,
        gross=difference.gross,
        tax=difference.tax,
        refund=difference.refund,
        expense_role=staging.expense_role(period.terms_id),
        tax_role=withholding(ledger.business_date()).role,
        gl=ledger.gl,
        value_date=period.value_date,
        narrative=f"Interest corrected, {period.first_day} to {period.last_day}",
        net=net and difference.gross.is_positive,
    )


def _owe(difference: Difference, label: str) -> None:
    """Too much interest, less the tax on it, that cannot be taken back now: the customer owes it."""
    role = staging.expense_role(difference.period.terms_id)
    _add_owed(-difference.gross, role, f"{label}:gross", difference)
    tax_role = withholding(ledger.business_date()).role
    if not difference.tax.is_zero:
        _add_owed(difference.tax, tax_role, f"{label}:tax", difference)
    if difference.refund.is_positive:
        _add_owed(-difference.refund, postings.INCOME, f"{label}:refund", difference)


def _add_owed(amount: Money, role: str, label: str, difference: Difference) -> None:
    period = difference.period
    ledger.post(
        postings.owed(
            key=f"interest-owed:{label}",
            amount=amount,
            counter_role=role,
            gl=ledger.gl,
            narrative=f"Interest owed, {period.first_day} to {period.last_day}",
        )
    )
    position = Position.objects.get(pk=difference.account.pk)
    position.debit_owed += amount.minor
    position.save(update_fields=["debit_owed"])


def _keep(difference: Difference) -> None:
    period = difference.period
    Period.objects.filter(account=difference.account, first_day=period.first_day).update(
        credit_accrued=difference.accrued.credit,
        credit_paid=period.credit_paid + difference.gross.minor,
        tax_withheld=period.tax_withheld + difference.tax.minor,
        debit_accrued=difference.accrued.debit,
        debit_due=period.debit_due + difference.cost.minor,
    )


def _record(difference: Difference) -> None:
    detail = {
        "from": difference.period.first_day.isoformat(),
        "to": difference.period.last_day.isoformat(),
        "interest": str(difference.gross),
        "tax": str(difference.tax),
        "cost": str(difference.cost),
    }
    audit.record(
        "INTEREST_CORRECTED",
        actor=None,
        subject_type="ACCOUNT",
        subject_id=difference.account.number,
        detail=detail,
    )
