"""Profile: who the bank thinks you are, how it reaches you, and a copy of everything it holds."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif import selectors, services
from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError, NotFound
from bank.web.views import confirmation, drafts
from bank.web.views.drafts import Draft
from bank.web.views.pages import customer_page, posted, renew_session, spoken, user_of
from portals.personal.forms.profile import ContactForm, as_contact
from portals.personal.nav import show

JOURNEY = "contact"


@customer_page
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """What the bank has on record about the person, as far as it is theirs to change or to know."""
    customer = _person(request)
    if customer is None:
        return show(request, "profile_none.html")
    context = {
        "customer": customer,
        "address": selectors.address_of(customer),
        "papers": selectors.papers_of(customer),
        "known": selectors.profile_of(customer),
    }
    return show(request, "profile.html", **context)


@customer_page
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The form for new contact details; a code follows."""
    customer = own(request)
    form = ContactForm(posted(request), initial=_held(customer))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        draft = drafts.begin(request, JOURNEY, contact=form.contact())
        try:
            _ask_code(request, draft)
            return redirect("personal:contact-check", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    return show(request, "contact.html", form=form, refusals=refusals)


@customer_page
@require_http_methods(["GET", "POST"])
def contact_check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The new details once more, and the code that puts them in force."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect("personal:contact")
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _change(request, draft, form, refusals):
        return redirect("personal:profile")
    context = {"form": form, "refusals": refusals, "draft": draft, "contact": draft.answers["contact"]}
    return show(request, "contact_check.html", **context, challenge=draft.answers["challenge"])


@customer_page
@require_POST
def contact_code(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Another code for the same details; the one before it is void."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None:
        return redirect("personal:contact")
    confirmation.ask_again(request, lambda: _ask_code(request, draft))
    return redirect("personal:contact-check", draft.id)


def own(request: HttpRequest) -> Any:
    """The customer the user is. Raises ``NotFound`` for somebody who only acts for others."""
    customer = _person(request)
    if customer is None:
        raise NotFound(what="customer")
    return customer


def _person(request: HttpRequest) -> Any:
    return selectors.person_of(user_of(request))


def _held(customer: Any) -> dict[str, str]:
    place = selectors.address_of(customer)
    names = ("street", "town", "postal_code", "country")
    known = {name: getattr(place, name) for name in names} if place else {}
    return {"email": customer.email, "phone": customer.phone, **known}


def _ask_code(request: HttpRequest, draft: Draft) -> None:
    challenge = services.start_contact_change(
        user=user_of(request), cif=own(request).cif, contact=as_contact(draft.answers["contact"])
    )
    confirmation.note(request, draft, challenge)


def _change(request: HttpRequest, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]) -> bool:
    try:
        services.change_own_contact(
            user=user_of(request),
            cif=own(request).cif,
            contact=as_contact(draft.answers["contact"]),
            challenge_id=form.challenge_id,
            code=form.cleaned_data["code"],
        )
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return False
    except BankError as error:
        refusals.append(spoken(error))
        return False
    renew_session(request)
    messages.success(request, gettext("Your contact details are changed. We told you by e-mail."))
    return True
