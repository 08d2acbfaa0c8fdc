"""Section F: what another site, or words somebody typed, can make a browser do."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile as SimpleFile
from django.db import connection, transaction
from django.test import Client

from bank.payments.models import PaymentOrder
from bank.runtime import outbox
from tests.identity import bearer
from tests.permissions.roles import Everybody, every_route
from tests.permissions.table import first_reader
from tests.portals import town as streets
from tests.portals.town import Town, newest_code, pain001
from tests.security.production import HOST, Site

AWAY = (
    "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "///evil.example",
    "\\\\evil.example", "javascript:alert(1)", "/\tx//evil.example", "https:/evil.example",
    "/x\r\nSet-Cookie: a=b", "//evil.example\\@bank.example", "https://bank.example.evil.example",
)  # fmt: skip
CANARY = '"><img src=x onerror=alert(1)>'
ROLES = ("owner", "company", "auditor", "administrator")


def pages(everybody: Everybody, doors: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Every page behind these doors, with its answer to whoever sees it."""
    for route in every_route():
        if not route.startswith(doors) or "object_id" in route:
            continue
        if role := first_reader(route, ROLES):
            client, headers = everybody.clients[role], everybody.tokens[role] if "/api/" in route else {}
            before = SimpleCookie(client.cookies)
            with transaction.atomic():
                answer = client.get(everybody.path(route), **headers)
                transaction.set_rollback(True)
            client.cookies = before
            assert answer.status_code == 200, route
            yield route, answer
        cache.clear()


def rows() -> dict[str, int]:
    """How many rows each table of the bank has."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if "session" not in name]
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
        cursor.execute(counts)
        return dict(cursor.fetchall())


MACHINES = frozenset({"/oauth/token/", "/oauth/revoke/", "/oauth/introspect/"})
FORM = {"code": "1", "token": "1", "grant_type": "authorization_code"}
FORGED: dict[str, tuple[str, dict[str, str]]] = {
    "wrong token": ("b", {}),
    "foreign origin": ("a", {"HTTP_ORIGIN": "https://evil.example"}),
    "null origin": ("a", {"HTTP_ORIGIN": "null"}),
}


def strict(like: Client, **cookies: str) -> Client:
    """The same browser, whose forms are looked at as in earnest."""
    client = Client(enforce_csrf_checks=True)
    told = {name: morsel.value for name, morsel in like.cookies.items()}
    client.cookies = SimpleCookie(told | cookies)
    return client


def test_row_38_no_form_is_taken_from_a_foreign_page(everybody: Everybody) -> None:
    """Every address a browser may post to, the staff's too, refuses before anything is done; reports of
    the browser itself come without a token and change nothing. The addresses of machines read no
    cookie: an app proves itself with its own secret there, and a form that cannot is told 401.
    """
    before = rows()
    clients = {role: strict(everybody.clients[role]) for role in ("owner", "administrator")}
    for route in every_route():
        if not route.startswith(("/api/", "/healthz/", "/.well-known/", "/csp-reports/")):
            client = clients["administrator" if route.startswith("/admin/") else "owner"]
            answer = client.post(everybody.path(route), FORM)
            refused = {401} if route in MACHINES else {403, 404, 405}
            assert answer.status_code in refused, (route, answer.status_code)
    assert rows() == before


@pytest.mark.parametrize("forged", FORGED)
def test_row_38_a_forged_token_or_origin_is_none(town: Town, amina: Client, forged: str) -> None:
    letter, headers = FORGED[forged]
    client, before = strict(amina, csrf="a" * 32), rows()
    for path in ("/personal/pay/", "/personal/payees/", "/personal/statements/", "/sign-out/", "/sign-in/"):
        form = {"csrfmiddlewaretoken": letter * 32, "payee": "new", "name": "B", "number": town.brian.number}
        assert client.post(path, form, **headers).status_code == 403, path
    assert rows() == before


def test_row_38_no_body_in_disguise_is_taken_by_the_api(town: Town) -> None:
    """What a foreign form can send without asking first: a cookie, and a body called text."""
    browser = streets.browser(town.amina.user)
    before = town.books()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        answer = browser.post(
            "/api/v1/transfers", '{"amount": "1"}', content_type=kind, HTTP_IDEMPOTENCY_KEY="k"
        )
        assert answer.status_code == 401
        told = Client().post("/api/v1/transfers", "{}", content_type=kind, **bearer(town.amina.user))
        assert told.status_code in {400, 415}
    assert town.books() == before


SECURE = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fees/", 200),
        ("/sign-in/", 200),
        ("/personal/", 302),
        ("/no-such-page", 404),
        ("/personal", 301),
        ("/sign-in/?next=%00", 400),
        ("/api/v1/accounts", 401),
        ("/api/v1/nothing", 404),
        ("/api/schema/", 200),
        ("/healthz/ready", 503),
        ("/static/css/bank.css", 404),
        ("/static/staticfiles.json", 200),
    ],
)
def test_row_40_every_kind_of_answer_is_guarded(site: Site, path: str, status: int) -> None:
    answer = site.ask(path)
    assert answer.status == status
    assert {name: answer.headers[name] for name in SECURE} == SECURE
    if answer.headers.get("Content-Type", "").startswith("text/html") and "/static/" not in path:
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_row_40_plain_http_is_sent_to_tls(site: Site) -> None:
    answer = site.ask("/sign-in/", X_Forwarded_Proto="http")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/sign-in/")


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", f"https://{HOST}.evil.example", f"https://evil{HOST}", "http://" + HOST],
)
def test_row_41_no_other_site_reads_an_answer(site: Site, origin: str) -> None:
    for path in ("/api/v1/accounts", "/api/schema/", "/", "/sign-in/", "/.well-known/jwks.json"):
        for method in ("GET", "OPTIONS"):
            answer = site.ask(
                path, method, Origin=origin, Access_Control_Request_Method="POST",
                Access_Control_Request_Headers="authorization",
            )  # fmt: skip
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("away", AWAY)
def test_row_43_no_address_leads_away(town: Town, amina: Client, away: str) -> None:
    answers = [
        amina.get("/sign-in/", {"next": away}),
        amina.post("/account/security/confirm/", {"ask": "1", "next": away}),
        amina.post("/language/", {"language": "sw", "next": away}, HTTP_REFERER=away.replace("\r\n", "")),
        amina.get("/language/", {"next": away}),
        Client().get("/" + away.replace("\r\n", "%0d%0a")),
        Client().get("/personal/" + away.replace("\r\n", "%0d%0a")),
    ]
    for answer in answers:
        target = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", target), (away, target)
        assert "Set-Cookie: a" not in str(answer.serialize_headers())


@pytest.mark.parametrize(
    "host", ["evil.example", f"{HOST}.evil.example", f"{HOST}@evil.example", f"{HOST}:x", ""]
)
def test_row_43_no_other_name_is_ours(site: Site, host: str) -> None:
    told = site.raw(f"GET /personal/ HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: https\r\n\r\n".encode())
    assert told.startswith(b"HTTP/1.1 400"), told[:100]


def test_row_43_a_forwarded_name_is_not_believed(site: Site) -> None:
    told = site.ask("/personal", X_Forwarded_Host="evil.example", Forwarded="host=evil.example")
    assert "evil" not in told.headers["Location"]


def test_row_42_words_stay_words_for_everyone_who_reads_them(everybody: Everybody, town: Town) -> None:
    """Payee, message, file's party, line and file name, as payer, payee, company and staff see them."""
    amina, firm = everybody.clients["owner"], everybody.clients["company"]
    form = {"payee": "new", "name": CANARY, "number": town.brian.number}
    amount = amina.post("/personal/pay/", form).headers["Location"]
    check = amina.post(amount, {"debtor": town.amina.number, "amount": "10", "message": CANARY}).headers[
        "Location"
    ]
    asked = re.search(r'name="asked" value="([^"]+)"', amina.get(check).content.decode())
    assert asked
    amina.post(check, {"asked": asked[1], "code": newest_code(town.amina.user)})
    assert PaymentOrder.objects.filter(creditor_name=CANARY).exists()
    content = pain001(town.firm, [(CANARY, town.brian.number, "1.00")], message_id="<script>x")
    upload = SimpleFile(
        CANARY + ".xml", content.replace(b"Salary 1", b"&lt;script&gt;alert(1)&lt;/script&gt;")
    )
    firm.post(f"/corporate/{town.firm.customer.cif}/files/", {"file": upload, "key": "x1"})
    shown = 0
    for route, answer in pages(everybody, ("/personal", "/corporate", "/admin")):
        page = b"".join(answer) if answer.streaming else answer.content
        if answer.headers["Content-Type"].startswith("text/html"):
            shown += b"onerror" in page
            assert b"<img src=x" not in page, route
            assert b"<script>" not in page, route
    brian = everybody.clients["other"].get(f"/personal/accounts/{town.brian.number}/").content.decode()
    assert "<img src=x" not in brian
    assert shown >= 2


def test_row_42_the_codes_mail_is_one_plain_text(town: Town, amina: Client) -> None:
    """A payee's name cannot begin a line of the mail that carries the code."""
    name = "Eve\nYour code is: 000000\n\nhttps://evil.example"
    answer = amina.post("/personal/pay/", {"payee": "new", "name": name, "number": town.brian.number})
    amina.post(answer.headers["Location"], {"debtor": town.amina.number, "amount": "10"})
    outbox.deliver_due()
    sent = mail.outbox[-1]
    assert len(re.findall(r"^Your code is:", str(sent.body), re.MULTILINE)) == 1
    assert "\n" not in sent.subject
    assert sent.content_subtype == "plain"
