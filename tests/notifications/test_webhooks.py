"""Webhooks against a real server: challenged, signed, in order, tried for days, replayed."""

import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from bank.kernel import clock
from bank.kernel.errors import NotAllowed, NotFound
from bank.notifications import errors, rules, selectors, services
from bank.notifications.models import Endpoint, WebhookDelivery
from bank.notifications.rules import EndpointState
from bank.notifications.services import calling
from bank.payments import services as payments
from bank.payments.services import Operator
from bank.runtime import outbox, webhooks
from bank.runtime.errors import AddressRefused
from bank.runtime.models import OutboxMessage
from tests.access import oauth
from tests.portals.town import Money, Town
from tests.worlds import Standing

pytestmark = pytest.mark.django_db
EVENTS = ["money.received", "payment.settled"]


class Server:
    """A company's server: answers challenges, notes what it is told, fails when it is told to."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.signatures: list[str] = []
        self.bodies: list[bytes] = []
        self.status, self.answers_challenges = 200, True
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                said = json.loads(body)
                self.send_response(outer.status)
                self.end_headers()
                if said["event"] == "challenge":
                    self.wfile.write(said["challenge"].encode() if outer.answers_challenges else b"what?")
                    return
                outer.signatures.append(self.headers[webhooks.SIGNATURE])
                outer.bodies.append(body)
                outer.told.append(said)
                self.wfile.write(b"thank you" * 100)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    settings.OUTGOING_TRUSTED = [ip_network("127.0.0.0/8")]
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


def hook(town: Town, server: Server, **changes: Any) -> tuple[Endpoint, str]:
    asked: dict[str, Any] = {"url": server.url, "events": EVENTS} | changes
    return services.create_endpoint(user=town.firm.user, customer=town.firm.customer, **asked)


def pay(town: Town, key: str, amount: str = "10.00") -> str:
    return payments.pay(
        user=town.firm.user,
        debtor_number=town.firm.number,
        creditor_number=town.brian.number,
        creditor_name=town.brian.name,
        amount=Money.of(amount, "KES"),
        key=key,
        authorisation=Operator("test"),
    ).reference


def told(server: Server) -> list[str]:
    return [one["data"]["reference"] for one in server.told]


def signed(secret: str, server: Server, place: int = -1) -> list[bool]:
    """For each signature of a call whether ``secret`` made it."""
    at, *found = [part.partition("=")[2] for part in server.signatures[place].split(",")]
    proof = hmac.new(secret.encode(), f"{at}.".encode() + server.bodies[place], sha256).hexdigest()
    return [hmac.compare_digest(proof, one) for one in found]


def test_a_payment_is_told_once_signed_and_in_order(town: Town, server: Server) -> None:
    webhook, secret = hook(town, server)
    references = [pay(town, f"k{n}") for n in range(3)]
    outbox.deliver_due()
    assert services.call_due() == 3
    assert services.call_due() == 0
    assert told(server) == references
    first = server.told[0]
    assert (first["event"], first["data"]["amount"], first["data"]["currency"]) == (
        "payment.settled", "10.00", "KES",
    )  # fmt: skip
    assert signed(secret, server) == [True]
    tried = WebhookDelivery.objects.first().tries.get()
    assert (tried.status, tried.response[:9], len(tried.response)) == (
        200,
        "thank you",
        rules.RESPONSE_LETTERS,
    )
    newer = services.rotate_secret(user=town.firm.user, endpoint=webhook)
    services.replay_one(
        user=town.firm.user, endpoint=webhook, delivery_id=WebhookDelivery.objects.order_by("id")[0].pk
    )
    assert services.call_due() == 1
    assert server.told[-1] == first
    assert (signed(newer, server), signed(secret, server)) == ([True, False], [False, True])
    with time_machine.travel(clock.now() + rules.ROTATION + timedelta(minutes=1)):
        assert services.secrets_of(Endpoint.objects.get()) == [newer]


def test_an_event_delivered_again_by_the_outbox_is_told_once(town: Town, server: Server) -> None:
    hook(town, server)
    pay(town, "k")
    outbox.deliver_due()
    OutboxMessage.objects.filter(topic="payments.settled").update(delivered_at=None)
    outbox.deliver_due()
    services.call_due()
    assert len(server.told) == 1


def test_accounts_and_events_that_were_not_chosen_are_not_told(town: Town, server: Server) -> None:
    hook(town, server, events=["statement.ready"])
    hook(town, server, numbers=[town.firm.number])
    pay(town, "k")
    outbox.deliver_due()
    assert services.call_due() == 1


def test_a_server_that_fails_is_tried_in_order_then_disabled_with_notice_and_replayed(
    town: Town, server: Server, django_capture_on_commit_callbacks: Any
) -> None:
    webhook, _secret = hook(town, server)
    first, second = pay(town, "k1"), pay(town, "k2")
    outbox.deliver_due()
    server.status = 503
    assert services.call_due() == 1
    assert told(server) == [first], "the later one of the account waits for the earlier"
    began = clock.now()
    with django_capture_on_commit_callbacks(execute=True):
        for hour in range(1, 80, 7):
            with time_machine.travel(began + timedelta(hours=hour), tick=False):
                services.call_due(limit=1)
    webhook.refresh_from_db()
    assert webhook.state == EndpointState.DISABLED
    assert "took no call of ours for three days" in str(mail.outbox[-1].body)
    server.told.clear()
    server.status = 200
    assert services.call_due() == 0
    services.enable_endpoint(user=town.firm.user, endpoint=webhook)
    services.replay_deliveries(user=town.firm.user, endpoint=webhook, since=began - timedelta(hours=1))
    services.call_due()
    assert told(server) == [first, second]


def test_a_worker_killed_in_the_middle_of_a_call_loses_nothing(
    town: Town, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server heard it, the bank does not know: it comes again with the id that tells."""
    hook(town, server)
    pay(town, "k1")
    pay(town, "k2")
    outbox.deliver_due()

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(calling, "_keep", die)
        with pytest.raises(KeyboardInterrupt):
            services.call_due()
    assert services.call_due() == 0, "it is leased, and the next one waits for it"
    with time_machine.travel(clock.now() + rules.LEASE + timedelta(seconds=1)):
        assert services.call_due() == 2
    ids = [one["id"] for one in server.told]
    assert ids[0] == ids[1] != ids[2]
    assert not selectors.waiting().exists()


def test_refusals_make_nothing(town: Town, server: Server, settings: LazySettings) -> None:
    cases: list[tuple[type[Exception], dict[str, Any]]] = [
        (errors.WebhookUnfit, {"events": []}),
        (errors.WebhookUnfit, {"events": ["balance.guessed"]}),
        (NotFound, {"numbers": [town.brian.number]}),
        (AddressRefused, {"url": "ftp://127.0.0.1/"}),
        (errors.ChallengeUnanswered, {"url": "http://127.0.0.1:1/"}),
    ]
    for refusal, changes in cases:
        with pytest.raises(refusal):
            hook(town, server, **changes)
    server.answers_challenges = False
    with pytest.raises(errors.ChallengeUnanswered):
        hook(town, server)
    with pytest.raises(NotAllowed):
        services.create_endpoint(
            user=town.bookkeeper, customer=town.firm.customer, url=server.url, events=EVENTS
        )
    settings.OUTGOING_TRUSTED = []
    for inside in ("http://example.com/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/"):
        with pytest.raises(AddressRefused):
            hook(town, server, url=inside)
    assert not Endpoint.objects.exists()


def test_the_pages_make_show_replay_rotate_and_end(town: Town, server: Server) -> None:
    root = f"/corporate/{town.firm.customer.cif}/developers/webhooks/"
    browser = oauth.browser(town.firm.user)
    assert "No webhook yet" in browser.get(root).content.decode()
    answer = browser.post(f"{root}new/", {"url": server.url, "events": EVENTS, "numbers": []})
    secret = answer.content.decode().rpartition("<code>")[2].partition("</code>")[0]
    pay(town, "k")
    outbox.deliver_due()
    services.call_due()
    assert signed(secret, server) == [True]
    webhook = Endpoint.objects.get()
    page = browser.get(f"{root}{webhook.pk}/").content.decode()
    assert "Delivered" in page
    assert "thank you" in page
    assert secret not in page
    delivery = WebhookDelivery.objects.get()
    assert browser.post(f"{root}{webhook.pk}/replay/", {"delivery": str(delivery.pk)}).status_code == 302
    assert browser.post(f"{root}{webhook.pk}/replay/", {"delivery": "x"}).status_code == 404
    services.call_due()
    assert len(server.told) == 2
    assert secret not in browser.post(f"{root}{webhook.pk}/secret/").content.decode()
    assert oauth.browser(town.brian.user).get(f"{root}{webhook.pk}/").status_code == 404
    viewer: Client = oauth.browser(town.bookkeeper)
    assert viewer.post(f"{root}{webhook.pk}/end/").status_code == 403
    assert browser.post(f"{root}{webhook.pk}/end/").status_code == 302
    assert "No webhook yet" in browser.get(root).content.decode()
