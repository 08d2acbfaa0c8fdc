"""Home: what I have, what happened, what needs me."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from bank.accounts import selectors as accounts
from bank.cif.rules import CustomerKind, door_of
from bank.identity import stepup
from bank.kernel.money import Money
from bank.ledger import movements
from bank.onboarding import selectors as onboarding
from bank.payments import selectors as payments
from bank.runtime import formats
from bank.statements import selectors as statements
from bank.statements.rules import Status
from bank.web import svg
from bank.web.views import holdings
from bank.web.views.holdings import Holding
from bank.web.views.pages import customer_page, user_of
from portals.personal.nav import SECURITY, others, show
from portals.personal.views import together

CORPORATE = "/corporate/"
_RECENT = 6
_MONTHS = 6


@customer_page
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Accounts with balances, the latest lines of the first of them, and what waits for its owner."""
    visible = holdings.visible(user_of(request))
    mine = [one for one in visible if one.is_personal]
    context: dict[str, Any] = {"accounts": [_card(one) for one in mine], **_companies(visible)}
    if mine:
        context |= _sums(mine) | _latest(mine[0])
        context |= {"needs": _needs(request, mine), "flow": _flow(mine[0])}
    return show(request, "home.html", **context)


@customer_page
@require_GET
def more(request: HttpRequest) -> HttpResponse:
    """On a phone, the places its bar has no room for."""
    return show(request, "more.html", places=others(request))


def _card(held: Holding) -> dict[str, Any]:
    return {
        "label": held.label,
        "number": held.number,
        "available": held.available,
        "status": held.status,
        "note": "" if held.held.is_zero else holdings.balances(held),
    }


def _sums(mine: list[Holding]) -> dict[str, Any]:
    """The bank's own currency large, the others after it."""
    sums = holdings.totals(mine)
    sums.sort(key=lambda sum_: sum_.currency != settings.BANK_BASE_CURRENCY)
    others = ", ".join(formats.money(sum_) for sum_ in sums[1:])
    return {"total": sums[0], "other_totals": gettext("and %(sums)s") % {"sums": others} if others else ""}


def _latest(held: Holding) -> dict[str, Any]:
    return {
        "recent_account": held,
        "recent": accounts.statement_lines(held.account, limit=_RECENT),
        "pending": [] if held.held.is_zero else accounts.pending_lines(held.account),
    }


def _needs(request: HttpRequest, mine: list[Holding]) -> list[dict[str, Any]]:
    """What only the owner can settle, the most pressing first."""
    both = any(one.needs_both for one in mine)
    found = [together.task(one) for one in accounts.waiting_for(user_of(request))] if both else []
    found += [
        {
            "label": gettext("%(account)s is restricted") % {"account": one.label},
            "url": reverse("personal:account", args=[one.number]),
            "status": one.status,
        }
        for one in mine
        if not one.may_send
    ]
    found += [
        {
            "label": gettext("Confirm the details of %(name)s") % {"name": one.customer.display_name},
            "note": gettext("Until %(day)s") % {"day": formats.day(one.due_date)},
            "url": reverse("public:join-review", args=[one.pk]),
            "status": "PENDING",
            "status_label": gettext("Waiting for you"),
        }
        for one in onboarding.reviews_for(user_of(request))
    ]
    found += [
        {
            "label": gettext("A statement is ready"),
            "note": f"{formats.day(one.from_date)} – {formats.day(one.to_date)}",
            "url": reverse("personal:statement", args=[one.pk]),
            "status": one.status,
        }
        for one in statements.statements_for(user_of(request), limit=1)
        if one.status == Status.READY and one.account.customer.kind == CustomerKind.PERSON
    ]
    if not stepup.has_authenticator(user_of(request)):
        found.append(
            {
                "label": gettext("Add an authenticator app"),
                "note": gettext("Codes at once, without waiting for e-mail."),
                "url": SECURITY,
                "status": "PENDING",
                "status_label": gettext("Advised"),
            }
        )
    return found


def _flow(held: Holding) -> svg.Plot | None:
    """What came in and went out in each of the last months; nothing for an account without any. One query."""
    months = _last_months(payments.today())
    moved = movements.monthly_turnover(held.number, held.currency, from_date=months[0])
    if not moved:
        return None
    nothing = movements.Turnover(Money.zero(held.currency), Money.zero(held.currency), 0)
    by_month = [moved.get(month, nothing) for month in months]
    return svg.Plot(
        title=gettext("In and out"),
        labels=[formats.short_month(month) for month in months],
        series=[
            svg.Series(gettext("In"), [one.credits.amount for one in by_month]),
            svg.Series(gettext("Out"), [one.debits.amount for one in by_month]),
        ],
        currency=held.currency,
        note=held.label,
    )


def _last_months(day: date) -> list[date]:
    """The first days of the last months, oldest first."""
    count = day.year * 12 + day.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(count - _MONTHS + 1, count + 1)]


def _companies(visible: list[Holding]) -> dict[str, str]:
    """The way to the corporate portal, for who also acts for a company."""
    companies = [one.account.customer for one in visible if not one.is_personal]
    doors = {door_of(one.kind, one.segment) for one in companies}
    names = sorted({one.display_name for one in companies})
    door = doors.pop() if len(doors) == 1 else CORPORATE
    return {"company_door": door, "company_names": ", ".join(names)} if names else {}
