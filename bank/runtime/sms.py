"""Text messages through a gateway: an interface with one method, a sandbox, and one over HTTPS.

``SMS_GATEWAY`` names the class. Without one, no page offers a code by SMS: nobody waits for a
message that nobody sends.
"""

import json
import urllib.request
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from bank.runtime.models import SentSms


class Gateway(Protocol):
    """What carries a message to a phone; raises where it could not, and the outbox tries again."""

    def send(self, *, to: str, text: str) -> None:
        """``to`` is in E.164, such as ``+254712345678``."""


class VisibleOutbox:
    """The sandbox: keeps every message as a row that ``/dev/sms/`` shows."""

    def send(self, *, to: str, text: str) -> None:
        SentSms.objects.create(recipient=to, text=text)


class HttpsGateway:
    """Posts ``{"from", "to", "text"}`` as JSON to ``SMS_URL``, with ``SMS_TOKEN`` as bearer token."""

    _PATIENCE_S = 10

    def send(self, *, to: str, text: str) -> None:
        asked = urllib.request.Request(  # noqa: S310 (the scheme is checked with the settings)
            settings.SMS_URL,
            data=json.dumps({"from": settings.SMS_SENDER, "to": to, "text": text}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"},
        )
        with urllib.request.urlopen(asked, timeout=self._PATIENCE_S):  # noqa: S310
            pass


def is_offered() -> bool:
    """Whether there is a gateway at all."""
    return bool(settings.SMS_GATEWAY)


def send(*, to: str, text: str) -> None:
    """Hands one message to the gateway; call it from a subscriber of the outbox."""
    _gateway(settings.SMS_GATEWAY).send(to=to, text=text)


@cache
def _gateway(path: str) -> Gateway:
    gateway: Gateway = import_string(path)()
    return gateway
