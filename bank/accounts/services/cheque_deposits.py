"""Other banks' cheques: taken in, cleared two business days later, or returned before or after."""

from datetime import date
from typing import Final

from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import postings, rules, selectors
from bank.accounts.errors import AccountInUse, ChequeUnusable
from bank.accounts.models import Account, Charge, ChequeDeposit
from bank.accounts.rules import AccountRole, AccountStatus, ChargeKind, DepositState
from bank.accounts.services import charging, contracts, trail
from bank.identity.models import User
from bank.kernel.calendars import calendar
from bank.kernel.money import Money
from bank.products.rules import FeeEvent

COUNTRY: Final = "KE"
_PART: Final = 500
_RECEIVES: Final = {AccountStatus.ACTIVE, AccountStatus.FROZEN_DEBIT, AccountStatus.DORMANT}


@transaction.atomic
def deposit_cheque(
    *,
    account: Account,
    drawer_bank: str,
    drawer_account: str,
    number: str,
    amount: Money,
    dated: date,
    actor: User | None = None,
) -> ChequeDeposit:
    """Takes another bank's cheque in: shown to the customer, not theirs to spend until it clears.

    Debits CHEQUES_IN_CLEARING, credits UNCLEARED_CHEQUES. It clears on the second business day after
    today. Raises ``ChequeUnusable`` for an amount not above zero or in another currency, a cheque
    that is stale, of a later day, or was deposited before, and an account that may not receive.
    """
    today = ledger.business_date()
    _check_deposit(account, amount, dated, today)
    texts = [" ".join(text.split()) for text in (drawer_bank, drawer_account, number)]
    if not all(text and text.isprintable() for text in texts):
        raise ChequeUnusable(problem="Enter the bank, the account and the number on the cheque.")
    try:
        with transaction.atomic():
            made = ChequeDeposit.objects.create(
                account=account,
                drawer_bank=texts[0],
                drawer_account=texts[1],
                number=texts[2],
                amount=amount.amount,
                deposited_date=today,
                clears_date=calendar(COUNTRY).add_business_days(today, rules.CLEARING_DAYS),
                entry_id=0,
            )
    except IntegrityError:
        raise ChequeUnusable(problem="This cheque was deposited before.") from None
    entry = postings.cheque_deposited(
        key=f"cheque-in:{made.pk}", amount=amount, reference=account.number, gl=ledger.gl
    )
    made.entry_id = ledger.post(entry).entry_id or 0
    made.save(update_fields=["entry_id"])
    trail.record("CHEQUE_DEPOSITED", account, actor, amount=str(amount), clears=made.clears_date.isoformat())
    return made


def _check_deposit(account: Account, amount: Money, dated: date, today: date) -> None:
    if not amount.is_positive or amount.currency != account.currency:
        raise ChequeUnusable(problem="A cheque is above zero, in the account's currency.")
    if account.status not in _RECEIVES or account.role == AccountRole.POT:
        raise ChequeUnusable(problem="This account takes no cheques in now.")
    if dated > today or rules.is_stale(dated, today):
        raise ChequeUnusable(problem="The cheque is older than six months, or dated in the future.")


@transaction.atomic
def clear_cheques(*, on: date, after: int = 0, limit: int = _PART) -> tuple[int, int, int | None]:
    """Credits the next deposited cheques whose day has come.

    Debits UNCLEARED_CHEQUES and credits the account; debits NOSTRO_EFT and credits
    CHEQUES_IN_CLEARING, since the other bank has paid. Returns how many were looked at, how many
    their accounts refused (they wait), and the id to go on after, ``None`` at the end.
    """
    due = selectors.cheques_to_clear(on).filter(pk__gt=after).order_by("pk")
    found = list(due.select_for_update(of=("self",))[:limit])
    entries = [
        postings.cheque_cleared(
            key=f"cheque-clear:{one.pk}:{on}", account=one.account.number, amount=one.sum,
            reference=one.number, gl=ledger.gl,
        )
        for one in found
    ]  # fmt: skip
    outcomes = ledger.post(entries, outcome="EACH") if entries else ()
    done = [one for one, outcome in zip(found, outcomes, strict=True) if outcome.is_posted]
    for one in done:
        one.state, one.settled_date = DepositState.CLEARED.value, on
    ChequeDeposit.objects.bulk_update(done, ["state", "settled_date"])
    return len(found), len(found) - len(done), found[-1].pk if len(found) == limit else None


@transaction.atomic
def return_cheque(*, deposit: ChequeDeposit, reason: str, actor: User | None = None) -> ChequeDeposit:
    """The other bank does not pay. Before clearing, the deposit is reversed. After it, the customer is
    debited and NOSTRO_EFT credited; what is not there is claimed: SUSPENSE is debited, and an arrear
    of the account until it is collected. Either way the fee of a returned cheque is charged.

    Raises ``ChequeUnusable`` without a reason or for one returned before.
    """
    words = " ".join(reason.split())[: rules.REASON_LETTERS]
    locked = ChequeDeposit.objects.select_for_update(of=("self",)).select_related("account__customer")
    fresh = locked.get(pk=deposit.pk)
    if fresh.state == DepositState.RETURNED or not words:
        raise ChequeUnusable(problem="Give the reason; a cheque is returned once.")
    if fresh.state == DepositState.CLEARING:
        ledger.reverse(entry_id=fresh.entry_id, key=f"cheque-return:{fresh.pk}", narrative="Cheque returned")
    else:
        _claim_back(fresh)
    fresh.state, fresh.return_reason = DepositState.RETURNED.value, words
    fresh.settled_date = ledger.business_date()
    fresh.save(update_fields=["state", "return_reason", "settled_date"])
    charging.charge_event(
        account=fresh.account,
        kind=ChargeKind.CHEQUE_RETURNED,
        event=FeeEvent.CHEQUE_RETURNED,
        reference=f"deposit {fresh.pk}",
    )
    trail.record("CHEQUE_RETURNED", fresh.account, actor, number=fresh.number, reason=words)
    return fresh


def _claim_back(deposit: ChequeDeposit) -> None:
    account, zero = deposit.account, Money.zero(deposit.account.currency)
    may_be_debited = account.status in {AccountStatus.ACTIVE, AccountStatus.FROZEN_CREDIT}
    there = max(selectors.position(account).available, zero) if may_be_debited else zero
    taken = min(there, deposit.sum)
    claim = deposit.sum - taken
    ledger.post(
        postings.cheque_returned(
            key=f"cheque-return:{deposit.pk}", account=account.number, taken=taken, claim=claim,
            reference=deposit.number, gl=ledger.gl,
        )
    )  # fmt: skip
    if claim.is_positive:
        today = ledger.business_date()
        Charge.objects.create(
            account=account,
            kind=ChargeKind.CHEQUE_CLAIM.value,
            period_date=today,
            reference=f"deposit {deposit.pk}",
            fee=claim.amount,
            income_role=postings.CLAIMS,
            charged_date=today,
        )


@contracts.closing_check
def _refuse_while_clearing(account: Account) -> None:
    """An account stays open while a cheque is on its way into it."""
    if account.cheque_deposits.filter(state=DepositState.CLEARING.value).exists():
        raise AccountInUse(problem="A deposited cheque is not cleared yet. Close the account afterwards.")
