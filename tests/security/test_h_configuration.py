"""Section H: settings, errors, logs and messages that must give nothing away."""

import io
import json
import logging
import pickle
import re
import stat
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.exceptions import ContentDisallowed

from bank.celery import app
from bank.identity.models import Challenge
from bank.runtime import embedded, logs, outbox, services
from tests.identity import PASSWORD, bearer, mailed_code
from tests.portals import town as streets
from tests.portals.town import Town
from tests.security.production import ROOT, Site, environment, manage
from tests.security.test_d_authorization import opened, send, transfer

LEAKS = (
    *(".git/config", ".git/HEAD", ".env", ".env.production", "settings.py", "bank/settings.py", "manage.py"),
    *("Procfile", "requirements.txt", "var/", "var/secrets/secret_key", "static/", "static/css/", "graphql"),
    *("static/../bank/settings.py", "static/%2e%2e/bank/settings.py", "static/..%2f..%2fetc/passwd"),
    *("static//etc/passwd", "backup.sql", "dump.sql", "db.sqlite3", "server-status", "phpinfo.php", "debug/"),
    *(
        "wp-login.php",
        "actuator/env",
        "__debug__/",
        "console",
        "metrics",
        "dev/mail/",
        "styleguide/",
        "id_rsa",
    ),
    *(
        ".DS_Store",
        "docker-compose.yml",
        "static/css/bank.css.map",
        "api/v1/debug",
        "swagger.json",
        "Dockerfile",
    ),
    *(".svn/entries", "pyproject.toml", ".well-known/openid-configuration"),
)
INSIDE = re.compile(
    rb"Traceback|/bank/[a-z]+/|site-packages|psycopg|SELECT |INSERT |django\.|\.py\b|Exception|gunicorn/"
)


@pytest.mark.parametrize("path", LEAKS)
def test_row_60_nothing_of_the_inside_lies_about(site: Site, path: str) -> None:
    answer = site.ask(f"/{path}")
    assert answer.status in {301, 302, 404}, answer.status
    assert b"SECRET" not in answer.content
    assert b"root:" not in answer.content


def test_row_60_no_answer_tells_versions(site: Site) -> None:
    for path in ("/", "/sign-in/", "/no-such", "/api/v1/accounts", "/healthz/live", "/healthz/ready"):
        answer = site.ask(path)
        told = str(answer.headers)
        assert not re.search(r"(?i)x-powered-by|gunicorn/|django|python|server: \S+/\d", told), told
        assert not re.search(rb"(?i)django[ /]\d|python[ /]\d|gunicorn[ /]\d", answer.content), path


def test_row_60_django_finds_nothing_to_warn_of_in_production(tmp_path: Path, db: None) -> None:
    found = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert found.returncode == 0, found.stderr
    assert "no issues" in found.stdout


def test_row_60_production_does_not_start_with_debug(tmp_path: Path, db: None) -> None:
    env = environment(tmp_path, "bank") | {"DEBUG": "1"}
    command = [sys.executable, "-c", "import bank.settings"]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert run.returncode != 0
    assert "DEBUG" in run.stderr


SECRETS = (
    r"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|xox[bap]-[0-9A-Za-z-]{10,}"
    r"|eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.|://[A-Za-z0-9]+:[^@/ {}$<\"']{6,}@"
)


def test_row_60_no_secret_is_in_the_repository() -> None:
    command = [
        "git",
        "grep",
        "-nIE",
        "--untracked",
        "--exclude-standard",
        "-e",
        SECRETS,
        "--",
        ".",
        ":!tests/security",
    ]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert [line for line in found.stdout.splitlines() if "://user:password@" not in line] == []
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not re.search(r"(?m)(^|/)(\.env|id_rsa|.*\.pem|.*\.key|.*\.p12|var/.*)$", tracked)


PLACES = {
    "/personal/": "portals.personal.views.home.show",
    "/sign-in/": "bank.identity.forms.SignInForm",
    "/api/v1/accounts": "bank.accounts.api.accounts.selectors.accounts_for",
    "/fees/": "portals.public.views.products.show",
}


@pytest.mark.parametrize("path", PLACES)
def test_row_61_an_unforeseen_fault_tells_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def burst(*args: object, **kwargs: object) -> None:
        raise RuntimeError("SELECT secret FROM /srv/bank/web/settings.py")

    monkeypatch.setattr(PLACES[path], burst)
    client = streets.browser(town.amina.user) if path == "/personal/" else Client()
    client.raise_request_exception = False
    answer = client.get(path, **(bearer(town.amina.user) if path.startswith("/api/") else {}))
    assert answer.status_code == 500
    assert not INSIDE.search(answer.content), answer.content
    assert answer.headers["X-Correlation-Id"].encode() in answer.content or b"html" in answer.content


@pytest.mark.django_db(transaction=True)
def test_row_61_without_its_cache_the_bank_fails_closed_and_says_nothing(site: Site) -> None:
    """Production's cache is away: what is counted there is not given away uncounted."""
    town = streets.build()
    body = json.dumps(transfer(town)).encode()
    token = bearer(town.amina.user)["HTTP_AUTHORIZATION"]
    headers = {"Authorization": token, "Idempotency_Key": "k1", "Content_Type": "application/json"}
    answer = site.ask("/api/v1/transfers", "POST", body, **headers)
    assert answer.status in {401, 500}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not INSIDE.search(answer.content), answer.content
    assert not Challenge.objects.exists()


def test_row_61_odd_bytes_get_a_plain_refusal(site: Site) -> None:
    for told in (
        site.raw(b"GET /\xff\xfe HTTP/1.1\r\nHost: bank.example\r\n\r\n"),
        site.raw(b"GET / HTTP/9.9\r\nHost: bank.example\r\n\r\n"),
        site.raw(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"),
        site.raw(b"GET /?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: bank.example\r\n\r\n"),
        site.raw(b"GET / HTTP/1.1\r\nHost: bank.example\r\nCookie: " + b"a=b; " * 4000 + b"\r\n\r\n"),
    ):
        assert not told.startswith(b"HTTP/1.1 5"), told[:100]
        assert b"Traceback" not in told


def test_row_62_no_log_line_holds_a_secret(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in, paying and asking the API, wrongly and rightly, with the bank's own log at its loudest."""
    user = town.amina.user
    user.set_password(PASSWORD)
    user.save()
    written = io.StringIO()
    line = logging.StreamHandler(written)
    line.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(line)
    root.setLevel(logging.DEBUG)
    try:
        secrets = _use_everything(town, monkeypatch)
    finally:
        root.removeHandler(line)
        root.setLevel(level)
    told = written.getvalue()
    assert told
    for name, secret in secrets.items():
        assert secret not in told, name
    assert all(json.loads(one) for one in told.splitlines())


def _use_everything(town: Town, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    user, browser = town.amina.user, Client()
    logging.getLogger("bank.tests").warning("the log is on")
    wrong = {"email": user.email, "password": "wr0ng-Password-77"}
    browser.post("/sign-in/", wrong)
    Client().post("/api/v1/auth/token", wrong, content_type="application/json")
    browser.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    sign_in = mailed_code()
    browser.post("/sign-in/code/", {"code": sign_in})
    given = opened(user, transfer(town))
    send(user, transfer(town) | {"authorisation": given})
    token = bearer(user)["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    for path in (f"/api/v1/accounts?token={token}", f"/no-such/{token}"):
        Client().get(path, HTTP_AUTHORIZATION=f"Bearer {token}x")
    fault = RuntimeError(
        f"Authorization: Bearer {token} password={PASSWORD.split()[0]}-canary code={given['code']}"
    )
    monkeypatch.setattr("bank.accounts.api.accounts.selectors.accounts_for", Mock(side_effect=fault))
    assert Client().get("/api/v1/accounts", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 500
    outbox.deliver_due()
    cache.clear()
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        "password": PASSWORD, "wrong password": wrong["password"], "sign-in code": f'"{sign_in}"',
        "password in a fault": "-canary",
        "payment code": given["code"], "access token": token, "session": session, "key": settings.SECRET_KEY,
    }  # fmt: skip


class Trap:
    """Notes that somebody unpickled it."""

    sprung: list[int] = []

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return Trap.sprung.append, (1,)


@pytest.mark.parametrize("serializer", ["pickle", "yaml", "msgpack"])
def test_row_65_a_message_that_is_not_json_is_never_opened(serializer: str) -> None:
    """A real message through a real (in-memory) broker, read as the bank's workers read theirs."""
    kinds = {
        "pickle": "application/x-python-serialize",
        "yaml": "application/x-yaml",
        "msgpack": "application/x-msgpack",
    }
    exchange = Exchange("attack")
    queue = Queue(f"attack-{serializer}", exchange, routing_key=serializer)
    opened_messages: list[object] = []
    with Connection("memory://") as line, line.channel() as channel:
        consumer = Consumer(
            channel,
            [queue],
            accept=app.conf.accept_content,
            callbacks=[lambda body, _m: opened_messages.append(body)],
        )
        refused: list[Exception] = []
        consumer.on_decode_error = lambda _message, error: refused.append(error)
        consumer.consume()
        Producer(channel, exchange, routing_key=serializer).publish(
            pickle.dumps(Trap()), content_type=kinds[serializer], content_encoding="binary"
        )
        line.drain_events(timeout=2)
    assert [type(error) for error in refused] == [ContentDisallowed]
    assert opened_messages == []
    assert Trap.sprung == []
    assert app.conf.task_serializer == "json"


def test_row_65_the_embedded_services_listen_to_nobody_else() -> None:
    """Unix sockets in a folder of our own; no port, so no password to guess."""
    embedded._private_socket_dir()
    assert stat.S_IMODE(services.socket_dir().stat().st_mode) == 0o700
    assert services._embedded_socket_dir().startswith("/")


def test_row_64_everything_of_others_is_pinned_by_hash_and_on_the_bill_of_materials(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is installed that is not on the bill, and nothing on it without a digest."""
    call_command("bill_of_materials")
    bill = json.loads(capsys.readouterr().out)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert all(one["version"] and one["hashes"] for one in bill["components"])
    named = {_plain(one["name"]): one["version"] for one in bill["components"]}
    wanted = [line for line in (ROOT / "requirements.in").read_text().splitlines() if "==" in line]
    for line in wanted:
        name, version = line.split("#")[0].strip().split("==")
        assert named[_plain(name.split("[")[0])] == version.split(";")[0].strip(), line
    for needed in metadata.requires("Django") or []:
        name = re.split(r"[^A-Za-z0-9._-]", needed)[0]
        assert "extra ==" in needed or "sys_platform" in needed or _plain(name) in named, needed
    assert (ROOT / f"static/js/htmx-{named['htmx']}.min.js").exists()
    assert "--require-hashes" in (ROOT / "script/environment").read_text()


def test_every_row_of_the_list_of_attacks_has_its_tests_or_says_why_not() -> None:
    """Rows 1 to 65, none left out, and each file named in the table is there."""
    covered: set[int] = set()
    for line in (ROOT / "tests/security/COVERAGE.md").read_text().splitlines():
        if row := re.match(r"\| ([0-9][0-9–, ]*).*?\|(.+)\|$", line):
            numbers = [int(one) for one in re.findall("[0-9]+", row[1])]
            covered |= set(range(numbers[0], numbers[-1] + 1))
            for place in re.findall(r"\b([a-z]+/test_[a-z0-9_]+)", row[2]):
                assert (ROOT / "tests" / f"{place}.py").exists(), place
    assert covered >= set(range(1, 66)), sorted(set(range(1, 66)) - covered)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
