"""How the bank is doing, how it keeps itself safe, and for whom its pages work."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bank.kernel import clock
from bank.web import status
from portals.public.pages import public_page, show


@public_page
def service_status(request: HttpRequest) -> HttpResponse:
    """Every service as it is now and over the last ninety days."""
    services = status.services()
    context: dict[str, Any] = {
        "services": services,
        "all_work": all(one.works for one in services),
        "at": timezone.localtime(clock.now()),
        "days": status.DAYS,
    }
    return show(request, "status.html", **context)


@public_page
def security(request: HttpRequest) -> HttpResponse:
    return show(request, "security.html", security_email=settings.SECURITY_EMAIL)


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return show(request, "accessibility.html")
