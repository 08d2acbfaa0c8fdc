"""The steps journeys are made of, as a person takes them: by what is written on the page."""

from playwright.sync_api import Page, expect

from bank.identity.models import User
from tests.identity import mailed_code
from tests.portals.town import PASSWORD, Town


def sign_in(page: Page, user: User) -> None:
    """With password and the code that came by mail; ends at the user's own door."""
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def pay_brian(page: Page, town: Town, amount: str = "1,250") -> None:
    """From the payments page to the receipt, checking what each page says on the way."""
    go_to_check(page, town, amount)
    page.get_by_label("Code sent to").fill(mailed_code())
    page.get_by_role("button", name="Send KES 1,250.00").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sent to {town.brian.name}")


def pay_brian_with(page: Page, town: Town, button: str) -> None:
    """The same, with what this button of the last page does instead of a code."""
    page.goto("/personal/payments/")
    go_to_check(page, town, "1,250")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Sent to {town.brian.name}")


def go_to_check(page: Page, town: Town, amount: str) -> None:
    """To the last page before the payment."""
    page.get_by_role("link", name="Pay someone").first.click()
    page.get_by_label("Name of the account holder").fill(town.brian.name)
    page.get_by_label("Account number").fill(town.brian.number)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("radio", name=town.amina.number[-5:]).check()
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("Message").fill("Rent share")
    page.get_by_role("button", name="Check the payment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before you pay")
    expect(page.get_by_text("Name matches")).to_be_visible()
    expect(page.get_by_text("First payment to this account")).to_be_visible()
