"""API tokens: what is forged, old, foreign, used twice or revoked opens nothing."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from jwt.algorithms import ECAlgorithm

from bank.audit.models import AuditRecord
from bank.identity import errors, keys, services, tokens
from bank.identity.models import TokenFamily, User
from bank.kernel import clock
from bank.runtime import outbox
from bank.runtime.logs import JsonFormatter
from tests.identity import PASSWORD, mailed_code, totp

JSON = "application/json"
Claims = dict[str, Any]


def post(path: str, **body: Any) -> Any:
    return Client().post(f"/api/v1/auth/{path}", body, content_type=JSON)


def probe(access: str, scheme: str = "Bearer") -> int:
    return Client().get("/api/v1/probe", headers={"Authorization": f"{scheme} {access}"}).status_code


def claims_of(token: str) -> Claims:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def resigned(token: str, change: Callable[[Claims], None], key: Any = None, **header: Any) -> str:
    """A token with changed claims, signed with the bank's own key unless another is given."""
    claims = claims_of(token)
    change(claims)
    return jwt.encode(
        claims, key or keys.signing_key(), algorithm="ES256", headers={"kid": keys.key_id(), **header}
    )


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def pair(alice: User) -> tokens.Pair:
    return tokens.issue(user=alice)


@pytest.mark.django_db
class TestSigningIn:
    def test_with_a_code_by_mail(self, alice: User) -> None:
        asked = post("code", email=alice.email, password=PASSWORD)
        assert (asked.status_code, asked.json()["sent_to"]) == (202, "a•••@example.test")
        answer = post("token", email=alice.email, password=PASSWORD, otp=mailed_code())
        assert answer.status_code == 200, answer.content
        assert answer.json()["expires_in"] == 300
        assert "no-store" in answer["Cache-Control"]
        assert probe(answer.json()["access"]) == 200

    def test_with_an_app(self, alice: User) -> None:
        device = totp.enrolled(alice)
        answer = post("token", email=alice.email, password=PASSWORD, otp=totp.code(device))
        assert probe(answer.json()["access"]) == 200

    def test_row_05_the_password_alone_is_not_enough(self, alice: User) -> None:
        answer = post("token", email=alice.email, password=PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (401, "SECOND_FACTOR_REQUIRED")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert not TokenFamily.objects.exists()

    def test_row_06_a_mailed_code_works_once(self, alice: User) -> None:
        post("code", email=alice.email, password=PASSWORD)
        code = mailed_code()
        assert post("token", email=alice.email, password=PASSWORD, otp=code).status_code == 200
        assert post("token", email=alice.email, password=PASSWORD, otp=code).status_code == 401

    def test_row_06_a_code_of_an_app_works_once(self, alice: User) -> None:
        code = totp.code(totp.enrolled(alice))
        assert post("token", email=alice.email, password=PASSWORD, otp=code).status_code == 200
        assert post("token", email=alice.email, password=PASSWORD, otp=code).status_code == 401

    def test_row_06_five_wrong_codes_kill_the_challenge(self, alice: User) -> None:
        post("code", email=alice.email, password=PASSWORD)
        right = mailed_code()
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        for _ in range(5):
            assert post("token", email=alice.email, password=PASSWORD, otp=wrong).status_code == 401
        answer = post("token", email=alice.email, password=PASSWORD, otp=right)
        assert (answer.status_code, answer.json()["code"]) == (401, "SECOND_FACTOR_REFUSED")

    def test_row_06_guessing_an_apps_code_is_stopped_by_the_hour(self, alice: User) -> None:
        device = totp.enrolled(alice)
        wrong = totp.wrong(device)
        for _ in range(20):
            assert post("token", email=alice.email, password=PASSWORD, otp=wrong).status_code == 401
        answer = post("token", email=alice.email, password=PASSWORD, otp=totp.code(device))
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 3000

    @pytest.mark.parametrize("path", ["token", "code"])
    def test_row_01_an_address_is_stopped_by_the_eleventh_wrong_password(
        self, alice: User, path: str
    ) -> None:
        answers = [post(path, email=alice.email, password="wrong") for _ in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert answers[0].json()["code"] == "SIGN_IN_REFUSED"
        assert answers[-1].json()["code"] == "TOO_MANY_TRIES"
        assert 0 < int(answers[-1]["Retry-After"]) <= 301

    def test_row_02_an_unknown_user_gets_the_same_answer(self, alice: User) -> None:
        answers = [post("token", email=e, password="wrong") for e in (alice.email, "no@example.test")]
        bodies = [answer.json() | {"correlation_id": ""} for answer in answers]
        assert bodies[0] == bodies[1]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"email": "a@b.test"},
            {"email": ["a@b.test"], "password": {}},
            {"email": "a@b.test", "password": "x" * 2000},
            {"email": "a\x00@b.test", "password": "x"},
            {"email": None, "password": True, "otp": []},
        ],
    )
    def test_a_malformed_body_is_a_problem_of_the_caller(self, body: Any) -> None:
        answer = post("token", **body)
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")


@pytest.mark.django_db
class TestForgeries:
    def test_row_15_the_algorithm_is_es256_with_a_named_key(self, pair: tokens.Pair) -> None:
        header = jwt.get_unverified_header(pair.access)
        assert header == {"alg": "ES256", "typ": "JWT", "kid": keys.key_id()}

    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
    def test_row_15_no_signature(self, pair: tokens.Pair, algorithm: str) -> None:
        body = pair.access.split(".")[1]
        header = encoded({"alg": algorithm, "typ": "JWT", "kid": keys.key_id()})
        assert probe(f"{header}.{body}.") == 401
        assert probe(f"{header}.{body}.{pair.access.split('.')[2]}") == 401

    @pytest.mark.parametrize("secret", ["pem", "jwk", "settings"])
    def test_row_15_hmac_with_the_public_key_as_secret(self, pair: tokens.Pair, secret: str) -> None:
        key = {
            "pem": settings.SIMPLE_JWT["VERIFYING_KEY"],
            "jwk": json.dumps(keys.jwks()["keys"][0]),
            "settings": settings.SECRET_KEY,
        }[secret]
        signed = (
            f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': keys.key_id()})}.{pair.access.split('.')[1]}"
        )
        mac = hmac.digest(key.encode(), signed.encode(), hashlib.sha256)
        assert probe(f"{signed}.{encoded(mac)}") == 401

    @pytest.mark.parametrize(
        "header",
        [
            {"kid": "unknown"},
            {"kid": "../../dev/null"},
            {"jku": "http://127.0.0.1:9/jwks.json"},
            {"x5u": "http://127.0.0.1:9/cert.pem"},
            {"x5c": ["MIIB"]},
            {"crit": ["b64"], "b64": False},
        ],
    )
    def test_row_15_headers_that_choose_the_key(self, pair: tokens.Pair, header: Claims) -> None:
        assert probe(resigned(pair.access, lambda claims: None, **header)) == 401

    def test_row_15_the_attackers_key_in_the_header(self, pair: tokens.Pair) -> None:
        attacker = ECAlgorithm(ECAlgorithm.SHA256).prepare_key(self.new_pem())
        jwk = ECAlgorithm.to_jwk(attacker.public_key(), as_dict=True)
        assert probe(resigned(pair.access, lambda claims: None, attacker, jwk=jwk)) == 401
        assert probe(resigned(pair.access, lambda claims: None, attacker)) == 401

    def new_pem(self) -> str:
        form = serialization.PrivateFormat.PKCS8
        key = ec.generate_private_key(ec.SECP256R1())
        return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()

    def test_row_16_there_is_no_secret_to_guess(self, pair: tokens.Pair) -> None:
        for secret in ("", "secret", settings.SECRET_KEY):
            with pytest.raises(jwt.InvalidTokenError):
                jwt.decode(pair.access, secret, algorithms=["HS256", "HS384", "HS512"], audience="umoja-api")

    @pytest.mark.parametrize(
        "changes",
        [
            {"aud": "another-service"},
            {"aud": ["another-service"]},
            {"aud": None},
            {"iss": "https://evil.test"},
            {"iss": None},
            {"exp": 1_600_000_000},
            {"exp": None},
            {"nbf": 4_000_000_000},
            {"iat": 4_000_000_000},
            {"token_type": "refresh"},
            {"token_type": None},
            {"sub": "0"},
            {"sub": "abc"},
            {"sub": None},
            {"ver": 99},
            {"ver": None},
            {"sid": "00000000-0000-4000-8000-000000000000"},
            {"sid": "x"},
            {"jti": None},
        ],
    )
    def test_row_17_wrong_claims_though_signed_by_us(self, pair: tokens.Pair, changes: Claims) -> None:
        def change(claims: Claims) -> None:
            claims.update(changes)
            for name in [name for name, value in claims.items() if value is None]:
                del claims[name]

        assert probe(resigned(pair.access, lambda claims: None)) == 200
        assert probe(resigned(pair.access, change)) == 401

    def test_row_17_a_changed_subject_under_the_old_signature(self, pair: tokens.Pair, bob: User) -> None:
        header, _, signature = pair.access.split(".")
        claims = claims_of(pair.access) | {"sub": str(bob.pk)}
        assert probe(f"{header}.{encoded(claims)}.{signature}") == 401

    def test_row_17_types_are_not_exchangeable(self, pair: tokens.Pair) -> None:
        assert probe(pair.refresh) == 401
        assert post("token/refresh", refresh=pair.access).status_code == 401

    def test_row_17_access_ends_after_five_minutes_and_little_skew(self, pair: tokens.Pair) -> None:
        now = clock.now().timestamp()
        with time_machine.travel(now + 300 + 61, tick=True):
            assert probe(pair.access) == 401

    @pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é", "x" * 4_000, "a b", "..", "eyJ9.eyJ9.eyJ9"])
    def test_what_is_no_token_is_refused_as_a_problem(self, alice: User, text: str) -> None:
        answer = Client().get("/api/v1/probe", headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert post("token/refresh", refresh=text or "-").json()["code"] == "TOKEN_INVALID"

    def test_other_schemes_open_nothing(self, pair: tokens.Pair) -> None:
        assert probe(pair.access, "Basic") == 401
        assert Client().get("/api/v1/probe").status_code == 401
        assert Client().get(f"/api/v1/probe?access_token={pair.access}").status_code == 401


@pytest.mark.django_db
class TestEnding:
    def test_row_11_revoking_ends_both_tokens_at_once(self, pair: tokens.Pair) -> None:
        assert post("token/revoke", refresh=pair.refresh).status_code == 204
        assert probe(pair.access) == 401
        assert post("token/refresh", refresh=pair.refresh).status_code == 401

    def test_revoking_what_is_over_is_no_error(self, pair: tokens.Pair) -> None:
        for token in (pair.refresh, pair.refresh, "nonsense"):
            assert post("token/revoke", refresh=token).status_code == 204

    def test_row_11_a_user_switched_off_is_out_at_once(self, alice: User, pair: tokens.Pair) -> None:
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert probe(pair.access) == 401
        assert post("token/refresh", refresh=pair.refresh).status_code == 401
        answer = post("token", email=alice.email, password=PASSWORD, otp="000000")
        assert answer.json()["code"] == "SIGN_IN_REFUSED"

    def test_row_04_a_new_password_ends_every_token(self, alice: User, pair: tokens.Pair) -> None:
        services.change_password(user=alice, old=PASSWORD, new="a wholly new passphrase")
        assert probe(pair.access) == 401
        assert post("token/refresh", refresh=pair.refresh).status_code == 401
        assert probe(tokens.issue(user=alice).access) == 200

    def test_row_18_rotation(self, pair: tokens.Pair) -> None:
        answer = post("token/refresh", refresh=pair.refresh)
        assert answer.status_code == 200
        assert answer.json()["refresh"] != pair.refresh
        assert probe(answer.json()["access"]) == 200
        assert claims_of(answer.json()["refresh"])["exp"] == claims_of(pair.refresh)["exp"]

    def test_row_18_reuse_kills_the_family_and_is_told(self, alice: User, pair: tokens.Pair) -> None:
        renewed = post("token/refresh", refresh=pair.refresh).json()
        assert post("token/refresh", refresh=pair.refresh).status_code == 401
        assert post("token/refresh", refresh=renewed["refresh"]).status_code == 401
        assert probe(renewed["access"]) == 401
        assert AuditRecord.objects.filter(action="TOKEN_REUSED", actor=alice).count() == 1
        outbox.deliver_due()
        assert "used a key a second time" in mail.outbox[-1].body

    def test_row_18_another_family_lives_on(self, alice: User, pair: tokens.Pair) -> None:
        other = tokens.issue(user=alice)
        post("token/refresh", refresh=pair.refresh)
        post("token/refresh", refresh=pair.refresh)
        assert probe(other.access) == 200

    def test_row_18_a_family_ends_however_often_it_is_renewed(self, pair: tokens.Pair) -> None:
        started = clock.now().timestamp()
        for hours in (3, 6):
            with time_machine.travel(started + hours * 3600, tick=True):
                pair = tokens.rotate(refresh=pair.refresh)
        with time_machine.travel(started + 8 * 3600 + 61, tick=True):
            assert post("token/refresh", refresh=pair.refresh).status_code == 401

    def test_row_20_no_token_is_stored_or_logged(self, pair: tokens.Pair) -> None:
        assert "eyJ" not in str(list(TokenFamily.objects.values()))
        assert "eyJ" not in str(list(AuditRecord.objects.values()))
        record = logging.LogRecord("x", logging.INFO, "", 0, "got Bearer %s", (pair.access,), None)
        assert pair.access not in JsonFormatter().format(record)

    def test_row_62_issue_and_end_are_on_the_trail(self, alice: User, pair: tokens.Pair) -> None:
        tokens.revoke(refresh=pair.refresh)
        actions = AuditRecord.objects.filter(actor=alice, action__startswith="TOKEN").order_by("id")
        assert [record.action for record in actions] == ["TOKEN_ISSUED", "TOKEN_REVOKED"]

    def test_the_check_costs_one_query(
        self, pair: tokens.Pair, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        with django_assert_num_queries(1):
            assert probe(pair.access) == 200


def test_the_public_keys_verify_our_tokens(client: Client, pair: tokens.Pair) -> None:
    answer = client.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    (known,) = answer.json()["keys"]
    assert "d" not in known
    key = jwt.PyJWK(known).key
    claims = jwt.decode(pair.access, key, algorithms=["ES256"], audience="umoja-api")
    assert claims["iss"] == settings.PUBLIC_URL


@pytest.mark.django_db(transaction=True)
def test_row_19_of_parallel_refreshes_exactly_one_succeeds(alice: User) -> None:
    pair, gate = tokens.issue(user=alice), Barrier(20)

    def refresh() -> str:
        try:
            gate.wait()
            return tokens.rotate(refresh=pair.refresh).refresh
        except errors.TokenInvalid:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        got = [future.result() for future in [pool.submit(refresh) for _ in range(20)]]
    assert len([token for token in got if token]) == 1
    with pytest.raises(errors.TokenInvalid):
        tokens.rotate(refresh=next(filter(None, got)))
