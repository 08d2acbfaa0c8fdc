"""The teller's pages as a browser without script uses them."""

import re
from typing import Any

import pytest
from django.test import Client

from bank import ledger
from bank.accounts.models import Account
from bank.counter.models import DrawerSession, Slip
from bank.counter.rules import Move
from bank.workflows.models import Command
from tests.accounts.conftest import books_untouched, kes
from tests.counter.conftest import Counter
from tests.identity import open_browser
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db
DESK = "/admin/counter/drawersession/desk/"


def browser(user: Any, *, on_duty: bool = True) -> Client:
    client = Client()
    open_browser(client, user, on_duty=on_duty)
    return client


def hidden(page: str) -> dict[str, str]:
    """The hidden answers a page sends along."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def html(answer: Any) -> str:
    return str(answer.content.decode())


def text(page: str) -> str:
    """What stands on a page, without its tags and with plain blanks."""
    return " ".join(re.sub(r"<[^>]+>", "", page).replace("\xa0", " ").split())


def test_a_teller_works_through_the_day(counter: Counter, account: Account) -> None:
    teller = browser(counter.teller)
    home = html(teller.get(DESK))
    assert "Drawer HQ-1" in home
    assert "KES 100,000.00" in text(home)
    blank = html(teller.get(f"{DESK}cash/withdrawal/"))
    typed = {
        **hidden(blank),
        "number": account.number,
        "amount": "20,000",
        "paper": "PASSPORT",
        "ending": "77xz",
    }
    with books_untouched():
        checked = html(teller.post(f"{DESK}cash/withdrawal/", typed | {"do": "check"}))
        assert "Amina Otieno" in checked
        assert "KES 500,000.00" in text(checked)
        assert "Pay out KES 20,000.00" in text(checked)
        kept = html(teller.post(f"{DESK}cash/withdrawal/", hidden(checked) | {"do": "edit"}))
        assert 'value="77xz"' in kept
    for _twice in range(2):
        done = teller.post(f"{DESK}cash/withdrawal/", hidden(checked) | {"do": "confirm"})
        assert done.status_code == 302
    slip = Slip.objects.get(move="WITHDRAWAL")
    receipt = html(teller.get(done["Location"]))
    assert slip.reference in receipt
    assert "…77XZ" in receipt
    assert "Signature" in receipt
    deposit = {
        **hidden(html(teller.get(f"{DESK}cash/deposit/"))),
        "number": account.number,
        "amount": "60000",
    }
    with books_untouched():
        checked = html(teller.post(f"{DESK}cash/deposit/", deposit | {"do": "check"}))
        assert "Above your limit" in checked
        refused = html(teller.post(f"{DESK}cash/deposit/", hidden(checked) | {"do": "confirm", "reason": ""}))
        assert "Say why" in refused
        asked = teller.post(
            f"{DESK}cash/deposit/", hidden(checked) | {"do": "confirm", "reason": "Sold a cow"}
        )
    command = Command.objects.get()
    assert asked["Location"] == DESK
    assert command.reference in html(teller.get(DESK))
    head = browser(counter.head)
    assert "HQ-1" in html(head.get(f"/admin/workflows/command/{command.pk}/change/"))


def test_the_count_is_checked_then_closed(counter: Counter) -> None:
    teller = browser(counter.teller)
    blank = hidden(html(teller.get(f"{DESK}close/")))
    counted = blank | {"note_1000": "99", "note_500": "1", "coins": "450.00"}
    with books_untouched():
        checked = html(teller.post(f"{DESK}close/", counted | {"do": "check"}))
        assert "−KES 50.00" in text(checked)
        assert "Close the drawer" in checked
        assert "Say what is known" in html(teller.post(f"{DESK}close/", counted | {"do": "close"}))
    assert teller.post(f"{DESK}close/", counted | {"do": "close", "reason": "A coin roll"}).status_code == 302
    closed = DrawerSession.objects.get()
    page = html(teller.get(f"/admin/counter/drawersession/{closed.pk}/change/"))
    assert "A coin roll" in page
    assert "KES 99,950.00" in text(page)
    assert teller.get(f"{DESK}close/").status_code == 302
    assert "Open a drawer" in html(teller.get(DESK))


def test_a_drawer_is_opened_and_filled_from_the_vault(counter: Counter) -> None:
    head = browser(counter.head)
    typed = {**hidden(html(head.get(f"{DESK}open/"))), "drawer": "HQ-2"}
    with books_untouched():
        assert "A drawer is opened with" in html(head.post(f"{DESK}open/", typed | {"amount": "5"}))
        assert "Write the amount in digits" in html(head.post(f"{DESK}open/", typed | {"amount": "lots"}))
    for _twice in range(2):
        assert head.post(f"{DESK}open/", typed | {"amount": "20,000"}).status_code == 302
    assert ledger.balance(ledger.gl("TELLER_CASH", "KES")).booked == kes("-120000")
    blank = hidden(html(head.get(f"{DESK}vault/take/")))
    assert head.post(f"{DESK}vault/take/", blank | {"amount": "500"}).status_code == 302
    blank = hidden(html(head.get(f"{DESK}vault/hand-in/")))
    assert head.post(f"{DESK}vault/hand-in/", blank | {"amount": "500"}).status_code == 302
    others = f"/admin/counter/drawersession/{counter.session.pk}/count/"
    assert "Count drawer HQ-1" in html(head.get(others))
    hostile = {"key": "x' OR 1=1", "held": "NaN", "amount": "1e9", "note_1000": "-1", "coins": "=1+1"}
    with books_untouched():
        for page in ("open/", "vault/take/", "close/", "cash/deposit/", "cash/withdrawal/"):
            assert head.post(DESK + page, hostile).status_code == 200


def test_who_may_not_is_turned_away(counter: Counter, account: Account) -> None:
    pages = ("open/", "close/", "cash/deposit/", "cash/withdrawal/", "vault/take/", "vault/hand-in/")
    auditor, officer = browser(employ("auditor", "AUDITOR")), browser(employ("officer", "OFFICER"))
    slip = counter.ask(Move.DEPOSIT, account, "5")
    receipt = f"/admin/counter/slip/{slip.pk}/receipt/"
    assert auditor.get(DESK).status_code == 200
    assert auditor.get(receipt).status_code == 200
    assert officer.get(DESK).status_code == 403
    assert officer.get(receipt).status_code == 403
    for page in pages:
        assert {who.get(DESK + page).status_code for who in (auditor, officer)} == {403}
        assert {who.post(DESK + page).status_code for who in (auditor, officer)} == {403}
    for table in ("drawersession", "slip", "drawer", "cashrule"):
        assert auditor.get(f"/admin/counter/{table}/").status_code == 200
        assert officer.get(f"/admin/counter/{table}/").status_code == 403
    assert browser(counter.teller).get(f"{DESK}cash/loan/").status_code == 404
    assert (
        browser(counter.teller).get(f"/admin/counter/drawersession/{counter.session.pk}/count/").status_code
        == 403
    )
