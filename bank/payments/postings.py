"""Payments as journal entries. Plain Python: accounts are ledger codes, GL lines come resolved."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting

Charges: TypeAlias = Sequence[tuple[Money, str]]
"""Sums with the lines of the ledger that earn them."""

INTERNAL_TRANSFER = "INTERNAL_TRANSFER"
PAYMENT_SENT = "PAYMENT_SENT"
PAYMENT_SETTLED = "PAYMENT_SETTLED"
PAYMENT_GIVEN_BACK = "PAYMENT_GIVEN_BACK"
PAYMENT_RETURNED = "PAYMENT_RETURNED"
PAYMENT_RECEIVED = "PAYMENT_RECEIVED"
PAYMENT_SENT_BACK = "PAYMENT_SENT_BACK"
PAYMENT_TAKEN_BACK = "PAYMENT_TAKEN_BACK"


def internal_transfer(
    *,
    reference: str,
    debtor: str,
    creditor: str,
    amount: Money,
    fee: Money,
    excise: Money,
    fee_account: str,
    excise_account: str,
    narrative: str,
    code: str = INTERNAL_TRANSFER,
) -> Entry:
    """The debtor is debited the amount and, in postings of their own, fee and excise duty; the
    creditor is credited the amount, the GL lines of fee income and excise duty theirs. All in
    the amount's currency, on the business date. The key is the reference: a payment is booked once.
    A payment that leaves by a network (``PAYMENT_SENT``) has IN_TRANSIT for its creditor.
    """
    postings = [Posting(debtor, -amount), Posting(creditor, amount)]
    for charge, account in ((fee, fee_account), (excise, excise_account)):
        if not charge.is_zero:
            postings += [Posting(debtor, -charge), Posting(account, charge)]
    return Entry(
        key=f"payment:{reference}",
        postings=tuple(postings),
        code=code,
        narrative=narrative[:200],
        reference=reference,
    )


def released(reference: str) -> str:
    """The key of the entry that took a payment's money from its debtor."""
    return f"payment:{reference}"


def settled(*, reference: str, transit: str, nostro: str, amount: Money) -> Entry:
    """The network has paid: IN_TRANSIT is debited, the nostro it settles in is credited."""
    return Entry(
        key=f"payment:{reference}:settled",
        postings=(Posting(transit, -amount), Posting(nostro, amount)),
        code=PAYMENT_SETTLED,
        narrative=f"Settled {reference}",
        reference=reference,
    )


def given_back(*, reference: str, taken: Iterable[Posting], debtor: str, to: str, why: str) -> Entry:
    """What was ``taken`` for a payment that never settled, the other way round: amount and charges go
    back to the debtor, or to ``to`` (SUSPENSE) where the debtor can have nothing any more.
    """
    postings = tuple(Posting(to if one.account == debtor else one.account, -one.amount) for one in taken)
    return Entry(
        key=f"payment:{reference}:given-back",
        postings=postings,
        code=PAYMENT_GIVEN_BACK,
        narrative=f"Given back: {why}"[:200],
        reference=reference,
    )


def returned(*, reference: str, nostro: str, to: str, amount: Money, why: str) -> Entry:
    """Money that comes back after settlement: the nostro is debited, the debtor (or SUSPENSE) credited."""
    return Entry(
        key=f"payment:{reference}:returned",
        postings=(Posting(nostro, -amount), Posting(to, amount)),
        code=PAYMENT_RETURNED,
        narrative=f"Came back: {why}"[:200],
        reference=reference,
    )


def received(*, reference: str, nostro: str, to: str, amount: Money, narrative: str) -> Entry:
    """Money from outside: the nostro is debited, the creditor's account (or SUSPENSE) credited."""
    return Entry(
        key=f"incoming:{reference}",
        postings=(Posting(nostro, -amount), Posting(to, amount)),
        code=PAYMENT_RECEIVED,
        narrative=narrative[:200],
        reference=reference,
    )


def sent_back(*, reference: str, suspense: str, nostro: str, amount: Money) -> Entry:
    """What nobody here could have leaves again: SUSPENSE is debited, the nostro credited."""
    return Entry(
        key=f"incoming:{reference}:sent-back",
        postings=(Posting(suspense, -amount), Posting(nostro, amount)),
        code=PAYMENT_SENT_BACK,
        narrative=f"Sent back {reference}",
        reference=reference,
    )


def taken_back(*, reference: str, creditor: str, suspense: str, amount: Money, turn: int, why: str) -> Entry:
    """What another bank asked back and the customer agreed to: the creditor is debited, SUSPENSE credited
    until the network has it. ``turn`` counts such wishes about one payment."""
    return Entry(
        key=f"incoming:{reference}:taken-back:{turn}",
        postings=(Posting(creditor, -amount), Posting(suspense, amount)),
        code=PAYMENT_TAKEN_BACK,
        narrative=f"Given back: {why}"[:200],
        reference=reference,
    )


def found_owner(
    *, reference: str, suspense: str, creditor: str, amount: Money, narrative: str, turn: int = 0
) -> Entry:
    """What was in SUSPENSE goes to the account it was meant for. ``turn`` counts how often it had been taken
    from an account again."""
    return Entry(
        key=f"incoming:{reference}:found" + (f":{turn}" if turn else ""),
        postings=(Posting(suspense, -amount), Posting(creditor, amount)),
        code=PAYMENT_RECEIVED,
        narrative=narrative[:200],
        reference=reference,
    )


BATCH_SENT = "BATCH_SENT"
BATCH_RETURNED = "BATCH_RETURNED"


def batch(
    *,
    key: str,
    reference: str,
    debtor: str,
    transit: str,
    amount: Money,
    charges: Charges,
    narrative: str,
) -> Entry:
    """Many payments as one debit (BtchBookg): the debtor is debited what they come to, and fees and excise
    duty in postings of their own; IN_TRANSIT is credited, out of which each payee is paid. ``charges`` are
    sums with the lines of fee income and excise duty they go to.
    """
    lines = taken_for(debtor, transit, amount, charges)
    return Entry(
        key=f"batch:{key}", postings=lines, code=BATCH_SENT, narrative=narrative[:200], reference=reference
    )


def batch_returned(
    *,
    key: str,
    reference: str,
    debtor: str,
    transit: str,
    amount: Money,
    charges: Charges,
    narrative: str,
) -> Entry:
    """What of a batch could not be paid, back from IN_TRANSIT to the debtor, with its charges."""
    lines = tuple(Posting(one.account, -one.amount) for one in taken_for(debtor, transit, amount, charges))
    return Entry(
        key=f"batch:{key}:returned",
        postings=lines,
        code=BATCH_RETURNED,
        narrative=narrative[:200],
        reference=reference,
    )


def taken_for(debtor: str, transit: str, amount: Money, charges: Charges) -> tuple[Posting, ...]:
    """What payments take from their debtor: the amount into IN_TRANSIT, each charge where it belongs."""
    lines = [Posting(debtor, -amount), Posting(transit, amount)]
    for charge, account in charges:
        if not charge.is_zero:
            lines += [Posting(debtor, -charge), Posting(account, charge)]
    return tuple(lines)
