"""The developers' pages and the lists of consents: who sees what, and what a press does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from bank.access import services
from bank.access.models import ApiKey, ApiRequest, App, Consent
from bank.audit.models import AuditRecord
from bank.identity.models import UserSession
from bank.kernel import clock
from tests.access import oauth
from tests.access.oauth import Program
from tests.portals.town import Town


@pytest.fixture
def root(town: Town) -> str:
    return f"/corporate/{town.firm.customer.cif}/developers/"


def shown_secret(page: str) -> str:
    """What stands in the last ``code`` of the page that shows a secret once."""
    return page.rpartition("<code>")[2].partition("</code>")[0]


class TestMaking:
    def test_a_key_is_shown_once_and_works(self, town: Town, root: str) -> None:
        browser = oauth.browser(town.firm.user)
        asked = {"name": "Night run", "scopes": ["accounts:read"], "days": "90", "networks": "127.0.0.1"}
        answer = browser.post(f"{root}keys/new/", asked)
        text = shown_secret(answer.content.decode())
        assert "no-store" in answer["Cache-Control"]
        assert oauth.ask(text).status_code == 200
        page = browser.get(root).content.decode()
        assert text not in page
        assert ApiKey.objects.get().prefix in page
        assert "127.0.0.1/32" in page

    def test_an_app_is_shown_its_secret_once(self, town: Town) -> None:
        browser = oauth.browser(town.brian.user)
        asked = {
            "name": "Budget",
            "flow": "authorization-code",
            "redirect_uris": oauth.CALLBACK,
            "scopes": ["accounts:read"],
        }
        secret = shown_secret(browser.post("/developers/apps/new/", asked).content.decode())
        program = Program(App.objects.get(), secret)
        code = oauth.allow(town.amina.user, program.app, [town.amina.number], scope="accounts:read")["code"]
        assert oauth.exchange(program, code).status_code == 200
        assert secret not in browser.get(f"/developers/apps/{program.app.client_id}/").content.decode()

    def test_a_fault_is_said_beside_the_form_and_makes_nothing(self, town: Town, root: str) -> None:
        browser = oauth.browser(town.firm.user)
        asked = {"name": "x", "scopes": ["accounts:read"], "days": "90", "networks": "10.0.0.1/8"}
        page = browser.post(f"{root}keys/new/", asked)
        assert "10.0.0.1/8 is no address or network" in page.content.decode()
        asked = {
            "name": "x",
            "flow": "authorization-code",
            "scopes": ["accounts:read"],
            "redirect_uris": "http://x/",
        }
        assert "only http://127.0.0.1" in browser.post(f"{root}apps/new/", asked).content.decode()
        assert not ApiKey.objects.exists()
        assert not App.objects.exists()

    def test_secrets_need_a_code_given_minutes_ago(self, town: Town, budget: Program) -> None:
        browser = oauth.browser(town.brian.user)
        UserSession.objects.update(signed_in_at=clock.now() - timedelta(minutes=6))
        app = f"/developers/apps/{budget.app.client_id}/"
        for path in ("/developers/keys/new/", "/developers/apps/new/", f"{app}secret/", f"{app}close/", app):
            answer = browser.post(path, {})
            assert answer["Location"].startswith("/account/security/confirm/?next=%2Fdevelopers%2F"), path
        before = budget.app.client_secret
        budget.app.refresh_from_db()
        assert (budget.app.client_secret, budget.app.closed_at) == (before, None)

    def test_a_swahili_reader_is_told_in_swahili(self, town: Town) -> None:
        browser = oauth.browser(town.brian.user)
        with translation.override("en"):
            page = browser.get("/developers/keys/new/", headers={"Accept-Language": "sw"})
        assert "Tengeneza ufunguo" in page.content.decode()


class TestOthersThings:
    def test_an_app_of_somebody_else_is_not_found(self, town: Town, root: str, budget: Program) -> None:
        key, _text = oauth.key(town.brian.user)
        amina, firm = oauth.browser(town.amina.user), oauth.browser(town.firm.user)
        for path in ("", "secret/", "close/"):
            assert amina.post(f"/developers/apps/{budget.app.client_id}/{path}").status_code == 404
            assert firm.post(f"{root}apps/{budget.app.client_id}/{path}").status_code == 404
        assert amina.post(f"/developers/keys/{key.pk}/revoke/").status_code == 404
        assert amina.get(root).status_code == 404
        key.refresh_from_db()
        assert key.revoked_at is None

    def test_a_company_sees_its_own_keys_whoever_made_them(self, town: Town, root: str) -> None:
        key, text = oauth.key(town.firm.user, customer=town.firm.customer)
        oauth.key(town.firm.user, name="Private one")
        page = oauth.browser(town.bookkeeper).get(root).content.decode()
        assert key.name in page
        assert "Private one" not in page
        oauth.browser(town.firm.user).post(f"{root}keys/{key.pk}/revoke/")
        assert oauth.ask(text).status_code == 401

    def test_who_may_only_look_makes_and_ends_nothing_for_the_company(self, town: Town, root: str) -> None:
        key, _text = oauth.key(town.firm.user, customer=town.firm.customer)
        browser = oauth.browser(town.bookkeeper)
        asked = {"name": "x", "scopes": ["accounts:read"], "days": "90", "networks": ""}
        assert browser.post(f"{root}keys/{key.pk}/revoke/").status_code == 403
        assert browser.post(f"{root}keys/new/", asked).status_code == 200
        key.refresh_from_db()
        assert key.revoked_at is None
        assert ApiKey.objects.count() == 1


class TestTheLog:
    def test_shows_and_filters_what_was_asked(self, town: Town, root: str) -> None:
        _key, text = oauth.key(town.firm.user, customer=town.firm.customer)
        done = oauth.ask(text)
        oauth.ask(text, "/api/v1/transfers?cursor=secret")
        browser = oauth.browser(town.firm.user)
        page = browser.get(f"{root}log/").content.decode()
        assert "GET /api/v1/accounts" in page
        assert "GET /api/v1/transfers" in page
        assert "cursor" not in page
        refused = browser.get(f"{root}log/?answer=4").content.decode()
        assert "/api/v1/accounts<" not in refused
        assert "/api/v1/transfers" in refused
        by_id = browser.get(f"{root}log/?q={done['X-Correlation-Id']}").content.decode()
        assert "/api/v1/transfers" not in by_id
        assert ApiRequest.objects.count() == 2

    @pytest.mark.parametrize("query", ["answer=x", "q=%00", "before=x", "before=-1", "q=" + "x" * 200])
    def test_takes_no_nonsense(self, town: Town, query: str) -> None:
        assert oauth.browser(town.brian.user).get(f"/developers/log/?{query}").status_code in {200, 400}


class TestConsents:
    def test_are_listed_and_ended_in_the_personal_portal(self, town: Town, budget: Program) -> None:
        text = oauth.tokens(town.amina.user, budget, [town.amina.number])["access_token"]
        browser = oauth.browser(town.amina.user)
        page = browser.get("/personal/apps/").content.decode()
        assert "Budget" in page
        assert "See the accounts and their balances" in page
        consent = Consent.objects.get()
        assert oauth.browser(town.brian.user).post(f"/personal/apps/{consent.pk}/end/").status_code == 404
        assert oauth.ask(text).status_code == 200
        assert browser.post(f"/personal/apps/{consent.pk}/end/").status_code == 302
        assert oauth.ask(text).status_code == 401
        assert "No app has access" in browser.get("/personal/apps/").content.decode()

    def test_on_a_companys_accounts_are_the_companys_to_end(self, town: Town, budget: Program) -> None:
        given = oauth.tokens(town.firm.user, budget, [town.firm.number])["access_token"]
        home, consent = f"/corporate/{town.firm.customer.cif}/apps/", Consent.objects.get()
        looker = oauth.browser(town.bookkeeper)
        assert "Budget" in looker.get(home).content.decode()
        assert looker.post(f"{home}{consent.pk}/end/").status_code == 403
        assert oauth.ask(given).status_code == 200
        assert oauth.browser(town.amina.user).post(f"{home}{consent.pk}/end/").status_code == 404
        assert oauth.browser(town.firm.user).post(f"{home}{consent.pk}/end/").status_code == 302
        assert oauth.ask(given).status_code == 401
        assert AuditRecord.objects.filter(action="CONSENT_ENDED").count() == 1

    def test_a_consent_on_other_accounts_is_not_the_companys(self, town: Town, budget: Program) -> None:
        consent = services.give_consent(
            user=town.amina.user, app=budget.app, scopes=["accounts:read"], numbers=[town.amina.number]
        )
        home = f"/corporate/{town.firm.customer.cif}/apps/"
        firm = oauth.browser(town.firm.user)
        assert "Budget" not in firm.get(home).content.decode()
        assert firm.post(f"{home}{consent.pk}/end/").status_code == 404

    def test_strangers_see_the_sign_in(self, town: Town) -> None:
        for path in ("/personal/apps/", "/developers/", "/developers/log/"):
            assert Client().get(path)["Location"].startswith("/sign-in/")
