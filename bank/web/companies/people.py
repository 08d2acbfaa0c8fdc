"""Who acts for the company; its owners invite others, send an invitation again, or take it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
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
from bank.trail import selectors as trail
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.people import InvitationForm
from bank.web.views.pages import posted, spoken, user_of


@at_desk
@require_GET
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everybody who acts for the company and, for its owners, who is invited."""
    user = desk.user
    is_owner = invitations.may_administer(user, desk.company)
    waiting = selectors.invitations_under_way(desk.company) if is_owner else []
    context = {
        "people": [_person(one, user) for one in selectors.mandates_of(desk.company)],
        "invitations": [_invited(one) for one in waiting],
        "is_owner": is_owner,
        "may_read_trail": trail.may_read(user, desk.company),
    }
    return desk.show(request, "people.html", **context)


@at_desk
@freshly_confirmed
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Invites somebody, after a fresh second factor: it gives away what the company has."""
    user = desk.user
    invitations.require_administrator(user, desk.company)
    form = InvitationForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            sent = invitations.invite(customer=desk.company, by=user, **form.terms())
            words = gettext("The invitation is on its way to %(email)s.")
            if sent.state == InvitationState.WAITING:
                words = gettext("The invitation of %(email)s waits for others to sign. Then it is sent.")
            messages.success(request, words % {"email": sent.email})
            return desk.go("people")
        except UnusableAnswers as refusal:
            form.refuse(refusal)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    return desk.show(request, "invite.html", form=form, refusals=refusals)


@at_desk
@require_POST
def resend(request: HttpRequest, desk: Desk, invitation_id: UUID) -> HttpResponse:
    """A new link for seven more days."""
    found = selectors.invitation_for(desk.company, invitation_id)
    invitations.resend(invitation=found, by=user_of(request))
    words = gettext("The invitation to %(email)s was sent again. The one before no longer works.")
    messages.success(request, words % {"email": found.email})
    return desk.go("people")


@at_desk
@require_POST
def revoke(request: HttpRequest, desk: Desk, invitation_id: UUID) -> HttpResponse:
    """Takes an invitation back."""
    found = selectors.invitation_for(desk.company, invitation_id)
    invitations.revoke(invitation=found, by=user_of(request))
    messages.success(request, gettext("The invitation to %(email)s is revoked.") % {"email": found.email})
    return desk.go("people")


def _person(mandate: Any, reader: Any) -> dict[str, Any]:
    return {
        "name": mandate.user.full_name,
        "email": mandate.user.email,
        "rights": _rights(mandate),
        "since": mandate.valid_from,
        "until": mandate.valid_until,
        "is_reader": mandate.user_id == reader.pk,
    }


def _invited(invitation: Any) -> dict[str, Any]:
    words = {"by": invitation.invited_by.full_name, "day": formats.moment(invitation.expires_at)}
    is_waiting = invitation.state == InvitationState.WAITING
    note = gettext("Invited by %(by)s, until %(day)s")
    if is_waiting:
        note = gettext("Asked for by %(by)s, waits for others to sign")
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "rights": _rights(invitation),
        "note": note % words,
        "is_waiting": is_waiting,
        "is_over": not is_waiting and invitation.expires_at <= clock.now(),
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
