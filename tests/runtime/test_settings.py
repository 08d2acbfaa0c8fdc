"""Production starts complete or not at all, and says what is missing."""

import os
import subprocess
import sys

import pytest

from bank.runtime import logs, secrets

CHECK = [sys.executable, "-c", "import bank.settings"]


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    base = {"PATH": os.environ["PATH"]}
    return subprocess.run(CHECK, env=base | environment, capture_output=True, text=True, timeout=60)


def test_production_names_everything_that_is_missing():
    result = start()
    assert result.returncode != 0
    for name in (
        "SECRET_KEY",
        "JWT_SIGNING_KEY",
        "FIELD_KEYS",
        "LOOKUP_KEY",
        "DATABASE_URL",
        "BROKER_URL",
        "CACHE_URL",
        "ALLOWED_HOSTS",
        "PUBLIC_URL",
        "DOCUMENT_SIGNING_KEY",
        "DOCUMENT_SIGNING_CERTIFICATES",
    ):
        assert name in result.stderr


def test_production_starts_when_complete(tmp_path):
    result = start(
        BANK_VAR=str(tmp_path),
        SECRET_KEY="x" * 50,
        JWT_SIGNING_KEY=secrets.new_signing_key(),
        FIELD_KEYS="QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        LOOKUP_KEY="y" * 50,
        DATABASE_URL="postgresql://bank@db/bank",
        BROKER_URL="amqp://broker",
        CACHE_URL="redis://cache",
        ALLOWED_HOSTS="bank.example",
        EMAIL_URL="smtp://mail:25",
        PUBLIC_URL="https://bank.example",
        DOCUMENT_SIGNING_KEY=secrets.new_signing_key(),
        DOCUMENT_SIGNING_CERTIFICATES="-----BEGIN CERTIFICATE-----",
    )
    assert result.returncode == 0, result.stderr


def test_an_unknown_environment_is_refused():
    assert "production, demo or test" in start(BANK_ENV="staging").stderr


def test_secrets_are_made_once_and_private(tmp_path, monkeypatch):
    monkeypatch.setenv("BANK_VAR", str(tmp_path))
    first = secrets.kept("name")
    assert secrets.kept("name") == first
    assert len(first) >= 50
    assert (tmp_path / "secrets" / "name").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer abc.def.ghi",
        "token eyJhbGciOi.eyJzdWIi.c2ln",
        "POST password=hunter2",
        "code=123456",
    ],
)
def test_logs_never_show_a_secret(line):
    struck = logs.strike(line)
    assert "[secret]" in struck
    for secret in ("abc.def", "eyJ", "hunter2", "123456"):
        assert secret not in struck
