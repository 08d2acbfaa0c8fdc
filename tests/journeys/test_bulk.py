"""A company of five pays a thousand people from one table, under a rule of two signatures."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bank.cif import services as cif
from bank.identity.models import User
from bank.payments.models import PaymentFile, PaymentOrder
from bank.signing import services as signing
from bank.signing.rules import Step
from tests.identity import mailed_code
from tests.journeys.conftest import PASSWORD, PHONE
from tests.journeys.steps import sign_in
from tests.portals.town import Town, let_the_worker_work

pytestmark = pytest.mark.browser
LINES = 1_000


def a_company_of_five(town: Town) -> list[User]:
    """With the treasurer and the bookkeeper: three more who may sign, and two must above a thousand."""
    people = [
        User.objects.create_user(f"{name}@example.test", password=PASSWORD, full_name=name.title())
        for name in ("wambui", "otieno", "chebet")
    ]
    for one in people:
        cif.grant_mandate(user=one, customer=town.firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=town.firm.customer, currency="KES", steps=[Step(1_000, 2)], actor=None)
    return people


def a_table(town: Town) -> bytes:
    payees = (town.amina, town.brian)
    rows = [f"{one.name};{one.number};{100 + n};Salary {n}" for n in range(LINES) for one in [payees[n % 2]]]
    return "\r\n".join(["Jina;Akaunti;Mshahara;Maelezo", *rows, "Nobody at All;12;1e9;x"]).encode("utf-16")


def test_a_thousand_lines_under_two_signatures(
    town: Town, visit: Callable[..., Page], settings: object
) -> None:
    settings.PAYMENT_FILE_AT_ONCE_BYTES, settings.PAYMENT_FILE_AT_ONCE_LINES = 0, 500
    second = a_company_of_five(town)[0]
    page = visit("/corporate/")
    sign_in(page, town.firm.user)
    _hand_in(page, a_table(town))
    expect(page.get_by_text("Lines checked")).to_be_visible()
    let_the_worker_work()
    expect(page.get_by_text("without an exponent")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download the faulty lines").click()
    assert "Nobody at All" in kept.value.path().read_text()
    page.get_by_role("link", name="Change line 1,002").click()
    page.get_by_role("button", name="Leave the line out").click()
    page.get_by_role("radio", name="All 1,000 lines").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code sent to").fill(mailed_code())
    page.get_by_role("button", name="Send KES 599,500.00").click()
    expect(page.get_by_text("waits for others to sign it")).to_be_visible()
    assert not PaymentOrder.objects.exists()
    _sign(visit("/corporate/", viewport=PHONE), second)
    page.reload()
    expect(page.get_by_text("is being paid")).to_be_visible()
    let_the_worker_work()
    let_the_worker_work()
    expect(page.get_by_text("1,000 payments were made.")).to_be_visible()
    assert PaymentFile.objects.get().settled_count == PaymentOrder.objects.count() == LINES
    assert (town.amina.booked, town.brian.booked) == ("349500.00", "301000.00")


def _hand_in(page: Page, content: bytes) -> None:
    page.get_by_role("link", name="Send a payment file").click()
    page.get_by_label("Payment file").set_input_files(
        {"name": "mishahara.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the columns mean")
    expect(page.get_by_label("Amount", exact=True)).to_have_value("2")
    page.get_by_label("Pay from", exact=True).select_option(index=1)
    page.get_by_role("button", name="Check the file").click()


def _sign(page: Page, who: User) -> None:
    sign_in(page, who)
    page.get_by_role("link", name="Approvals").first.click()
    page.get_by_role("button", name="Sign what is ticked").click()
    page.get_by_label("Code sent to").fill(mailed_code())
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Approvals")
