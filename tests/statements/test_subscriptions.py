"""Statements made by themselves: asked for once a period, delivered once, ended where access ends."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail

from bank import ledger
from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.deposits import selectors as deposit_selectors
from bank.deposits import services as deposits
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.runtime.errors import AddressRefused
from bank.runtime.steps import Day
from bank.statements import eod, errors, rules, selectors, services, tasks
from bank.statements.models import Statement, StatementRun, Subscription
from bank.statements.rules import Frequency
from tests.deposits.conftest import skip_to
from tests.portals.town import browser
from tests.statements.world import Party, World, client, deposit

MONTH_END = Day(date(2026, 10, 30), date(2026, 11, 2))


def subscribe(party: Party, **changes: Any) -> Subscription:
    wanted = {"format": "CSV", "frequency": "DAILY", "channel": "PORTAL"}
    return services.subscribe(user=party.user, account=party.current, **(wanted | changes))


def close_day() -> Day:
    """Rolls the business date and runs the step for the day that closed."""
    closed = ledger.business_date()
    ledger.roll_business_date()
    day = Day(closed, ledger.business_date())
    run_step(day)
    return day


def run_step(day: Day) -> int:
    (step,) = eod.STEPS
    done, cursor = 0, ""
    while True:
        part = step.work(day, cursor)
        done += part.done
        if part.cursor is None:
            return done
        cursor = part.cursor


@contextmanager
def server(status: int = 200) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Somebody's server, and what it was told."""
    heard: list[tuple[dict[str, str], bytes]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/hook?a=1", heard
        finally:
            listening.shutdown()
            thread.join()


def test_when_periods_end() -> None:
    assert rules.period_ends(Frequency.DAILY, MONTH_END.days) == [date(2026, 11, 1)]
    assert rules.period_ends(Frequency.WEEKLY, MONTH_END.days) == [date(2026, 11, 1)]
    assert rules.period_ends(Frequency.MONTHLY, MONTH_END.days) == [date(2026, 10, 31)]
    leap = Day(date(2028, 2, 28), date(2028, 2, 29))
    assert rules.period_ends(Frequency.MONTHLY, leap.days) == []


def test_each_period_is_asked_for_once_and_balances_chain(bank: World) -> None:
    subscription = subscribe(bank.alice, format="JSON")
    first = close_day()
    deposit(bank.alice.current, "7", "later")
    second = close_day()
    assert run_step(first) == run_step(second) == 0
    made = list(Statement.objects.order_by("from_date"))
    assert [(one.from_date, one.to_date, one.number) for one in made] == [
        (first.business_date, first.last, 1),
        (second.business_date, second.last, 2),
    ]
    for one in made:
        services.make_statement(statement_id=one.pk)
    papers = [
        json.loads(services.open_document(user=bank.alice.user, statement_id=one.pk)[1].read())
        for one in made
    ]
    assert papers[0]["closing_balance"] == papers[1]["opening_balance"] == "10000.00"
    assert papers[1]["closing_balance"] == "10007.00"
    assert StatementRun.objects.count() == 2
    subscription.refresh_from_db()
    assert (subscription.issued, subscription.next_from) == (2, second.next_date)


def test_pause_resume_end(bank: World) -> None:
    subscription = subscribe(bank.alice)
    begun = ledger.business_date()
    services.pause_subscription(user=bank.alice.user, subscription=subscription)
    close_day()
    assert not Statement.objects.exists()
    with pytest.raises(errors.SubscriptionOver):
        services.pause_subscription(user=bank.alice.user, subscription=subscription)
    services.resume_subscription(user=bank.alice.user, subscription=subscription)
    day = close_day()
    (made,) = Statement.objects.all()
    assert (made.from_date, made.to_date) == (begun, day.last)
    services.end_subscription(user=bank.alice.user, subscription=subscription)
    with pytest.raises(errors.SubscriptionOver):
        services.resume_subscription(user=bank.alice.user, subscription=subscription)
    actions = set(AuditRecord.objects.values_list("action", flat=True))
    assert {
        "STATEMENTS_SUBSCRIBED",
        "STATEMENTS_SUBSCRIPTION_PAUSED",
        "STATEMENTS_SUBSCRIPTION_ENDED",
    } <= actions


def test_it_ends_with_the_access_of_whoever_subscribed(bank: World) -> None:
    subscription = subscribe(bank.alice)
    cif.revoke_mandate(mandate=Mandate.objects.get(user=bank.alice.user))
    close_day()
    subscription.refresh_from_db()
    assert (subscription.state, Statement.objects.count()) == ("ENDED", 0)
    assert "may no longer see" in subscription.end_reason


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"format": "DOCX"}, errors.UnknownFormat),
        ({"frequency": "HOURLY"}, errors.UnknownSubscription),
        ({"channel": "FAX"}, errors.UnknownSubscription),
        *(
            ({"channel": "WEBHOOK", "target": target}, AddressRefused)
            for target in (
                "", "http://example.com/", "https://127.0.0.1/", "https://[::1]/x", "https://10.1.2.3/",
                "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/", "file:///etc/passwd",
                "https://user:password@example.com/", "https://0.0.0.0/", "https://[64:ff9b::7f00:1]/",
                "https://example.com:0/", "https://exa mple.com/", "gopher://example.com",
                "https://" + "a" * 600,
            )
        ),
    ],
)  # fmt: skip
def test_refusals_leave_nothing(bank: World, changes: dict[str, Any], refusal: type[BankError]) -> None:
    with pytest.raises(refusal):
        subscribe(bank.alice, **changes)
    assert not Subscription.objects.exists()


def test_the_same_is_subscribed_once_and_no_more_than_so_many(bank: World) -> None:
    subscribe(bank.alice)
    with pytest.raises(errors.SubscribedAlready):
        subscribe(bank.alice)
    formats = ("PDF", "XLSX", "OFX", "JSON", "MT940", "MT942", "CAMT052", "CAMT053", "CAMT054")
    for format in formats:
        subscribe(bank.alice, format=format)
    subscribe(bank.alice, frequency="WEEKLY")
    subscribe(bank.alice, frequency="MONTHLY")
    with pytest.raises(errors.TooManySubscriptions):
        subscribe(bank.alice, frequency="MONTHLY", format="PDF")
    with pytest.raises(NotFound):
        selectors.subscription_for(bank.bob.user, Subscription.objects.first().pk)  # type: ignore[union-attr]


def test_mail_says_that_it_is_ready_and_nothing_more(bank: World) -> None:
    subscribe(bank.alice, channel="EMAIL")
    close_day()
    (statement,) = Statement.objects.all()
    services.make_statement(statement_id=statement.pk)
    tasks.deliver_statement.apply(args=[str(statement.pk)])
    tasks.deliver_statement.apply(args=[str(statement.pk)])
    (letter,) = mail.outbox
    assert letter.to == [bank.alice.user.email]
    assert bank.alice.current.number not in letter.body
    assert "10,000" not in letter.body
    statement.refresh_from_db()
    assert statement.delivery == "DELIVERED"


def test_a_webhook_is_called_signed_and_given_up_in_the_end(bank: World, settings: LazySettings) -> None:
    settings.OUTGOING_TRUSTED = [ip_network("127.0.0.0/8")]
    with server() as (address, heard):
        subscription = subscribe(bank.alice, channel="WEBHOOK", target=address)
        close_day()
        (statement,) = Statement.objects.all()
        services.make_statement(statement_id=statement.pk)
        tasks.deliver_statement.apply(args=[str(statement.pk)])
    ((headers, body),) = heard
    statement.refresh_from_db()
    at, found = (part.partition("=")[2] for part in headers[services.SIGNATURE].split(","))
    assert found == hmac.new(subscription.secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    told = json.loads(body)
    assert (told["reference"], told["sha256"]) == (statement.reference, statement.digest)
    assert bank.alice.current.number not in body.decode()
    assert statement.delivery == "DELIVERED"
    Statement.objects.update(delivery="WAITING")
    with server(503) as (address, heard):
        Subscription.objects.update(target=address)
        tasks.deliver_statement.apply(args=[str(statement.pk)])
    statement.refresh_from_db()
    assert (statement.delivery, statement.delivery_failure) == (
        "FAILED",
        "The address did not answer: HTTP 503.",
    )
    assert len(heard) == 7
    settings.OUTGOING_TRUSTED = []
    Statement.objects.update(delivery="WAITING")
    tasks.deliver_statement.apply(args=[str(statement.pk)])
    statement.refresh_from_db()
    assert "does not call this address" in statement.delivery_failure


def test_the_sftp_folder_gets_the_whole_file_once(
    bank: World, settings: LazySettings, tmp_path: Path
) -> None:
    settings.DROP_DIR = tmp_path / "drop"
    subscribe(bank.alice, channel="DROP", format="MT940")
    close_day()
    (statement,) = Statement.objects.all()
    services.make_statement(statement_id=statement.pk)
    for _again in range(2):
        services.deliver(statement_id=statement.pk)
        Statement.objects.update(delivery="WAITING")
    (file,) = [path for path in settings.DROP_DIR.rglob("*") if path.is_file()]
    assert file.parent.name == bank.alice.customer.cif
    assert (
        sha256(file.read_bytes()).hexdigest() == statement.digest
        or sha256(file.read_bytes()).hexdigest() == Statement.objects.get().digest
    )
    assert file.name.endswith(f"-MT940-{statement.reference}.sta")


def test_the_pages_subscribe_pause_and_end(bank: World) -> None:

    page = browser(bank.alice.user)
    given = {
        "account": bank.alice.current.number,
        "format": "XLSX",
        "frequency": "MONTHLY",
        "channel": "PORTAL",
    }
    url = "/personal/statements/subscriptions/"
    assert page.post(url, given).status_code == 302
    (subscription,) = Subscription.objects.all()
    assert subscription.next_from == ledger.business_date().replace(day=1)
    assert "There is such a subscription already" in page.post(url, given).content.decode()
    for act, state in (("pause", "PAUSED"), ("resume", "ACTIVE"), ("end", "ENDED")):
        assert page.post(f"{url}{subscription.pk}/{act}/").status_code == 302
        subscription.refresh_from_db()
        assert subscription.state == state
    assert page.post(f"{url}{subscription.pk}/resume/").status_code == 409
    assert page.post(f"{url}{subscription.pk}/explode/").status_code == 404
    secret = page.post(
        url, given | {"channel": "WEBHOOK", "target": "https://example.com/hook"}
    ).content.decode()
    assert Subscription.objects.get(channel="WEBHOOK").secret in secret
    assert Subscription.objects.get(channel="WEBHOOK").secret not in page.get(url).content.decode()


def test_a_deposit_is_subscribed_to_through_its_renewal(bank: World, settings: LazySettings) -> None:
    """Its statements chain day by day up to the last cent that left; then those of the new one follow."""
    deposit(bank.alice.current, "90000", "enough")
    order = deposits.Order(
        "FIXED", bank.alice.current.number, Money.of("60000", "KES"), months=3, instruction="PRINCIPAL"
    )
    held, _replayed = deposits.open_for(customer=bank.alice.customer, order=order, key="d")
    wanted = {"format": "JSON", "frequency": "DAILY", "channel": "DROP"}
    subscription = services.subscribe(user=bank.alice.user, account=held, **wanted)
    subscribe(bank.alice, **wanted)
    with pytest.raises(errors.SubscribedAlready):
        services.subscribe(user=bank.alice.user, account=held, **wanted)
    assert held.maturity_date is not None
    begun = ledger.business_date()
    run_step(roll(held.maturity_date))
    run_step(roll(held.maturity_date + timedelta(days=1)))
    subscription.refresh_from_db()
    held.refresh_from_db()
    renewal = deposit_selectors.renewal_of(held)
    assert renewal is not None
    assert (held.status, subscription.state) == ("RENEWED", "ENDED")
    assert "renewed" in subscription.end_reason
    followed = Subscription.objects.get(deposit=renewal)
    assert (followed.state, followed.format, followed.channel) == ("ACTIVE", "JSON", "DROP")

    mine = Statement.objects.exclude(deposit=None).order_by("from_date", "id")
    assert [one.deposit for one in mine] == [held, held, renewal]
    assert (mine[0].from_date, mine[1].to_date, mine[2].from_date) == (
        begun, held.closed_date, renewal.start_date,
    )  # fmt: skip
    settings.DROP_DIR = settings.FILES_DIR / "drop"
    for one in mine:
        services.make_statement(statement_id=one.pk)
        services.deliver(statement_id=one.pk)
    papers = [
        json.loads(services.open_document(user=bank.alice.user, statement_id=one.pk)[1].read())
        for one in mine
    ]
    assert [one["account"] for one in papers] == [held.number, held.number, renewal.number]
    assert papers[0]["closing_balance"] == papers[1]["opening_balance"] == "60000.00"
    assert papers[1]["closing_balance"] == "0.00"
    assert papers[2]["closing_balance"] == "60000.00"
    names = {path.name for path in settings.DROP_DIR.rglob("*.json")}
    assert len([name for name in names if held.number in name]) == 2
    assert not [one for one in selectors.statements_of(bank.alice.current) if one.deposit]
    with pytest.raises(NotFound):
        selectors.statement_for(bank.bob.user, mine[0].pk)


def roll(to: date) -> Day:
    """Closes the days up to ``to`` as one, the deposits' steps with them."""
    day = Day(ledger.business_date(), to)
    skip_to(to)
    return day


@pytest.mark.parametrize("product", ["FIXED", "RECURRING", "CALL", "NOTICE"])
def test_each_kind_of_deposit_over_rest(bank: World, product: str) -> None:
    """Chosen by its number, paused and ended; another's deposit is as if there were none."""
    deposit(bank.alice.current, "900000", "enough")
    amount = {"RECURRING": "1000"}.get(product, "200000")
    months = 6 if product in {"FIXED", "RECURRING"} else None
    order = deposits.Order(product, bank.alice.current.number, Money.of(amount, "KES"), months=months)
    held, _replayed = deposits.open_for(customer=bank.alice.customer, order=order, key="d")
    url, body = (
        "/api/v1/statement-subscriptions",
        {"format": "PDF", "frequency": "WEEKLY", "channel": "EMAIL"},
    )
    alice, bob = client(bank.alice.user), client(bank.bob.user)
    key = {"Idempotency-Key": "a"}
    body["account"] = held.number
    made = alice.post(url, body, headers=key, format="json")
    assert (made.status_code, made.json()["account"]) == (201, held.number), made.json()
    again = alice.post(url, body, headers=key, format="json")
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    one = made.headers["Location"]
    assert alice.get(one).json()["state"] == "ACTIVE"
    assert [row["id"] for row in alice.get(url).json()["items"]] == [made.json()["id"]]
    assert bob.get(one).status_code == 404
    assert bob.get(url).json() == {"items": []}
    assert bob.post(url, body, headers=key, format="json").status_code == 404
    assert bob.post(f"{one}/end", headers=key).status_code == 404
    for act, state in (("pause", "PAUSED"), ("resume", "ACTIVE"), ("end", "ENDED")):
        assert alice.post(f"{one}/{act}", headers={"Idempotency-Key": act}).json()["state"] == state
    assert alice.post(f"{one}/explode", headers=key).status_code == 404
    assert alice.post(f"{one}/resume", headers={"Idempotency-Key": "late"}).status_code == 409
    wrong = alice.post(url, body | {"frequency": "HOURLY"}, headers={"Idempotency-Key": "b"}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "SUBSCRIPTION_UNKNOWN_CHOICE")
    page = browser(bank.alice.user)
    assert held.number in page.get("/personal/statements/subscriptions/").content.decode().replace("\xa0", "")
    given = {"account": held.number, "format": "CSV", "frequency": "MONTHLY", "channel": "PORTAL"}
    assert page.post("/personal/statements/subscriptions/", given).status_code == 302
    assert Subscription.objects.get(format="CSV").deposit == held
    assert browser(bank.bob.user).post("/personal/statements/subscriptions/", given).status_code == 200
