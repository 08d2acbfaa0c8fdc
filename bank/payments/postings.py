"""Payments as journal entries. Plain Python: accounts are ledger codes, GL lines come resolved."""

from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting

INTERNAL_TRANSFER = "INTERNAL_TRANSFER"
PAYMENT_SENT = "PAYMENT_SENT"


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
