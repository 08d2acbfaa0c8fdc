"""Recovery codes: ten single-use ways in when the authenticator app is lost (ASVS 5.0 6.5.2).

The bank keeps only a keyed digest of each, so neither the database nor a copy of it opens an account.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.encoding import force_bytes
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from bank.identity import rules
from bank.identity.models import User

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 10
_NAME = "Recovery codes"


def replace(user: User) -> list[str]:
    """Makes ten new codes and voids the old; call it in a database transaction. They are shown once."""
    device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": _NAME})
    device.token_set.all().delete()
    codes = [new_code() for _ in range(rules.RECOVERY_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=_digest(user, code)) for code in codes])
    return [spelled(code) for code in codes]


def new_code() -> str:
    """49 random bits as ten letters and digits that are not taken for each other."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def spelled(code: str) -> str:
    """As people read it."""
    return f"{code[:5]}-{code[5:]}"


def plain(text: str) -> str:
    """As it was made, however it was typed."""
    return text.replace("-", "").replace(" ", "").lower()


def spend(user: User, text: str) -> bool:
    """Uses up the code if it is the user's; of two parallel tries only one deletes the row."""
    code = plain(text)
    if len(code) != _LENGTH:
        return False
    used, _ = StaticToken.objects.filter(device__user=user, token=_digest(user, code)).delete()
    return used > 0


def left(user: User) -> int:
    """How many codes have not been used."""
    return StaticToken.objects.filter(device__user=user).count()


def drop(user: User) -> None:
    """Voids them all."""
    StaticDevice.objects.filter(user=user).delete()


def _digest(user: User, code: str) -> str:
    """The 80 bits that fit the library's column."""
    key = hashlib.sha256(b"bank.identity.recovery" + force_bytes(settings.SECRET_KEY)).digest()
    mac = hmac.digest(key, f"{user.pk}:{code}".encode(), "sha256")
    return base64.b32encode(mac[:10]).decode()
