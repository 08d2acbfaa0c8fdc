"""What a network's word does to the books, in the caller's database transaction and under its key: once."""

from collections.abc import Iterable

from bank import ledger
from bank.accounts import services as accounts
from bank.kernel.money import Money
from bank.ledger.entries import Posting
from bank.ledger.selectors import JournalEntry
from bank.payments import postings, rail
from bank.payments.models import PaymentOrder
from bank.payments.network import NetworkRail
from bank.payments.rules import door_of
from bank.payments.selectors import day_of, today
from bank.payments.services import limits
from bank.payments.services.charges import account_for
from bank.products import selectors as products

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
    """The contra of the release: amount and charges back to the debtor with the first value date, to the
    day's limit, and to the month's free ones. To SUSPENSE where the debtor's account can take nothing;
    tells whether it could.
    """
    taken = ledger.entry_by_key(postings.released(order.reference))
    is_with_debtor = _out_of_batch(order, why) if taken is None else _reversed(order, taken, why)
    accounts.give_free_back(order.reference)
    if day_of(order.initiated_at) == today():
        way = limits.Way(order.rail, door_of(order.channel))
        limits.give_back(customer=order.debtor_account.customer, amount=order.money, way=way)
    return is_with_debtor


def _reversed(order: PaymentOrder, taken: JournalEntry, why: str) -> bool:
    try:
        ledger.reverse(
            entry_id=taken.id,
            key=f"payment:{order.reference}:given-back",
            narrative=f"Given back: {why}"[:200],
            code=postings.PAYMENT_GIVEN_BACK,
        )
        return True
    except (ledger.errors.AccountClosed, ledger.errors.AccountFrozen):
        _post_back(order, taken.postings, account_for(SUSPENSE, order.money), why)
        return False


def _out_of_batch(order: PaymentOrder, why: str) -> bool:
    """The share of an order that was taken with others in one debit (a confidential file)."""
    amount, charges = order.money, _charges(order)
    taken = postings.taken_for(order.debtor_number, transit(amount), amount, charges)
    for to in (order.debtor_number, account_for(SUSPENSE, amount)):
        try:
            _post_back(order, taken, to, why)
        except (ledger.errors.AccountClosed, ledger.errors.AccountFrozen):
            continue
        return to == order.debtor_number
    raise ledger.errors.AccountClosed(account=order.debtor_number)


def _charges(order: PaymentOrder) -> list[tuple[Money, str]]:
    """The order's fee and excise duty with the accounts that earned them."""
    fee, excise = Money(order.fee, order.currency), Money(order.excise, order.currency)
    quote = products.quote_fee(
        event=rail.every()[order.rail].capabilities.fee_event,
        amount=order.money,
        on=day_of(order.initiated_at),
        segment=order.debtor_account.customer.segment,
    )
    return [
        (charge, account_for(role, charge))
        for charge, role in ((fee, quote.income_role), (excise, quote.excise_role))
        if not charge.is_zero
    ]


def _post_back(order: PaymentOrder, taken: Iterable[Posting], to: str, why: str) -> None:
    ledger.post(
        postings.given_back(
            reference=order.reference, taken=taken, debtor=order.debtor_number, to=to, why=why
        )
    )


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
