"""Section B: what the site of production leaves in a browser."""

import re
from http.cookies import SimpleCookie

import pytest

from bank.identity import services as identity
from bank.identity import stepup
from bank.identity.models import Challenge
from tests.identity import PASSWORD
from tests.security.production import HOST, Site

FORM = "application/x-www-form-urlencoded"


class Browser:
    """Keeps cookies, and every Set-Cookie it was ever sent."""

    def __init__(self, site: Site) -> None:
        self.site, self.jar, self.sent = site, {}, []

    def ask(self, path: str, body: str | None = None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        headers |= {"Referer": f"https://{HOST}/", "Origin": f"https://{HOST}", "Content-Type": FORM}
        answer = self.site.ask(path, "GET" if body is None else "POST", body and body.encode(), **headers)
        for told in answer.headers.get_all("Set-Cookie") or []:
            self.sent.append(told)
            for name, morsel in SimpleCookie(told).items():
                self.jar[name] = morsel.value
        return answer

    def post(self, path: str, **fields: str):
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path).content.decode())
        assert token
        body = "&".join(
            f"{name}={value}" for name, value in {**fields, "csrfmiddlewaretoken": token[1]}.items()
        )
        return self.ask(path, body)


@pytest.mark.django_db(transaction=True)
def test_row_13_every_cookie_of_production_is_guarded(site: Site) -> None:
    user = identity.create_user(email="amina@example.test", full_name="Amina Otieno", password=PASSWORD)
    browser = Browser(site)
    password = PASSWORD.replace(" ", "+")
    assert browser.post("/sign-in/", email="amina%40example.test", password=password).status == 302
    code = stepup.code_for(Challenge.objects.get(user=user))
    token = browser.jar["__Host-session"]
    assert browser.post("/sign-in/code/", code=code).status == 302
    assert browser.jar["__Host-session"] != token
    page = browser.ask("/account/security/")
    assert page.status == 200
    assert "no-store" in page.headers["Cache-Control"]
    browser.post("/account/security/confirm/", ask="1", next="/account/security/")
    browser.post("/account/security/confirm/", code=stepup.code_for(Challenge.objects.latest("created_at")))
    form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.ask("/fees/").content.decode())
    assert form
    browser.ask("/language/", f"language=sw&csrfmiddlewaretoken={form[1]}")
    gone = browser.ask("/sign-out/", f"csrfmiddlewaretoken={form[1]}")
    assert gone.headers["Clear-Site-Data"]
    names = {told.partition("=")[0] for told in browser.sent}
    assert {"__Host-session", "__Host-csrf", "__Host-known", "__Host-language"} <= names
    for told in browser.sent:
        flags = {part.strip().partition("=")[0].lower() for part in told.split(";")[1:]}
        assert told.startswith("__Host-"), told
        assert re.search(r"samesite=(lax|strict)", told, re.IGNORECASE), told
        assert "domain" not in flags, told
        assert "path=/" in told.lower().replace(" ", ""), told
        if "expires=Thu, 01 Jan 1970" not in told:
            assert {"secure", "httponly"} <= flags, told
        assert len(told) < 4096
