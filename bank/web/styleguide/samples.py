"""What the components show on ``/styleguide/``: invented, and the same every time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bank.kernel.money import Money
from bank.web import svg

LAST_DAY = date(2026, 11, 19)
OPENING = Decimal("6204.19")
MOVEMENTS = (
    (0, "3418.22", "Salary November", "Ostrava Works Ltd", "PAY-7KQ2M9"),
    (1, "-61.05", "Water, account 229104", "Nairobi Municipal Water", "PAY-4HT6XD"),
    (1, "-1250.00", "Rent for November", "Wanjiku Njoroge", "PAY-9RB3WZ"),
    (2, "-250.00", "Harambee for the school roof", "Otieno & Sons Hardware", "PAY-2MC8KE"),
    (4, "4.36", "Interest August to October", "", "INT-5XN1QA"),
)
STATUSES = (
    "DRAFT",
    "WAITING",
    "SCHEDULED",
    "SENT",
    "PAID",
    "RETURNED",
    "REJECTED",
    "CANCELLED",
    "ON_HOLD",
    "FROZEN",
)
PASSKEY_OPTIONS = '{"challenge": "c2FtcGxl", "allowCredentials": []}'
"""What a browser is asked to sign where a customer with a passkey pays."""


@dataclass(frozen=True, slots=True)
class Line:
    booking_date: date
    value_date: date
    amount: Money
    balance_after: Money
    description: str
    counterparty: str
    reference: str


class PaymentForm(forms.Form):
    """One field of each kind."""

    payee = forms.CharField(label=_("Name of the payee"), help_text=_("As the payee's own bank has it."))
    number = forms.CharField(label=_("Account number"), help_text=_("13 digits; spaces do not matter."))
    amount = forms.CharField(label=_("Amount"), help_text=_("For example 1,250 or 1250.50"))
    reason = forms.ChoiceField(label=_("Reason"), choices=[("RENT", _("Rent")), ("FAMILY", _("Family"))])
    speed = forms.ChoiceField(
        label=_("When"),
        choices=[("NOW", _("Now, arrives in seconds")), ("LATER", _("On a day you choose"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Message to the payee"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    keep = forms.BooleanField(label=_("Keep this payee for next time"), required=False)
    code = forms.CharField(
        label=_("Code from the message"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 7}
        ),
    )
    statement = forms.FileField(label=_("Payment file"), required=False)


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


def icons() -> list[str]:
    """The names in the sprite itself, so that none is forgotten."""
    sprite = Path(str(finders.find("icons/sprite.svg"))).read_text(encoding="utf-8")
    return re.findall(r'<symbol id="([^"]+)"', sprite)


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def lines() -> Iterator[Line]:
    """Newest first, each with the balance after it."""
    balance = kes(str(OPENING))
    for days, amount, description, counterparty, reference in MOVEMENTS:
        booked = LAST_DAY - timedelta(days=days)
        value = booked - timedelta(days=1) if days == 4 else booked
        yield Line(booked, value, kes(amount), balance, description, counterparty, reference)
        balance -= kes(amount)


def wrong_form() -> PaymentForm:
    """A form as it comes back with errors."""
    form = PaymentForm({"payee": "", "number": "0110 0012 3456", "amount": "1.250,5", "keep": "on"})
    form.add_error("number", _("Enter all 13 digits of the account number; these are 12."))
    form.add_error("amount", _("Enter the amount like 1,250.50, with at most 2 decimals."))
    return form


def plots() -> dict[str, svg.Plot]:
    months = [
        f"{name} 2026" for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")
    ]
    came = [Decimal(n) for n in (3418, 3418, 3920, 3418, 3418, 4105, 3418, 3418, 3610, 3418)]
    went = [Decimal(-n) for n in (2950, 3110, 2875, 3320, 2790, 3480, 3025, 2960, 3205, 3140)]
    before = [value - 400 + 60 * i for i, value in enumerate(came)]
    return {
        "loan": loan(),
        "in_and_out": svg.Plot(
            title="In and out", note="Month by month", labels=months, currency="KES",
            series=[svg.Series("In", came), svg.Series("Out", went)],
        ),
        "balance": svg.Plot(
            title="Balance", labels=months, kind=svg.Kind.AREA, currency="KES",
            series=[svg.Series("Balance", list(accumulate(map(add, came, went))))],
        ),
        "compare": svg.Plot(
            title="This year and last", labels=months, kind=svg.Kind.LINE, currency="KES",
            series=[svg.Series("2026", came), svg.Series("2025", before)],
        ),
    }  # fmt: skip


def loan() -> svg.Plot:
    """An annuity of 48 instalments of 558.05: how much of each is principal, how much interest."""
    debt, principal, interest = Decimal(24000), [], []
    for _instalment in range(48):
        interest.append((debt * Decimal("0.0549") / 12).quantize(Decimal("0.01")))
        principal.append(Decimal("558.05") - interest[-1])
        debt -= principal[-1]
    return svg.Plot(
        title="What each instalment pays",
        note="KES 24,000.00 over 48 months at 5.49%, KES 558.05 a month",
        labels=[f"{(LAST_DAY.replace(day=1) + timedelta(days=31 * i)):%b %Y}" for i in range(48)],
        series=[svg.Series("Principal", principal), svg.Series("Interest", interest)],
        currency="KES",
    )


def nav(path: str) -> list[dict[str, Any]]:
    """The catalogue and the screens, in the shape portals give their places."""
    places = [("accounts", _("Components"), reverse("styleguide"))]
    icons = {"home": "home", "check": "pay", "sign-in": "lock", "public": "company"}
    labels = {"home": _("Home"), "check": _("Pay"), "sign-in": _("Sign in"), "public": _("Public")}
    places += [(icons[name], labels[name], reverse("styleguide-screen", args=[name])) for name in icons]
    return [{"icon": icon, "label": label, "url": url, "current": url == path} for icon, label, url in places]


def everything() -> dict[str, Any]:
    return {
        "icons": icons(),
        "booked": kes("6204.19"), "available": kes("6161.39"), "on_hold": kes("42.80"),
        "credit": kes("3418.22"), "debit": kes("-1250.00"), "nothing": kes("0.00"),
        "price": kes("1250.00"), "savings": kes("182450.00"), "yen": Money.of("125000", "JPY"),
        "dinar": Money.of("12.345", "BHD"), "million": Money.of("1204500.00", "USD"),
        "lines": list(lines()),
        "pending": [{"description": "Rail and coach", "counterparty": "Card 4417", "amount": kes("-42.80")}],
        "form": PaymentForm(), "wrong_form": wrong_form(), "sign_in_form": SignInForm(),
        "filter_form": PaymentForm(auto_id="filter_%s"), "passkey_options": PASSKEY_OPTIONS,
        "plots": plots(),
        "figures": figures(), "tiles": tiles(), "tasks": task_list(), "tabs": tab_list(),
        "statuses": STATUSES,
        "steps": [_("Payee"), _("Amount"), _("Check"), _("Receipt")],
        "trail": [
            {"label": _("Accounts"), "url": "#"},
            {"label": _("Current account"), "url": "#"},
            {"label": _("November"), "url": ""},
        ],
    }  # fmt: skip


def figures() -> list[dict[str, Any]]:
    return [
        {"label": _("Booked"), "money": kes("6204.19")},
        {"label": _("On hold"), "money": kes("-42.80"), "note": _("One card payment")},
        {"label": _("Available"), "money": kes("6161.39"), "total": True},
    ]


def tiles() -> list[dict[str, Any]]:
    trend = [Decimal(n) for n in (41, 44, 39, 52, 49, 58, 61)]
    return [
        {"label": _("Cash today"), "money": kes("1204500.00"), "note": _("4 accounts"), "trend": trend},
        {"label": _("Waiting for approval"), "value": "3", "note": _("KES 412,000.00 in all")},
        {"label": _("Due this week"), "money": kes("-86300.50"), "note": _("7 payments")},
    ]


def task_list() -> list[dict[str, Any]]:
    return [
        {"label": _("Who you are"), "url": "#", "status": "READY", "status_label": _("Done")},
        {
            "label": _("Your documents"),
            "url": "#",
            "status": "WAITING",
            "status_label": _("To do"),
            "note": _("Passport or ID"),
        },
        {"label": _("Your agreement"), "url": "", "status": "DRAFT", "status_label": _("Not yet")},
    ]


def tab_list() -> list[dict[str, Any]]:
    return [
        {"label": _("Booked"), "url": "#", "current": True},
        {"label": _("On hold"), "url": "#", "count": 1},
        {"label": _("Scheduled"), "url": "#", "count": 4},
    ]
