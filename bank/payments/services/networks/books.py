"""What a network's word does to the books, in the caller's database transaction and under its key: once."""

from bank import ledger
from bank.kernel.money import Money
from bank.payments import postings
from bank.payments.models import PaymentOrder
from bank.payments.network import NetworkRail
from bank.payments.selectors import day_of, today
from bank.payments.services import limits
from bank.payments.services.charges import account_for

TRANSIT = "IN_TRANSIT"
SUSPENSE = "SUSPENSE"


def transit(amount: Money) -> str:
    return account_for(TRANSIT, amount)


def nostro(way: NetworkRail, amount: Money) -> str:
    return account_for(way.settlement_role, amount)


def settle(way: NetworkRail, order: PaymentOrder) -> None:
    """Debits IN_TRANSIT, credits the rail's nostro with the amount."""
    amount = order.money
    ledger.post(
        postings.settled(
            reference=order.reference, transit=transit(amount), nostro=nostro(way, amount), amount=amount
        )
    )


def give_back(order: PaymentOrder, why: str) -> bool:
    """The contra of the release: amount and charges back to the debtor with the first value date, and to
    the day's limit. To SUSPENSE where the debtor's account can take nothing; tells whether it could.
    """
    taken = ledger.entry_by_key(postings.released(order.reference))
    assert taken is not None
    try:
        ledger.reverse(
            entry_id=taken.id,
            key=f"payment:{order.reference}:given-back",
            narrative=f"Given back: {why}"[:200],
            code=postings.PAYMENT_GIVEN_BACK,
        )
        is_with_debtor = True
    except (ledger.errors.AccountClosed, ledger.errors.AccountFrozen):
        ledger.post(
            postings.given_back(
                reference=order.reference,
                taken=taken.postings,
                debtor=order.debtor_number,
                to=account_for(SUSPENSE, order.money),
                why=why,
            )
        )
        is_with_debtor = False
    if day_of(order.initiated_at) == today():
        limits.give_back(customer=order.debtor_account.customer, amount=order.money, rail_code=order.rail)
    return is_with_debtor


def bring_back(way: NetworkRail, order: PaymentOrder, amount: Money, why: str) -> bool:
    """Debits the nostro, credits the debtor what came back; SUSPENSE where the account can take nothing."""
    accounts = (order.debtor_number, account_for(SUSPENSE, amount))
    for to in accounts:
        entry = postings.returned(
            reference=order.reference, nostro=nostro(way, amount), to=to, amount=amount, why=why
        )
        try:
            ledger.post(entry)
        except (ledger.errors.AccountClosed, ledger.errors.AccountFrozen):
            continue
        return to == order.debtor_number
    raise ledger.errors.AccountClosed(account=accounts[-1])
