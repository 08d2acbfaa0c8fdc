"""The places of the portal of small companies: always those of one company."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from bank.web.orders.confirming import began_at

SECURITY = "/account/security/"


def top_nav(request: HttpRequest) -> list[dict[str, object]]:
    """The rail where no company is chosen yet."""
    companies = {"url": reverse("sme:companies"), "label": gettext("Companies"), "icon": "company"}
    security = {"url": SECURITY, "label": gettext("Security"), "icon": "shield"}
    return [{**companies, "current": True}, {**security, "current": False}]


def nav(request: HttpRequest, cif: str) -> list[dict[str, object]]:
    """The rail; the place the page belongs to is marked, by its address.

    A phone's bar has room for five: the rest stands behind "More" there.
    """
    home = reverse("sme:home", args=[cif])
    shown = [
        _place(request, home, gettext("Home"), "home"),
        _place(request, _at("invoices", cif), gettext("Invoices"), "statement"),
        _place(request, _at("bills", cif), gettext("Bills"), "inbox"),
        _place(request, _at("payroll", cif), gettext("Payroll"), "payees"),
    ]
    shown[0]["current"] = request.path == home or request.path.startswith((f"{home}accounts/", "/sme/lines/"))
    rest = others(request, cif)
    more = _place(request, _at("more", cif), gettext("More"), "plus")
    more["current"] = bool(more["current"]) or any(place["current"] for place in rest)
    return [*shown, *({**place, "only": "rest"} for place in rest), {**more, "only": "more"}]


def others(request: HttpRequest, cif: str) -> list[dict[str, object]]:
    """The places a phone shows on a page of their own."""
    developers = _place(request, _at("developers", cif), gettext("Developers"), "key")
    developers["current"] = request.path.startswith((_at("developers", cif), _at("consents", cif)))
    companies = f"{reverse('sme:companies')}?all="
    payments = _place(request, _at("payments", cif), gettext("Payments"), "pay")
    payments["current"] = began_at(request).startswith((_at("payments", cif), _at("payees", cif)))
    return [
        payments,
        _place(request, _at("expenses", cif), gettext("Expenses"), "pay"),
        _place(request, _at("files", cif), gettext("Payment files"), "upload"),
        _place(request, _at("approvals", cif), gettext("Approvals"), "check"),
        _place(request, _at("debits", cif), gettext("Direct debits"), "calendar"),
        _place(request, _at("statements", cif), gettext("Statements"), "statement"),
        _place(request, _at("cash", cif), gettext("Cash"), "accounts"),
        _place(request, _at("deposits", cif), gettext("Deposits"), "lock"),
        _place(request, _at("analytics", cif), gettext("Analytics"), "insights"),
        _place(request, _at("collections", cif), gettext("Collection numbers"), "inbox"),
        developers,
        _place(request, _at("people", cif), gettext("People"), "person"),
        {"url": companies, "label": gettext("Companies"), "icon": "company", "current": False},
        {"url": SECURITY, "label": gettext("Security"), "icon": "shield", "current": False},
    ]


def _at(name: str, cif: str) -> str:
    return reverse(f"sme:{name}", args=[cif])


def _place(request: HttpRequest, url: str, label: str, icon: str) -> dict[str, object]:
    return {"url": url, "label": label, "icon": icon, "current": began_at(request).startswith(url)}
