"""What cash at the counter does to the books. ``TELLER_CASH`` is cash in drawers, ``CASH`` the vault's."""

from collections.abc import Callable
from typing import Final

from bank.counter.rules import INTO_DRAWER, Move
from bank.kernel.money import Money
from bank.ledger import Entry, Posting

DRAWERS: Final = "TELLER_CASH"
VAULT: Final = "CASH"
DIFFERENCES: Final = "CASH_DIFFERENCES"
CODES: Final = {
    Move.DEPOSIT: "CASH_DEPOSIT",
    Move.WITHDRAWAL: "CASH_WITHDRAWAL",
    Move.FROM_VAULT: "CASH_TO_DRAWER",
    Move.TO_VAULT: "CASH_TO_VAULT",
}
NARRATIVES: Final = {
    Move.DEPOSIT: "Cash deposit at the counter",
    Move.WITHDRAWAL: "Cash withdrawal at the counter",
    Move.FROM_VAULT: "Cash from the vault to a drawer",
    Move.TO_VAULT: "Cash from a drawer to the vault",
}

GlAccount = Callable[[str, str], str]


def moved(*, key: str, move: Move, other: str, amount: Money, reference: str, gl: GlAccount) -> Entry:
    """Cash into a drawer debits TELLER_CASH and credits ``other`` (the customer's account, or the vault);
    cash out of it the other way round."""
    signed = amount if move in INTO_DRAWER else -amount
    return Entry(
        key=key,
        code=CODES[move],
        postings=(Posting(gl(DRAWERS, amount.currency), -signed), Posting(other, signed)),
        narrative=NARRATIVES[move],
        reference=reference,
    )


def closed(*, key: str, held: Money, counted: Money, reference: str, gl: GlAccount) -> Entry | None:
    """The drawer at night: credits TELLER_CASH with what it should hold, debits the vault with what was
    counted; what is missing is debited to CASH_DIFFERENCES, what is over credited. ``None`` for nothing."""
    lines = ((VAULT, -counted), (DRAWERS, held), (DIFFERENCES, counted - held))
    postings = tuple(Posting(gl(role, sum_.currency), sum_) for role, sum_ in lines if not sum_.is_zero)
    if not postings:
        return None
    return Entry(
        key=key, code="DRAWER_CLOSED", postings=postings, narrative="Drawer closed", reference=reference
    )
