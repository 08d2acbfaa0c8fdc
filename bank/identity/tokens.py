"""API tokens: short access tokens, refresh tokens that rotate, families that die as one (RFC 9700 §4.14).

Signed with ES256 alone; the key is found by ``kid`` among ours, and a header that names a key
or a place to fetch one is refused unread (RFC 8725 §3). An access token counts as long as
its user is active, the user's token version is the same and its family was not revoked, so
signing out, switching off and changing a password end it at once (ASVS 5.0 7.4, 9.1, 9.2).
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar
from uuid import UUID, uuid4

import jwt
from django.conf import settings
from django.db import transaction
from jwt.types import Options
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token

from bank.audit import services as audit
from bank.identity import errors, keys, notices, rules, selectors
from bank.identity.models import TokenFamily, User
from bank.identity.rules import Ended
from bank.kernel import clock
from bank.runtime import context

_HEADER = {"alg", "typ", "kid"}
_REQUIRED: Options = {"require": ["exp", "iat", "aud", "iss", "jti", "sub"]}


class Signature(TokenBackend):
    """Signs with our key's name in the header, and verifies nothing that asks for another key."""

    def encode(self, payload: dict[str, Any]) -> str:
        claims = payload | {"aud": self.audience, "iss": self.issuer}
        return jwt.encode(
            claims, keys.signing_key(), algorithm=keys.ALGORITHM, headers={"kid": keys.key_id()}
        )

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            key = keys.verifying_key(header["kid"])
            if header.keys() - _HEADER:
                raise TokenBackendError("The header names more than algorithm, type and key.")
            return jwt.decode(
                token,
                key,
                algorithms=[keys.ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                leeway=self.get_leeway(),
                options=_REQUIRED,
            )
        except (jwt.InvalidTokenError, KeyError, TypeError, UnicodeDecodeError) as error:
            raise TokenBackendError("The token is not ours or not valid now.") from error


class _Signed(Token):
    audience: ClassVar[str]

    def get_token_backend(self) -> TokenBackend:
        return _signature(self.audience)


class Access(_Signed):
    """Opens the API for five minutes."""

    token_type = "access"  # noqa: S105
    audience = settings.JWT_AUDIENCES["api"]
    lifetime = api_settings.ACCESS_TOKEN_LIFETIME


class Refresh(_Signed):
    """Buys the next pair, once."""

    token_type = "refresh"  # noqa: S105
    audience = settings.JWT_AUDIENCES["tokens"]
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


@dataclass(frozen=True, slots=True)
class Pair:
    access: str
    refresh: str
    expires_in_s: int


class AccessTokenAuthentication(JWTAuthentication):
    """The API's door: ``Authorization: Bearer`` with an access token of ours."""

    www_authenticate_realm = "api"

    def authenticate(self, request: Request) -> tuple[User, Access] | None:  # type: ignore[override]
        scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        user, token = _verified(text.strip())
        context.identify(user.pk)
        return user, token


def issue(*, user: User) -> Pair:
    """Signs a program in: a new family with its first pair. Refreshing does not outlive the family's end."""
    now, asked = clock.now(), context.current()
    with transaction.atomic():
        family = TokenFamily.objects.create(
            user=user,
            current_jti=uuid4().hex,
            device=rules.device_label(asked.user_agent),
            ip=asked.ip,
            created_at=now,
            refreshed_at=now,
            expires_at=now + api_settings.REFRESH_TOKEN_LIFETIME,
        )
        _record("TOKEN_ISSUED", family)
    return _pair(family)


def rotate(*, refresh: str) -> Pair:
    """The next pair for a refresh token, which is worth nothing afterwards.

    Under the family's row lock, so of parallel calls with one token exactly one succeeds. A
    token used before is a stolen or a copied one: the whole family dies and the user is told.
    Raises ``TokenInvalid`` for that and for every token that is not ours, expired or revoked.
    """
    claims = _refresh_claims(refresh)
    with transaction.atomic():
        family = _locked_family(claims)
        if family is None:
            raise errors.TokenInvalid
        if is_reused := family.current_jti != claims["jti"]:
            _kill_reused(family)
        else:
            family.current_jti, family.refreshed_at = uuid4().hex, clock.now()
            family.save(update_fields=["current_jti", "refreshed_at"])
    if is_reused:
        raise errors.TokenInvalid
    return _pair(family)


def revoke(*, refresh: str) -> None:
    """Signs the program out: its family of tokens ends at once. A token that is over already is no error
    (RFC 7009 §2.2)."""
    try:
        claims = _refresh_claims(refresh)
    except errors.TokenInvalid:
        return
    family = TokenFamily.objects.filter(pk=claims["sid"], revoked_at__isnull=True).first()
    if family is not None:
        end_family(family, Ended.SIGNED_OUT)


def end_family(family: TokenFamily, reason: Ended) -> None:
    """Ends a program's access; its access token fails from the next request on."""
    with transaction.atomic():
        alive = TokenFamily.objects.filter(pk=family.pk, revoked_at__isnull=True)
        if alive.update(revoked_at=clock.now(), revoked_reason=reason):
            _record("TOKEN_REVOKED", family, why=reason)


def _pair(family: TokenFamily) -> Pair:
    """The refresh token ends with its family, however often it was renewed."""
    access, refresh = Access(), Refresh()
    for token in (access, refresh):
        token["sub"] = str(family.user_id)
        token["sid"] = str(family.pk)
        token["ver"] = family.user.token_version
    refresh["jti"] = family.current_jti
    refresh["exp"] = int(family.expires_at.timestamp())
    lifetime: timedelta = api_settings.ACCESS_TOKEN_LIFETIME
    return Pair(str(access), str(refresh), int(lifetime.total_seconds()))


def _verified(text: str) -> tuple[User, Access]:
    refused = AuthenticationFailed(errors.TokenInvalid.sentence, code=errors.TokenInvalid.code.lower())
    try:
        token = Access(text)  # type: ignore[arg-type]
        user = selectors.user_of_token(
            user_id=int(token["sub"]), version=int(token["ver"]), family_id=UUID(token["sid"])
        )
    except (TokenError, KeyError, ValueError) as error:
        raise refused from error
    if user is None:
        raise refused
    return user, token


def _refresh_claims(text: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = Refresh(text).payload  # type: ignore[arg-type]
    except TokenError as error:
        raise errors.TokenInvalid from error
    return claims


def _locked_family(claims: dict[str, Any]) -> TokenFamily | None:
    found = TokenFamily.objects.select_for_update(of=("self",)).select_related("user")
    family = found.filter(pk=claims["sid"], user_id=claims["sub"], user__is_active=True).first()
    if family is None or not family.is_alive(clock.now()):
        return None
    return family if family.user.token_version == claims["ver"] else None


def _kill_reused(family: TokenFamily) -> None:
    family.revoked_at, family.revoked_reason = clock.now(), Ended.REUSED
    family.save(update_fields=["revoked_at", "revoked_reason"])
    notices.send(family.user, notices.Kind.TOKEN_REUSED)
    _record("TOKEN_REUSED", family)


@cache
def _signature(audience: str) -> Signature:
    """One for each door: what is meant for one opens no other (RFC 8725 §3.9)."""
    return Signature(
        keys.ALGORITHM,
        audience=audience,
        issuer=api_settings.ISSUER,
        leeway=api_settings.LEEWAY,
    )


def _record(action: str, family: TokenFamily, **detail: Any) -> None:
    audit.record(
        action,
        actor=family.user,
        subject_type="USER",
        subject_id=str(family.user_id),
        detail={**detail, "family": str(family.pk), "device": family.device},
    )
