"""Writes that somebody asks for: interest of one account brought to the day, for closing it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.identity.models import User
from bank.interest import accrual, capitalisation, staging
from bank.interest.errors import InterestOwed
from bank.interest.models import Period, Position
from bank.kernel.errors import InvalidInput
from bank.kernel.money import Money
from bank.runtime import idempotency


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a settlement paid, withheld and charged, in the account's currency; ``owed`` is left to pay."""

    gross: Money
    tax: Money
    charged: Money
    owed: Money

    @property
    def net(self) -> Money:
        return self.gross - self.tax - self.charged


def settle(*, account: Account, key: str, actor: User | None = None) -> Settlement:
    """Brings an account's interest to the business date: accrues to the end of the day before, pays what
    was earned less withholding tax and charges what an overdraft cost, with value today.

    The books show INTEREST_PAYABLE debited and the account credited, the account debited and the tax
    credited; INTEREST_RECEIVABLE credited where there was a cost. An account of a product without
    interest settles to nothing. The same ``key`` answers as the first time. A wholly frozen account
    keeps its interest. Raises ``IdempotencyConflict``.
    """

    def run() -> dict[str, str]:
        return {name: str(amount.minor) for name, amount in _settle(account, actor).items()}

    content = {"account": account.number}
    answer, _ = idempotency.once(
        owner=account.number, operation="interest.settle", key=key, content=content, run=run
    )
    return Settlement(
        **{name: Money.from_minor(int(minor), account.currency) for name, minor in answer.items()}
    )


@transaction.atomic
def close_with_settlement(
    *, account: Account, reason: str, key: str, pay_to: Account | None = None, actor: User | None = None
) -> Settlement:
    """Settles the interest, takes what the account owes in charges, pays what is left to ``pay_to`` if
    that is given, and closes it.

    All of it happens or nothing. Raises ``InterestOwed`` where an overdraft's cost is left to pay, and
    what ``accounts.close_account`` raises: ``AccountNotEmpty`` for money left without ``pay_to``, or a hold.
    """
    settled = settle(account=account, key=key, actor=actor)
    if settled.owed.is_positive:
        raise InterestOwed(number=account.number, amount=settled.owed)
    accounts.collect_from(account=account)
    if pay_to is not None:
        _pay_out(account, pay_to, key)
    accounts.close_account(account=account, reason=reason, actor=actor)
    return settled


def _settle(account: Account, actor: User | None) -> dict[str, Money]:
    staging.lock()
    today = ledger.business_date()
    before = Position.objects.filter(account=account).first()
    through = max(today - timedelta(days=1), before.accrued_through) if before else today - timedelta(days=1)
    after, upto, only = account.pk - 1, account.pk, [account.pk]
    accrual.accrue(
        after=after, upto=upto, first=today, through=through, only=only, label=f"{through}:{account.number}"
    )
    capitalisation.capitalise(after=after, upto=upto, only=only)
    return _settled(account, before, actor)


def _settled(account: Account, before: Position | None, actor: User | None) -> dict[str, Money]:
    position = Position.objects.filter(account=account).first()
    zero = Money.zero(account.currency)
    if position is None:
        return {"gross": zero, "tax": zero, "charged": zero, "owed": zero}
    paid = Period.objects.filter(account=account, last_day=position.accrued_through).first()
    owed_before = before.debit_owed if before else 0
    due = owed_before + (paid.debit_due if paid else 0)
    minors = {
        "gross": paid.credit_paid if paid else 0,
        "tax": paid.tax_withheld if paid else 0,
        "charged": due - position.debit_owed,
        "owed": position.debit_owed,
    }
    amounts = {name: Money.from_minor(minor, account.currency) for name, minor in minors.items()}
    detail = {name: str(amount) for name, amount in amounts.items()}
    audit.record(
        "INTEREST_SETTLED", actor=actor, subject_type="ACCOUNT", subject_id=account.number, detail=detail
    )
    return amounts


def _pay_out(account: Account, pay_to: Account, key: str) -> None:
    if pay_to.pk == account.pk or pay_to.currency != account.currency:
        raise InvalidInput(problem="What is left is paid to another account in the same currency.")
    left = ledger.balance(account.number).booked
    if left.is_positive:
        ledger.post(
            ledger.transfer(
                key=f"closing:{account.number}:{key}",
                debit=account.number,
                credit=pay_to.number,
                amount=left,
                code="ACCOUNT_CLOSED",
                narrative="Balance of a closed account",
            )
        )
