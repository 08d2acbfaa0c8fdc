"""One invoice and two payers: what waits for signatures reserves its part."""

import pytest

from bank.accounts import services as accounts
from bank.cif import services as cif
from bank.identity.models import User
from bank.invoicing import errors, selectors, services
from bank.kernel.money import Money
from bank.payments.models import PaymentOrder
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
        return services.pay_invoice(
            **asked, key=key, challenge_id=challenge.id, code=newest_code(user)
        )  # fmt: skip

    part = Money.of("4000.00", "KES")
    waiting = pay_by_link(town.amina.user, account.number, part, "k1")
    assert waiting.status == "AWAITING_APPROVAL"
    assert selectors.under_way(invoice) == part
    with pytest.raises(errors.InvoiceBeingPaid) as refusal:
        pay_by_link(town.amina.user, town.amina.number, total, "k2")
    assert refusal.value.params["left"] == total - part
    page = streets.browser(town.amina.user).get(f"/sme/pay/{invoice.token}/").content.decode()
    assert "4,000.00 for this invoice is under way" in page
    assert pay_by_link(town.amina.user, account.number, part, "k1").reference == waiting.reference
    approval = Approval.objects.get(state="WAITING")
    signing.withdraw(user=town.amina.user, reference=approval.reference)
    assert selectors.under_way(invoice).is_zero
    assert pay_by_link(town.amina.user, town.amina.number, total, "k3").status == "SETTLED"
