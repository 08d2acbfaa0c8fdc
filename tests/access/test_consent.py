"""Codes and tokens by consent: what the customer ticked and nothing else, and what an attacker tries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from oauth2_provider.models import AccessToken, Grant, RefreshToken

from bank.access import services
from bank.access.models import ApiRequest, Consent
from bank.audit.models import AuditRecord
from bank.identity import stepup
from bank.identity.models import Challenge, UserSession
from bank.kernel import clock
from tests.access import oauth
from tests.access.oauth import CALLBACK, Program, refused
from tests.portals.town import Town


class TestTheScreen:
    def test_names_app_maker_scopes_and_accounts_and_ticks_none(self, town: Town, budget: Program) -> None:
        page = oauth.browser(town.amina.user).get(oauth.address(budget.app))
        text = page.content.decode()
        assert page.status_code == 200
        assert "Budget asks for access" in text
        assert town.brian.user.full_name in text
        assert "app.example" in text
        assert "See the accounts and their balances" in text
        assert "Prepare payments" not in text
        assert text.count('type="checkbox"') == len(town.amina.accounts)
        assert "checked" not in text
        assert town.brian.number not in text

    def test_its_form_may_lead_to_the_app_and_nowhere_else(self, town: Town, budget: Program) -> None:
        page = oauth.browser(town.amina.user).get(oauth.address(budget.app))
        assert "form-action 'self' https://app.example;" in page["Content-Security-Policy"] + ";"

    def test_a_stranger_signs_in_first_and_comes_back(self, budget: Program) -> None:
        page = Client().get(oauth.address(budget.app))
        assert page.status_code == 302
        assert page["Location"].startswith("/sign-in/?next=/oauth/authorize/")

    def test_asks_for_a_code_where_the_sign_in_was_long_ago(self, town: Town, budget: Program) -> None:
        browser = oauth.browser(town.amina.user)
        UserSession.objects.update(signed_in_at=clock.now() - timedelta(minutes=6))
        for answer in (
            browser.get(oauth.address(budget.app)),
            browser.post(oauth.address(budget.app), {"accounts": [town.amina.number]}),
        ):
            assert answer["Location"].startswith("/account/security/confirm/?next=")
        assert not Consent.objects.exists()

    def test_without_an_account_nothing_is_given(self, town: Town, budget: Program) -> None:
        page = oauth.browser(town.amina.user).post(oauth.address(budget.app), {})
        assert page.status_code == 200
        assert "Choose at least one account" in page.content.decode()
        assert not Consent.objects.exists()

    def test_another_customers_account_cannot_be_given(self, town: Town, budget: Program) -> None:
        page = oauth.browser(town.amina.user).post(
            oauth.address(budget.app), {"accounts": [town.brian.number]}
        )
        assert page.status_code == 200
        assert not Consent.objects.exists()

    def test_refusing_tells_the_app_so(self, town: Town, budget: Program) -> None:
        answer = oauth.browser(town.amina.user).post(oauth.address(budget.app), {"refuse": "1"})
        assert oauth.told(answer)["error"] == "access_denied"
        assert oauth.told(answer)["state"] == "s1"
        assert not Consent.objects.exists()

    def test_cannot_be_skipped_by_a_parameter(self, town: Town, budget: Program) -> None:
        oauth.tokens(town.amina.user, budget, [town.amina.number])
        address = oauth.address(budget.app) + "&approval_prompt=auto&prompt=none"
        assert oauth.browser(town.amina.user).get(address).status_code == 200

    def test_needs_the_forms_own_token(self, town: Town, budget: Program) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = oauth.browser(town.amina.user).cookies
        answer = strict.post(oauth.address(budget.app), {"accounts": [town.amina.number]})
        assert answer.status_code == 403
        assert not Consent.objects.exists()


class TestWhereTheAnswerGoes:
    @pytest.mark.parametrize(
        "uri",
        [
            "https://app.example/callback/",
            "https://app.example/callback?x=1",
            "https://app.example/callback#x",
            "https://app.example/Callback",
            "https://app.example:443/callback",
            "https://app.example/callback/../callback",
            "https://app.example.evil.example/callback",
            "https://evil.example/callback",
            "https://app.example@evil.example/callback",
            "https://evil.example\\@app.example/callback",
            "http://app.example/callback",
            "javascript:alert(1)",
            "//app.example/callback",
            "",
        ],
    )
    def test_row_43_only_letter_by_letter_where_the_app_registered(
        self, town: Town, budget: Program, uri: str
    ) -> None:
        for answer in (
            oauth.browser(town.amina.user).get(oauth.address(budget.app, redirect_uri=uri)),
            oauth.browser(town.amina.user).post(
                oauth.address(budget.app, redirect_uri=uri), {"accounts": [town.amina.number]}
            ),
        ):
            if uri:
                assert answer.status_code == 400, answer
                assert "Nothing was given" in answer.content.decode()
        if uri:
            assert not Grant.objects.exists()

    def test_the_code_goes_only_with_the_same_address(self, town: Town, budget: Program) -> None:
        services.change_app(
            user=town.brian.user, app=budget.app, name="Budget", redirect_uris=[CALLBACK, f"{CALLBACK}2"]
        )
        code = oauth.allow(town.amina.user, budget.app, [town.amina.number])["code"]
        refused(oauth.exchange(budget, code, redirect_uri=f"{CALLBACK}2"), 400, "INVALID_REQUEST")
        assert not AccessToken.objects.exists()

    def test_the_answer_names_the_bank(self, town: Town, budget: Program) -> None:
        """RFC 9207: so that an app with many banks is not mixed up."""
        assert "iss" in oauth.allow(town.amina.user, budget.app, [town.amina.number])


class TestProofOfTheCode:
    @pytest.mark.parametrize(
        "changes",
        [
            {"code_challenge": None, "code_challenge_method": None},
            {"code_challenge_method": "plain", "code_challenge": oauth.VERIFIER},
            {"code_challenge_method": None, "code_challenge": oauth.VERIFIER},
        ],
    )
    def test_pkce_cannot_be_left_out_or_weakened(
        self, town: Town, budget: Program, changes: dict[str, Any]
    ) -> None:
        answer = oauth.browser(town.amina.user).post(
            oauth.address(budget.app, **changes), {"accounts": [town.amina.number]}
        )
        assert oauth.told(answer)["error"] == "invalid_request"
        assert not Grant.objects.exists()

    @pytest.mark.parametrize("verifier", ["w" * 64, "", oauth.challenge()])
    def test_another_verifier_gets_nothing(self, town: Town, budget: Program, verifier: str) -> None:
        code = oauth.allow(town.amina.user, budget.app, [town.amina.number])["code"]
        answer = oauth.exchange(budget, code, code_verifier=verifier)
        assert answer.status_code == 400
        assert answer.json()["code"] in {"INVALID_GRANT", "INVALID_REQUEST"}
        assert not AccessToken.objects.exists()

    @pytest.mark.parametrize("response_type", ["token", "id_token", "code token", "id_token token"])
    def test_no_token_ever_comes_through_the_browser(
        self, town: Town, budget: Program, response_type: str
    ) -> None:
        answer = oauth.browser(town.amina.user).post(
            oauth.address(budget.app, response_type=response_type), {"accounts": [town.amina.number]}
        )
        assert answer.status_code == 400 or "error" in oauth.told(answer)
        assert not AccessToken.objects.exists()

    def test_no_app_may_ask_for_passwords(self, town: Town, budget: Program) -> None:
        device = "urn:ietf:params:oauth:grant-type:device_code"
        for grant in ("password", device, "implicit", ""):
            answer = oauth.token(budget, grant_type=grant, username=town.amina.user.email, password="b")
            refused(answer, 400, "UNSUPPORTED_GRANT_TYPE")


class TestCodes:
    def test_are_kept_as_hashes(self, town: Town, budget: Program) -> None:
        code = oauth.allow(town.amina.user, budget.app, [town.amina.number])["code"]
        assert code not in set(Grant.objects.values_list("code", flat=True))

    def test_a_second_use_ends_every_token_of_the_first(self, town: Town, budget: Program) -> None:
        code = oauth.allow(town.amina.user, budget.app, [town.amina.number])["code"]
        first = oauth.exchange(budget, code).json()
        assert oauth.ask(first["access_token"]).status_code == 200
        refused(oauth.exchange(budget, code), 400, "INVALID_GRANT")
        refused(oauth.ask(first["access_token"]), 401, "GRANT_INVALID")
        refused(oauth.refresh(budget, first["refresh_token"]), 400, "INVALID_GRANT")
        assert Consent.objects.get().ended_reason == "CODE_REPLAYED"

    def test_live_for_a_minute(self, town: Town, budget: Program) -> None:
        code = oauth.allow(town.amina.user, budget.app, [town.amina.number])["code"]
        with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
            refused(oauth.exchange(budget, code), 400, "INVALID_GRANT")

    def test_serve_the_app_they_were_made_for(self, town: Town, budget: Program) -> None:
        other = oauth.register(town.brian.user, name="Other")
        code = oauth.allow(town.amina.user, budget.app, [town.amina.number])["code"]
        refused(oauth.exchange(other, code), 400, "INVALID_GRANT")
        refused(oauth.exchange(Program(budget.app, "wrong"), code), 401, "INVALID_CLIENT")
        assert not AccessToken.objects.exists()

    def test_die_with_the_consent(self, town: Town, budget: Program) -> None:
        code = oauth.allow(town.amina.user, budget.app, [town.amina.number])["code"]
        services.revoke_consent(user=town.amina.user, consent_id=Consent.objects.get().pk)
        refused(oauth.exchange(budget, code), 400, "INVALID_GRANT")


class TestTokens:
    def test_are_kept_as_hashes(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        assert set(AccessToken.objects.values_list("token", flat=True)) == {""}
        assert set(RefreshToken.objects.values_list("token", flat=True)) == {""}
        assert given["expires_in"] == 600
        assert given["scope"] == "accounts:read statements:read"

    def test_a_refresh_token_used_twice_ends_its_family(self, town: Town, budget: Program) -> None:
        first = oauth.tokens(town.amina.user, budget, [town.amina.number])
        second = oauth.refresh(budget, first["refresh_token"]).json()
        assert oauth.ask(second["access_token"]).status_code == 200
        refused(oauth.ask(first["access_token"]), 401, "GRANT_INVALID")
        refused(oauth.refresh(budget, first["refresh_token"]), 400, "INVALID_GRANT")
        refused(oauth.ask(second["access_token"]), 401, "GRANT_INVALID")
        refused(oauth.refresh(budget, second["refresh_token"]), 400, "INVALID_GRANT")

    def test_a_refresh_token_opens_nothing_itself(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        refused(oauth.ask(given["refresh_token"]), 401, "GRANT_INVALID")

    def test_end_with_their_ten_minutes(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1), tick=False):
            refused(oauth.ask(given["access_token"]), 401, "GRANT_INVALID")

    def test_are_no_use_in_the_address(self, town: Town, budget: Program) -> None:
        text = oauth.tokens(town.amina.user, budget, [town.amina.number])["access_token"]
        assert Client().get(f"/api/v1/accounts?access_token={text}").status_code == 401

    def test_more_scope_is_not_had_by_refreshing(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        answer = oauth.refresh(budget, given["refresh_token"], scope="accounts:read payments:create")
        refused(answer, 400, "INVALID_SCOPE")

    def test_no_more_scope_than_registered_may_be_asked(self, town: Town) -> None:
        app = oauth.register(town.brian.user, scopes=["accounts:read"])
        for scope in ("accounts:read payments:create", "introspection", "files:create", "no-such"):
            answer = oauth.browser(town.amina.user).get(oauth.address(app.app, scope=scope))
            assert oauth.told(answer)["error"] == "invalid_scope"

    def test_end_with_the_users_being_switched_off(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        town.amina.user.is_active = False
        town.amina.user.save()
        refused(oauth.ask(given["access_token"]), 401, "GRANT_INVALID")
        refused(oauth.refresh(budget, given["refresh_token"]), 400, "INVALID_GRANT")

    def test_can_be_revoked_by_their_app_and_no_other(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        other = oauth.register(town.brian.user, name="Other")
        for program, status in ((other, 200), (budget, 401)):
            fields = {"token": given["access_token"], "client_id": program.app.client_id}
            Client().post("/oauth/revoke/", fields | {"client_secret": program.secret})
            assert oauth.ask(given["access_token"]).status_code == status

    def test_end_when_the_app_is_closed(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        services.close_app(user=town.brian.user, app=budget.app)
        refused(oauth.ask(given["access_token"]), 401, "GRANT_INVALID")
        refused(oauth.refresh(budget, given["refresh_token"]), 401, "INVALID_CLIENT")
        answer = oauth.browser(town.amina.user).get(oauth.address(budget.app))
        assert answer.status_code == 400


class TestWhatAConsentReaches:
    @pytest.fixture
    def text(self, town: Town, budget: Program) -> str:
        """Amina gave her first account alone, with every scope there is for third parties."""
        given = oauth.tokens(town.amina.user, budget, [town.amina.number], scope=" ".join(oauth.SCOPES))
        return str(given["access_token"])

    def test_the_accounts_ticked_and_no_other(self, town: Town, text: str) -> None:
        other = town.amina.accounts[1].number
        listed = [one["number"] for one in oauth.ask(text).json()["items"]]
        assert listed == [town.amina.number]
        assert oauth.ask(text, f"/api/v1/accounts/{town.amina.number}").status_code == 200
        for number in (other, town.brian.number, "0" * 13, "nonsense"):
            for path in (
                f"/api/v1/accounts/{number}",
                f"/api/v1/accounts/{number}/lines",
                f"/api/v1/statements?account={number}",
            ):
                refused(oauth.ask(text, path), 404, "NOT_FOUND")

    def test_payments_from_other_accounts_are_not_found(self, town: Town, text: str) -> None:
        asked = _transfer(town, debtor_account=town.amina.accounts[1].number)
        refused(_send(text, asked), 404, "NOT_FOUND")
        refused(_send(text, _transfer(town, debtor_account=town.brian.number)), 404, "NOT_FOUND")
        assert not Challenge.objects.exists()

    def test_a_payment_still_needs_the_customers_code(self, town: Town, text: str) -> None:
        before, asked = town.books(), _transfer(town)
        answer = _send(text, asked)
        refused(answer, 403, "STEP_UP_REQUIRED")
        assert town.books() == before
        refused(_send(text, asked | {"authorisation": {"permit": True}}), 403, "PERMIT_MISSING")
        assert town.books() == before
        opened = Challenge.objects.get(pk=answer.json()["challenge"]["id"])
        code = {"challenge_id": str(opened.pk), "code": stepup.code_for(opened)}
        paid = _send(text, asked | {"authorisation": code})
        assert paid.status_code == 201
        listed = oauth.ask(text, "/api/v1/transfers").json()["items"]
        assert [one["reference"] for one in listed] == [paid.json()["reference"]]

    def test_a_payment_from_another_account_is_not_shown(
        self, town: Town, budget: Program, text: str
    ) -> None:
        opened = Challenge.objects.get(pk=_send(text, _transfer(town)).json()["challenge"]["id"])
        code = {"challenge_id": str(opened.pk), "code": stepup.code_for(opened)}
        reference = _send(text, _transfer(town) | {"authorisation": code}).json()["reference"]
        savings = town.amina.accounts[1].number
        other = oauth.tokens(town.amina.user, budget, [savings], scope=" ".join(oauth.SCOPES))["access_token"]
        refused(oauth.ask(text), 401, "GRANT_INVALID")
        refused(oauth.ask(other, f"/api/v1/transfers/{reference}"), 404, "NOT_FOUND")
        assert oauth.ask(other, "/api/v1/transfers").json()["items"] == []

    def test_the_scopes_given_and_no_other(self, town: Town, budget: Program) -> None:
        text = oauth.tokens(town.amina.user, budget, [town.amina.number], scope="accounts:read")[
            "access_token"
        ]
        assert oauth.ask(text).status_code == 200
        for path in (f"/api/v1/accounts/{town.amina.number}/lines", "/api/v1/transfers"):
            refused(oauth.ask(text, path), 403, "SCOPE_MISSING")
        refused(_send(text, _transfer(town)), 403, "SCOPE_MISSING")
        refused(oauth.ask(text, "/api/v1/payment-files/x"), 403, "SCOPE_MISSING")

    def test_a_consent_lasts_half_a_year(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.amina.user, budget, [town.amina.number])
        Consent.objects.update(expires_at=clock.now())
        refused(oauth.ask(given["access_token"]), 401, "GRANT_INVALID")
        refused(oauth.refresh(budget, given["refresh_token"]), 400, "INVALID_GRANT")

    def test_withdrawing_ends_it_at_the_next_request(self, town: Town, text: str) -> None:
        services.revoke_consent(user=town.amina.user, consent_id=Consent.objects.get().pk)
        refused(oauth.ask(text), 401, "GRANT_INVALID")
        assert AuditRecord.objects.filter(action="CONSENT_ENDED").exists()

    def test_what_was_asked_is_in_the_log_without_query_or_secret(self, town: Town, text: str) -> None:
        oauth.ask(text, f"/api/v1/statements?account={town.amina.number}")
        line = ApiRequest.objects.latest("id")
        assert (line.method, line.path, line.status) == ("GET", "/api/v1/statements", 200)
        assert line.correlation_id
        assert line.app is not None


@pytest.mark.django_db(transaction=True)
def test_of_parallel_exchanges_of_one_code_one_succeeds() -> None:
    from tests.portals import town as streets

    town = streets.build()
    program = oauth.register(town.brian.user)
    code = oauth.allow(town.amina.user, program.app, [town.amina.number])["code"]

    def once(_n: int) -> int:
        try:
            return int(oauth.exchange(program, code).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(once, range(6)))
    assert answers == [200] + [400] * 5


def _transfer(town: Town, **changes: Any) -> dict[str, Any]:
    return {
        "debtor_account": town.amina.number,
        "creditor_account": town.brian.number,
        "creditor_name": town.brian.name,
        "amount": {"amount": "100.00", "currency": "KES"},
    } | changes


def _send(text: str, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "k1"}
    return Client().post("/api/v1/transfers", body, content_type="application/json", headers=headers)
