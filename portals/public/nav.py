"""The places of the public site."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext


def nav(request: HttpRequest) -> list[dict[str, object]]:
    """One line of places; the one being shown is marked."""
    places = [
        (reverse("public:home"), gettext("Accounts")),
        (reverse("public:fees"), gettext("Rates and fees")),
    ]
    return [{"url": url, "label": label, "current": request.path == url} for url, label in places]
