"""What every template may ask for."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

DOORS: Final = {"/personal/": "personal", "/corporate/": "corporate", "/sme/": "sme", "/admin/": "staff"}
"""By its address, which portal's colours and density a page wears unless it says so itself."""


def bank(request: HttpRequest) -> dict[str, Any]:
    """The bank's name, whether this is a demonstration, at which door the reader is, and when their session
    ends."""
    return {
        "portal": DOORS.get(home(request), "public"),
        "bank_name": settings.BANK_NAME,
        "is_demo": settings.DEMO,
        "session_end": getattr(request, "session_end", None),
    }


def home(request: HttpRequest) -> str:
    """The first page of the door a request came to."""
    return next((path for path in DOORS if request.path.startswith(path)), "/")
