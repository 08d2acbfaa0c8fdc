"""Payees kept for next time: found, added with a code, removed."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from bank.identity.attempts import Scope
from bank.kernel.errors import BankError
from bank.payments import directory, selectors, services
from bank.web.orders import payees as kept
from bank.web.orders.desk import own_person, person_known
from bank.web.views import confirmation, drafts
from bank.web.views.drafts import Draft
from bank.web.views.pages import customer_page, paced, posted, spoken, user_of
from portals.personal import paying
from portals.personal.forms.pay import KeptBankPayeeForm, PayeeForm, SearchForm
from portals.personal.nav import show

JOURNEY = "payee"
_FORMS: dict[str, type[PayeeForm] | type[KeptBankPayeeForm]] = {"here": PayeeForm, "bank": KeptBankPayeeForm}
_MANY = 8


@customer_page
@require_http_methods(["GET", "POST"])
def payees(request: HttpRequest) -> HttpResponse:
    """Those kept, and the form for one more; ``?of=`` fills it in from a payment's receipt."""
    at = "bank" if request.GET.get("at") == "bank" else "here"
    form = _FORMS[at](posted(request), initial=_from_receipt(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        draft = drafts.begin(request, JOURNEY, payee=form.payee())
        try:
            _ask_code(request, draft)
            return redirect("personal:payee-check", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    user = user_of(request)
    saved = selectors.beneficiaries(user)
    query = request.GET.get("q", "").strip()[:80]
    context = {
        "form": form,
        "refusals": refusals,
        "payees": paying.matching(saved, query),
        "places": _places(at),
        "banks": directory.names() if at == "bank" else [],
        "query": query,
        "many": len(saved) >= _MANY,
        "search": SearchForm(request.GET or None),
        "here": request.path,
        "reset": request.path if query else "",
        "root": reverse("personal:home"),
        **kept.repeated(user, person_known(user)),
    }
    return show(request, "payees.html", **context)


@customer_page
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The new payee once more, and the code that keeps them."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect("personal:payees")
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _add(request, draft, form, refusals):
        return redirect("personal:payees")
    context = {"form": form, "refusals": refusals, "draft": draft, "payee": draft.answers["payee"]}
    return show(request, "payee_check.html", **context, challenge=draft.answers["challenge"])


@customer_page
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Another code for the same payee; the one before it is void."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None:
        return redirect("personal:payees")
    confirmation.ask_again(request, lambda: _ask_code(request, draft))
    return redirect("personal:payee-check", draft.id)


@customer_page
@require_POST
def remove(request: HttpRequest, payee_id: int) -> HttpResponse:
    """Lets go of a payee; payments already sent to them stay as they are."""
    services.remove_beneficiary(user=user_of(request), beneficiary_id=payee_id)
    messages.success(request, gettext("The payee was removed."))
    return redirect("personal:payees")


def _places(at: str) -> list[dict[str, Any]]:
    labels = {"here": settings.BANK_NAME, "bank": gettext("Another bank")}
    return [{"label": label, "url": f"?at={one}", "current": one == at} for one, label in labels.items()]


def _asked(draft: Draft) -> dict[str, Any]:
    """The payee in the words of the payments services."""
    payee = draft.answers["payee"]
    to = services.Elsewhere(payee["agent"], payee["country"]) if payee.get("agent") else None
    return {"name": payee["name"], "number": payee["number"], "to": to}


def _ask_code(request: HttpRequest, draft: Draft) -> None:
    challenge = services.start_beneficiary(
        user=user_of(request), cif_number=_own_cif(request), **_asked(draft)
    )
    confirmation.note(request, draft, challenge)


def _add(request: HttpRequest, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]) -> bool:
    act = partial(
        services.add_beneficiary, user=user_of(request), cif_number=_own_cif(request),
        is_tried=_is_tried(draft.answers["payee"]), **_asked(draft),
    )  # fmt: skip
    added = confirmation.confirmed(request, form, refusals, act)
    if added is None:
        return False
    messages.success(request, gettext("%(name)s is among your payees now.") % {"name": added.name})
    return True


def _is_tried(payee: dict[str, str]) -> bool:
    """Where it is asked for and can be."""
    asked = payee.get("is_tried") and payee.get("agent")
    return bool(asked) and services.trial_until(payee["agent"], payee["country"]) is not None


def _own_cif(request: HttpRequest) -> str:
    return own_person(user_of(request)).cif


def _from_receipt(request: HttpRequest) -> dict[str, Any]:
    reference = request.GET.get("of", "")
    if not reference:
        return {}
    paid = selectors.payment_for(user_of(request), reference)
    return {"name": paid.creditor_name, "number": paid.creditor_number, "bank": paid.creditor_agent}
