"""A stranger becomes a customer: alone, with a company, on two devices; approved, rejected, asked again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.identity.models import User
from bank.onboarding import services
from bank.onboarding.models import Application
from bank.onboarding.rules import CHECKLIST, Kind, State
from bank.runtime import outbox
from tests.identity import PASSWORD, mailed_code
from tests.journeys.conftest import PHONE
from tests.onboarding import desk as desks
from tests.onboarding.desk import Desk

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
ZURI = "zuri@example.test"
REASON = "Answers and papers agree"


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    """Staff with passwords, since they sign in by hand."""
    found = desks.set_up()
    for one in (found.officer, found.second):
        one.set_password(PASSWORD)
        one.save()
    return found


@pytest.fixture
def paper(tmp_path: Path) -> str:
    file = tmp_path / "paper.png"
    file.write_bytes(desks.picture().read())
    return str(file)


def said(page: Page, words: str) -> str:
    """The words in the language the page speaks."""
    with translation.override(page.locator("html").get_attribute("lang")):
        return gettext(words)


def register(page: Page, button: str = "Open a personal account", email: str = ZURI) -> None:
    """From the page of accounts to an empty task list."""
    page.get_by_role("link", name=said(page, button)).click()
    page.get_by_label(said(page, "E-mail address")).fill(email)
    page.get_by_role("button", name=said(page, "Send me a code")).click()
    page.get_by_label(said(page, "Code from the mail")).fill(mailed_code())
    page.get_by_role("button", name=said(page, "Go on")).click()
    page.get_by_label(said(page, "Your full name")).fill("Zuri Atieno Odhiambo")
    page.get_by_label(said(page, "Password")).fill(PASSWORD)
    page.get_by_role("button", name=said(page, "Go on to the questions")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said(page, "Your application"))


def open_task(page: Page, name: str) -> None:
    page.get_by_role("link", name=said(page, name), exact=True).click()


def save(page: Page) -> None:
    page.get_by_role("button", name=said(page, "Save and go on")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said(page, "Your application"))


def choose(page: Page, question: str, choice: str) -> None:
    page.get_by_role("group", name=said(page, question)).get_by_label(said(page, choice), exact=True).check()


def tell_who(page: Page) -> None:
    open_task(page, "Who you are")
    page.get_by_label(said(page, "Given names")).fill("Zuri Atieno")
    page.get_by_label(said(page, "Family name")).fill("Odhiambo")
    page.get_by_label(said(page, "Date of birth")).fill("1996-08-09")
    choose(page, "Identity document", "National identity card")
    page.get_by_label(said(page, "Number of the document")).fill("29876543")
    page.get_by_label(said(page, "Phone")).fill("0712 345 678")
    save(page)


def tell_where(page: Page) -> None:
    open_task(page, "Where you live")
    page.get_by_label(said(page, "Street and house")).fill("Ngong Road 12")
    page.get_by_label(said(page, "Town")).fill("Nairobi")
    save(page)


def tell_the_rest(page: Page, paper: str) -> None:
    open_task(page, "Tax")
    page.get_by_label(said(page, "Tax number (in Kenya the KRA PIN)")).fill("a123456789b")
    choose(page, "Are you a citizen or tax resident of the United States?", "No")
    choose(page, "Are you resident for tax in another country too?", "No")
    save(page)
    open_task(page, "Work and source of funds")
    page.get_by_label(said(page, "What describes you best?")).select_option(said(page, "Self-employed"))
    page.get_by_label(said(page, "Occupation")).fill("Tailor")
    page.get_by_label(said(page, "Where will most of the money come from?")).select_option(
        said(page, "Income of a business")
    )
    choose(page, "Income", "Up to KES 50,000 a month")
    choose(page, "Do you, or somebody close to you, hold high public office?", "No")
    save(page)
    hand_in(page, paper, "Identity document", "Proof of address")
    choose_account(page, "Umoja Savings")


def hand_in(page: Page, paper: str, *purposes: str) -> None:
    open_task(page, "Documents")
    for purpose in purposes:
        page.get_by_label(said(page, "What is it?")).select_option(said(page, purpose))
        page.get_by_label(said(page, "File"), exact=True).set_input_files(paper)
        page.get_by_role("button", name=said(page, "Add the document")).click()
        expect(page.get_by_role("link", name=said(page, purpose))).to_be_visible()
    page.get_by_role("link", name=said(page, "Back to the tasks")).click()


def choose_account(page: Page, name: str) -> None:
    open_task(page, "Account")
    page.get_by_role("radio", name=name).check()
    save(page)
    open_task(page, "Agreement")
    page.get_by_label(said(page, "I have read the agreement and accept it")).check()
    save(page)


def send(page: Page) -> None:
    page.get_by_role("link", name=said(page, "Check your answers")).click()
    page.get_by_role("button", name=said(page, "Send the application")).click()
    expect(page.get_by_text(said(page, "With the bank"))).to_be_visible()


def staff_sign_in(visit: Visit, user: User) -> Page:
    page = visit("/admin/onboarding/application/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Applications")
    go_on_duty(page)
    return page


def go_on_duty(page: Page) -> None:
    """From the queue, which says that staff may only look, and back to it with the right to change."""
    expect(page.get_by_text("You may look. To change something")).to_be_visible()
    page.get_by_role("link", name="Open a staff session").click()
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What is it for?").fill("Reviewing applications")
    page.get_by_role("button", name="Open the session").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Applications")
    expect(page.get_by_text("You may change things until")).to_be_visible()


def check_and_recommend(page: Page, button: str = "Recommend approval") -> None:
    """The first member of staff, from the queue."""
    page.get_by_role("link", name=re.compile("^APP-")).first.click()
    page.get_by_role("button", name="Take this application").click()
    for box in page.locator("input[name=item]").all():
        box.check()
    page.get_by_role("button", name="Save the checklist").click()
    page.locator("#recommend-reason").fill(REASON)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Somebody else decides it.")).to_be_visible()


def decide(page: Page, button: str) -> None:
    """The second one."""
    page.get_by_role("link", name=re.compile("^APP-")).first.click()
    page.locator("#decide-reason").fill(REASON)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text("Decided. The applicant is told.")).to_be_visible()


def approve_at_the_desk(desk: Desk) -> Application:
    application = Application.objects.get(state=State.SUBMITTED)
    services.take(application=application, by=desk.officer)
    services.tick(application=application, items=CHECKLIST[application.kind], by=desk.officer)
    services.recommend(application=application, approve=True, reason=REASON, by=desk.officer)
    return services.decide(application=application, approve=True, reason=REASON, by=desk.second)


def test_a_stranger_opens_an_account_and_banks(desk: Desk, visit: Visit, paper: str) -> None:
    page = visit("/")
    page.get_by_role("link", name="Open an account").first.click()
    register(page)
    tell_who(page)
    tell_where(page)
    tell_the_rest(page, paper)
    send(page)
    check_and_recommend(staff_sign_in(visit, desk.officer))
    decide(staff_sign_in(visit, desk.second), "Approve")
    page.reload()
    customer = Customer.objects.get()
    expect(page.get_by_text(customer.cif)).to_be_visible()
    page.get_by_role("link", name="Open my accounts").click()
    expect(page).to_have_url(re.compile("/personal/$"))
    expect(page.get_by_text("Umoja Savings").first).to_be_visible()
    mail.outbox.clear()
    outbox.deliver_due()
    welcome = next(one for one in mail.outbox if "Welcome" in one.subject)
    assert welcome.to == [ZURI]
    assert customer.cif in welcome.body


@pytest.mark.parametrize("kind", [Kind.PERSONAL, Kind.CORPORATE])
def test_a_rejection_opens_nothing(desk: Desk, visit: Visit, kind: Kind) -> None:
    application = desks.submitted(desk, kind)
    check_and_recommend(staff_sign_in(visit, desk.officer), "Recommend rejection")
    decide(staff_sign_in(visit, desk.second), "Reject")
    application.refresh_from_db()
    assert application.state == State.REJECTED
    assert not Customer.objects.exists()


def test_it_goes_on_on_another_device_and_after_more_was_asked(desk: Desk, visit: Visit, paper: str) -> None:
    first = visit("/open-account/")
    register(first)
    tell_who(first)
    second = visit("/open-account/", viewport=PHONE, has_touch=True, is_mobile=True)
    second.get_by_role("link", name="Sign in and go on").click()
    second.get_by_label("E-mail address").fill(ZURI)
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("button", name="Sign in").click()
    second.get_by_label("Code").fill(mailed_code())
    second.get_by_role("button", name="Go on").click()
    second.get_by_role("link", name="Zuri Atieno Odhiambo").click()
    expect(second.get_by_text("1 of 7")).to_be_visible()
    tell_where(second)
    tell_the_rest(second, paper)
    send(second)
    assert not second.evaluate("document.documentElement.scrollWidth > innerWidth")
    staff = staff_sign_in(visit, desk.officer)
    staff.get_by_role("link", name=re.compile("^APP-")).click()
    staff.get_by_role("button", name="Take this application").click()
    staff.get_by_role("group", name="Which tasks").get_by_label("Where you live").check()
    staff.locator("#more-reason").fill("The bill shows another street.")
    staff.get_by_role("button", name="Ask for it").click()
    first.reload()
    expect(first.get_by_text("The bill shows another street.")).to_be_visible()
    expect(first.get_by_text("Please answer again")).to_be_visible()
    open_task(first, "Where you live")
    first.get_by_label("Street and house").fill("Kenyatta Avenue 3")
    save(first)
    send(first)
    assert approve_at_the_desk(desk).customer is not None


def test_the_same_without_script(desk: Desk, visit: Visit, paper: str) -> None:
    page = visit("/open-account/", java_script_enabled=False)
    register(page)
    open_task(page, "Who you are")
    page.get_by_label("Given names").fill("=cmd()")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Begin with a letter or a digit")
    page.get_by_role("link", name="All tasks").click()
    tell_who(page)
    tell_where(page)
    tell_the_rest(page, paper)
    send(page)
    approve_at_the_desk(desk)
    page.reload()
    expect(page.get_by_text("Welcome. Your customer number")).to_be_visible()


def test_in_swahili(desk: Desk, visit: Visit, paper: str) -> None:
    """From the first page to the account; mails and refusals speak Swahili too."""
    page = visit("/open-account/", viewport=PHONE, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Kiswahili").click()
    page.get_by_role("link", name="Fungua akaunti binafsi").click()
    page.go_back()
    register(page)
    page.get_by_role("link", name="Unapoishi").click()
    page.get_by_role("button", name="Hifadhi uendelee").click()
    expect(page.get_by_role("alert")).to_contain_text("Andika mji au kijiji.")
    page.get_by_role("link", name=said(page, "All tasks")).click()
    tell_who(page)
    tell_where(page)
    tell_the_rest(page, paper)
    send(page)
    assert User.objects.get(email=ZURI).language == "sw"
    customer = approve_at_the_desk(desk).customer
    assert customer is not None
    page.reload()
    expect(page.get_by_text(customer.cif)).to_be_visible()
    mail.outbox.clear()
    outbox.deliver_due()
    assert any("Karibu" in str(one.subject) for one in mail.outbox if one.to == [ZURI])


def test_a_company_with_two_owners_one_of_whom_is_invited(desk: Desk, visit: Visit, paper: str) -> None:
    page = visit("/open-account/")
    register(page, "Open a business account")
    open_task(page, "The organisation")
    page.get_by_label("Registered name").fill("Zuri Tailors Ltd")
    page.get_by_label("Registration number").fill("pvt-4711")
    page.get_by_label("Registered on").fill("2020-02-03")
    page.get_by_label("Legal form").select_option("Private limited company")
    page.get_by_label("What the organisation does").select_option("Manufacturing")
    choose(page, "Turnover", "Up to KES 5 million a year")
    page.get_by_label("Tax number (in Kenya the KRA PIN)").fill("P123456789B")
    save(page)
    open_task(page, "Registered office")
    page.get_by_label("Street and house").fill("River Road 8")
    page.get_by_label("Town").fill("Nairobi")
    page.get_by_label("Phone").fill("0712 345 678")
    page.get_by_label("E-mail address").fill("office@zuri.test")
    save(page)
    open_task(page, "Directors and owners")
    name_owner(page, "Zuri Odhiambo", "29876543", "60", ZURI)
    expect(page.get_by_text("At least")).to_be_visible()
    name_owner(page, "Tumaini Oloo", "28765432", "40", "tumaini@example.test")
    expect(page.get_by_text("100 % of the shares are named.")).to_be_visible()
    page.get_by_role("link", name="Back to the tasks").click()
    open_task(page, "Who signs, and how")
    choose(page, "How does the organisation sign?", "Each signatory alone")
    save(page)
    hand_in(page, paper, "Certificate of registration", "Register of directors and owners")
    choose_account(page, "Umoja Current")
    send(page)
    customer = approve_at_the_desk(desk).customer
    assert customer is not None
    assert Account.objects.get(customer=customer).product.code == "CURRENT"
    mail.outbox.clear()
    outbox.deliver_due()
    invitation = next(one for one in mail.outbox if one.to == ["tumaini@example.test"])
    found = re.search(r"/open-account/invitation/\S+", str(invitation.body))
    assert found
    other = visit(found[0])
    other.get_by_label("Your full name").fill("Tumaini Oloo")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Accept").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Zuri Tailors Ltd")
    page.goto(f"/sme/{customer.cif}/people/")
    expect(page.get_by_text("tumaini@example.test")).to_be_visible()


def name_owner(page: Page, name: str, number: str, share: str, email: str) -> None:
    page.get_by_role("link", name="Add somebody").click()
    choose(page, "What are they to the organisation?", "Director and owner")
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Date of birth").fill("1990-01-02")
    page.get_by_label("Number of the document").fill(number)
    page.get_by_label("Share in per cent").fill(share)
    choose(page, "Do they, or somebody close to them, hold high public office?", "No")
    choose(page, "Do they sign for the organisation?", "Yes")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_an_owner_invites_a_bookkeeper_and_takes_it_back(desk: Desk, visit: Visit) -> None:
    desk.zawadi.set_password(PASSWORD)
    desk.zawadi.save()
    customer = desks.approved(desk, desks.Kind.SME).customer
    assert customer is not None
    page = visit(f"/sme/{customer.cif}/people/")
    page.get_by_label("E-mail address").fill(desk.zawadi.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill("books@example.test")
    page.get_by_label("Look only").check()
    page.locator("main form button.button--primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the invitation")
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation is on its way to books@example.test.")).to_be_visible()
    page.get_by_role("button", name="Revoke books@example.test").click()
    expect(page.get_by_text("The invitation to books@example.test is revoked.")).to_be_visible()
