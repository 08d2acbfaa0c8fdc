"""The places of the public site: a line of them above each page, all of them below."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext


def nav(request: HttpRequest) -> list[dict[str, object]]:
    """One line of places; the one the page belongs to is marked."""
    places = [
        (reverse("public:products"), gettext("Products")),
        (reverse("public:fees"), gettext("Rates and fees")),
        (reverse("public:calculators"), gettext("Calculators")),
        (reverse("public:places"), gettext("Branches")),
        (reverse("public:contact"), gettext("Help")),
    ]
    return [{"url": url, "label": label, "current": request.path.startswith(url)} for url, label in places]


def foot() -> list[dict[str, object]]:
    """Groups of links at the foot of every page."""
    return [
        _group(
            gettext("Bank with us"),
            ("join", gettext("Open an account")),
            ("products", gettext("Products")),
            ("compare", gettext("Compare products")),
            ("fees", gettext("Rates and fees")),
        ),
        _group(
            gettext("Work it out"),
            ("calculate-loan", gettext("Loan calculator")),
            ("calculate-savings", gettext("Savings calculator")),
            ("calculate-fixed", gettext("Fixed deposit calculator")),
            ("calculate-recurring", gettext("Recurring deposit calculator")),
        ),
        _group(
            gettext("Help"),
            ("contact", gettext("Contact and complaints")),
            ("places", gettext("Branches and cash machines")),
            ("verify", gettext("Check a document")),
            ("status", gettext("Service status")),
        ),
        _group(
            gettext("The bank"),
            ("security", gettext("Security")),
            ("accessibility", gettext("Accessibility")),
        ),
    ]


def _group(title: str, *links: tuple[str, str]) -> dict[str, object]:
    return {
        "title": title,
        "links": [{"url": reverse(f"public:{name}"), "label": label} for name, label in links],
    }
