"""The staff's pages of bookkeeping: written, checked and proposed without script; seen only by who may."""

import io
import os
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from bank import ledger
from bank.audit.models import AuditRecord
from bank.bookkeeping.models import FxRate, Journal, JournalTemplate, Match, OpenItem
from bank.workflows.models import Command
from tests.bookkeeping.conftest import CAPITAL, CASH, EXPENSE, FEES, NOSTRO, SUSPENSE, People, book
from tests.bookkeeping.test_reconciliation import line, statement, take_in
from tests.identity import open_browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = pytest.mark.django_db

WRITE = "admin:bookkeeping_journal_write"
LINES = {
    "rows": "4", "account_0": "5900.kes", "debit_0": "1,200.00", "credit_0": "",
    "account_1": "1001.KES", "debit_1": "", "credit_1": "1200",
    "narrative": "Paper & ink", "reason": "Bill 7", "value_date": "",
}  # fmt: skip


@pytest.fixture
def desk(client: Client, people: People) -> Client:
    open_browser(client, people.accountant)
    return client


def test_a_journal_is_written_checked_and_proposed(desk: Client, people: People) -> None:
    page = desk.get(reverse(WRITE))
    assert page.status_code == 200
    more = desk.post(reverse(WRITE), LINES | {"do": "more"})
    assert 'name="account_7"' in more.content.decode()
    assert 'value="5900.kes"' in more.content.decode()

    checked = desk.post(reverse(WRITE), LINES | {"do": "check"})
    assert [str(one.after.amount) for one in checked.context["preview"]] == ["1200.00", "-1200.00"]
    assert checked.context["tier"] == "To be approved by: supervisor"
    assert not Command.objects.exists()

    faulty = LINES | {"account_0": "nowhere", "credit_1": "1200.001", "debit_1": ""}
    shown = desk.post(reverse(WRITE), faulty | {"do": "propose"}).content.decode()
    assert "There is no such account" in shown
    assert "too many decimals" in shown
    unbalanced = desk.post(reverse(WRITE), LINES | {"credit_1": "1100", "do": "propose"})
    assert "must agree" in unbalanced.content.decode()
    assert not Command.objects.exists()

    picture = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    )
    refused = desk.post(
        reverse(WRITE), LINES | {"do": "propose", "attachment": SimpleUploadedFile("a.pdf", picture)}
    )
    assert refused.status_code == 200
    assert not Command.objects.exists()

    answer = desk.post(reverse(WRITE), LINES | {"do": "propose"})
    command = Command.objects.get()
    assert answer["Location"] == reverse("admin:workflows_command_change", args=(command.pk,))
    people.approve(command, people.supervisor)
    journal = Journal.objects.get()
    record = desk.get(reverse("admin:bookkeeping_journal_change", args=(journal.pk,))).content.decode()
    assert "Paper &amp; ink" in record
    assert "1,200.00" in record
    undo = reverse("admin:bookkeeping_journal_do", args=(journal.pk, "reverse"))
    assert desk.post(undo, {"reason": "Twice"}).status_code == 302
    assert Command.objects.filter(kind="bookkeeping.reversal").count() == 1


def test_templates_frequent_postings_rates_periods_and_schedules_begin_at_their_tables(
    desk: Client, people: People
) -> None:
    def start(table: str, act: str, **given: str) -> str:
        address = reverse(f"admin:bookkeeping_{table}_start", args=(act,))
        assert desk.get(address).status_code == 200
        answer = desk.post(address, given)
        return "" if answer.status_code == 302 else answer.content.decode()

    lines = f"{EXPENSE} DEBIT 75 %\n5201.KES DEBIT 25 %\n{CASH} CREDIT 100 %"
    template = {"code": "rent", "name": "Rent", "narrative": "Rent", "lines": lines}
    assert start("journaltemplate", "new", **template) == ""
    assert "already" in start("journaltemplate", "new", **template)
    pair = {"code": "tea", "name": "Tea", "narrative": "Tea", "lines": f"{EXPENSE} DEBIT\n{CASH} CREDIT"}
    assert start("journaltemplate", "new", **pair, is_frequent="on") == ""
    filled = desk.get(reverse(WRITE), {"template": "RENT", "total": "100"}).content.decode()
    assert 'value="75.00"' in filled
    assert start("journal", "frequent", code="TEA", amount="40", reason="Week 40") == ""
    assert Command.objects.get().payload["origin"] == "FREQUENT"
    retire = reverse(
        "admin:bookkeeping_journaltemplate_do", args=(JournalTemplate.objects.get(code="TEA").pk, "retire")
    )
    assert desk.post(retire).status_code == 302
    assert "Select a valid choice" in start("journal", "frequent", code="TEA", amount="40", reason="Week 41")

    day = ledger.business_date().isoformat()
    rate = {"base": "USD", "quote": "KES", "rate": "129.5", "day": day, "source": "cbk", "reason": "Fixing"}
    assert start("fxrate", "rate", **rate) == ""
    assert "no rate" in start("fxrate", "rate", **rate | {"rate": "-1"})
    assert "is not over" in start("periodchange", "close", month=day[:7], reason="Early")
    assert start("periodchange", "close", month="2025-01", reason="Audited") == ""
    spread = {
        "kind": "ACCRUAL", "debit": EXPENSE, "credit": SUSPENSE, "amount": "1200",
        "from_date": f"{day[:4]}-01-01", "to_date": f"{day[:4]}-12-31", "spread": "DAYS",
        "narrative": "Audit fee", "reason": "Contract",
    }  # fmt: skip
    assert start("schedule", "new", **spread) == ""
    assert "one currency" in start("schedule", "new", **spread | {"credit": "2900.USD"})
    for command in Command.objects.exclude(kind="bookkeeping.journal"):
        people.approve(command, people.finance_manager)
    assert set(Command.objects.exclude(kind="bookkeeping.journal").values_list("state", flat=True)) == {
        "APPROVED"
    }


def test_an_account_is_reconciled_on_its_screen(desk: Client, people: People) -> None:
    book(NOSTRO, SUSPENSE, 100, "a", reference="PAY-AAAA")
    take_in(statement("0", line("100.00", "PAY-AAAA"), line("7.00", "<script>")), people.accountant)
    address = reverse("admin:bookkeeping_reconcile", query={"account": NOSTRO})
    page = desk.get(address)
    (suggestion,) = page.context["suggestions"]
    assert page.context["proof"].holds
    assert "<script>&" not in page.content.decode()
    assert desk.post(address, {"do": "match", "item": [OpenItem.objects.first().pk]}).status_code == 302  # type: ignore[union-attr]
    assert not Match.objects.exists()
    sent = {"do": "accept", "items": suggestion.ids, "score": suggestion.score, "why": suggestion.why}
    desk.post(address, sent)
    match = Match.objects.get()
    assert (match.score, match.why) == (suggestion.score, suggestion.why)
    desk.post(address, {"do": "undo", "match": match.pk, "reason": "Wrong"})
    match.refresh_from_db()
    assert match.undone_by == people.accountant
    item = OpenItem.objects.get(amount=Decimal(7))
    write_off = reverse("admin:bookkeeping_openitem_start", args=("write-off",))
    asked = {"item": item.pk, "against": FEES, "narrative": "Unclaimed", "reason": "Old"}
    assert desk.post(write_off, asked).status_code == 302
    people.approve(Command.objects.get(), people.supervisor)
    assert desk.get(address).context["proof"].open_theirs.amount == 100
    assert desk.get(reverse("admin:bookkeeping_reconcile_accounts")).context["accounts"][0]["items"] == 2
    assert desk.get(reverse("admin:bookkeeping_reconcile", query={"account": "2001.KES"})).status_code == 302


def test_reports_are_shown_in_any_currency_at_a_bounded_cost(
    desk: Client, people: People, django_assert_max_num_queries: object
) -> None:
    book(CASH, CAPITAL, 1_000, "capital")
    book("1001.USD", "4001.USD", 10, "fee")
    names = ("trial_balance", "balance_sheet", "income_statement", "cash_flow")
    for name in names:
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            own = desk.get(reverse(f"admin:{name}"), {"compare": "1"})
        assert [one.currency for one in own.context["reports"]][-1] == "USD"
        assert all(one.holds for one in own.context["reports"])
        missing = desk.get(reverse(f"admin:{name}"), {"currency": "EUR"})
        assert "There is no rate" in missing.content.decode()
    for base, rate in (("USD", "129.37"), ("EUR", "150.11")):
        FxRate.objects.create(
            base=base, quote="KES", day=ledger.business_date(), rate=Decimal(rate), source="CBK"
        )
    for name in names:
        (report,) = desk.get(reverse(f"admin:{name}"), {"currency": "EUR"}).context["reports"]
        assert report.holds
        assert report.currency == "EUR"
        book_ = load_workbook(io.BytesIO(_file(desk, name, "xlsx")))
        assert book_.sheetnames == ["EUR"]
        figures = [cell.value for row in book_["EUR"].iter_rows(min_row=6) for cell in row[2:]]
        assert float(report.sections[0].total.amounts[0].amount) in figures
    for name, title, said in (
        ("balance_sheet", "Balance sheet", "1001.KES"),
        ("income_statement", "Income statement", "4001.USD"),
        ("cash_flow", "Cash flow", "Cash at the end"),
    ):
        text = PdfReader(io.BytesIO(_file(desk, name, "pdf"))).pages[0].extract_text()
        assert (title in text, said in text) == (True, True), text
    page = desk.get(
        reverse("admin:income_statement"), {"from": "2026-02-30", "to": "1999-01-01", "currency": "XXX"}
    )
    assert len(page.context["faults"]) == 1
    behind = desk.get(reverse("admin:report_postings"), {"account": "4001.USD", "to": date.max.isoformat()})
    assert "10.00" in behind.content.decode()
    assert desk.get(reverse("admin:report_postings"), {"account": "nowhere"}).status_code == 404


def _file(desk: Client, name: str, ending: str) -> bytes:
    answer = desk.get(reverse(f"admin:{name}"), {"currency": "EUR", "format": ending, "compare": "1"})
    assert f'.{ending}"' in answer["Content-Disposition"]
    assert AuditRecord.objects.filter(action="REPORT_VIEWED", subject_id=name).exists()
    return bytes(answer.content)
