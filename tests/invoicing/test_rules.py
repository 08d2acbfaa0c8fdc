"""Sums, references and guesses, worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from bank.invoicing import rules
from bank.invoicing.errors import InvoiceUnusable
from bank.invoicing.rules import Every, Incoming
from bank.kernel.money import Money


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def test_a_line_rounds_its_net_and_its_tax_half_up() -> None:
    sums = rules.line_sums(Decimal("1.5"), kes("0.05"), Decimal(16))
    assert (sums.net, sums.vat) == (kes("0.08"), kes("0.01"))
    sums = rules.line_sums(Decimal(3), kes("33.33"), Decimal(16))
    assert (sums.net, sums.vat) == (kes("99.99"), kes("16.00"))
    yen = rules.line_sums(Decimal("0.5"), Money.of("3", "JPY"), Decimal(10))
    assert (str(yen.net), str(yen.vat)) == ("JPY 2", "JPY 0")
    for quantity, price in (("0", "1.00"), ("-1", "1.00"), ("1000001", "1.00")):
        with pytest.raises(InvoiceUnusable):
            rules.line_sums(Decimal(quantity), kes(price), Decimal(16))
    with pytest.raises(InvoiceUnusable):
        rules.line_sums(Decimal(1), -kes("1.00"), Decimal(16))


def test_a_creditor_reference_is_found_however_it_is_copied() -> None:
    # ISO 11649's own example: RF18 5390 0754 7034.
    assert rules.references_in("pay rf18 5390 0754 7034") >= {"RF18539007547034"}
    mine = rules.creditor_reference("1000017", 42)
    assert mine in rules.references_in(f"INVOICE {mine[:4]} {mine[4:8]}-{mine[8:]} thank you")
    assert all(mine in rules.references_in(f"out of {mine} PAY-{n}XQ7") for n in range(200))
    slip = mine[:-1] + ("3" if mine[-1] != "3" else "4")
    assert mine not in rules.references_in(slip)
    assert rules.references_in("surf 99") == set()


def test_what_is_certain_and_what_is_only_likely() -> None:
    reference, number = rules.creditor_reference("1000017", 4), "INV-00004"

    def guess(text: str, amount: str = "100.00", *, name: bool = False, before: bool = False) -> rules.Guess:
        came = Incoming(kes(amount), kes(amount), text, "Somebody", name, before)
        return rules.guess(came, reference=reference, number=number, open_money=kes("100.00"))

    assert guess(f"rent {reference}", "1.00").is_certain
    assert guess("inv 4").is_certain
    assert guess("INV-00004", "60.00", name=True).is_certain
    assert not guess("INV-00004", "60.00").is_certain
    assert not guess("INV-00042").is_certain
    assert not guess("INV-42").is_certain
    likely = guess("thanks", name=True)
    assert not likely.is_certain
    assert likely.reasons == ("AMOUNT", "NAME")
    assert guess("thanks").points < rules.LIKELY
    foreign = Incoming(Money.of("100.00", "USD"), Money.of("100.00", "USD"), reference, "", True, True)
    assert rules.guess(foreign, reference=reference, number=number, open_money=kes("100.00")).points == 0


def test_days_ages_and_states() -> None:
    assert rules.next_date(date(2026, 1, 31), Every.MONTH, 31) == date(2026, 2, 28)
    assert rules.next_date(date(2026, 2, 28), Every.MONTH, 31) == date(2026, 3, 31)
    assert rules.next_date(date(2024, 2, 29), Every.YEAR, 29) == date(2025, 2, 28)
    assert rules.next_date(date(2026, 11, 30), Every.QUARTER, 30) == date(2027, 2, 28)
    assert rules.next_date(date(2026, 12, 29), Every.WEEK, 29) == date(2027, 1, 5)
    today = date(2026, 11, 27)
    days = {1: 0, 0: 0, -1: 1, -30: 1, -31: 2, -60: 2, -61: 3, -90: 3, -91: 4}
    for away, column in days.items():
        assert rules.bucket(date.fromordinal(today.toordinal() + away), today) == column
    asked = {"due": date(2026, 11, 26), "today": today}
    assert rules.shown("ISSUED", open_amount=Decimal(1), settled=Decimal(1), **asked) == "OVERDUE"
    assert rules.shown("ISSUED", open_amount=Decimal(0), settled=Decimal(1), **asked) == "PAID"
    asked["due"] = today
    assert rules.shown("ISSUED", open_amount=Decimal(1), settled=Decimal(1), **asked) == "PARTLY_PAID"
    assert rules.shown("WRITTEN_OFF", open_amount=Decimal(1), settled=Decimal(0), **asked) == "WRITTEN_OFF"
