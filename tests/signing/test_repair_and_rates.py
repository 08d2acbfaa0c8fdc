"""Two of the staff: rules nobody can meet are repaired, rates of wages and of VAT are set from a day."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bank import ledger
from bank.cif import services as cif
from bank.identity.models import User
from bank.invoicing import commands as vat
from bank.invoicing import selectors as invoicing
from bank.invoicing import services as invoices
from bank.payroll import commands as wages
from bank.payroll import selectors as payroll
from bank.payroll import statutory
from bank.payroll.errors import RateUnusable
from bank.payroll.rules import Code
from bank.payroll.services.people import seed_rates
from bank.signing import commands, rules, selectors, services
from bank.signing.rules import Step
from bank.workflows import services as workflows
from bank.workflows.errors import MakerIsChecker
from tests.identity import open_browser
from tests.portals import town as streets
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def at_desk(user: User) -> Client:
    client = Client()
    open_browser(client, user)
    return client


def test_rules_nobody_can_meet_are_repaired_by_two(django_capture_on_commit_callbacks: Any) -> None:
    town = streets.build()
    firm, clerk, manager = (
        town.firm.customer,
        employ("olive", "OPERATIONS"),
        employ("bruno", "BRANCH_MANAGER"),
    )
    asked: dict[str, Any] = {"cif": firm.cif, "currency": "KES", "reason": "Letter of its directors"}
    services.set_rules(customer=firm, currency="KES", steps=[Step(Decimal(0), signatures=1)], actor=None)
    with pytest.raises(commands.RuleStillMet):
        commands.propose_repair(**asked, steps=[["0", "1"]], maker=clerk)
    services.set_rules(customer=firm, currency="KES", steps=[Step(Decimal(100), ways=("AB",))], actor=None)
    assert len(selectors.unreachable(firm, "KES")) == 1
    for steps in ([["100", "A"]], [["100", "2"]], [["lots", "1"]], []):
        with pytest.raises(rules.RuleUnusable):
            commands.propose_repair(**asked, steps=steps, maker=clerk)
    desk, table = at_desk(clerk), "/admin/signing/signingrule/"
    assert firm.display_name in desk.get(table).content.decode()
    form = asked | {"steps": "100 1"}
    sent = desk.post(f"{table}start/repair/", form)
    assert sent.status_code == 302
    command = commands.Command.objects.get(kind="signing.repair")
    assert command.difference[0]["after"] == "100: 1"
    with pytest.raises(MakerIsChecker):
        workflows.approve(command=command, checker=clerk)
    workflows.approve(command=command, checker=manager)
    assert selectors.unreachable(firm, "KES") == []
    assert [row.ways for row in selectors.rules_of(firm)] == [["*"]]
    other = town.brian.user
    cif.grant_mandate(user=other, customer=firm, role="SIGNATORY", can_pay=True)
    assert not rules.reachable(Step(Decimal(0), ways=("**",), maker_counts=False).terms, ["", ""])
    assert rules.reachable(Step(Decimal(0), ways=("A*",)).terms, ["", "A"])


def test_rates_are_set_from_a_day_by_two() -> None:
    streets.build()
    seed_rates()
    invoices.seed_rates()
    clerk, boss = employ("olive", "OPERATIONS"), employ("ada", "ADMINISTRATOR")
    today = ledger.business_date()
    month = payroll.this_month()
    asked: dict[str, Any] = {"code": "SHIF", "source": "Gazette 1", "reason": "New law", "maker": clerk}
    for percent in ("percent 3\npercent 3", "percent 300", "percent 1e1", "percent ３", "percent", ""):
        parts = f"{percent}\nminimum 1"
        with pytest.raises(RateUnusable):
            wages.propose(**asked, parts=parts, valid_from=month)
    with pytest.raises(RateUnusable):
        wages.propose(**asked, parts="percent 3\nminimum 300", valid_from=month - timedelta(days=1))
    command = wages.propose(**asked, parts="percent 3\nminimum 300", valid_from=month)
    assert command.difference[0]["before"] == "percent 2.75, minimum 300"
    workflows.approve(command=command, checker=boss)
    assert payroll.rates_of(month).shif["percent"] == "3"
    assert payroll.rates_of(month - timedelta(days=1)).shif["percent"] == "2.75"
    bands = payroll.rates_of(month).paye
    assert statutory.read(Code.PAYE, statutory.written(bands)) == bands
    for lines in ("relief 1", "band 1 10\nrelief 1", "band rest 10\nband 1 5\nrelief 1"):
        with pytest.raises(RateUnusable):
            statutory.read(Code.PAYE, lines)

    tomorrow = today + timedelta(days=1)
    rate: dict[str, Any] = {"code": "STANDARD", "title": "Standard", "reason": "Finance Act", "maker": clerk}
    for percent, day in ((Decimal(14), today), (Decimal(101), tomorrow), (Decimal("1.234"), tomorrow)):
        with pytest.raises(vat.VatRateUnusable):
            vat.propose(**rate, percent=percent, valid_from=day)
    workflows.approve(command=vat.propose(**rate, percent=Decimal(14), valid_from=tomorrow), checker=boss)
    found = {day: {one.code: one.percent for one in invoicing.vat_rates(day)} for day in (today, tomorrow)}
    assert (found[today]["STANDARD"], found[tomorrow]["STANDARD"]) == (Decimal(16), Decimal(14))
    desk = at_desk(clerk)
    for table in ("payroll/statutoryrate", "invoicing/vatrate"):
        assert desk.get(f"/admin/{table}/").status_code == 200
        assert desk.get(f"/admin/{table}/start/rate/").status_code == 200
