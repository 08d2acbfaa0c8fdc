"""What each event of payments, direct debits, cheques, pots and the cash counter does to the books: one
example each, with its T-accounts. Debits stand left, credits right; all sums in KES.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, Final, get_type_hints

import pytest

from bank.accounts import postings as accounts
from bank.counter import postings as counter
from bank.counter.rules import Move
from bank.debits import postings as debits
from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting
from bank.payments import postings as payments


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def gl(role: str, _currency: str) -> str:
    return role


Example = tuple[Callable[..., Entry | None], dict[str, Any], str]
SENT: Final = (
    Posting("Amina", kes("-1000")), Posting("IN_TRANSIT", kes("1000")),
    Posting("Amina", kes("-50")), Posting("FEE_INCOME", kes("50")),
)  # fmt: skip
OUT: Final = {"reference": "PAY-1", "amount": kes("1000")}
IN: Final = {"reference": "INC-1", "amount": kes("700")}
CHARGES: Final = [(kes("50"), "FEE_INCOME"), (kes("10"), "EXCISE_PAYABLE")]
FILE: Final = {
    "key": "F-1", "reference": "FIL-1", "debtor": "Firm", "transit": "IN_TRANSIT", "narrative": "Wages",
}  # fmt: skip
AT_DESK: Final = {"key": "c", "reference": "CSH-1", "gl": gl}
CHEQUE: Final = {"key": "q", "gl": gl}

EXAMPLES: Final[dict[str, Example]] = {
    "a transfer in the bank, with its fee and the duty on it": (
        payments.internal_transfer,
        OUT
        | {"debtor": "Amina", "creditor": "Brian", "fee": kes("50"), "excise": kes("10"), "narrative": "Rent"}
        | {"fee_account": "FEE_INCOME", "excise_account": "EXCISE_PAYABLE"},
        "Amina 1060.00 | Brian 1000.00, EXCISE_PAYABLE 10.00, FEE_INCOME 50.00",
    ),
    "a payment that left by a network has settled": (
        payments.settled, OUT | {"transit": "IN_TRANSIT", "nostro": "NOSTRO"},
        "IN_TRANSIT 1000.00 | NOSTRO 1000.00",
    ),
    "one that never settled is given back with its charges": (
        payments.given_back,
        {"reference": "PAY-1", "taken": SENT, "debtor": "Amina", "to": "Amina", "why": "No such account"},
        "FEE_INCOME 50.00, IN_TRANSIT 1000.00 | Amina 1050.00",
    ),
    "one comes back after it has settled": (
        payments.returned, OUT | {"nostro": "NOSTRO", "to": "Amina", "why": "Closed"},
        "NOSTRO 1000.00 | Amina 1000.00",
    ),
    "money comes in from outside": (
        payments.received, IN | {"nostro": "NOSTRO", "to": "Amina", "narrative": "Wages"},
        "NOSTRO 700.00 | Amina 700.00",
    ),
    "what nobody here could have leaves again": (
        payments.sent_back, IN | {"suspense": "SUSPENSE", "nostro": "NOSTRO"},
        "SUSPENSE 700.00 | NOSTRO 700.00",
    ),
    "what its bank wants back is taken with the customer's yes": (
        payments.taken_back, IN | {"creditor": "Amina", "suspense": "SUSPENSE", "turn": 1, "why": "Fraud"},
        "Amina 700.00 | SUSPENSE 700.00",
    ),
    "money in suspense has found its owner": (
        payments.found_owner, IN | {"suspense": "SUSPENSE", "creditor": "Amina", "narrative": "Wages"},
        "SUSPENSE 700.00 | Amina 700.00",
    ),
    "a file is taken as one debit": (
        payments.batch, FILE | {"amount": kes("9000"), "charges": CHARGES},
        "Firm 9060.00 | EXCISE_PAYABLE 10.00, FEE_INCOME 50.00, IN_TRANSIT 9000.00",
    ),
    "what of it could not be paid comes back": (
        payments.batch_returned, FILE | {"amount": kes("400"), "charges": CHARGES},
        "EXCISE_PAYABLE 10.00, FEE_INCOME 50.00, IN_TRANSIT 400.00 | Firm 460.00",
    ),
    "a direct debit is collected": (
        debits.collected,
        {"reference": "DDC-1", "debtor": "Amina", "creditor": "Firm", "amount": kes("250")}
        | {"narrative": "Gym"},
        "Amina 250.00 | Firm 250.00",
    ),
    "it is refunded, of which the company has 200 and owes 50": (
        debits.refunded,
        {"key": "r", "reference": "DDC-1", "debtor": "Amina", "creditor": "Firm", "words": "DDC-1"}
        | {"taken": kes("200"), "claims": "SUSPENSE", "claim": kes("50")},
        "Firm 200.00, SUSPENSE 50.00 | Amina 250.00",
    ),
    "cash with an opening": (
        accounts.cash_deposited,
        {"key": "o", "account": "Amina", "amount": kes("300"), "gl": gl, "narrative": "Cash"},
        "CASH 300.00 | Amina 300.00",
    ),
    "cash in at the counter": (
        counter.moved, AT_DESK | {"move": Move.DEPOSIT, "other": "Amina", "amount": kes("300")},
        "TELLER_CASH 300.00 | Amina 300.00",
    ),
    "a drawer at night that is 20 short": (
        counter.closed, AT_DESK | {"held": kes("5000"), "counted": kes("4980")},
        "CASH 4980.00, CASH_DIFFERENCES 20.00 | TELLER_CASH 5000.00",
    ),
    "money into a pot": (
        accounts.pot_moved,
        {"key": "p", "account": "Amina", "pot": "Roof", "amount": kes("80"), "name": "Roof", "is_in": True},
        "Amina 80.00 | Roof 80.00",
    ),
    "a fee of an account, and the duty on it": (
        accounts.fee_charged,
        CHEQUE | {"account": "Amina", "fee": kes("100"), "excise": kes("20"), "narrative": "Monthly fee"}
        | {"income_role": "FEE_INCOME", "excise_role": "EXCISE_PAYABLE"},
        "Amina 120.00 | EXCISE_PAYABLE 20.00, FEE_INCOME 100.00",
    ),
    "a cheque of ours is paid": (
        accounts.cheque_paid,
        CHEQUE | {"account": "Amina", "amount": kes("640"), "number": 7, "payee": "Shop"},
        "Amina 640.00 | CHEQUES_IN_CLEARING 640.00",
    ),
    "another bank's cheque is taken in": (
        accounts.cheque_deposited, CHEQUE | {"amount": kes("900"), "reference": "000031"},
        "CHEQUES_IN_CLEARING 900.00 | UNCLEARED_CHEQUES 900.00",
    ),
    "it clears": (
        accounts.cheque_cleared, CHEQUE | {"account": "Amina", "amount": kes("900"), "reference": "000031"},
        "NOSTRO_EFT 900.00, UNCLEARED_CHEQUES 900.00 | Amina 900.00, CHEQUES_IN_CLEARING 900.00",
    ),
    "it is returned when only 600 of it are left": (
        accounts.cheque_returned,
        CHEQUE | {"account": "Amina", "taken": kes("600"), "claim": kes("300"), "reference": "000031"},
        "Amina 600.00, SUSPENSE 300.00 | NOSTRO_EFT 900.00",
    ),
}  # fmt: skip


def t_accounts(entry: Entry) -> str:
    """Left what is debited, right what is credited, by name; each account once."""
    sums: Counter[str] = Counter()
    for line in entry.postings:
        sums[line.account] += int(line.amount.amount * 100)
    assert sum(sums.values()) == 0
    return f"{_side(sums, -1)} | {_side(sums, 1)}"


def _side(sums: Counter[str], sign: int) -> str:
    shown = sorted((name, amount * sign) for name, amount in sums.items() if amount * sign > 0)
    return ", ".join(f"{name} {amount // 100}.{amount % 100:02d}" for name, amount in shown)


@pytest.mark.parametrize("event", EXAMPLES)
def test_the_t_accounts_of(event: str) -> None:
    book, given, shown = EXAMPLES[event]
    entry = book(**given)
    assert entry is not None
    assert t_accounts(entry) == shown


def test_every_event_that_posts_has_an_example() -> None:
    shown = {book.__name__ for book, _given, _shown in EXAMPLES.values()}
    assert set(_events((payments, debits, accounts, counter))) == shown


def _events(modules: Iterable[ModuleType]) -> Iterable[str]:
    for module in modules:
        for name, found in vars(module).items():
            is_own = getattr(found, "__module__", "") == module.__name__ and not name.startswith("_")
            if is_own and callable(found) and get_type_hints(found)["return"] in (Entry, Entry | None):
                yield name
