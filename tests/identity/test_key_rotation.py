"""Keys that sign tokens: several at a time, each in its state, and no token dies of a rotation."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import jwt
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from bank.audit.models import AuditRecord
from bank.identity import errors, keys, rotation, tokens
from bank.identity.models import SigningKey, User
from bank.identity.rules import KeyState
from bank.kernel import clock

HOUR = timedelta(hours=1, minutes=6)


@pytest.fixture(autouse=True)
def fresh_keys(db: None) -> Iterator[None]:
    keys.forget()
    yield
    keys.forget()


def states() -> list[str]:
    return list(SigningKey.objects.order_by("pk").values_list("state", flat=True))


def step() -> None:
    """A rotation, and what every process knows a minute later."""
    rotation.rotate()
    keys.forget()


def probe(access: str) -> int:
    return Client().get("/api/v1/probe", headers={"Authorization": f"Bearer {access}"}).status_code


def refresh(text: str) -> int:
    body = json.dumps({"refresh": text})
    return Client().post("/api/v1/auth/token/refresh", body, content_type="application/json").status_code


def published() -> set[str]:
    return {key["kid"] for key in Client().get("/.well-known/jwks.json").json()["keys"]}


def test_a_key_is_published_before_it_signs_and_no_token_dies(alice: User) -> None:
    first, old = keys.key_id(), tokens.issue(user=alice)
    step()
    assert states() == ["CURRENT", "NEXT"]
    following = SigningKey.objects.get(state=KeyState.NEXT).kid
    assert published() == {first, following}
    assert keys.key_id() == first
    with time_machine.travel(clock.now() + HOUR, tick=False):
        step()
        assert states() == ["RETIRED", "CURRENT", "NEXT"]
        assert keys.key_id() == following
        assert {first, following} < published()
        new = tokens.rotate(refresh=old.refresh)
        assert jwt.get_unverified_header(new.access)["kid"] == following
        assert probe(new.access) == 200
    assert probe(old.access) == 200, "signed by the retired key"


def test_a_retired_key_verifies_until_nothing_it_signed_lives(alice: User) -> None:
    first = keys.key_id()
    step()
    with time_machine.travel(clock.now() + HOUR, tick=False):
        step()
    retired = SigningKey.objects.get(kid=first)
    assert retired.counts_until is not None
    assert retired.counts_until > clock.now() + HOUR + timedelta(hours=8)
    with time_machine.travel(retired.counts_until, tick=False):
        keys.forget()
        assert first not in published()
        with pytest.raises(KeyError):
            keys.verifying_key(first)


def test_the_next_key_does_not_sign_before_its_hour(alice: User) -> None:
    rotation.rotate()
    with pytest.raises(errors.KeyTooYoung):
        rotation.rotate()
    assert states() == ["CURRENT", "NEXT"]


def test_private_halves_are_sealed_and_then_thrown_away() -> None:
    rotation.rotate()
    with time_machine.travel(clock.now() + HOUR, tick=False):
        rotation.rotate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, private_pem FROM identity_signingkey ORDER BY id")
        rows = cursor.fetchall()
    assert rows[0] == ("RETIRED", None)
    assert all(b"PRIVATE KEY" not in bytes(sealed) for _state, sealed in rows[1:])


def test_a_compromised_key_takes_its_tokens_along(alice: User) -> None:
    old, first = tokens.issue(user=alice), keys.key_id()
    rotation.replace_compromised()
    keys.forget()
    assert probe(old.access) == 401
    assert first not in published()
    assert probe(tokens.issue(user=alice).access) == 200
    with pytest.raises(errors.TokenInvalid):
        tokens.rotate(refresh=old.refresh)


def test_another_process_learns_of_a_key_by_its_name(alice: User) -> None:
    """This process read the keys before; a token of another process names a key it does not know."""
    step()
    stale = keys._ring()
    with time_machine.travel(clock.now() + HOUR, tick=False):
        step()
        token = tokens.issue(user=alice).access
        keys._rings[:] = [keys.Ring(stale.kid, stale.private, {stale.kid: stale.public[stale.kid]}, 0.0)]
        assert probe(token) == 200


def test_names_made_up_are_not_asked_for_again_and_again(alice: User, django_assert_num_queries: Any) -> None:
    keys.key_id()
    with django_assert_num_queries(0):
        for number in range(50):
            with pytest.raises(KeyError):
                keys.verifying_key(f"made-up-{number}")


def test_the_command_tells_the_states_and_refuses_in_words() -> None:
    out = StringIO()
    call_command("rotate_jwt_keys", stdout=out)
    assert [line.split()[1] for line in out.getvalue().splitlines()] == ["CURRENT", "NEXT"]
    with pytest.raises(CommandError, match="published too lately"):
        call_command("rotate_jwt_keys", stdout=out)
    assert AuditRecord.objects.filter(action="SIGNING_KEYS_PREPARED").count() == 1


def test_there_is_one_next_and_one_current_key() -> None:
    rotation.rotate()
    with pytest.raises(IntegrityError):
        SigningKey.objects.create(kid="x", state=KeyState.CURRENT, public_pem="")


def test_row_17_a_token_for_one_door_opens_no_other(alice: User) -> None:
    """Signed by the bank, of the right type, and for the other door."""
    pair = tokens.issue(user=alice)
    for text, kind, other in (
        (pair.access, "access", "umoja-tokens"),
        (pair.refresh, "refresh", "umoja-api"),
    ):
        claims = jwt.decode(text, options={"verify_signature": False})
        assert claims["aud"] == {"access": "umoja-api", "refresh": "umoja-tokens"}[kind]
        moved = jwt.encode(
            claims | {"aud": other}, keys.signing_key(), algorithm="ES256", headers={"kid": keys.key_id()}
        )
        assert (probe if kind == "access" else refresh)(moved) == 401
    assert probe(pair.refresh) == 401
