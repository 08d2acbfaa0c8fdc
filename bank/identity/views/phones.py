"""The phone codes may go to: typed, proved, preferred, removed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from bank.identity import forms, phones, rules, services, sessions, stepup
from bank.identity.errors import StepUpFailed
from bank.identity.views.guards import form_page, freshly_confirmed, get_or_post, user_of
from bank.kernel.errors import BankError

_ASKED = "phone_asked"


@freshly_confirmed
@get_or_post
def phone(request: HttpRequest) -> HttpResponse:
    """Which phone; a code is then sent to it."""
    form = forms.PhoneForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            challenge = phones.ask(user=user_of(request), phone=form.cleaned_data["phone"])
            asked = {"phone": challenge.destination, "challenge": str(challenge.pk)}
            request.session[_ASKED] = asked
            return redirect("identity:prove_phone")
        except BankError as error:
            refusal = error
    return form_page(request, "phone", form, refusal)


@sensitive_post_parameters("code")
@freshly_confirmed
@get_or_post
def prove_phone(request: HttpRequest) -> HttpResponse:
    """The code that came to the phone."""
    asked = request.session.get(_ASKED)
    if asked is None:
        return redirect("identity:phone")
    form = forms.CodeForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            return _proved(request, asked, form.cleaned_data["code"])
        except BankError as error:
            refusal = error
    return form_page(request, "prove_phone", form, refusal, where=rules.masked_phone(asked["phone"]))


@freshly_confirmed
@require_POST
def remove_phone(request: HttpRequest) -> HttpResponse:
    """No code goes to the phone any more."""
    user = user_of(request)
    phones.remove(user=user)
    user.refresh_from_db(fields=["prefers_sms"])
    sessions.rely_on(request, services.device_for(user=user, channel=stepup.choose(user)))
    messages.info(request, _("Your phone was removed."))
    return redirect("identity:security")


@freshly_confirmed
@require_POST
def prefer_phone(request: HttpRequest) -> HttpResponse:
    """Whether codes go to the phone or by mail."""
    phones.prefer(user=user_of(request), sms_first=request.POST.get("sms") == "1")
    messages.info(request, _("Codes now come the way you chose."))
    return redirect("identity:security")


def _proved(request: HttpRequest, asked: dict[str, str], code: str) -> HttpResponse:
    try:
        phones.prove(user=user_of(request), phone=asked["phone"], challenge_id=asked["challenge"], code=code)
    except StepUpFailed as refusal:
        if not refusal.may_retry:
            request.session.pop(_ASKED, None)
        raise
    request.session.pop(_ASKED, None)
    messages.info(request, _("Your phone was added. Codes can come to it from now on."))
    return redirect("identity:security")
