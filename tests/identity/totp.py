"""An authenticator app for tests."""

from itertools import count

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from bank.identity import services
from bank.identity.models import User


def enrolled(user: User) -> TOTPDevice:
    """The user's confirmed authenticator, ready to accept the present code."""
    recovery_codes(user)
    TOTPDevice.objects.filter(user=user).update(last_t=-1, drift=0)
    return TOTPDevice.objects.get(user=user, confirmed=True)


def recovery_codes(user: User) -> list[str]:
    device = services.enrol_totp(user=user)
    return services.confirm_totp(user=user, code=code(device))


def code(device: TOTPDevice) -> str:
    return f"{TOTP(device.bin_key).token():06d}"


def wrong(device: TOTPDevice) -> str:
    """Six digits that fit no time step the device takes."""
    now = TOTP(device.bin_key)
    near = set()
    for drift in (-2, -1, 0, 1, 2):
        now.drift = drift
        near.add(now.token())
    return next(f"{n:06d}" for n in count(1) if n not in near)
