"""The kernel against published tables: all of ISO 4217, the IBAN registry, closing days."""

from datetime import date

from bank.kernel import bic, calendars, currencies, daycount, iban
from tests import vectors


def test_minor_units_are_those_of_iso_4217() -> None:
    for row in vectors.load("fx/give/iso4217.json")["currencies"]:
        if row["decimals"] is None:
            assert not currencies.is_currency(row["code"])
        else:
            assert currencies.exponent(row["code"]) == row["decimals"], row["code"]


def test_every_example_of_the_iban_registry_is_valid() -> None:
    for row in vectors.load("iban_bic/give/iban_registry_v99.json")["countries"]:
        assert iban.validate(row["example"]) == row["example"].replace(" ", "")


def test_bics_of_real_banks_are_valid() -> None:
    for row in vectors.load("iban_bic/give/bank_directory_sample.json")["banks"]:
        if row["bic"]:
            assert bic.validate(row["bic"]) == row["bic"]


def test_closing_days_of_financial_centres() -> None:
    for code, years in vectors.load("calendars/give/holidays_strata.json")["calendars"].items():
        for year, days in years.items():
            expected = [day for day in days if date.fromisoformat(day).weekday() < 5]
            assert [day.isoformat() for day in calendars.calendar(code).holidays(int(year))] == expected


def test_days_counted_by_convention() -> None:
    for row in vectors.load("daycount/give/daycount.json")["days"]:
        start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
        assert daycount.days(row["convention"], start, end) == row["days"], row
