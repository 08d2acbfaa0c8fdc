"""Where the user is signed in and what protects the account; ending sessions, programs, devices."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bank.identity import devices, passkeys, recovery, rules, selectors, sessions, stepup, tokens
from bank.identity.rules import Ended
from bank.identity.views.guards import safe_next, signed_in, user_of
from bank.kernel import clock
from bank.runtime import sms


@signed_in
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Where the user is signed in, and what protects the account."""
    user = user_of(request)
    return render(
        request,
        "identity/security.html",
        {
            "sessions": selectors.sessions_of(user),
            "current": sessions.current(request),
            "programs": selectors.token_families_of(user),
            "devices": devices.devices_of(user),
            "has_authenticator": stepup.has_authenticator(user),
            "recovery_codes_left": recovery.left(user),
            "passkeys": passkeys.passkeys_of(user),
            "phone": rules.masked_phone(stepup.phone_of(user)),
            "sms_is_offered": sms.is_offered(),
        },
    )


@require_GET
def session_left(request: HttpRequest) -> HttpResponse:
    """How many seconds the session has left; asking does not put its end off."""
    end = getattr(request, "session_end", None)
    if end is None:
        return JsonResponse({"left_s": 0, "can_extend": False})
    left = int((end.at - clock.now()).total_seconds())
    return JsonResponse({"left_s": max(0, left), "can_extend": end.can_extend})


@signed_in
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Puts the end of an idle session off (WCAG 2.2.1); every request does, this one does nothing else."""
    return redirect(safe_next(request) or "identity:security")


@signed_in
@require_POST
def forget_device(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """A browser that is no longer the user's own."""
    device = devices.devices_of(user_of(request)).filter(pk=device_id).first()
    if device is None:
        raise Http404
    devices.forget(user=user_of(request), device=device)
    messages.info(request, _("%(device)s was forgotten and signed out.") % {"device": device.label})
    return redirect("identity:security")


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signs another browser of the user out."""
    session = selectors.sessions_of(user_of(request)).filter(pk=session_id).first()
    if session is None:
        raise Http404
    sessions.close(session, Ended.REVOKED)
    messages.info(request, _("%(device)s was signed out.") % {"device": session.device})
    return redirect("identity:security")


@signed_in
@require_POST
def end_program(request: HttpRequest, family_id: Any) -> HttpResponse:
    """Ends a program's access."""
    family = selectors.token_families_of(user_of(request)).filter(pk=family_id).first()
    if family is None:
        raise Http404
    tokens.end_family(family, Ended.REVOKED)
    messages.info(request, _("The program was signed out."))
    return redirect("identity:security")
