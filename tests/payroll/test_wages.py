"""A month's wage worked out by hand, by the rows the bank begins with."""

from datetime import date

import pytest

from bank.kernel.money import Money
from bank.payroll import rules
from bank.payroll.rules import Item, ItemKind, Rates
from bank.payroll.services.people import RATES


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def rates(day: date = date(2026, 11, 30)) -> Rates:
    found: dict[str, dict[str, object]] = {}
    for code, since, parameters, _source in RATES:
        if since <= day:
            found[code] = parameters
    return Rates(found["PAYE"], found["NSSF"], found["SHIF"], found["HOUSING_LEVY"])


@pytest.mark.parametrize(
    ("salary", "nssf", "shif", "levy", "paye", "net"),
    [
        # 50,000: NSSF 6 % of it; taxable 50,000 − 3,000 − 1,375 − 750 = 44,875;
        # tax 2,400 + 2,083.25 + 30 % of 12,542 = 8,245.85, less 2,400 relief.
        ("50000.00", "3000.00", "1375.00", "750.00", "5845.85", "39029.15"),
        # 10,000: SHIF is its minimum of 300, tax is less than the relief.
        ("10000.00", "600.00", "300.00", "150.00", "0.00", "8950.00"),
        # 1,000,000: NSSF stops at 108,000; taxable 951,020; 2,400 + 2,083.25 + 140,300.10 + 97,500 + 35 % of
        # 151,020 = 295,140.35, less 2,400.
        ("1000000.00", "6480.00", "27500.00", "15000.00", "292740.35", "658279.65"),
    ],
)
def test_a_wage_by_hand(salary: str, nssf: str, shif: str, levy: str, paye: str, net: str) -> None:
    found = rules.wage(kes(salary), [], rates())
    assert [found.nssf, found.shif, found.levy, found.paye, found.net] == [
        kes(one) for one in (nssf, shif, levy, paye, net)
    ]
    assert found.cost == kes(salary) + found.nssf + found.levy
    assert found.steps[-1] == {"what": "Net pay", "amount": str(found.net.amount), "why": ""}


def test_items_and_earlier_rates() -> None:
    items = [
        Item("House", ItemKind.ALLOWANCE, kes("5000.00")),
        Item("Mileage", ItemKind.UNTAXED, kes("2000.00")),
        Item("Loan", ItemKind.DEDUCTION, kes("1000.00")),
    ]
    found = rules.wage(kes("45000.00"), items, rates())
    assert found.gross == kes("52000.00")
    assert found.taxable == kes("52000.00") - kes("2000.00") - found.nssf - found.shif - found.levy
    assert found.net == found.gross - found.nssf - found.shif - found.levy - found.paye - kes("1000.00")
    before = rules.wage(kes("100000.00"), [], rates(date(2025, 12, 31)))
    assert before.nssf == kes("4320.00")
    assert rules.wage(kes("100000.00"), [], rates()).nssf == kes("6000.00")
