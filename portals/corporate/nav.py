"""The places of the corporate portal: always those of one company."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

SECURITY = "/account/security/"


def show(request: HttpRequest, template: str, company: Any, **context: Any) -> HttpResponse:
    """A page of the portal for ``company``, with the rail of its places beside it."""
    context |= {"nav": nav(request, company.cif), "company": company}
    return render(request, f"corporate/{template}", context)


def top_nav(request: HttpRequest) -> list[dict[str, object]]:
    """The rail where no company is chosen yet."""
    companies = {"url": reverse("corporate:companies"), "label": gettext("Companies"), "icon": "company"}
    security = {"url": SECURITY, "label": gettext("Security"), "icon": "shield"}
    return [{**companies, "current": True}, {**security, "current": False}]


def nav(request: HttpRequest, cif: str) -> list[dict[str, object]]:
    """The rail; the place the page belongs to is marked, by its address."""
    home, files = reverse("corporate:home", args=[cif]), reverse("corporate:files", args=[cif])
    developers, apps = (reverse(f"corporate:{name}", args=[cif]) for name in ("developers", "consents"))
    people, papers, approvals = (
        reverse(f"corporate:{name}", args=[cif]) for name in ("people", "statements", "approvals")
    )
    places = [
        (
            home,
            gettext("Accounts"),
            "accounts",
            request.path == home or request.path.startswith((f"{home}accounts/", "/corporate/lines/")),
        ),
        (files, gettext("Payment files"), "upload", request.path.startswith(files)),
        (approvals, gettext("Approvals"), "check", request.path.startswith(approvals)),
        (papers, gettext("Statements"), "statement", request.path.startswith(papers)),
        (developers, gettext("Developers"), "key", request.path.startswith((developers, apps))),
        (people, gettext("People"), "payees", request.path.startswith(people)),
        (reverse("corporate:companies") + "?all=", gettext("Companies"), "company", False),
        (SECURITY, gettext("Security"), "shield", False),
    ]
    return [{"url": url, "label": label, "icon": icon, "current": here} for url, label, icon, here in places]
