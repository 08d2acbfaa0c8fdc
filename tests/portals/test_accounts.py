"""Home, the account page with its filters and its file, details, and what one line says."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import services as accounts
from bank.interest import eod
from bank.kernel.money import Money
from bank.runtime.steps import Day
from tests.portals.town import Resident, Town, browser

AMOUNTS = [f"{n}.00" for n in range(1, 61)]


def account_page(who: Resident, query: str = "") -> str:
    return f"/personal/accounts/{who.number}/{query}"


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


@pytest.fixture
def busy(town: Town) -> Town:
    """Sixty lines more than the opening one, so that there are two pages."""
    ledger.post(
        [
            ledger.transfer(
                key=f"gift:{n}", debit=town.amina.number, credit=town.brian.number,
                amount=Money.of(amount, "KES"), code="INTERNAL_TRANSFER", narrative=f"Gift {n}",
            )
            for n, amount in enumerate(AMOUNTS, 1)
        ]
    )  # fmt: skip
    return town


def test_home_shows_what_i_have_and_what_happened(town: Town, amina: Client, queries) -> None:
    amina.get("/personal/")
    with queries():
        page = html(amina, "/personal/")
    assert "What you have" in page
    assert "50,000" in page
    assert "Cash deposit" in page
    assert "Add an authenticator app" in page
    assert town.brian.name not in page


def test_who_has_no_account_is_told_how_to_get_one(town: Town) -> None:
    page = html(browser(town.bookkeeper), "/personal/")
    assert "You have no account here yet" in page
    assert "Open the portal of companies" in page


def test_every_line_has_its_running_balance(busy: Town, amina: Client, queries) -> None:
    amina.get(account_page(busy.amina))
    with queries():
        page = html(amina, account_page(busy.amina))
    balance = 50_000
    for n in range(60, 10, -1):
        assert f"Gift {n}" in page
    for amount in AMOUNTS:
        balance -= int(float(amount))
    assert f"{balance:,}.00" in page


def test_pages_lead_to_older_lines_and_back(busy: Town, amina: Client, queries) -> None:
    first = amina.get(account_page(busy.amina)).context["activity"]
    assert len(first.lines) == 50
    assert not first.newer
    with queries():
        second = amina.get(first.older).context["activity"]
    assert [line.version for line in second.lines] == list(range(11, 0, -1))
    assert not second.older
    again = amina.get(second.newer).context["activity"]
    assert [line.version for line in again.lines] == [line.version for line in first.lines]


@pytest.mark.parametrize(
    ("query", "count", "money_in", "money_out"),
    [
        ("", 61, "50000.00", "-1830.00"),
        ("?text=gift", 60, "0.00", "-1830.00"),
        ("?text=gift+37", 1, "0.00", "-37.00"),
        ("?direction=IN", 1, "50000.00", "0.00"),
        ("?direction=OUT&text=langat", 60, "0.00", "-1830.00"),
        ("?text=nowhere", 0, "0.00", "0.00"),
        ("?since=2999-01-01", 0, "0.00", "0.00"),
    ],
)
def test_the_selection_is_counted_and_summed(
    busy: Town, amina: Client, query: str, count: int, money_in: str, money_out: str
) -> None:
    sums = amina.get(account_page(busy.amina, query)).context["activity"].sums
    assert (sums.count, str(sums.money_in.amount), str(sums.money_out.amount)) == (count, money_in, money_out)


def test_a_search_pages_too(busy: Town, amina: Client) -> None:
    first = amina.get(account_page(busy.amina, "?text=gift")).context["activity"]
    second = amina.get(first.older).context["activity"]
    assert [len(first.lines), len(second.lines)] == [50, 10]
    assert amina.get(second.newer).context["activity"].lines == first.lines


def test_the_export_is_the_selection(busy: Town, amina: Client) -> None:
    shown = amina.get(account_page(busy.amina, "?text=gift&direction=OUT")).context["activity"]
    answer = amina.get(shown.export)
    assert answer["Content-Disposition"] == f'attachment; filename="activity-{busy.amina.number}.csv"'
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert len(rows) - 1 == shown.sums.count
    assert [row[2] for row in rows[1:4]] == ["Gift 60", "Gift 59", "Gift 58"]
    assert sum(Money.of(row[6], "KES").minor for row in rows[1:]) == shown.sums.money_out.minor


def test_50_the_export_holds_no_formula(town: Town, amina: Client) -> None:
    """SECURITY 50: a message that begins like a formula is text in a spreadsheet."""
    ledger.post(
        ledger.transfer(
            key="formula", debit=town.brian.number, credit=town.amina.number, amount=Money.of("1", "KES"),
            code="INTERNAL_TRANSFER", narrative='=HYPERLINK("http://evil.example")',
        )
    )  # fmt: skip
    text = amina.get(f"/personal/accounts/{town.amina.number}/activity.csv").getvalue().decode()
    assert ",\"'=HYPERLINK" in text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?since=2026-11-20&until=2026-11-01", "must not be before"),
        ("?since=yesterday", "Enter a day"),
        ("?direction=SIDEWAYS", "not one of the available choices"),
        ("?text=" + "x" * 81, "at most 80"),
        ("?before=-1", "Cash deposit"),
        ("?before=1e99&after='--", "Cash deposit"),
    ],
)
def test_45_filters_that_cannot_be_read(town: Town, amina: Client, query: str, says: str) -> None:
    """SECURITY 45: said, and otherwise without effect."""
    assert says in html(amina, account_page(town.amina, query))


def test_holds_are_shown_as_pending(town: Town, amina: Client) -> None:
    hold = {"account": town.amina.number, "amount": Money.of("42.80", "KES"), "narrative": "Rail and Coach"}
    ledger.place_hold(key="hold", **hold)
    page = html(amina, account_page(town.amina))
    assert "Not yet booked" in page
    assert "Rail and Coach" in page
    assert "KES 42.80 on hold" in page
    assert "49,957" in page
    assert "Rail and Coach" not in html(amina, account_page(town.amina, "?text=cash"))


def test_one_line_in_full(town: Town, amina: Client, brian: Client) -> None:
    place = f"/personal/lines/{town.amina.number}-1/"
    page = html(amina, place)
    for said in ("Cash deposit", "CASH_DEPOSIT", "KES 50,000.00", "Value date"):
        assert said in page
    for other in (
        place.replace("-1/", "-2/"),
        place.replace("-1/", "-x/"),
        place.replace("-1/", "/"),
        "/personal/lines/-/",
    ):
        assert amina.get(other).status_code == 404
    assert brian.get(place).status_code == 404


@pytest.mark.parametrize("page", ["", "details/", "activity.csv"])
def test_an_account_is_its_owners(town: Town, brian: Client, client: Client, page: str) -> None:
    """Another's account and one that does not exist are the same 404."""
    address = account_page(town.amina) + page
    nobodys = f"/personal/accounts/{numbering.account_number('001', 999_999_999)}/{page}"
    assert brian.get(address).status_code == 404
    assert brian.get(nobodys).status_code == 404
    assert brian.get(f"/personal/accounts/{town.firm.number}/{page}").status_code == 404
    assert client.get(address).status_code == 302
    assert brian.post(address).status_code == 405


def test_details_are_what_a_payer_needs(town: Town, amina: Client) -> None:
    page = html(amina, account_page(town.amina) + "details/")
    for said in (town.amina.name, "UMOJKENA", "Umoja Current", f'data-copy="{town.amina.number}"'):
        assert said in page


def test_a_frozen_account_says_so_and_offers_no_payment(town: Town, amina: Client) -> None:
    accounts.freeze(account=town.amina.accounts[0], scope="DEBIT", reason="Court order")
    page = html(amina, account_page(town.amina))
    assert "No money can leave this account" in page
    assert "Court order" not in page
    assert "/personal/pay/?from=" not in page
    assert "is restricted" in html(amina, "/personal/")


def test_days_are_the_books_days(busy: Town, amina: Client) -> None:
    today = ledger.business_date()
    tomorrow = today + timedelta(days=1)
    both = amina.get(account_page(busy.amina, f"?since={today}&until={today}")).context["activity"].sums
    none = amina.get(account_page(busy.amina, f"?since={tomorrow}")).context["activity"].sums
    assert (both.count, none.count) == (61, 0)


def test_14_nothing_private_is_stored(town: Town, amina: Client) -> None:
    """SECURITY 14: neither by the browser nor on the way."""
    for address in ("/personal/", account_page(town.amina), account_page(town.amina) + "activity.csv"):
        assert "no-store" in amina.get(address)["Cache-Control"]


def test_39_the_policy_forbids_inline_scripts_and_styles(town: Town, amina: Client) -> None:
    """SECURITY 39: strict policy, and pages that need nothing it forbids."""
    answer = amina.get("/personal/")
    policy = answer["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert " style=" not in answer.content.decode()
    assert "onclick" not in answer.content.decode()


def test_a_savings_account_says_what_it_has_earned(town: Town, amina: Client, queries) -> None:
    savings = town.amina.accounts[1]
    cash = ledger.gl("CASH", "KES")
    ledger.post(
        ledger.transfer(
            key="saved", debit=cash, credit=savings.number, amount=Money.of("73000", "KES"), code="CASH"
        )
    )
    today = ledger.business_date()
    eod.accrue(Day(today, today + timedelta(days=1)), "")
    with queries():
        page = html(amina, f"/personal/accounts/{savings.number}/")
    assert "Interest earned since" in page
    assert "at 3.50% a year" in page
    assert "not paid yet: KES 7.00" in page.replace("\u00a0", " ")
    assert "Interest earned" not in html(amina, account_page(town.amina))
