"""Direct debits as journal entries. Plain Python: accounts are ledger codes, GL lines come resolved."""

from typing import Final

from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting

DIRECT_DEBIT: Final = "DIRECT_DEBIT"
DIRECT_DEBIT_REFUND: Final = "DIRECT_DEBIT_REFUND"
CLAIMS: Final = "SUSPENSE"


def collected(*, reference: str, debtor: str, creditor: str, amount: Money, narrative: str) -> Entry:
    """A collection is taken: debits who pays, credits the company. The key is the reference: once."""
    return Entry(
        key=f"debit:{reference}",
        code=DIRECT_DEBIT,
        postings=(Posting(debtor, -amount), Posting(creditor, amount)),
        narrative=narrative[:200],
        reference=reference,
    )


def refunded(
    *,
    key: str,
    reference: str,
    debtor: str,
    creditor: str,
    taken: Money,
    claims: str,
    claim: Money,
    words: str,
) -> Entry:
    """A collection is given back: credits who paid; debits the company with what it has (``taken``) and
    ``claims`` (SUSPENSE) with what it has not (``claim``).
    """
    postings: list[Posting] = []
    for account, amount in ((creditor, taken), (claims, claim)):
        if amount.is_positive:
            postings += [Posting(account, -amount), Posting(debtor, amount)]
    return Entry(
        key=key,
        code=DIRECT_DEBIT_REFUND,
        postings=tuple(postings),
        narrative=f"Refund of direct debit {words}"[:200],
        reference=reference,
    )
