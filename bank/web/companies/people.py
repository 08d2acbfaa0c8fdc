"""Who acts for the company; its owners invite others, send an invitation again, or take it back."""

from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.identity.attempts import Scope
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.onboarding import selectors
from bank.onboarding.errors import UnusableAnswers
from bank.onboarding.rules import InvitationState
from bank.onboarding.services import invitations, inviting
from bank.runtime import formats
from bank.trail import selectors as trail
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.people import InvitationForm
from bank.web.views import confirmation, drafts
from bank.web.views.drafts import Draft
from bank.web.views.pages import paced, posted, spoken, user_of

JOURNEY: Final = "invitation"


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
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whom to invite, to do what: the answers a code is then asked for."""
    invitations.require_administrator(desk.user, desk.company)
    form = InvitationForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        draft = drafts.begin(request, JOURNEY, company=desk.company.cif, **form.answers())
        try:
            _ask_code(request, desk, draft)
            return desk.go("people-confirm", draft.id)
        except UnusableAnswers as refusal:
            form.refuse(refusal)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    return desk.show(request, "invite.html", form=form, refusals=refusals)


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def confirm(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """Everything once more, and the code bound to it: an invitation gives away what the company has."""
    draft = _draft(request, desk, draft_id)
    if draft is None:
        return desk.go("people")
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _invite(request, desk, draft, form, refusals):
        return desk.go("people")
    terms = _terms(draft)
    context = {
        "form": form,
        "refusals": refusals,
        "draft": draft,
        "challenge": draft.answers["challenge"],
        "email": terms["email"],
        "rights": _said(terms["role"], terms["can_pay"], terms["single_limit"]),
        "until": terms["until"],
    }
    return desk.show(request, "invite_confirm.html", **context)


@at_desk
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """Another code for the same invitation; the one before is void."""
    draft = _draft(request, desk, draft_id)
    if draft is None:
        return desk.go("people")
    confirmation.ask_again(request, lambda: _ask_code(request, desk, draft))
    return desk.go("people-confirm", draft.id)


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


def _draft(request: HttpRequest, desk: Desk, draft_id: str) -> Draft | None:
    """The invitation under way, of an owner of this company alone."""
    invitations.require_administrator(desk.user, desk.company)
    draft = drafts.find(request, JOURNEY, draft_id)
    is_here = draft is not None and draft.answers["company"] == desk.company.cif
    return draft if is_here and draft is not None and "challenge" in draft.answers else None


def _terms(draft: Draft) -> dict[str, Any]:
    """What a draft keeps, as the bank is asked for it."""
    kept = draft.answers
    return {
        "email": kept["email"],
        "role": kept["role"],
        "can_pay": kept["can_pay"],
        "single_limit": Money.of(*kept["limit"]) if kept["limit"] else None,
        "until": date.fromisoformat(kept["until"]) if kept["until"] else None,
    }


def _ask_code(request: HttpRequest, desk: Desk, draft: Draft) -> None:
    challenge = inviting.start_invitation(customer=desk.company, by=desk.user, **_terms(draft))
    confirmation.note(request, draft, challenge)


def _invite(
    request: HttpRequest, desk: Desk, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]
) -> bool:
    act = partial(inviting.confirm_invitation, customer=desk.company, by=desk.user, **_terms(draft))
    sent = confirmation.confirmed(request, form, refusals, act)
    if sent is None:
        return False
    words = gettext("The invitation is on its way to %(email)s.")
    if sent.state == InvitationState.WAITING:
        words = gettext("The invitation of %(email)s waits for others to sign. Then it is sent.")
    messages.success(request, words % {"email": sent.email})
    return True


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
    limit = None if terms.single_limit is None else Money(terms.single_limit, terms.limit_currency)
    return _said(terms.role, terms.can_pay, limit)


def _said(role: str, can_pay: bool, limit: Money | None) -> str:
    if role == "OWNER":
        words = gettext("Owner, administers")
    else:
        words = gettext("May pay") if can_pay else gettext("May look")
    if limit is None:
        return words
    return f"{words}, {gettext('up to %(limit)s') % {'limit': formats.money(limit)}}"
