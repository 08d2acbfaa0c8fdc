"""A staff session: opened with a reason after a fresh second factor, ended by hand or by itself."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bank.identity import duty, forms, sessions
from bank.identity.views.guards import (
    STAFF_HOME,
    confirm_first,
    form_page,
    get_or_post,
    safe_next,
    signed_in,
    user_of,
)
from bank.kernel.errors import BankError


@signed_in
@get_or_post
def open_duty(request: HttpRequest) -> HttpResponse:
    """What the session is for, and for how long; asks for a code first and keeps what was typed."""
    if not sessions.is_confirmed(request):
        return confirm_first(f"{request.path}?{urlencode(_typed(request), safe='/')}")
    user = user_of(request)
    if not user.is_staff:
        raise PermissionDenied
    form = forms.DutyForm(request.POST or None, initial=_typed(request))
    refusal: BankError | None = None
    if form.is_valid():
        try:
            duty.open_session(user=user, browser=sessions.current(request), **form.cleaned_data)
            messages.info(request, _("Your staff session is open. What you change is on the audit trail."))
            return redirect(safe_next(request) or STAFF_HOME)
        except BankError as error:
            refusal = error
    return form_page(request, "duty", form, refusal, next=safe_next(request), duty=user.duty)


def _typed(request: HttpRequest) -> dict[str, str]:
    given = request.POST or request.GET
    return {name: given[name] for name in ("reason", "minutes", "next") if given.get(name)}


@signed_in
@require_POST
def end_duty(request: HttpRequest) -> HttpResponse:
    """Back to looking."""
    if not user_of(request).is_staff:
        raise PermissionDenied
    duty.end(user=user_of(request))
    messages.info(request, _("Your staff session is over. You may still look."))
    return redirect(STAFF_HOME)
