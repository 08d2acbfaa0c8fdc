"""What every template may ask for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def bank(request: HttpRequest) -> dict[str, Any]:
    """The bank's name, whether this is a demonstration, and when the reader's session ends."""
    return {
        "bank_name": settings.BANK_NAME,
        "is_demo": settings.DEMO,
        "session_end": getattr(request, "session_end", None),
    }
