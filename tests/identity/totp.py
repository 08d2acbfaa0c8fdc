"""An authenticator app for tests."""

from itertools import count

from django_otp.oath import TOTP

from bank.identity import services
from bank.identity.models import Authenticator, User


def enrolled(user: User) -> Authenticator:
    """The user's confirmed authenticator, ready to accept the present code."""
    recovery_codes(user)
    Authenticator.objects.filter(user=user).update(last_step=-1, drift=0)
    return Authenticator.objects.get(user=user, confirmed=True)


def recovery_codes(user: User) -> list[str]:
    device = services.enrol_totp(user=user)
    return services.confirm_totp(user=user, code=code(device))


def code(device: Authenticator) -> str:
    return f"{TOTP(device.secret_bytes).token():06d}"


def wrong(device: Authenticator) -> str:
    """Six digits that fit no time step the device takes."""
    now = TOTP(device.secret_bytes)
    near = set()
    for drift in (-2, -1, 0, 1, 2):
        now.drift = drift
        near.add(now.token())
    return next(f"{n:06d}" for n in count(1) if n not in near)
