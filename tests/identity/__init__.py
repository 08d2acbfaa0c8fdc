"""Signing in, as other tests may do it: ``open_browser(client, user)`` and ``bearer(user)``."""

import hashlib
import re
from typing import Any

import django_otp
from django.core import mail
from django.test import Client

from bank.identity import duty, services, tokens
from bank.identity.models import User, UserSession
from bank.identity.rules import Channel
from bank.runtime import outbox

PASSWORD = "correct horse battery"


def open_browser(client: Client, user: User, *, on_duty: bool = True) -> UserSession:
    """A browser signed in with both factors, without the work of hashing a password; staff are on duty."""
    client.force_login(user)
    session = client.session
    device = services.device_for(user=user, channel=Channel.EMAIL)
    session[django_otp.DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    digest = hashlib.sha256(str(session.session_key).encode()).digest()
    opened = UserSession.objects.create(user=user, key_digest=digest, device="Firefox on Linux")
    if user.is_staff and on_duty:
        duty.open_session(user=user, reason="at work in a test", minutes=60, browser=opened)
    return opened


def bearer(user: User) -> dict[str, Any]:
    """The header of a program signed in as ``user``."""
    return {"HTTP_AUTHORIZATION": f"Bearer {tokens.issue(user=user).access}"}


def mailed_code() -> str:
    """The code in the newest mail, after the outbox was delivered."""
    outbox.deliver_due()
    found = re.search(r"^\w[\w ]+: (\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]
