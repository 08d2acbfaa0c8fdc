"""Rotating the keys that sign API tokens; what the states mean is said in ``bank.identity.keys``."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from rest_framework_simplejwt.settings import api_settings

from bank.audit import services as audit
from bank.identity import errors, keys, rules
from bank.identity.models import SigningKey
from bank.identity.rules import KeyState
from bank.kernel import clock
from bank.runtime import locks, secrets

_LOCK = "identity.signing_keys"


@transaction.atomic
def rotate() -> list[SigningKey]:
    """One step on: the next key signs, the present one only verifies, and a new next one is published.

    The first time it takes the key of the settings over and publishes a next one. No token dies
    by it. Raises ``KeyTooYoung`` where the next key has not been published for an hour yet.
    """
    known = _taken()
    if KeyState.NEXT not in known:
        _make_next()
        return _told("SIGNING_KEYS_PREPARED")
    ripe = known[KeyState.NEXT].made_at + rules.KEY_PUBLISHED_FOR
    if clock.now() < ripe:
        raise errors.KeyTooYoung(after=f"{ripe:%Y-%m-%d %H:%M} UTC")
    _step(known[KeyState.CURRENT], known[KeyState.NEXT], overlap=_longest_life())
    return _told("SIGNING_KEYS_ROTATED")


@transaction.atomic
def replace_compromised() -> list[SigningKey]:
    """The present key is known to strangers: within a minute it counts nowhere, and its tokens are dead."""
    known = _taken()
    following = known.get(KeyState.NEXT) or _make_next()
    _step(known[KeyState.CURRENT], following, overlap=timedelta(0))
    return _told("SIGNING_KEY_COMPROMISED")


def _taken() -> dict[KeyState, SigningKey]:
    """The keys in use, by state, while nobody else rotates; the settings' own key becomes the first row."""
    locks.hold_until_commit(_LOCK)
    if not SigningKey.objects.exists():
        _keep(settings.JWT_SIGNING_KEY, KeyState.CURRENT)
    in_use = SigningKey.objects.exclude(state=KeyState.RETIRED)
    return {KeyState(key.state): key for key in in_use}


def _step(current: SigningKey, following: SigningKey, *, overlap: timedelta) -> None:
    now = clock.now()
    current.state, current.private_pem = KeyState.RETIRED, None
    current.retired_at, current.counts_until = now, now + overlap
    current.save()
    following.state = KeyState.CURRENT
    following.save(update_fields=["state"])
    _make_next()


def _make_next() -> SigningKey:
    return _keep(secrets.new_signing_key(), KeyState.NEXT)


def _keep(pem: str, state: KeyState) -> SigningKey:
    kid = keys.thumbprint(keys.private_key(pem).public_key())
    return SigningKey.objects.create(
        kid=kid, state=state, private_pem=pem, public_pem=secrets.public_key(pem), made_at=clock.now()
    )


def _longest_life() -> timedelta:
    """A refresh token signed this minute, by a process that has not heard of the rotation yet."""
    return api_settings.REFRESH_TOKEN_LIFETIME + timedelta(seconds=api_settings.LEEWAY) + timedelta(minutes=2)


def _told(action: str) -> list[SigningKey]:
    found = list(SigningKey.objects.order_by("pk"))
    told = {str(key.kid): key.state for key in found if key.state != KeyState.RETIRED}
    audit.record(action, actor=None, subject_type="SIGNING_KEYS", subject_id="JWT", detail=told)
    transaction.on_commit(keys.forget)
    return found
