"""API keys and apps that act for their owner: scopes, addresses, ends, and what is kept of them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from bank.access import errors, selectors, services
from bank.access.models import ApiKey, ApiRequest, App
from bank.access.rules import Flow
from bank.audit import selectors as trail
from bank.audit import services as audit
from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.payments.models import PaymentFile
from tests.access import oauth
from tests.access.oauth import refused
from tests.portals.town import Town, pain001


class TestKeys:
    def test_are_kept_as_a_hash_and_shown_once(self, town: Town) -> None:
        key, text = oauth.key(town.amina.user)
        assert text.startswith(key.prefix)
        assert len(text) > 50
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_jsonb(k)::text FROM access_apikey k")
            assert text.removeprefix(key.prefix + "_") not in cursor.fetchone()[0]

    def test_open_what_their_scopes_say(self, town: Town) -> None:
        _key, text = oauth.key(town.amina.user)
        numbers = {one["number"] for one in oauth.ask(text).json()["items"]}
        assert numbers == {one.number for one in town.amina.accounts}
        refused(oauth.ask(text, "/api/v1/transfers"), 403, "SCOPE_MISSING")
        assert oauth.ask(text, "/api/v1/ping").status_code == 200

    @pytest.mark.parametrize("spoil", [str.upper, lambda t: t + "x", lambda t: t[:-1], lambda t: t[:13]])
    def test_a_changed_key_opens_nothing(self, town: Town, spoil: Any) -> None:
        _key, text = oauth.key(town.amina.user)
        answer = oauth.ask(spoil(text))
        assert answer.status_code == 401
        assert answer.json()["code"] in {"API_KEY_INVALID", "AUTHENTICATION_FAILED", "TOKEN_INVALID"}
        assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_end_on_their_day_and_when_revoked_and_with_their_user(self, town: Town) -> None:
        key, text = oauth.key(town.amina.user)
        with time_machine.travel(clock.now() + timedelta(days=30), tick=False):
            refused(oauth.ask(text), 401, "API_KEY_INVALID")
        town.amina.user.is_active = False
        town.amina.user.save()
        refused(oauth.ask(text), 401, "API_KEY_INVALID")
        town.amina.user.is_active = True
        town.amina.user.save()
        services.revoke_key(user=town.amina.user, key=key)
        refused(oauth.ask(text), 401, "API_KEY_INVALID")

    def test_from_another_address_open_nothing(self, town: Town) -> None:
        _key, text = oauth.key(town.amina.user, networks=["203.0.113.0/24", "2001:db8::7"])
        refused(oauth.ask(text), 403, "API_KEY_ADDRESS_REFUSED")
        spoofed = oauth.ask(text, HTTP_X_FORWARDED_FOR="203.0.113.9")
        refused(spoofed, 403, "API_KEY_ADDRESS_REFUSED")
        for address in ("203.0.113.9", "2001:db8::7"):
            assert oauth.ask(text, REMOTE_ADDR=address).status_code == 200
        for address in ("203.0.114.9", "2001:db8::8", "::ffff:203.0.113.9", ""):
            assert oauth.ask(text, REMOTE_ADDR=address).status_code == 403

    def test_tell_when_and_whence_they_were_used(self, town: Town) -> None:
        key, text = oauth.key(town.amina.user)
        oauth.ask(text)
        key.refresh_from_db()
        assert key.last_used_at is not None
        assert key.last_used_ip == "127.0.0.1"

    def test_stand_on_the_trail_beside_who_acted(self, town: Town) -> None:
        """And the chain seals it: a record of before has none and proves itself all the same."""
        user = town.amina.user
        cif.grant_mandate(user=user, customer=town.firm.customer, role="SIGNATORY")
        key, text = oauth.key(user, customer=town.firm.customer, scopes=["files:create"])
        own = pain001(town.firm, [(town.brian.name, town.brian.number, "100.00")])
        assert _send_file(text, own, "f1").status_code == 201
        line = AuditRecord.objects.filter(actor=user).exclude(through="").earliest("pk")
        assert line.through == f"API key {key.name} ({key.prefix})"
        while audit.seal():
            pass
        assert trail.verify().fault is None

    def test_act_within_their_company_alone(self, town: Town) -> None:
        user = town.amina.user
        cif.grant_mandate(user=user, customer=town.firm.customer, role="SIGNATORY")
        _key, text = oauth.key(
            user, customer=town.firm.customer, scopes=["accounts:read", "files:create", "files:read"]
        )
        assert [one["number"] for one in oauth.ask(text).json()["items"]] == [town.firm.number]
        refused(oauth.ask(text, f"/api/v1/accounts/{town.amina.number}"), 404, "NOT_FOUND")

    def test_send_files_of_their_company_alone(self, town: Town) -> None:
        user = town.amina.user
        cif.grant_mandate(user=user, customer=town.firm.customer, role="SIGNATORY")
        _key, text = oauth.key(user, customer=town.firm.customer, scopes=["files:create", "files:read"])
        own = pain001(town.firm, [(town.brian.name, town.brian.number, "100.00")])
        foreign = pain001(town.amina, [(town.brian.name, town.brian.number, "100.00")])
        answer = _send_file(text, own, "f1")
        assert answer.status_code == 201, answer.content
        assert oauth.ask(text, f"/api/v1/payment-files/{answer.json()['reference']}").status_code == 200
        refused(_send_file(text, foreign, "f2"), 404, "NOT_FOUND")
        assert PaymentFile.objects.count() == 1

    def test_need_a_mandate_for_the_company(self, town: Town) -> None:
        with pytest.raises(NotFound):
            oauth.key(town.brian.user, customer=town.firm.customer)

    def test_lose_their_reach_with_the_mandate(self, town: Town) -> None:
        mandate = cif.grant_mandate(user=town.amina.user, customer=town.firm.customer, role="SIGNATORY")
        _key, text = oauth.key(town.amina.user, customer=town.firm.customer)
        mandate.revoked_at = clock.now()
        mandate.save()
        assert oauth.ask(text).json()["items"] == []

    @pytest.mark.parametrize(
        "changes",
        [
            {"scopes": []},
            {"scopes": ["everything"]},
            {"scopes": ["files:create"]},
            {"scopes": ["introspection"]},
            {"networks": ["localhost"]},
            {"networks": ["10.0.0.1/8"]},
            {"networks": ["1.2.3.4"] * 21},
            {"name": " "},
            {"name": "a\u202eb"},
            {"expires_at": clock.now() - timedelta(seconds=1)},
            {"expires_at": clock.now() + timedelta(days=400)},
        ],
    )
    def test_unfit_ones_are_not_made(self, town: Town, changes: dict[str, Any]) -> None:
        with pytest.raises((errors.KeyUnfit, errors.AppUnfit)):
            oauth.key(town.amina.user, **changes)
        assert not ApiKey.objects.exists()


class TestAppsOfTheirOwner:
    def test_reach_what_their_owner_may_within_their_scopes(self, town: Town) -> None:
        program = oauth.register(
            town.firm.user,
            flow=Flow.OWN,
            redirect_uris=[],
            scopes=["accounts:read"],
            customer=town.firm.customer,
        )
        given = oauth.token(program, grant_type="client_credentials").json()
        assert "refresh_token" not in given
        assert [one["number"] for one in oauth.ask(given["access_token"]).json()["items"]] == [
            town.firm.number
        ]
        refused(oauth.ask(given["access_token"], "/api/v1/transfers"), 403, "SCOPE_MISSING")
        refused(
            oauth.token(program, grant_type="client_credentials", scope="payments:create"),
            400,
            "INVALID_SCOPE",
        )

    def test_the_two_ways_are_not_mixed(self, town: Town, budget: oauth.Program) -> None:
        refused(oauth.token(budget, grant_type="client_credentials"), 400, "UNAUTHORIZED_CLIENT")

    def test_a_third_partys_own_token_sees_nothing_of_anybodys(self, town: Town) -> None:
        stranger = town.bookkeeper
        program = oauth.register(stranger, flow=Flow.OWN, redirect_uris=[], scopes=["accounts:read"])
        text = oauth.token(program, grant_type="client_credentials").json()["access_token"]
        numbers = {one["number"] for one in oauth.ask(text).json()["items"]}
        assert town.amina.number not in numbers

    def test_the_old_secret_fails_at_once(self, town: Town) -> None:
        program = oauth.register(town.firm.user, flow=Flow.OWN, redirect_uris=[], scopes=["accounts:read"])
        new = services.rotate_secret(user=town.firm.user, app=program.app)
        refused(oauth.token(program, grant_type="client_credentials"), 401, "INVALID_CLIENT")
        program.secret = new
        assert oauth.token(program, grant_type="client_credentials").status_code == 200

    def test_secrets_are_kept_as_hashes(self, town: Town, budget: oauth.Program) -> None:
        assert App.objects.get().client_secret.startswith("argon2")
        assert budget.secret not in App.objects.get().client_secret

    @pytest.mark.parametrize(
        "uri",
        [
            "http://app.example/cb",
            "http://localhost/cb",
            "https://app.example/cb#x",
            "https://user@app.example/cb",
            "https://*.example/cb",
            "https://app.example/c b",
            "javascript:alert(1)",
            "data:text/html,x",
            "app.example/cb",
            "https:///cb",
            "https://app.example:99999/cb",
            "https://аpp.example/cb",
            "https://app.example/" + "x" * 500,
        ],
    )
    def test_a_redirect_address_that_tricks_is_not_registered(self, town: Town, uri: str) -> None:
        with pytest.raises(errors.RedirectUnfit):
            oauth.register(town.brian.user, redirect_uris=[uri])
        assert not App.objects.exists()

    def test_a_program_on_a_persons_own_machine_may_be_answered_there(self, town: Town) -> None:
        made = oauth.register(town.brian.user, redirect_uris=["http://127.0.0.1:8765/cb", "http://[::1]/cb"])
        assert len(made.app.redirect_uris.split()) == 2


class TestIntrospection:
    def test_is_for_resource_servers_alone(self, town: Town, budget: oauth.Program) -> None:
        text = oauth.tokens(town.amina.user, budget, [town.amina.number])["access_token"]
        server = oauth.register(town.firm.user, flow=Flow.OWN, redirect_uris=[], scopes=["accounts:read"])
        refused(_introspect(server, text), 403, "UNAUTHORIZED_CLIENT")
        refused(_introspect(oauth.Program(server.app, "wrong"), text), 401, "INVALID_CLIENT")
        services.let_introspect(app=server.app, allowed=True)
        said = _introspect(server, text).json()
        assert said["active"] is True
        assert said["client_id"] == budget.app.client_id
        assert said["scope"] == "accounts:read statements:read"
        assert town.amina.user.email not in str(said)
        assert _introspect(server, "umt_nonsense").json() == {"active": False}
        services.revoke_consent(user=town.amina.user, consent_id=selectors.consents_of(town.amina.user)[0].pk)
        assert _introspect(server, text).json() == {"active": False}

    @pytest.mark.parametrize(
        "path",
        [
            "applications/", "applications/register/", "authorized_tokens/", "device/",
            "device-authorization/", "register/",
            "userinfo/", "logout/", "revoke_token/", ".well-known/openid-configuration",
        ],
    )  # fmt: skip
    def test_the_toolkits_other_pages_are_absent(self, town: Town, path: str) -> None:
        assert oauth.browser(town.amina.user).get(f"/oauth/{path}").status_code == 404


class TestTheLog:
    def test_holds_refusals_and_goes_after_thirty_days(self, town: Town) -> None:
        key, text = oauth.key(town.amina.user, networks=["203.0.113.1"])
        oauth.ask(text, "/api/v1/accounts?cursor=x")
        line = ApiRequest.objects.get()
        assert (line.key_id, line.method, line.path, line.status) == (key.pk, "GET", "/api/v1/accounts", 403)
        assert services.prune() == 0
        with time_machine.travel(clock.now() + timedelta(days=30, seconds=1), tick=False):
            assert services.prune() == 1
        assert not ApiRequest.objects.exists()

    def test_is_its_owners_alone(self, town: Town) -> None:
        _key, text = oauth.key(town.amina.user)
        oauth.ask(text)
        assert selectors.requests_of(town.amina.user, None).count() == 1
        assert selectors.requests_of(town.brian.user, None).count() == 0

    def test_leaves_people_out(self, town: Town) -> None:
        oauth.browser(town.amina.user).get("/personal/")
        assert not ApiRequest.objects.exists()


WEBHOOK_VIEWS = {
    "GET webhooks": "webhooks:read",
    "POST webhooks": "webhooks:manage",
    "GET webhooks/<uuid:webhook_id>": "webhooks:read",
    "POST webhooks/<uuid:webhook_id>/secret": "webhooks:manage",
    "POST webhooks/<uuid:webhook_id>/replay": "webhooks:manage",
    "GET webhooks/<uuid:webhook_id>/deliveries": "webhooks:read",
    "POST webhooks/<uuid:webhook_id>/<slug:act>": "webhooks:manage",
}

REQUEST_VIEWS = {
    "GET requests-to-pay": "payments:read",
    "POST requests-to-pay": "payments:create",
    "GET requests-to-pay/<str:reference>": "payments:read",
    "POST requests-to-pay/<str:reference>/pay": "payments:create",
    "POST requests-to-pay/<str:reference>/decline": "payments:create",
    "POST requests-to-pay/<str:reference>/<slug:act>": "payments:create",
    "GET billers": "payments:read",
    "GET bills": "payments:read",
    "POST bills": "payments:create",
}
DEBIT_VIEWS = {
    "POST direct-debits/creditors/<str:customer>/files": "payments:create",
    "GET direct-debits/files/<str:reference>": "payments:read",
    "GET direct-debits/files/<str:reference>/pain002": "payments:read",
    "GET direct-debits/creditors/<str:customer>": "payments:read",
    "POST direct-debits/creditors/<str:customer>": "payments:create",
    "GET direct-debits/mandates": "payments:read",
    "POST direct-debits/mandates": "payments:create",
    "GET direct-debits/mandates/<str:reference>": "payments:read",
    "POST direct-debits/mandates/<str:reference>/confirm": "payments:create",
    "POST direct-debits/mandates/<str:reference>/<slug:act>": "payments:create",
    "GET direct-debits/collections": "payments:read",
    "POST direct-debits/collections": "payments:create",
    "GET direct-debits/collections/<str:reference>": "payments:read",
    "POST direct-debits/collections/<str:reference>/refund": "payments:create",
    "POST direct-debits/collections/<str:reference>/<slug:act>": "payments:create",
}


REPEATING_VIEWS = {
    "GET payees": "payments:read",
    "GET payment-templates": "payments:read",
    "POST payment-templates": "payments:create",
    "DELETE payment-templates/<int:template_id>": "payments:create",
    "GET payee-groups": "payments:read",
    "POST payee-groups": "payments:create",
    "GET payee-groups/<int:group_id>": "payments:read",
    "DELETE payee-groups/<int:group_id>": "payments:create",
    "POST payee-groups/<int:group_id>/payments": "files:create",
}
EXPENSE_VIEWS = {
    "GET expenses": "expenses:read",
    "POST expenses": "expenses:manage",
    "GET expenses/<str:reference>": "expenses:read",
    "GET expenses/<str:reference>/receipt": "expenses:read",
    "POST expenses/<str:reference>/decision": "expenses:manage",
    "POST expenses/<str:reference>/withdraw": "expenses:manage",
    "POST expenses/payments": "expenses:manage",
}


DEPOSIT_VIEWS = {
    "GET deposits": "accounts:read",
    "POST deposits": "payments:create",
    "POST deposits/quotes": "accounts:read",
    "GET deposits/<str:number>": "accounts:read",
    "PUT deposits/<str:number>/instruction": "payments:create",
    "GET deposits/<str:number>/early-closing": "accounts:read",
    "POST deposits/<str:number>/early-closing": "payments:create",
    "POST deposits/<str:number>/pay-ins": "payments:create",
    "POST deposits/<str:number>/withdrawals": "payments:create",
    "POST deposits/<str:number>/instalments/<int:line>": "payments:create",
    "POST deposits/<str:number>/notices": "payments:create",
}


STATEMENT_VIEWS = {
    "GET statements": "statements:read",
    "POST statements": "statements:read",
    "GET statements/<str:statement_id>": "statements:read",
    "GET statements/<str:statement_id>/document": "statements:read",
    "GET statement-subscriptions": "statements:read",
    "POST statement-subscriptions": "webhooks:manage",
    "GET statement-subscriptions/<str:subscription_id>": "statements:read",
    "POST statement-subscriptions/<str:subscription_id>/<slug:act>": "webhooks:manage",
}


def test_a_view_that_names_no_scope_is_closed_to_programs(town: Town) -> None:
    """Every view of the API that programs may use is named here, with its scope: adding one is a decision."""
    from django.urls import get_resolver

    found = {}
    for pattern in _api(get_resolver().url_patterns, ""):
        scopes = getattr(getattr(pattern.callback, "cls", None), "scopes", None)
        if isinstance(scopes, dict):
            found |= {
                f"{method} {pattern.pattern}": scope and scope.value for method, scope in scopes.items()
            }
    assert found == {
        "GET ping": None,
        "GET accounts": "accounts:read",
        "GET accounts/<str:number>": "accounts:read",
        "GET accounts/<str:number>/cheque-books": "accounts:read",
        "POST accounts/<str:number>/cheque-books": "payments:create",
        "GET accounts/<str:number>/currencies": "accounts:read",
        "POST accounts/<str:number>/currencies": "payments:create",
        "GET accounts/<str:number>/collection-numbers": "accounts:read",
        "POST accounts/<str:number>/collection-numbers": "payments:create",
        "GET accounts/<str:number>/pots": "accounts:read",
        "POST accounts/<str:number>/pots": "payments:create",
        "POST accounts/<str:number>/pots/<str:pot>/moves": "payments:create",
        "GET accounts/<str:number>/lines": "statements:read",
        "GET accounts/<str:number>/statement": "statements:read",
        "GET deposits/<str:number>/statement": "statements:read",
        "POST certificates": "statements:read",
        **DEPOSIT_VIEWS,
        **STATEMENT_VIEWS,
        "GET transfers": "payments:read",
        "POST transfers": "payments:create",
        "GET transfers/<str:reference>": "payments:read",
        "POST payees/check": "payments:create",
        "POST payment-files": "files:create",
        "GET payment-files/<str:reference>": "files:read",
        "GET payment-files/<str:reference>/lines": "files:read",
        "POST payment-files/<str:reference>/confirm": "files:create",
        "GET banks": "payments:read",
        "POST transfers/<str:reference>/cancel": "payments:create",
        "POST transfers/<str:reference>/recall": "payments:create",
        "PATCH payment-files/<str:reference>/lines/<int:line>": "files:create",
        "GET payment-files/<str:reference>/faulty": "files:read",
        "POST payment-files/<str:reference>/retry": "files:create",
        "GET payment-files/<str:reference>/pain002": "files:read",
        "GET standing-orders": "payments:read",
        "POST standing-orders": "payments:create",
        "GET standing-orders/<str:reference>": "payments:read",
        "POST standing-orders/<str:reference>/<slug:act>": "payments:create",
        **WEBHOOK_VIEWS,
        **REQUEST_VIEWS,
        **DEBIT_VIEWS,
        **REPEATING_VIEWS,
        **EXPENSE_VIEWS,
    }


def _api(patterns: Any, prefix: str) -> Any:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _api(pattern.url_patterns, route)
        elif route.startswith("api/v1/"):
            yield pattern


def _send_file(text: str, content: bytes, key: str) -> Any:
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": key}
    return Client().post("/api/v1/payment-files", content, content_type="application/xml", headers=headers)


def _introspect(program: oauth.Program, text: str) -> Any:
    fields = {"client_id": program.app.client_id, "client_secret": program.secret, "token": text}
    return Client().post("/oauth/introspect/", fields)
