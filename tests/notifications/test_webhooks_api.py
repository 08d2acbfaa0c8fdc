"""Webhooks over REST and at the staff's desk: who may, with which code or scope, and what is told again."""

import json
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.test import Client

from bank.kernel import clock
from bank.notifications import rules, services
from bank.notifications.errors import NotGivenUp
from bank.notifications.models import Endpoint, WebhookDelivery
from bank.runtime import outbox
from tests.access import oauth
from tests.identity import bearer, open_browser
from tests.notifications.test_webhooks import Server, pay
from tests.portals import town as streets
from tests.portals.town import Town, newest_code

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/webhooks"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    settings.OUTGOING_TRUSTED = [ip_network("127.0.0.0/8")]
    running = Server()
    yield running
    running.stop()


class Program:
    """Somebody who calls the API with these headers for this company."""

    def __init__(self, headers: dict[str, Any], cif: str) -> None:
        self.client, self.headers, self.cif = Client(), headers, cif

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(f"{ROOT}{path}", {"customer": self.cif, **query}, **self.headers)

    def post(self, path: str = "", **body: Any) -> Any:
        content = json.dumps({"customer": self.cif, **body})
        return self.client.post(f"{ROOT}{path}", content, content_type="application/json", **self.headers)


def test_a_person_gives_a_code_and_a_key_its_scope(server: Server) -> None:
    town = streets.build()
    firm = town.firm
    grace = Program(bearer(firm.user), firm.customer.cif)
    asked: dict[str, Any] = {"url": server.url, "events": ["payment.settled"]}
    refused = grace.post(**asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "STEP_UP_REQUIRED")
    proof = {"challenge_id": refused.json()["challenge"]["id"], "code": newest_code(firm.user)}
    other = grace.post(**asked | {"events": ["money.received"]}, authorisation=proof)
    assert other.json()["code"] == "STEP_UP_ACT_CHANGED"
    proof = {
        "challenge_id": grace.post(**asked).json()["challenge"]["id"], "code": newest_code(firm.user),
    }  # fmt: skip
    made = grace.post(**asked, authorisation=proof)
    assert made.status_code == 201
    assert len(made.json()["secret"]) > 40
    assert Endpoint.objects.count() == 1
    webhook = f"/{made.json()['id']}"
    assert grace.get(webhook).json()["state"] == "ACTIVE"
    assert "secret" not in grace.get(webhook).json()
    assert grace.post(f"{webhook}/secret").json()["code"] == "STEP_UP_REQUIRED"

    _key, text = oauth.key(firm.user, customer=firm.customer, scopes=["webhooks:read", "webhooks:manage"])
    program = Program({"HTTP_AUTHORIZATION": f"Bearer {text}"}, firm.customer.cif)
    assert program.post(**asked | {"url": "https://10.0.0.1/x"}).json()["code"] == "ADDRESS_REFUSED"
    assert program.post(**asked | {"events": ["nonsense"]}).status_code == 400
    assert program.post(**asked | {"accounts": [town.amina.number]}).status_code == 404
    second = program.post(**asked, accounts=[firm.number])
    assert second.status_code == 201
    assert [one["id"] for one in program.get().json()["items"]] == [second.json()["id"], made.json()["id"]]
    rotated = program.post(f"{webhook}/secret")
    assert rotated.json()["secret"] != made.json()["secret"]
    assert program.post(f"{webhook}/end").json()["state"] == "ENDED"
    assert program.post(f"{webhook}/end").status_code == 404
    assert program.post(f"/{second.json()['id']}/nonsense").status_code == 404
    _key, text = oauth.key(firm.user, customer=firm.customer, scopes=["webhooks:read", "files:read"])
    reader = Program({"HTTP_AUTHORIZATION": f"Bearer {text}"}, firm.customer.cif)
    assert reader.get().status_code == 200
    assert reader.post(**asked).json()["code"] == "SCOPE_MISSING"
    for who in (town.bookkeeper, town.amina.user):
        looker = Program(bearer(who), firm.customer.cif)
        assert looker.post(**asked).status_code == (403 if who == town.bookkeeper else 404)
        assert looker.get(f"/{second.json()['id']}").status_code == (200 if who == town.bookkeeper else 404)
        assert looker.post(f"/{second.json()['id']}/disable").status_code in (403, 404)
    assert Endpoint.objects.filter(state="ACTIVE").count() == 1


def test_deliveries_are_listed_replayed_and_held_while_disabled(server: Server) -> None:
    town = streets.build()
    firm = town.firm
    made, _secret = services.create_endpoint(
        user=firm.user, customer=firm.customer, url=server.url, events=["payment.settled"]
    )
    grace, webhook = Program(bearer(firm.user), firm.customer.cif), f"/{made.pk}"
    references = [pay(town, f"k{n}") for n in range(3)]
    outbox.deliver_due()
    assert grace.post(f"{webhook}/disable").json()["state"] == "DISABLED"
    assert services.call_due() == 0
    assert grace.post(f"{webhook}/enable").json()["state"] == "ACTIVE"
    services.call_due()
    assert [one["data"]["reference"] for one in server.told] == references
    first = grace.get(f"{webhook}/deliveries", limit=2).json()
    rest = grace.get(f"{webhook}/deliveries", limit=2, cursor=first["next_cursor"]).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    newest = first["items"][0]
    assert (newest["state"], newest["last_try"]["status"], newest["attempts"]) == ("DELIVERED", 200, 1)
    assert grace.get(f"{webhook}/deliveries", state="GIVEN_UP").json()["items"] == []
    assert grace.get(f"{webhook}/deliveries", cursor="x").status_code == 400
    assert grace.post(f"{webhook}/replay").status_code == 400
    assert grace.post(f"{webhook}/replay", delivery=newest["id"]).json() == {"deliveries": 1}
    services.call_due()
    assert [one["id"] for one in server.told].count(newest["event_id"]) == 2
    since = (clock.now() - timedelta(hours=1)).isoformat()
    assert grace.post(f"{webhook}/replay", since=since).json() == {"deliveries": 3}


def test_staff_see_what_was_given_up_and_send_it_again_with_a_reason(server: Server) -> None:
    town = streets.build()
    firm = town.firm
    made, secret = services.create_endpoint(
        user=firm.user, customer=firm.customer, url=server.url, events=["payment.settled"]
    )
    pay(town, "k1")
    outbox.deliver_due()
    server.status = 500
    with time_machine.travel(clock.now() + rules.PATIENCE - timedelta(seconds=1), tick=False) as now:
        now.shift(timedelta(hours=1))
        services.call_due()
    delivery = WebhookDelivery.objects.get()
    assert delivery.state == rules.DeliveryState.GIVEN_UP
    desk = Client()
    clerk = streets._user("clerk", "Clara Clerk", None)
    clerk.is_staff = True
    clerk.save()
    clerk.groups.add(Group.objects.get(name="OPERATIONS"))
    open_browser(desk, clerk)
    table = "/admin/notifications/"
    assert server.url in desk.get(f"{table}endpoint/").content.decode()
    page = desk.get(f"{table}endpoint/{made.pk}/change/").content.decode()
    assert "Given up" in page
    assert secret not in page
    assert "payment.settled" in desk.get(f"{table}webhookdelivery/?state=GIVEN_UP").content.decode()
    assert "500" in desk.get(f"{table}webhookdelivery/{delivery.pk}/change/").content.decode()
    with pytest.raises(NotGivenUp):
        services.tell_again(actor=clerk, delivery_id=delivery.pk, reason="The company asked")
    server.status = 200
    services.enable_endpoint(user=firm.user, endpoint=made)
    services.tell_again(actor=clerk, delivery_id=delivery.pk, reason="The company asked")
    services.call_due()
    delivery.refresh_from_db()
    assert delivery.state == rules.DeliveryState.DELIVERED
    with pytest.raises(NotGivenUp):
        services.tell_again(actor=clerk, delivery_id=delivery.pk, reason="Again")


def test_a_small_company_has_the_same_pages(server: Server) -> None:
    town: Town = streets.build()
    firm = town.firm
    firm.customer.segment = "SME"
    firm.customer.save(update_fields=["segment"])
    browser = streets.browser(firm.user)
    home = f"/sme/{firm.customer.cif}/developers/"
    assert f"{home}webhooks/" in browser.get(home).content.decode()
    made, _secret = services.create_endpoint(
        user=firm.user, customer=firm.customer, url=server.url, events=["payment.settled"]
    )
    assert server.url in browser.get(f"{home}webhooks/").content.decode()
    assert "Disable it" in browser.get(f"{home}webhooks/{made.pk}/").content.decode()
    browser.post(f"{home}webhooks/{made.pk}/disable/")
    made.refresh_from_db()
    assert made.state == "DISABLED"
    assert "Enable it" in browser.get(f"{home}webhooks/{made.pk}/").content.decode()
