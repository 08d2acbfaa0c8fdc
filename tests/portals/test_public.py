"""The public site, and the door that sends everyone to their own."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from bank import ledger
from bank.cases.models import Case
from bank.identity import services as identity
from bank.places import services as places
from bank.products import services as products
from bank.products.models import Product
from bank.products.rules import FeeEvent, FeeKind, FeeTerms, TermPrice
from bank.web import status
from bank.web.models import ServiceDay
from portals.public.views.contact import MOST_AN_HOUR
from portals.public.views.wellknown import PAGES
from tests.portals import town as streets
from tests.portals.town import Town


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def site(town: Town, client: Client) -> Client:
    places.seed_places()
    cache.clear()
    return client


# --- the front page and what all pages share


def test_the_front_page_shows_products_with_rates_and_prices(site: Client) -> None:
    page = text(site.get("/"))
    for said in ("Umoja Savings", "4.50%", "12.00%", "Transfer within the bank", "at most KES 100.00"):
        assert said in page
    for door in ("/personal/", "/corporate/", reverse("identity:sign_in")):
        assert f'href="{door}"' in page


def test_the_front_page_is_small_and_quick(site: Client, django_assert_max_num_queries) -> None:
    site.get("/")
    with django_assert_max_num_queries(10):
        page = site.get("/")
    assert len(page.content) < 32_000
    assert "<script" not in page.content.decode()


def test_a_bank_without_a_catalogue_says_so(db: None, client: Client) -> None:
    ledger.open_books(on=date(2026, 1, 1))
    assert "The catalogue is being set" in text(client.get("/"))
    for tool in ("loan", "savings", "fixed-deposit", "recurring-deposit"):
        assert client.get(f"/calculators/{tool}/").status_code == 404


def addresses() -> list[str]:
    return [reverse(f"public:{name}") for name in PAGES]


@pytest.mark.parametrize("language", ["en", "sw"])
def test_every_page_describes_itself_in_every_language(site: Client, language: str, queries) -> None:
    for address in [*addresses(), "/products/savings/", "/products/mortgage/", "/places/kisumu/"]:
        with queries():
            answer = site.get(address, {"language": language})
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert f'<html lang="{language}"' in page, address
        assert answer.headers["Content-Language"] == language
        assert re.search(r'name="description" content="[^"]{20,}"', page), address
        assert f'<link rel="canonical" href="{settings.PUBLIC_URL}{address}">' in page
        for other in ("en", "sw", "x-default"):
            assert f'hreflang="{other}"' in page, address
        assert "<script" not in page


def test_an_unknown_language_changes_nothing(site: Client) -> None:
    assert '<html lang="en"' in site.get("/?language=%22%3E").content.decode()


# --- products


def test_products_stand_under_what_they_are_for(site: Client) -> None:
    page = text(site.get("/products/"))
    assert page.index("Every day") < page.index("Save") < page.index("Borrow") < page.index("For companies")
    assert page.index("For companies") < page.index("Business Term Loan")


def test_a_product_page_tells_terms_costs_and_history(site: Client) -> None:
    product = Product.objects.get(code="FIXED")
    day = ledger.business_date()
    for since, rate in ((day - timedelta(days=3650), "7"), (day + timedelta(days=10), "13")):
        price = TermPrice(12, Decimal(50_000), Decimal(rate))
        products.publish_deposit(product=product, effective_from=since, currency="KES", rates=[price])
    page = text(site.get("/products/fixed/"))
    assert "KES 17,000.00" in page, "200,000 for a year at 10 per cent, less 15 per cent of tax"
    assert page.index("1 year: 13.00%") < page.index("1 year: 10.00%") < page.index("1 year: 7.00%")
    assert page.count("Announced") == 1
    assert "31 Dec 2019" in page


def test_a_loan_page_shows_the_whole_cost(site: Client) -> None:
    page = text(site.get("/products/personal_loan/"))
    assert "KES 250,000.00 over 30 months at 15.00% a year" in page
    assert "Effective yearly rate, fee included" in page


def test_an_account_page_reckons_a_year_with_duty(site: Client) -> None:
    page = text(site.get("/products/current/"))
    assert "57.50" in page
    assert "KES 3,008.40" in page


@pytest.mark.parametrize("path", ["/products/nothing/", "/places/nowhere/"])
def test_what_there_is_not_is_not_found(site: Client, path: str) -> None:
    assert site.get(path).status_code == 404


def test_products_stand_side_by_side_by_their_address(site: Client) -> None:
    page = text(site.get("/products/compare/?product=SAVINGS&product=mortgage&product=%3Cscript%3E"))
    assert "Up to 4.50% a year" in page
    assert "13.50% a year" in page
    assert page.count(" checked>") == 2
    assert "&lt;script" not in page
    many = "&".join(f"product={one.code}" for one in Product.objects.all())
    assert "Only 4 products stand side by side" in text(site.get(f"/products/compare/?{many}"))
    assert "Nothing chosen yet" in text(site.get("/products/compare/"))


def test_the_fees_page_lists_every_rate_and_every_price(site: Client) -> None:
    page = text(site.get("/fees/"))
    for said in ("International transfer", "From a balance of", "KES 11.00 to KES 315.00, by amount"):
        assert said in page
    assert "Excise duty of 15.00%" in page


def test_prices_of_another_day_are_those_that_held_then(site: Client) -> None:
    day = ledger.business_date() + timedelta(days=30)
    products.set_fee(
        event=FeeEvent.RTGS,
        terms=FeeTerms(FeeKind.FLAT, "KES", flat=Decimal(175)),
        income_role="FEE_INCOME",
        effective_from=day,
    )
    assert "KES 175.00" not in text(site.get("/fees/"))
    page = text(site.get("/fees/", {"on": day.isoformat()}))
    assert "KES 175.00" in page
    assert f'href="?on={day.isoformat()}"' in page
    assert "Nothing was published for this day" in text(site.get("/fees/?on=2001-02-03"))
    assert "Enter a day" in text(site.get("/fees/?on=yesterday"))


# --- calculators


def test_the_loan_calculator_shows_plan_plot_and_table(site: Client) -> None:
    page = text(site.get("/calculators/loan/?product=PERSONAL_LOAN&amount=250%2C000&months=36"))
    for said in ("8,666", "KES 61,987.96", "KES 6,250.00", "18.16%", "<svg", "Every instalment"):
        assert said in page


def test_every_loan_has_an_example_within_its_bounds(site: Client) -> None:
    for code in Product.objects.filter(kind="LOAN").values_list("code", flat=True):
        page = text(site.get("/calculators/loan/", {"product": code}))
        assert "You pay in all" in page, code


def test_the_deposit_calculators_show_the_tax(site: Client) -> None:
    fixed = text(site.get("/calculators/fixed-deposit/?amount=100000&months=12"))
    assert "−KES 1,500.00" in fixed
    assert "KES 8,500.00" in fixed
    recurring = text(site.get("/calculators/recurring-deposit/?amount=5000&months=24"))
    assert "KES 120,000.00" in recurring
    savings = text(site.get("/calculators/savings/?opening=1000000&monthly=0&months=12"))
    assert "Withholding tax of 15.00%" in savings


BAD = [
    ("loan", {"amount": "a lot"}, "Write the amount in digits"),
    ("loan", {"amount": "-5"}, "without a plus or minus"),
    ("loan", {"amount": "0"}, "above zero"),
    ("loan", {"amount": "9999999"}, "This loan is given from KES 5,000.00 to KES 500,000.00."),
    ("loan", {"months": "61"}, "repaid over 3 to 60 months"),
    ("loan", {"months": "many"}, "number of months in digits"),
    ("loan", {"months": "9" * 5000}, "number of months in digits"),
    ("loan", {"product": "GOLD"}, "one of the loans in the list"),
    ("loan", {"amount": "1e9"}, "Write the amount in digits"),
    ("savings", {"opening": "0", "monthly": "0"}, "a sum to begin with"),
    ("savings", {"months": "481"}, "at most 480 months"),
    ("savings", {"opening": "9" * 30}, "too large"),
    ("savings", {"opening": "1000000000001"}, "at most KES 1,000,000,000,000.00"),
    ("fixed-deposit", {"amount": "10", "months": "12"}, "the smallest sum is KES 50,000.00"),
    ("fixed-deposit", {"months": "13"}, "one of the terms in the list"),
    ("recurring-deposit", {"amount": "NaN"}, "Write the amount in digits"),
]


@pytest.mark.parametrize(("tool", "asked", "said"), BAD)
def test_what_cannot_be_reckoned_is_said_and_shown_again(
    site: Client, tool: str, asked: dict[str, str], said: str
) -> None:
    answer = site.get(f"/calculators/{tool}/", asked)
    page = text(answer)
    assert answer.status_code == 200
    assert said in page
    assert "There is something to correct" in page
    assert 'class="plot"' not in page


def test_the_longest_calculation_is_quick_enough_to_be_asked_by_anybody(site: Client) -> None:
    page = site.get("/calculators/savings/?opening=1&monthly=1&months=480")
    assert page.status_code == 200
    assert len(page.content) < 200_000


# --- places


def test_places_are_found_and_sorted_by_distance(site: Client) -> None:
    page = text(site.get("/places/?near=Mombasa&kind=BRANCH"))
    assert page.index(">Moi Avenue<") < page.index(">Malindi</a>") < page.index(">Kakamega</a>")
    assert " km</b>" in page


def test_a_town_without_a_place_shows_the_nearest(site: Client) -> None:
    page = text(site.get("/places/?q=maralal"))
    assert "We have nothing in Maralal yet" in page
    assert "Nanyuki" in page
    assert "No place with that name" in text(site.get("/places/?q=Atlantis"))


def test_a_place_has_a_page_with_its_hours(site: Client) -> None:
    page = text(site.get("/places/kisumu/?near=Nakuru"))
    for said in (
        "Oginga Odinga Street",
        "8:30",
        "km from Nakuru",
        "geo:-0.10220,34.75030",
        "+254 57 555 0100",
    ):
        assert said in page
    assert "Day and night" in text(site.get("/places/atm-voi/"))


# --- contact


GOOD = {
    "kind": "COMPLAINT", "name": "Asha Njeri", "email": "asha@example.test",
    "subject": "A fee I do not know", "text": "On Friday I paid a fee twice.", "website": "",
}  # fmt: skip


def test_a_message_becomes_a_case_and_the_sender_gets_its_reference(site: Client) -> None:
    answer = site.post("/contact/", GOOD)
    case = Case.objects.get()
    assert (case.kind, case.contact_email, case.customer) == ("COMPLAINT", "asha@example.test", None)
    assert answer.headers["Location"] == "/contact/sent/"
    assert case.reference in text(site.get("/contact/sent/"))
    assert Client().get("/contact/sent/").headers["Location"] == "/contact/"


def test_what_fills_in_everything_gets_a_page_and_no_case(site: Client) -> None:
    answer = site.post("/contact/", GOOD | {"website": "https://spam.example"})
    assert answer.headers["Location"] == "/contact/sent/"
    assert "CASE-" in text(site.get("/contact/sent/"))
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter your name"),
        ({"email": "asha"}, "name@example.com"),
        ({"kind": "MONEY"}, "Select a valid choice"),
        ({"text": "\u200b\u200b"}, "There is something to correct"),
        ({"subject": "x" * 141}, "140"),
        ({"text": "a\x00b"}, "Null characters"),
    ],
)
def test_what_nobody_could_answer_is_refused(site: Client, wrong: dict[str, str], said: str) -> None:
    answer = site.post("/contact/", GOOD | wrong)
    assert answer.status_code in {400, 422}
    assert said in text(answer)
    assert not Case.objects.exists()


def test_a_flood_of_messages_is_stopped(site: Client) -> None:
    statuses = [site.post("/contact/", GOOD).status_code for _ in range(MOST_AN_HOUR + 2)]
    assert statuses == [302] * MOST_AN_HOUR + [429] * 2
    assert Case.objects.count() == MOST_AN_HOUR


# --- status


def test_the_status_page_shows_now_and_the_days_before(site: Client) -> None:
    day = status._today()
    ServiceDay.objects.create(service="sign-in", day=day - timedelta(days=3), samples=1440, failures=144)
    states = status.sample()
    assert states["accounts"]
    page = text(site.get("/status/"))
    assert "Something does not work" in page, "no worker runs beside this test"
    assert "10.00%" in page
    assert page.count("<rect") == 4 * status.DAYS


def test_looking_twice_counts_twice_and_old_days_go(db: None) -> None:
    old = status._today() - timedelta(days=status.KEPT_DAYS + 1)
    ServiceDay.objects.create(service="accounts", day=old, samples=1)
    status.sample()
    status.sample()
    row = ServiceDay.objects.get(service="accounts")
    assert (row.samples, row.failures) == (2, 0)


# --- for machines


def test_machines_are_told_what_there_is_and_what_is_private(site: Client) -> None:
    robots = site.get("/robots.txt").content.decode()
    assert "Disallow: /personal/" in robots
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in robots
    plan = site.get("/sitemap.xml").content.decode()
    for path in ("/", "/products/fixed/", "/places/kisumu/", "/contact/"):
        assert f"<loc>{settings.PUBLIC_URL}{path}</loc>" in plan
    assert "/personal/" not in plan
    for path in re.findall(r"<loc>[a-z]+://[^/]+(/[^<]*)</loc>", plan):
        assert site.get(path).status_code == 200, path


def test_security_txt_names_whom_to_tell_and_until_when(site: Client) -> None:
    with override_settings(PUBLIC_URL="https://bank.example"):
        lines = site.get("/.well-known/security.txt", HTTP_HOST="127.0.0.1").content.decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields["Canonical"] == "https://bank.example/.well-known/security.txt"
    assert lines[0].startswith("Contact: mailto:")
    expires = date.fromisoformat(fields["Expires"][:10])
    assert timedelta(days=90) < expires - status._today() < timedelta(days=365)


# --- doors and language


def test_everyone_comes_to_their_own_door(town: Town, client: Client) -> None:
    staff = identity.create_user(email="staff@example.test", full_name="Halima", password=None, is_staff=True)
    doors = {
        town.amina.user: "/personal/",
        town.firm.user: "/corporate/",
        town.bookkeeper: "/corporate/",
        staff: "/admin/",
    }
    for user, door in doors.items():
        assert streets.browser(user).get("/home/").headers["Location"] == door
    assert client.get("/home/").headers["Location"].startswith(reverse("identity:sign_in"))


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_language_switch_leads_nowhere_else(town: Town, client: Client, target: str) -> None:
    answer = client.post("/language/", {"language": "sw", "next": target})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


def test_the_language_stays(town: Town, client: Client) -> None:
    client.post("/language/", {"language": "sw", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="sw"' in page
    assert "Ingia" in page
    assert client.get("/language/?language=en").status_code == 302
    assert '<html lang="sw"' in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/sign-in/", "/no-such-page/"])
def test_pages_outside_the_portals_change_language_too(db: None, path: str) -> None:
    browser = Client()
    assert 'value="sw"' in browser.get(path).content.decode()
    browser.post("/language/", {"language": "sw", "next": path})
    assert 'lang="sw"' in browser.get(path).content.decode()
