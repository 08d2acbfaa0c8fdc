"""Who acts for the company; its owners invite others, send an invitation again, or take it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.identity.views import freshly_confirmed
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.onboarding import selectors
from bank.onboarding.errors import UnusableAnswers
from bank.onboarding.rules import InvitationState
from bank.onboarding.services import invitations
from bank.runtime import formats
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.corporate import company
from portals.corporate.forms.people import InvitationForm
from portals.corporate.nav import show


@customer_page
@require_GET
def people(request: HttpRequest, cif: str) -> HttpResponse:
    """Everybody who acts for the company and, for its owners, who is invited."""
    known, user = company.named(request, cif), user_of(request)
    is_owner = invitations.may_administer(user, known)
    waiting = selectors.invitations_of(known).filter(state=InvitationState.OPEN) if is_owner else []
    context = {
        "people": [_person(one, user) for one in selectors.mandates_of(known)],
        "invitations": [_invited(one) for one in waiting],
        "is_owner": is_owner,
    }
    return show(request, "people.html", known, **context)


@customer_page
@freshly_confirmed
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, cif: str) -> HttpResponse:
    """Invites somebody, after a fresh second factor: it gives away what the company has."""
    known, user = company.named(request, cif), user_of(request)
    invitations.require_administrator(user, known)
    form = InvitationForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite(customer=known, by=user, **form.terms())
            messages.success(
                request, gettext("The invitation is on its way to %(email)s.") % {"email": sent.email}
            )
            return redirect("corporate:people", known.cif)
        except UnusableAnswers as refusal:
            form.refuse(refusal)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    return show(request, "invite.html", known, form=form, refusals=refusals)


@customer_page
@require_POST
def resend(request: HttpRequest, cif: str, invitation_id: UUID) -> HttpResponse:
    """A new link for seven more days."""
    known = company.named(request, cif)
    found = selectors.invitation_for(known, invitation_id)
    invitations.resend(invitation=found, by=user_of(request))
    words = gettext("The invitation to %(email)s was sent again. The one before no longer works.")
    messages.success(request, words % {"email": found.email})
    return redirect("corporate:people", known.cif)


@customer_page
@require_POST
def revoke(request: HttpRequest, cif: str, invitation_id: UUID) -> HttpResponse:
    """Takes an invitation back."""
    known = company.named(request, cif)
    found = selectors.invitation_for(known, invitation_id)
    invitations.revoke(invitation=found, by=user_of(request))
    messages.success(request, gettext("The invitation to %(email)s is revoked.") % {"email": found.email})
    return redirect("corporate:people", known.cif)


def _person(mandate: Any, reader: Any) -> dict[str, Any]:
    return {
        "name": mandate.user.full_name,
        "email": mandate.user.email,
        "rights": _rights(mandate),
        "since": mandate.valid_from,
        "is_reader": mandate.user_id == reader.pk,
    }


def _invited(invitation: Any) -> dict[str, Any]:
    words = {"by": invitation.invited_by.full_name, "day": formats.moment(invitation.expires_at)}
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "rights": _rights(invitation),
        "note": gettext("Invited by %(by)s, until %(day)s") % words,
        "is_over": invitation.expires_at <= clock.now(),
    }


def _rights(terms: Any) -> str:
    """What a mandate or an invitation allows, in words."""
    if terms.role == "OWNER":
        words = gettext("Owner, administers")
    else:
        words = gettext("May pay") if terms.can_pay else gettext("May look")
    if terms.single_limit is None:
        return words
    limit = formats.money(Money(terms.single_limit, terms.limit_currency))
    return f"{words}, {gettext('up to %(limit)s') % {'limit': limit}}"
