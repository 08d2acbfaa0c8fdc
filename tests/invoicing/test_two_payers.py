"""One invoice and two payers: what waits for signatures reserves its part."""

from datetime import timedelta

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.cif import services as cif
from bank.identity.models import User
from bank.invoicing import errors, reserving, services
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.payments.models import PaymentOrder, VelocityRule
from bank.signing import services as signing
from bank.signing.models import Approval, SigningRule
from tests.invoicing.shop import open_shop
from tests.portals import town as streets
from tests.portals.town import newest_code

pytestmark = pytest.mark.django_db


def test_a_payment_that_waits_for_signatures_keeps_others_from_paying_it_again() -> None:
    shop = open_shop(streets.build())
    town, invoice = shop.town, shop.issue()
    club = cif.create_organisation(
        registered_name="Safari Club", registration_number="PVT-77", legal_form="Club", segment="SME"
    )
    for who in (town.amina.user, town.brian.user):
        cif.grant_mandate(user=who, customer=club, role="OWNER", can_pay=True)
    account = accounts.open_account(customer=club, product_code="CORPORATE", key="club")
    streets.fund(account, "100000.00")
    SigningRule.objects.create(customer=club, currency="KES", above="0.01", signatures=2)
    total = invoice.open_money

    def pay_by_link(user: User, number: str, amount: Money, key: str) -> PaymentOrder:
        asked = {"user": user, "invoice": invoice, "debtor_number": number, "amount": amount}
        challenge = services.start_paying(**asked)
        given = {"key": key, "challenge_id": challenge.id, "code": newest_code(user)}
        made = services.pay_invoice(**asked, **given)
        assert services.pay_invoice(**asked, **given) == made, "pressed twice"
        return made

    part = Money.of("4000.00", "KES")
    waiting = pay_by_link(town.amina.user, account.number, part, "k1")
    assert waiting.status == "AWAITING_APPROVAL"
    assert reserving.under_way(invoice) == part
    with pytest.raises(errors.InvoiceBeingPaid) as refusal:
        pay_by_link(town.amina.user, town.amina.number, total, "k2")
    assert refusal.value.params["left"] == total - part
    page = streets.browser(town.amina.user).get(f"/sme/pay/{invoice.token}/").content.decode()
    assert "4,000.00 for this invoice is under way" in page
    with pytest.raises(errors.InvoicePaymentWaits):
        pay_by_link(town.amina.user, account.number, part, "k1b")
    approval = Approval.objects.get(state="WAITING")
    signing.withdraw(user=town.amina.user, reference=approval.reference)
    assert reserving.under_way(invoice).is_zero
    assert pay_by_link(town.amina.user, town.amina.number, total, "k3").status == "SETTLED"


def test_whoever_has_the_link_holds_an_invoice_up_for_an_hour_and_nobody_pays_it_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a stranger's payment, held by the bank, keeps from others runs out; let go later it is refused."""
    shop = open_shop(streets.build())
    town, invoice = shop.town, shop.issue()
    total = invoice.open_money
    usual = VelocityRule.objects.filter(kind="PAYMENTS", segment="RETAIL", channel="")
    usual.update(most=0)

    def pay_by_link(who: streets.Resident, key: str) -> PaymentOrder:
        asked = {"user": who.user, "invoice": invoice, "debtor_number": who.number, "amount": total}
        challenge = services.start_paying(**asked)
        return services.pay_invoice(
            **asked, key=key, challenge_id=challenge.id, code=newest_code(who.user)
        )  # fmt: skip

    stranger, payer = town.brian, town.amina
    streets.fund(stranger.accounts[0], "50000.00")
    held = pay_by_link(stranger, "k1")
    assert held.status == "AWAITING_APPROVAL"
    page = streets.browser(payer.user).get(f"/sme/pay/{invoice.token}/").content.decode()
    assert "The bank looks at it before it leaves." in page
    issuer = streets.browser(shop.firm.user).get(f"/sme/{shop.firm.customer.cif}/invoices/{invoice.pk}/")
    assert "the bank looks at it first" in issuer.content.decode()
    with pytest.raises(errors.InvoicePaymentWaits):
        pay_by_link(stranger, "k2")
    with pytest.raises(errors.InvoiceBeingPaid):
        pay_by_link(payer, "k3")
    now = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert reserving.under_way(invoice).is_zero
    with pytest.raises(errors.InvoicePaymentWaits):
        pay_by_link(stranger, "k4")
    payments.cancel(user=stranger.user, reference=held.reference)
    again = pay_by_link(stranger, "k5")
    assert (again.status, reserving.under_way(invoice).is_zero) == ("AWAITING_APPROVAL", True)
    usual.update(most=30)
    assert pay_by_link(payer, "k6").status == "SETTLED"
    before = ledger.balance(stranger.number).booked
    with pytest.raises(errors.InvoiceNotOpen):
        payments.release_held(reference=again.reference, by=shop.firm.user)
    assert ledger.balance(stranger.number).booked == before
    invoice.refresh_from_db()
    assert invoice.open_money.is_zero
