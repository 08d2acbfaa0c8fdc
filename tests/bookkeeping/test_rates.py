"""Rates of exchange: imported whole or not at all, crossed exactly, corrected by two people."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bank import ledger
from bank.audit.models import AuditRecord
from bank.bookkeeping import commands
from bank.bookkeeping import eod as closing
from bank.bookkeeping.exchange import Quote
from bank.bookkeeping.models import FxRate, Revaluation
from bank.bookkeeping.selectors import rates
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime.steps import Day
from tests.bookkeeping.conftest import People, book
from tests.ledger.book import everything

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 30)
CSV = "Date,USD,JPY,ZZZ,GBP\n2026-10-30,1.1172,175.68,5,N/A\n2026-10-29,1.113,175.92,,0.83578\n"


def test_reference_rates_are_taken_in_once_and_crossed_exactly(people: People, tmp_path: Path) -> None:
    def load(content: bytes) -> None:
        file = tmp_path / "rates.csv"
        file.write_bytes(content)
        call_command("load_fx_rates", str(file))

    load(CSV.encode())
    assert FxRate.objects.count() == 5
    load(CSV.encode())
    assert FxRate.objects.count() == 5
    assert rates.rate("USD", "JPY", DAY) == Fraction("175.68") / Fraction("1.1172")
    assert rates.rate("GBP", "EUR", DAY) == 1 / Fraction("0.83578")
    assert str(rates.converted(Money.of("100", "USD"), "JPY", DAY)) == "JPY 15725"
    assert rates.rate("USD", "EUR", DAY + timedelta(days=9)) == 1 / Fraction("1.1172")
    for source, target, on in (
        ("USD", "KES", DAY),
        ("USD", "EUR", DAY + timedelta(days=11)),
        ("USD", "EUR", date(2020, 1, 1)),
    ):
        with pytest.raises(BankError, match="There is no rate"):
            rates.rate(source, target, on)

    for content in (
        CSV.replace("1.1172", "1.1173").encode(),
        CSV.replace("175.92", "-1").encode(),
        CSV.replace("175.92", "NaN").encode(),
        CSV.replace("175.92", "1e400").encode(),
        CSV.replace("2026-10-29", "2026-02-30").encode(),
        b"Day,USD\n2026-10-30,1\n",
        b"\xff\xfe\x00",
        b"",
        b"Date,CHF\n" + b"2026-10-30,1\n" * 20_001,
    ):
        with pytest.raises(CommandError):
            load(content)
        assert FxRate.objects.count() == 5


def test_a_rate_is_corrected_by_two_people_and_absurd_ones_are_refused(people: People) -> None:
    today = ledger.business_date()

    def propose(rate: str, base: str = "USD", day: date = today) -> str:
        quote = Quote(base, "KES", Decimal(rate), day)
        try:
            command = commands.rates.propose(
                quote=quote, source="cbk", reason="Fixing", maker=people.accountant
            )
        except BankError as refusal:
            return refusal.code
        return people.approve(command, people.treasurer).state

    assert propose("129.50") == "APPROVED"
    assert propose("129.5") == "RATE_UNUSABLE"
    assert propose("129.60") == "APPROVED"
    assert rates.rate("USD", "KES", today) == Fraction("129.6")
    assert FxRate.objects.filter(source="CBK").count() == 2
    for rate in ("0", "-1", "1000000000", "NaN", "Infinity", "0.00000000001"):
        assert propose(rate) in {"RATE_UNUSABLE", "COMMAND_PAYLOAD_UNUSABLE"}
    assert propose("1", base="KES") == "RATE_UNUSABLE"
    assert propose("1", base="XXQ") == "UNKNOWN_CURRENCY"
    assert propose("1", day=today + timedelta(days=1)) == "RATE_UNUSABLE"
    assert FxRate.objects.count() == 2


def test_without_a_rate_the_day_closes_and_says_what_was_not_revalued(people: People) -> None:
    day = Day(ledger.business_date(), ledger.business_date() + timedelta(days=1))
    assert closing.revalue(day, "").done == 0
    book("1100.USD", "1200.USD", 100, "bought")
    before = everything()
    part = closing.revalue(day, "")
    assert (part.done, part.failed) == (0, 1)
    assert "no rate from USD to KES" in part.notes[0].reason
    assert everything() == before
    assert not Revaluation.objects.exists()
    assert AuditRecord.objects.filter(action="FX_NOT_REVALUED").exists()
