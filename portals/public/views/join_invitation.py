"""Accepting an invitation to act for a company."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bank.cif.rules import door_of
from bank.identity import selectors as identity
from bank.kernel.errors import BankError
from bank.onboarding.errors import InvitationOver, UnusableAnswers
from bank.onboarding.services import invitations
from bank.web.views.pages import posted, spoken, user_of
from portals.public.forms.join import PasswordForm
from portals.public.views.join_begin import show, sign_in_new


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who is new chooses a password, who is known signs in first; the mandate is granted by POST alone."""
    try:
        found = invitations.find(token)
    except InvitationOver as refusal:
        return show(request, "invitation_over.html", status=404, sentence=spoken(refusal))
    if identity.is_fully_signed_in(request):
        return _for_user(request, token, found)
    if invitations.has_user(found):
        return show(request, "invitation.html", invitation=found, way="SIGN_IN", here=request.path)
    return _for_stranger(request, token, found)


def _for_user(request: HttpRequest, token: str, found: Any) -> HttpResponse:
    user = user_of(request)
    if user.email != found.email:
        return show(request, "invitation.html", invitation=None, way="OTHER", here=request.path, status=404)
    if request.method == "POST":
        try:
            invitations.accept(token=token, user=user)
        except BankError as refusal:
            messages.error(request, spoken(refusal))
            return redirect("public:join")
        return _welcome(request, found)
    return show(request, "invitation.html", invitation=found, way="ACCEPT", here=request.path)


def _for_stranger(request: HttpRequest, token: str, found: Any) -> HttpResponse:
    form = PasswordForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            user = invitations.accept_as_new(
                token=token,
                full_name=form.cleaned_data["full_name"],
                password=form.cleaned_data["password"],
                language=get_language() or "en",
            )
            sign_in_new(request, user)
            return _welcome(request, found)
        except UnusableAnswers as refusal:
            form.add_error("full_name", gettext(refusal.faults["full_name"]))
        except BankError as refusal:
            refusals = [spoken(refusal)]
    context = {"invitation": found, "way": "NEW", "form": form, "refusals": refusals, "here": request.path}
    return show(request, "invitation.html", **context)


def _welcome(request: HttpRequest, found: Any) -> HttpResponse:
    company = found.customer.display_name
    messages.success(request, gettext("You now act for %(company)s.") % {"company": company})
    customer = found.customer
    return redirect(f"{door_of(customer.kind, customer.segment)}{customer.cif}/")
