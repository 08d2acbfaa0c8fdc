"""An invoice whose money went back to the payer's bank is open again, once, however often the news comes."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import LazySettings

from bank.audit.models import AuditRecord
from bank.invoicing import events, selectors, services
from bank.invoicing.models import Allocation, Invoice, Receipt
from bank.ledger import business_date
from bank.payments import directory
from bank.payments.models import IncomingPayment, IncomingRecall
from bank.payments.rails.iso20022.sandbox import SANDBOX
from bank.payments.services import networks
from bank.runtime import outbox
from tests.invoicing.shop import Shop, open_shop
from tests.payments.rails.conftest import tend
from tests.payments.rails.iso20022.test_asked_back import post
from tests.payments.rails.served import served
from tests.portals import town as streets
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(settings: LazySettings) -> Iterator[Shop]:
    directory.seed()
    switch = SANDBOX()
    with served(switch) as url:
        settings.RAIL_URLS, settings.RAIL_KEYS = {"EFT": f"{url}/eft"}, {"EFT": switch.key}
        yield open_shop(streets.build())


def come(shop: Shop, invoice: Invoice) -> IncomingPayment:
    """What the invoice asks for, from another bank."""
    amount = str(invoice.total.amount)
    told = post(
        "_incoming", amount=amount, creditor_number=shop.firm.number, remittance=f"for {invoice.reference}"
    )
    tend()
    return IncomingPayment.objects.get(network_reference=told["reference"])


def wanted_back(payment: IncomingPayment) -> None:
    """The payer's bank asks, the customer agrees, the money goes; nobody heard of it yet."""
    named = post("_recall", reference=payment.network_reference)["recall"]
    tend()
    recall = IncomingRecall.objects.get(recall_id=named)
    networks.grant_recall(number=recall.pk, why="He called", actor=employ(f"boss{recall.pk}", "SUPERVISOR"))


def standing(invoice: Invoice) -> tuple[str, int, int]:
    """Its state, the matches in force, the matches undone."""
    invoice.refresh_from_db()
    undone = Allocation.objects.filter(invoice=invoice).exclude(undone_at=None).count()
    in_force = Allocation.objects.filter(invoice=invoice, undone_at=None).count()
    return invoice.shown_on(business_date()), in_force, undone


def hear(payment: IncomingPayment) -> None:
    for _again in range(3):
        events.look_at_money_gone(uuid4(), {"reference": payment.reference})


def test_an_invoice_opens_again_when_its_money_goes_back(shop: Shop) -> None:
    """Also where what was left of the money had been set aside, and where the news comes before anybody
    looked; what comes again pays again, and late news of the first does not undo it."""
    invoice = shop.issue()
    payment = come(shop, invoice)
    outbox.deliver_due()
    assert standing(invoice) == ("PAID", 1, 0)
    services.set_aside(user=shop.firm.user, receipt=Receipt.objects.get())
    wanted_back(payment)
    hear(payment)
    outbox.deliver_due()
    hear(payment)
    assert standing(invoice) == ("ISSUED", 0, 1)
    assert selectors.open_invoices(shop.firm.customer).get() == invoice
    receipt = Receipt.objects.get()
    assert (receipt.matched, receipt.set_aside_at is None) == (0, False)
    assert AuditRecord.objects.filter(action="MATCH_UNDONE").count() == 1
    again = come(shop, invoice)
    outbox.deliver_due()
    hear(payment)
    assert standing(invoice) == ("PAID", 1, 1)
    early = shop.issue(("Sugar", "1", "500.00"))
    wanted_back(come(shop, early))
    outbox.deliver_due()
    assert (standing(early), standing(invoice)) == (("ISSUED", 0, 0), ("PAID", 1, 1))
    assert again.status == "CREDITED"
