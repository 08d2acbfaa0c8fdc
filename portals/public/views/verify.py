"""Whether a document of the bank is genuine and unaltered, for whoever was handed it."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from bank.kernel.money import Money
from bank.runtime import formats
from bank.runtime.windows import Window
from bank.statements import selectors
from bank.web.middleware import client_address
from portals.public.forms.verify import VerifyForm
from portals.public.pages import public_form, show

#: Questions from one address in ten minutes: enough for a lender's desk, too few to try codes.
MOST = 30
_WINDOW_S = 600


@public_form
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and above it what is known; the code may stand in the address, as in the QR code."""
    asked = request.method == "POST" or "code" in request.GET
    given = (request.POST, request.FILES) if request.method == "POST" else (request.GET or None, None)
    form = VerifyForm(*given) if asked else VerifyForm()
    if not asked or not form.is_valid():
        return show(request, "verify.html", form=form, status=400 if form.errors else 200)
    if Window("verify", client_address(request), _WINDOW_S).count() > MOST:
        form.add_error(None, gettext("Too many questions came from your address. Try again in ten minutes."))
        return show(request, "verify.html", form=form, status=429)
    return show(request, "verify.html", form=form, outcome=_outcome(form.cleaned_data["code"], form.digest()))


def _outcome(code: str, digest: str) -> dict[str, Any]:
    found = selectors.issued_document(code) if code else selectors.issued_file(digest)
    if found is None:
        return {"kind": "UNKNOWN"}
    if digest and digest != found.digest:
        return {"kind": "ALTERED", "code": found.code}
    return {
        "kind": "UNALTERED" if digest else "GENUINE",
        "code": found.code,
        "issued_at": found.issued_at,
        "title": selectors.kind_name(found.kind),
        **_facts(found.facts),
    }


def _facts(facts: dict[str, str]) -> dict[str, Any]:
    """What the page may say: no name, the account's last digits, the balances to compare."""
    days = [formats.day(date.fromisoformat(facts[name])) for name in ("from", "to") if name in facts]
    sums: dict[str, Any] = {
        name: Money.of(facts[name], facts["currency"]) for name in ("opening", "closing") if name in facts
    }
    return {
        "account": facts.get("account", ""),
        "period": " – ".join(dict.fromkeys(days)),
        "format": facts.get("format", ""),
        **sums,
    }
