"""A one-time code asked for one act, and the form it is typed into.

The draft remembers which challenge its page showed. The form carries that challenge's id, so
a page left open in another tab cannot confirm what it does not show.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from bank.identity.errors import StepUpActChanged, StepUpFailed
from bank.identity.models import Challenge
from bank.kernel.errors import BankError
from bank.web.views.drafts import Draft, keep
from bank.web.views.fields import CodeField
from bank.web.views.pages import renew_session, spoken

Done = TypeVar("Done")


class ConfirmForm(forms.Form):
    """The code; ``asked`` is the challenge the page was made for."""

    code = CodeField()
    asked = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        asked = draft.answers["challenge"]
        super().__init__(*args, **kwargs)
        self.initial["asked"] = asked["id"]
        self._current: str = asked["id"]
        self.fields["code"].label = _label(asked)

    @property
    def challenge(self) -> Challenge | None:
        """The challenge the page shows, for a passkey to sign."""
        return Challenge.objects.select_related("user").filter(pk=self._current).first()

    @property
    def challenge_id(self) -> str:
        """The challenge to confirm. Raises ``StepUpActChanged`` where the page shows an earlier one."""
        if self.cleaned_data["asked"] != self._current:
            raise StepUpActChanged
        return self._current


def confirmed(
    request: HttpRequest, form: ConfirmForm, refusals: list[str], act: Callable[..., Done]
) -> Done | None:
    """Does the act with the code the form carries, and gives the session a new key; or says in the form, or
    in ``refusals``, why not, and answers None. ``act`` takes ``challenge_id`` and ``code``."""
    try:
        done = act(challenge_id=form.challenge_id, code=form.cleaned_data["code"])
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return None
    except BankError as error:
        refusals.append(spoken(error))
        return None
    renew_session(request)
    return done


def note(request: HttpRequest, draft: Draft, challenge: Challenge) -> None:
    """Keeps in the draft which challenge its page shows; one noted before no longer counts."""
    draft.answers["challenge"] = {
        "id": str(challenge.id),
        "channel": challenge.channel,
        "destination": challenge.masked_destination,
    }
    keep(request, draft)


def ask_again(request: HttpRequest, ask: Callable[[], object]) -> None:
    """Asks for another code for the same act and tells the person so, or why there is none."""
    try:
        ask()
        messages.success(request, gettext("A new code is on its way. The one before it no longer works."))
    except BankError as error:
        messages.error(request, spoken(error))


def _label(asked: dict[str, str]) -> str:
    if asked["channel"] == "TOTP":
        return gettext("Code from your authenticator app")
    return gettext("Code sent to %(destination)s") % asked
