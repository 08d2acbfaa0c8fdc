"""Passkeys of the signed-in user: add, name, remove. The browser's part is ``static/js/passkeys.js``."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bank.identity import forms, passkeys, services, sessions, stepup
from bank.identity.models import Passkey
from bank.identity.views.guards import form_page, freshly_confirmed, get_or_post, signed_in, user_of
from bank.kernel.errors import BankError


@freshly_confirmed
@get_or_post
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Has the browser make a key pair, and keeps its public half under a name."""
    user = user_of(request)
    form = forms.PasskeyForm(request.POST or None)
    refusal: BankError | None = None
    if form.is_valid():
        try:
            challenge = sessions.take_passkey_challenge(request)
            passkeys.register(user=user, challenge=challenge, **form.cleaned_data)
            messages.info(request, _("The passkey was added. You can sign in with it from now on."))
            return redirect("identity:security")
        except BankError as error:
            refusal = error
    options = passkeys.registration(user, sessions.new_passkey_challenge(request))
    usable = passkeys.usable_at(request.get_host())
    return form_page(
        request, "passkey", form, refusal, options=options, usable=usable, host=passkeys.relying_party()
    )


@signed_in
@get_or_post
def rename_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Another name for a passkey."""
    passkey = _own(request, passkey_id)
    form = forms.PasskeyNameForm(request.POST or None, initial={"name": passkey.name})
    if form.is_valid():
        passkeys.rename(user=user_of(request), passkey=passkey, name=form.cleaned_data["name"])
        return redirect("identity:security")
    return form_page(request, "passkey_name", form, None, passkey=passkey)


@freshly_confirmed
@require_POST
def remove_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """The passkey opens nothing any more; the session goes on by the way codes come."""
    user, passkey = user_of(request), _own(request, passkey_id)
    passkeys.remove(user=user, passkey=passkey)
    sessions.rely_on(request, services.device_for(user=user, channel=stepup.choose(user)))
    messages.info(request, _("The passkey was removed."))
    return redirect("identity:security")


def _own(request: HttpRequest, passkey_id: int) -> Passkey:
    found = passkeys.passkeys_of(user_of(request)).filter(pk=passkey_id).first()
    if found is None:
        raise Http404
    return found
