"""Passkeys (WebAuthn level 3): registered, named, removed; they sign a sign-in or exactly one act.

For an act the value to sign is computed from the challenge and the digest of its act, so the
signature is bound to amount and payee as a code is, and nothing needs to be stored. User
verification is always asked for: the device recognises its owner by finger, face or PIN.
"""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.encoding import force_bytes
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bank.audit import services as audit
from bank.identity import errors, notices, rules
from bank.identity.models import Challenge, Passkey, User
from bank.kernel import clock

LONGEST_ANSWER = 8192
"""Characters of JSON a browser may send as its answer."""


def relying_party() -> str:
    """The host name passkeys belong to; a bare address has none, and stands for this machine."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return "localhost" if host.replace(".", "").isdigit() or ":" in host else host


def usable_at(host: str) -> bool:
    """Whether a browser that shows the bank under this ``host`` takes its passkeys."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name == relying_party() or name.endswith(f".{relying_party()}")


def passkeys_of(user: User) -> QuerySet[Passkey]:
    return Passkey.objects.filter(user=user).order_by("added_at")


def registration(user: User, challenge: bytes) -> str:
    """What the browser needs to make a key pair for the user, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=relying_party(),
        rp_name=settings.BANK_NAME,
        user_id=_handle(user),
        user_name=user.email,
        user_display_name=user.full_name,
        challenge=challenge,
        exclude_credentials=_descriptors(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def register(*, user: User, name: str, answer: str, challenge: bytes) -> Passkey:
    """Keeps the public half of the key pair the browser made; the user is told by e-mail.

    Raises ``PasskeyRefused``: for another challenge or site, without user verification, known
    already, or one too many.
    """
    if passkeys_of(user).count() >= rules.PASSKEYS:
        raise errors.PasskeyRefused
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=_origins(answer),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as refusal:
        _refuse(user, "PASSKEY_ADDED")
        raise errors.PasskeyRefused from refusal
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user=user,
                name=name,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                is_synced=made.credential_backed_up,
            )
            notices.send(user, notices.Kind.PASSKEY_ADDED)
            _record("PASSKEY_ADDED", user, passkey)
    except IntegrityError as known:
        raise errors.PasskeyRefused from known
    return passkey


def remove(*, user: User, passkey: Passkey) -> None:
    """The passkey opens nothing any more; the user is told by e-mail."""
    with transaction.atomic():
        _record("PASSKEY_REMOVED", user, passkey)
        passkey.delete()
        notices.send(user, notices.Kind.PASSKEY_REMOVED)


def rename(*, user: User, passkey: Passkey, name: str) -> None:
    """Another name in the list of passkeys."""
    with transaction.atomic():
        passkey.name = name
        passkey.save(update_fields=["name"])
        _record("PASSKEY_RENAMED", user, passkey)


def asking(challenge: bytes, user: User | None = None) -> str:
    """What the browser needs to sign ``challenge``, as JSON; without ``user`` it offers what it has."""
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(),
        challenge=challenge,
        allow_credentials=_descriptors(user) if user else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def asking_for(challenge: Challenge) -> str:
    """As ``asking``, for one act: its user's passkeys sign its digest. Empty where there are none."""
    if not passkeys_of(challenge.user).exists():
        return ""
    return asking(_challenge_bytes(challenge), challenge.user)


def is_signature(text: str) -> bool:
    """Whether this is a browser's answer rather than a code somebody typed."""
    return text.lstrip().startswith("{")


def accepted(challenge: Challenge, text: str) -> Passkey | None:
    """The user's passkey that signed exactly this challenge for exactly its act, if it did."""
    return verify(text, _challenge_bytes(challenge), challenge.user)


def verify(answer: str, challenge: bytes, user: User | None = None) -> Passkey | None:
    """The passkey that signed ``challenge``, of ``user`` if one is named; counts its use.

    Its row is locked, so that a copied device, whose counter lags behind, is found out.
    """
    try:
        given = _read(answer)
        passkey = _named(given, user)
        if passkey is None:
            return None
        signed = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=relying_party(),
            expected_origin=_origins(answer),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    passkey.sign_count, passkey.last_used_at = signed.new_sign_count, clock.now()
    passkey.is_synced = signed.credential_backed_up
    passkey.save(update_fields=["sign_count", "last_used_at", "is_synced"])
    return passkey


def _named(given: dict[str, Any], user: User | None) -> Passkey | None:
    wanted = Passkey.objects.select_for_update(of=("self",)).select_related("user")
    found = wanted.filter(credential_id=base64url_to_bytes(str(given["id"])), user__is_active=True)
    return (found.filter(user=user) if user else found).first()


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any browser's answer")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("not an object")
    return read


def _origins(answer: str) -> list[str]:
    """The one public address; on this machine whichever port the bank was given."""
    if relying_party() != "localhost":
        return [settings.PUBLIC_URL.rstrip("/")]
    told = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))["origin"]
    return [str(told)] if urlsplit(str(told)).hostname == "localhost" else [settings.PUBLIC_URL]


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    known = passkeys_of(user).values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=bytes(credential)) for credential in known]


def _challenge_bytes(challenge: Challenge) -> bytes:
    return hmac.digest(_key(), challenge.id.bytes + bytes(challenge.act_digest), "sha256")


def _handle(user: User) -> bytes:
    """Names the user to the device without telling it who they are (WebAuthn §14.6.1)."""
    return hmac.digest(_key(), f"user:{user.pk}".encode(), "sha256")


def _key() -> bytes:
    return hashlib.sha256(b"bank.identity.passkeys" + force_bytes(settings.SECRET_KEY)).digest()


def _refuse(user: User, action: str) -> None:
    audit.record_refusal(
        action, actor=user, subject_type="USER", subject_id=str(user.pk), reason=errors.PasskeyRefused.code
    )


def _record(action: str, user: User, passkey: Passkey) -> None:
    detail = {"name": passkey.name, "credential": bytes_to_base64url(bytes(passkey.credential_id))[:12]}
    audit.record(action, actor=user, subject_type="USER", subject_id=str(user.pk), detail=detail)
