"""Invoices from draft to paid: numbers, guards, matching, credit notes, reminders, recurrence."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import services as accounts
from bank.cif import services as cif
from bank.invoicing import eod, errors, selectors, services
from bank.invoicing.models import Allocation, Invoice, InvoiceLine, Receipt
from bank.invoicing.services import LineAsked
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.messages.tables.mapping import Mapping
from bank.payments import services as payments
from bank.runtime.steps import Day
from tests.invoicing.shop import Shop, pay
from tests.portals.town import fund, let_the_worker_work
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(standing_shop: Standing[Shop], db: None) -> Shop:
    return standing_shop.visit()


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def test_numbers_have_no_gap_and_what_is_issued_is_fixed(shop: Shop) -> None:
    first, second, third = shop.draft(), shop.draft(), shop.draft(("Odd", "3", "33.33"), ("Bit", "1", "0.05"))
    assert (third.net, third.vat, third.gross) == (Decimal("100.04"), Decimal("16.01"), Decimal("116.05"))
    services.discard_draft(user=shop.firm.user, invoice=second)
    issued = [services.issue(user=shop.firm.user, invoice=one) for one in (third, first)]
    assert [one.number for one in issued] == ["INV-00001", "INV-00002"]
    assert issued[0].due_date == ledger.business_date() + timedelta(days=30)
    assert issued[0].token != issued[1].token
    assert len(issued[0].token) >= 32
    with pytest.raises(errors.InvoiceNotDraft):
        services.issue(user=shop.firm.user, invoice=first)
    with pytest.raises(errors.InvoiceNotDraft):
        services.discard_draft(user=shop.firm.user, invoice=first)
    for change in (
        {"gross": 1, "net": 1, "vat": 0},
        {"number": "INV-9"},
        {"debtor_name": "X"},
        {"state": "DRAFT"},
    ):
        with pytest.raises(IntegrityError, match="not allowed"), transaction.atomic():
            Invoice.objects.filter(pk=first.pk).update(**change)
    for act in (lambda: InvoiceLine.objects.filter(invoice=first).update(net=1), first.lines.all().delete):
        with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
            act()
    draft = shop.draft()
    with pytest.raises(IntegrityError, match="gap"), transaction.atomic():
        Invoice.objects.filter(pk=draft.pk).update(
            state="ISSUED", serial=9, number="INV-9", issue_date=ledger.business_date()
        )


def test_who_may_only_look_changes_nothing(shop: Shop) -> None:
    draft = shop.draft()
    viewer, stranger = shop.town.bookkeeper, shop.town.brian.user
    for user, refusal in ((viewer, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            services.issue(user=user, invoice=draft)
        with pytest.raises(refusal):
            services.add_debtor(user=user, customer=shop.firm.customer, name="X")
        with pytest.raises(refusal):
            services.write_off(user=user, invoice=draft, reason="x")
    other = cif.create_organisation(
        registered_name="Acacia Ltd", registration_number="PVT-2", legal_form="Limited", segment="SME"
    )
    with pytest.raises(NotFound):
        selectors.invoice_for(other, draft.pk)
    with pytest.raises(NotFound):
        selectors.invoice_for(shop.firm.customer, "nonsense")
    with pytest.raises(errors.SellerNotSet):
        selectors.require_seller(other)


def test_money_finds_its_invoice(shop: Shop) -> None:
    """By reference for certain, in parts; by amount and name as a suggestion; undone; never twice."""
    whole, other = shop.issue(), shop.issue(("Sugar", "1", "500.00"))
    amina, brian, firm = shop.town.amina, shop.town.brian, shop.town.firm
    pay(amina, firm, "1600.00", f"Part of {whole.reference[:4]} {whole.reference[4:]}", "k1")
    let_the_worker_work()
    whole.refresh_from_db()
    assert whole.paid == 1600
    assert whole.shown_on(ledger.business_date()) == "PARTLY_PAID"
    assert Allocation.objects.get().made_by is None
    pay(amina, firm, "580.00", "thank you", "k2")
    pay(brian, firm, "10.00", "for the cat", "k3")
    let_the_worker_work()
    services.collect(customer=firm.customer)
    assert Receipt.objects.count() == 3
    strange, thanks = selectors.unmatched(firm.customer)
    assert selectors.guesses(strange, selectors.open_invoices(firm.customer)) == []
    (best, guess), *_rest = selectors.guesses(thanks, selectors.open_invoices(firm.customer))
    assert best == other
    assert set(guess.reasons) == {"AMOUNT", "NAME", "PAID_BEFORE"}
    made = services.match(user=firm.user, receipt=thanks, invoice=other)
    other.refresh_from_db()
    assert other.shown_on(ledger.business_date()) == "PAID"
    with pytest.raises(errors.InvoiceNotOpen):
        services.match(user=firm.user, receipt=strange, invoice=other)
    with pytest.raises(errors.ReceiptUsedUp):
        services.match(user=firm.user, receipt=strange, invoice=whole, amount=kes("10.01"))
    with pytest.raises(NotAllowed):
        services.undo(user=shop.town.bookkeeper, allocation=made)
    services.undo(user=firm.user, allocation=made)
    with pytest.raises(errors.AllocationUndone):
        services.undo(user=firm.user, allocation=made)
    assert selectors.unmatched(firm.customer).count() == 2
    services.set_aside(user=firm.user, receipt=strange)
    assert selectors.unmatched(firm.customer).get() == thanks
    with pytest.raises(IntegrityError, match="not allowed"), transaction.atomic():
        Allocation.objects.all().delete()


def test_a_line_of_a_file_to_an_invoices_collection_number_pays_it(shop: Shop) -> None:
    """The number says what for where the payer says nothing; half of it leaves the invoice partly paid."""
    firm, amina = shop.town.firm, shop.town.amina
    bill = shop.issue()
    number = accounts.open_collection_number(user=firm.user, number=firm.number, reference=bill.reference)
    table = f"Name,Account,Amount\r\n{firm.name},{number.number},1600.00\r\n".encode()
    file = payments.submit_payment_file(
        user=amina.user, content=table, key="f",
        wishes=payments.Wishes(name="rent.csv", mapping=Mapping(debtor_account=amina.number)),
    )  # fmt: skip
    payments.confirm_payment_file(
        user=amina.user, file=file, only_valid=False, key="go", authorisation=payments.Operator("test")
    )
    let_the_worker_work()
    bill.refresh_from_db()
    receipt = Receipt.objects.get()
    assert (bill.paid, bill.shown_on(ledger.business_date())) == (1600, "PARTLY_PAID")
    assert (receipt.payer_number, receipt.matched) == (amina.number, 1600)


def test_more_money_than_is_owed_leaves_the_rest_to_match(shop: Shop) -> None:
    invoice = shop.issue(("Sugar", "1", "100.00"))
    pay(shop.town.amina, shop.town.firm, "200.00", invoice.reference, "k1")
    let_the_worker_work()
    invoice.refresh_from_db()
    assert (invoice.paid, invoice.open_money.amount) == (116, 0)
    assert selectors.unmatched(shop.firm.customer).get().left == kes("84.00")
    fund(shop.firm.accounts[0], "77.00")
    assert services.collect(customer=shop.firm.customer) == 1


def test_credit_notes_and_giving_up(shop: Shop) -> None:
    user, invoice = shop.firm.user, shop.issue()
    part = [LineAsked("Two bags were wet", Decimal(2), kes("1000.00"))]
    note = services.credit(user=user, invoice=invoice, reason="Wet", lines=part)
    assert (note.number, note.gross) == ("CN-00001", 2320)
    too_much = [LineAsked("All", Decimal(10), kes("1000.00"))]
    with pytest.raises(errors.CreditTooLarge):
        services.credit(user=user, invoice=invoice, reason="Wet", lines=too_much)
    invoice.refresh_from_db()
    assert invoice.open_money == kes("9280.00")
    with pytest.raises(errors.InvoiceUnusable):
        services.write_off(user=user, invoice=invoice, reason=" ")
    services.write_off(user=user, invoice=invoice, reason="Bankrupt")
    with pytest.raises(errors.InvoiceNotOpen):
        services.credit(user=user, invoice=invoice, reason="Again")
    with pytest.raises(errors.InvoiceNotOpen):
        services.credit(user=user, invoice=note, reason="A note of a note")
    whole = shop.issue()
    services.credit(user=user, invoice=whole, reason="Sent by mistake")
    whole.refresh_from_db()
    assert whole.state == "CANCELLED"
    assert Invoice.objects.get(number="CN-00002").credits == whole


def test_ages_reminders_and_what_recurs(shop: Shop) -> None:
    """By the close of business, each once: a second close of the same day sends nothing more."""
    user, customer = shop.firm.user, shop.firm.customer
    services.set_reminders(user=user, customer=customer, days=[-1, 5])
    invoice = shop.issue(terms_days=10)
    start = ledger.business_date()
    series = services.recur(user=user, invoice=invoice, every="WEEK")
    with pytest.raises(errors.InvoiceUnusable):
        services.recur(user=user, invoice=invoice, every="MONTH")
    let_the_worker_work()
    mail.outbox.clear()
    assert close(start + timedelta(days=9)) == {"collect": 1, "settle_bills": 0, "recur": 1, "remind": 1}
    assert close(start + timedelta(days=9)) == {"collect": 1, "settle_bills": 0, "recur": 0, "remind": 0}
    assert close(start + timedelta(days=16)) == {"collect": 1, "settle_bills": 0, "recur": 1, "remind": 2}
    let_the_worker_work()
    subjects = sorted(one.subject for one in mail.outbox)
    assert [one.count("Reminder") for one in subjects].count(1) == 3
    assert [one.number for one in selectors.open_invoices(customer)] == [
        "INV-00001",
        "INV-00002",
        "INV-00003",
    ]
    rows = selectors.aged_receivables(customer, start + timedelta(days=50))
    assert [int(sum_.amount) for sum_ in rows[0]["sums"]] == [0, 11600, 23200, 0, 0]
    assert rows[0]["total"] == kes("34800.00")
    services.end_recurrence(user=user, recurrence=series)
    assert close(start + timedelta(days=60))["recur"] == 0


def close(day: date) -> dict[str, int]:
    ended = Day(day - timedelta(days=1), day)
    return {one.work.__name__: one.work(ended, "").done for one in eod.STEPS}
