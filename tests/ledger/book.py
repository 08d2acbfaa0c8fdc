"""What ledger tests say again and again: open accounts with money in them, and refuse without a trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bank import ledger
from bank.kernel.money import Money
from bank.ledger import engine, proof

CASH = "1001.KES"
FEES = "4001.KES"


def kes(amount: str | int) -> Money:
    return Money.of(amount, "KES")


def opened(*codes: str, funds: str | int = 0, currency: str = "KES", overdraft: Money | None = None) -> None:
    """Opens current accounts with ``funds`` each, paid in as cash."""
    for code in codes:
        control = ledger.gl("CURRENT_DEPOSITS", currency)
        ledger.open_account(code=code, name=code, currency=currency, control=control, overdraft=overdraft)
        if funds:
            amount = Money.of(funds, currency)
            ledger.post(paid(f"1001.{currency}", code, amount, key=f"fund:{code}", code="CASH_DEPOSIT"))


def paid(
    debit: str, credit: str, amount: Money, *, key: str, code: str = "TRANSFER", **details: object
) -> ledger.Entry:
    return ledger.transfer(key=key, debit=debit, credit=credit, amount=amount, code=code, **details)


def booked(code: str) -> str:
    return str(ledger.balance(code).booked.amount)


def available(code: str) -> str:
    found = ledger.balance(code).available
    assert found is not None
    return str(found.amount)


def everything() -> list[tuple[object, ...]]:
    """All that a refusal must leave as it was."""
    return [
        *engine.rows(
            "SELECT account_id, booked, held, overdraft, version, status FROM ledger_balance ORDER BY 1"
        ),
        engine.row("SELECT count(*), coalesce(sum(id), 0) FROM ledger_entry"),
        engine.row("SELECT count(*), sum(abs(amount)) FROM ledger_posting"),
        engine.row("SELECT count(*), coalesce(sum(captured), 0), max(state) FROM ledger_hold"),
        engine.row("SELECT count(*) FROM ledger_hold_event"),
        engine.row("SELECT count(*) FROM ledger_claim"),
    ]


@contextmanager
def refused(code: str) -> Iterator[list[ledger.errors.LedgerError]]:
    """The block is refused with ``code``, and nothing has changed."""
    before = everything()
    caught: list[ledger.errors.LedgerError] = []
    with pytest.raises(ledger.errors.BankError) as raised:
        yield caught
    assert raised.value.code == code
    caught.append(raised.value)  # type: ignore[arg-type]
    assert everything() == before
    proof.assert_book_balances()
