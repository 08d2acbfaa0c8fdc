"""Stored secrets: sealed, told apart, found by keyed hash, and moved on to a new key (attack row 57)."""

import base64
import os
from io import StringIO

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import override_settings

from bank.identity import services
from bank.identity.models import Authenticator, User
from bank.runtime import errors, reencryption, secrets
from tests.identity import totp


@pytest.fixture(autouse=True)
def no_documents(settings, tmp_path):
    """Those that other tests handed in are sealed under keys that are not in these rings."""
    settings.DOCUMENTS_DIR = tmp_path


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


OLD, NEW = new_key(), new_key()


def columns() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM identity_authenticator ORDER BY id")
        return [bytes(row[0]) for row in cursor.fetchall()]


def authenticators(count: int) -> list[Authenticator]:
    user = User.objects.create_user("sealed@example.test", full_name="Sealed Person")
    return [Authenticator.objects.create(user=user, name=str(n)) for n in range(count)]


def test_row_57_equal_values_look_different_and_open_again():
    first, second = secrets.encrypt(b"29384756"), secrets.encrypt(b"29384756")
    assert first != second
    assert b"29384756" not in first
    assert secrets.decrypt(first) == secrets.decrypt(second) == b"29384756"


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_row_57_a_flipped_bit_is_an_error_and_never_garbage(place):
    sealed = bytearray(secrets.encrypt(b"a national identity number, in full"))
    sealed[place] ^= 1
    with pytest.raises(errors.Unreadable):
        secrets.decrypt(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"plain text", b"\x01" * 40])
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(errors.Unreadable):
        secrets.decrypt(sealed)


def test_a_value_opens_only_where_it_was_sealed_for():
    sealed = secrets.encrypt(b"secret", context=b"here")
    with pytest.raises(errors.Unreadable):
        secrets.decrypt(sealed, context=b"there")


def test_row_57_a_new_key_seals_and_the_old_one_still_opens():
    with override_settings(FIELD_KEYS=[OLD]):
        before = secrets.encrypt(b"kept")
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        assert secrets.decrypt(before) == b"kept"
        assert not secrets.is_newest(before)
        after = secrets.encrypt(b"kept")
        assert secrets.is_newest(after)
    with override_settings(FIELD_KEYS=[NEW]):
        assert secrets.decrypt(after) == b"kept"
        with pytest.raises(errors.Unreadable):
            secrets.decrypt(before)


@pytest.mark.parametrize("keys", [[], ["short"], ["not base64 !"], [base64.b64encode(b"x" * 31).decode()]])
def test_a_ring_without_a_proper_key_is_refused_and_the_key_not_named(keys):
    with override_settings(FIELD_KEYS=keys), pytest.raises(ImproperlyConfigured) as refusal:
        secrets.encrypt(b"anything")
    assert not any(key in str(refusal.value) for key in keys)


def test_a_lookup_hash_finds_the_value_however_it_was_typed_and_only_with_the_key():
    found = secrets.lookup_hash("ab 123 456 c")
    assert found == secrets.lookup_hash("AB123456C") == secrets.lookup_hash("ＡＢ123456c ")
    assert len(found) == 32
    assert found != secrets.lookup_hash("AB123456D")
    assert found != secrets.lookup_hash("AB123456C", context="passport")
    with override_settings(LOOKUP_KEY="another key"):
        assert found != secrets.lookup_hash("AB123456C")


@pytest.mark.django_db
def test_row_57_an_authenticator_secret_is_not_readable_in_the_database():
    (device,) = authenticators(1)
    (stored,) = columns()
    assert device.secret.encode() not in stored
    assert device.secret_bytes not in stored
    assert Authenticator.objects.get().secret == device.secret
    with pytest.raises(FieldError):
        Authenticator.objects.filter(secret=device.secret).exists()


@pytest.mark.django_db
def test_row_57_reencrypt_moves_everything_on_and_can_be_stopped_halfway():
    with override_settings(FIELD_KEYS=[OLD]):
        known = [device.secret for device in authenticators(5)]
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        step = dict(reencryption.steps())["identity_authenticator.secret"]
        assert step(2) == 2
        assert [secrets.is_newest(sealed) for sealed in columns()] == [True, True, False, False, False]
        said = StringIO()
        call_command("reencrypt", "--batch", "2", stdout=said)
        assert "identity_authenticator.secret: 3 sealed again" in said.getvalue()
        again = StringIO()
        call_command("reencrypt", stdout=again)
        assert "identity_authenticator.secret: 0 sealed again" in again.getvalue()
    with override_settings(FIELD_KEYS=[NEW]):
        assert [device.secret for device in Authenticator.objects.order_by("pk")] == known


@pytest.mark.django_db
def test_reencrypt_stops_at_what_no_key_opens_and_says_where():
    with override_settings(FIELD_KEYS=[OLD]):
        authenticators(1)
    before = columns()
    with override_settings(FIELD_KEYS=[NEW]), pytest.raises(CommandError, match="identity_authenticator"):
        call_command("reencrypt")
    assert columns() == before


def test_a_place_that_is_no_column_takes_part():
    left = [3]

    def step(limit: int) -> int:
        done = min(limit, left[0])
        left[0] -= done
        return done

    reencryption.register("files", step)
    try:
        assert list(reencryption.run(dict(reencryption._steps)["files"], batch=2)) == [2, 1]
    finally:
        del reencryption._steps["files"]


@pytest.mark.django_db
def test_an_authenticator_accepts_a_code_once():
    user = services.create_user(email="once@example.test", full_name="Once Only", password=None)
    device = services.enrol_totp(user=user)
    code = totp.code(device)
    assert device.verify_token(code)
    assert not device.verify_token(code)
