"""Bad input, row by row: a coded refusal, and the books untouched. Also who goes before whom."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from bank import ledger
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.ledger import engine, errors
from bank.ledger.models import Account, BusinessDay
from bank.ledger.rules import MAX_MINOR
from tests.ledger.book import CASH, FEES, kes, opened, paid, refused


@pytest.fixture(autouse=True)
def accounts() -> None:
    opened("A", "B", funds=100)
    opened("F", "D", "C", "U", funds=0)
    opened("X", currency="USD")
    ledger.set_status("F", ledger.Status.FROZEN)
    ledger.set_status("C", ledger.Status.CLOSED)


def entry(*legs: tuple[str, Money], **details: object) -> ledger.Entry:
    postings = tuple(ledger.Posting(code, amount) for code, amount in legs)
    return ledger.Entry(**({"key": "k", "code": "T", "postings": postings} | details))  # type: ignore[arg-type]


GOOD = (("A", kes(-1)), ("B", kes(1)))
MALFORMED = {
    "no postings": (entry(), "INVALID_ENTRY"),
    "one posting": (entry(("A", kes(1))), "INVALID_ENTRY"),
    "a posting of zero": (entry(("A", kes(0)), ("B", kes(0))), "INVALID_ENTRY"),
    "no key": (entry(*GOOD, key=""), "INVALID_ENTRY"),
    "a long key": (entry(*GOOD, key="k" * 121), "INVALID_ENTRY"),
    "NUL in the key": (entry(*GOOD, key="k\0"), "INVALID_ENTRY"),
    "half a surrogate pair": (entry(*GOOD, narrative="\ud800"), "INVALID_ENTRY"),
    "no code": (entry(*GOOD, code=""), "INVALID_ENTRY"),
    "a long narrative": (entry(*GOOD, narrative="n" * 201), "INVALID_ENTRY"),
    "NUL in the reference": (entry(*GOOD, reference="\0"), "INVALID_ENTRY"),
    "meta that is not JSON": (entry(*GOOD, meta={"x": object()}), "INVALID_ENTRY"),
    "NaN in meta": (entry(*GOOD, meta={"x": float("nan")}), "INVALID_ENTRY"),
    "NUL in meta": (entry(*GOOD, meta={"x": "\0"}), "INVALID_ENTRY"),
    "unbalanced": (entry(("A", kes(-1)), ("B", kes("1.01"))), "UNBALANCED_ENTRY"),
    "balanced only across currencies": (entry(("A", kes(-1)), ("X", Money.of(1, "USD"))), "UNBALANCED_ENTRY"),
    "huge": (
        entry(("A", Money.from_minor(-MAX_MINOR - 1, "KES")), ("B", Money.from_minor(MAX_MINOR + 1, "KES"))),
        "AMOUNT_OUT_OF_RANGE",
    ),
}
DECIDED = {
    "an unknown account": (entry(("A", kes(-1)), ("NOBODY", kes(1))), "UNKNOWN_ACCOUNT"),
    "NUL in an account": (entry(("A", kes(-1)), ("B\0", kes(1))), "UNKNOWN_ACCOUNT"),
    "a control account": (entry(("A", kes(-1)), ("2001.KES", kes(1))), "CONTROL_ACCOUNT"),
    "another currency": (entry(("A", Money.of(-1, "USD")), ("X", Money.of(1, "USD"))), "CURRENCY_MISMATCH"),
    "a closed account": (entry(("A", kes(-1)), ("C", kes(1))), "ACCOUNT_CLOSED"),
    "a frozen account": (entry(("A", kes(-1)), ("F", kes(1))), "ACCOUNT_FROZEN"),
    "too little money": (entry(("A", kes("-100.01")), ("B", kes("100.01"))), "INSUFFICIENT_FUNDS"),
    "a negative transfer": (entry(("A", kes(150)), ("B", kes(-150))), "INSUFFICIENT_FUNDS"),
}


@pytest.mark.parametrize("name", MALFORMED | DECIDED)
@pytest.mark.parametrize("way", ["one", "list", "stream"])
def test_bad_entries_are_refused_and_leave_nothing(name: str, way: str) -> None:
    bad, code = (MALFORMED | DECIDED)[name]
    with refused(code):
        match way:
            case "one":
                ledger.post(bad)
            case "list":
                ledger.post([entry(*GOOD, key="before"), bad, entry(*GOOD, key="after")])
            case _:
                ledger.post(e for e in [entry(*GOOD, key="before"), bad])


@pytest.mark.parametrize("days", [-1, 1])
def test_booking_dates_other_than_the_business_date(days: int) -> None:
    day = ledger.business_date() + timedelta(days=days)
    with refused("BOOKING_DATE_CLOSED" if days < 0 else "BOOKING_DATE_IN_FUTURE"):
        ledger.post(entry(*GOOD, booking_date=day))
    with refused("BOOKING_DATE_CLOSED" if days < 0 else "BOOKING_DATE_IN_FUTURE"):
        ledger.post([entry(*GOOD, booking_date=day)])


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "-Infinity", "1.001", "1e3", "١", "", "1,000", "0x10", "1" * 19]
)
def test_amounts_that_are_none_never_become_money(amount: str) -> None:
    with pytest.raises(BankError) as raised:
        kes(amount)
    assert raised.value.code in {"INVALID_AMOUNT", "TOO_MANY_DECIMALS", "AMOUNT_OUT_OF_RANGE"}
    with pytest.raises(BankError):
        Money(Decimal("1.001"), "KES")


def test_a_debit_freeze_lets_credits_in() -> None:
    ledger.set_status("A", ledger.Status.FROZEN_DEBIT)
    with refused("ACCOUNT_FROZEN"):
        ledger.post(paid("A", "B", kes(1), key="out"))
    assert ledger.post(paid("B", "A", kes(1), key="in")).is_posted


def test_a_closed_general_ledger_account_takes_no_posting() -> None:
    Account.objects.filter(code=FEES).update(closed=True)
    with refused("ACCOUNT_CLOSED"):
        ledger.post(paid("A", FEES, kes(1), key="t"))
    with refused("ACCOUNT_CLOSED"):
        ledger.post([paid("A", FEES, kes(1), key="t")])


def test_balances_never_leave_their_range() -> None:
    ledger.open_account(code="BIG", name="x", currency="KES", floor=False)
    most = Money.from_minor(MAX_MINOR, "KES")
    ledger.post([paid(CASH, "BIG", most, key=f"t{i}") for i in range(40)])
    for way in (lambda e: ledger.post(e), lambda e: ledger.post([e])):
        with refused("BALANCE_OUT_OF_RANGE"):
            way(paid(CASH, "BIG", most, key="over"))


def test_the_first_in_the_list_of_errors_is_the_one_answered() -> None:
    wrong_everywhere = entry(("U", kes(-1)), ("C", kes("0.25")), ("F", kes("0.25")), ("2001.KES", kes("0.5")))
    steps = [
        ("INVALID_ENTRY", replace(wrong_everywhere, key="")),
        ("CONTROL_ACCOUNT", wrong_everywhere),
        ("ACCOUNT_CLOSED", entry(("U", kes(-1)), ("C", kes("0.5")), ("F", kes("0.5")))),
        ("ACCOUNT_FROZEN", entry(("U", kes(-1)), ("B", kes("0.5")), ("F", kes("0.5")))),
        ("INSUFFICIENT_FUNDS", entry(("U", kes(-1)), ("B", kes(1)))),
    ]
    order = list(errors.BY_CODE)
    assert [order.index(code) for code, _ in steps] == sorted(order.index(code) for code, _ in steps)
    for code, bad in steps:
        with refused(code):
            ledger.post(bad)


def test_closing_needs_an_empty_account_and_is_final() -> None:
    with refused("ACCOUNT_NOT_EMPTY"):
        ledger.set_status("A", ledger.Status.CLOSED)
    with refused("ACCOUNT_CLOSED"):
        ledger.set_status("C", ledger.Status.ACTIVE)
    with refused("UNKNOWN_ACCOUNT"):
        ledger.set_status("NOBODY", ledger.Status.FROZEN)
    ledger.set_status("C", ledger.Status.CLOSED)


def test_an_overdraft_in_use_cannot_be_taken_away() -> None:
    ledger.set_limit("U", kes(50))
    ledger.post(paid("U", "A", kes(30), key="t"))
    with refused("OVERDRAFT_IN_USE"):
        ledger.set_limit("U", kes("29.99"))
    with refused("UNKNOWN_ACCOUNT"):
        ledger.set_limit("U", Money.of(50, "USD"))
    with refused("INVALID_ENTRY"):
        ledger.set_limit("U", kes(-1))
    ledger.set_limit("U", kes(30))
    ledger.set_limit("U", None)


def test_nothing_is_booked_before_the_books_are_opened() -> None:
    day = ledger.business_date()
    BusinessDay.objects.all().delete()
    for attempt in (
        lambda: ledger.post(entry(*GOOD)),
        lambda: ledger.post([entry(*GOOD)]),
        lambda: ledger.place_hold(key="h", account="A", amount=kes(1)),
    ):
        with transaction.atomic(), pytest.raises(errors.BooksNotOpened), transaction.atomic():
            attempt()
    with pytest.raises(errors.BooksNotOpened):
        ledger.business_date()
    with pytest.raises(errors.BooksNotOpened):
        ledger.roll_business_date()
    engine.rows("INSERT INTO ledger_business_day VALUES (%s, now(), NULL, 0)", (day,))


def test_accounts_are_opened_once_under_a_control_account_of_their_currency() -> None:
    with refused("ACCOUNT_EXISTS"):
        ledger.open_account(code="A", name="again", currency="KES")
    for control in ("NOBODY", "1001.KES", "2001.USD"):
        with refused("UNKNOWN_ACCOUNT"):
            ledger.open_account(code="N", name="n", currency="KES", control=control)
    for code in ("", "a", "A B", "A" * 35, "A\0", "É"):
        with refused("INVALID_ENTRY"):
            ledger.open_account(code=code, name="n", currency="KES")
    with refused("UNKNOWN_CURRENCY"):
        ledger.open_account(code="N", name="n", currency="KSH")
    with refused("UNKNOWN_GL_ROLE"):
        ledger.gl("NO_SUCH_ROLE", "KES")
