"""A scratch bank to drive over HTTP: its own database, its own folder, and nothing of it left behind.

``python -m bench.http_world`` is run with the scratch environment; it fills the database and
prints, per payer, an access token and the body of a transfer.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
PAYERS = 64
_STOP_S = 10


@contextmanager
def scratch_environment() -> Iterator[dict[str, str]]:
    """Environment variables of a bank with a database and a ``var`` folder that vanish afterwards."""
    from bank.runtime import services

    name = f"bench_http_{secrets.token_hex(4)}"
    url = services.database_url()
    scratch_url = (
        url.replace("/bank?", f"/{name}?") if "/bank?" in url else f"{url.rpartition('/')[0]}/{name}"
    )
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _administer(url, f"CREATE DATABASE {name}")
        try:
            yield os.environ | {
                "DATABASE_URL": scratch_url,
                "BANK_VAR": folder,
                "BANK_ENV": "demo",
                "LOG_LEVEL": "ERROR",
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "STATIC_ROOT": str(services.var_dir() / "static"),
            }
        finally:
            _administer(url, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def process(command: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A server that runs until the block ends."""
    running = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def python(arguments: list[str], environment: dict[str, str]) -> str:
    """What a Python process of the scratch bank prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


def _administer(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def _fill() -> None:
    """Payers with money, each with a permit for programs and a token; each pays the next one."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "bank.settings"
    django.setup()
    from bank.payments import services as payments
    from bank.payments.models import VelocityRule
    from bank.products import services as products

    products.seed_catalogue()
    payments.seed_limits()
    # Everybody here pays hundreds of times in an hour; the question is asked all the same.
    VelocityRule.objects.update(most=10**9)
    made = [_payer(number) for number in range(PAYERS)]
    for (token, number), (_token, payee) in zip(made, made[1:] + made[:1], strict=True):
        print(json.dumps({"token": token, "debtor": number, "creditor": payee}))


def _payer(number: int) -> tuple[str, str]:
    from datetime import date, timedelta

    from bank import ledger
    from bank.accounts import postings
    from bank.accounts import services as accounts
    from bank.cif import services as cif
    from bank.identity import tokens
    from bank.identity.models import User
    from bank.kernel.money import Money
    from bank.payments import selectors
    from bank.payments.models import PaymentPermit

    user = User.objects.create(email=f"payer{number}@example.test", full_name=f"Payer {number}")
    customer = cif.create_person(
        given_names="Payer", family_name=f"Number{number}", birth_date=date(1990, 1, 1)
    )
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    account = accounts.open_account(customer=customer, product_code="CURRENT", key=f"open-{number}")
    amount, narrative = Money.of("90000", "KES"), "Opening deposit"
    key = f"deposit-{number}"
    ledger.post(
        postings.cash_deposited(
            key=key, account=account.number, amount=amount, gl=ledger.gl, narrative=narrative
        )
    )
    PaymentPermit.objects.create(
        user=user,
        account=account,
        single_maximum=1000,
        daily_maximum=90_000,
        valid_until=selectors.today() + timedelta(days=1),
    )
    return tokens.issue(user=user).access, account.number


if __name__ == "__main__":
    _fill()
