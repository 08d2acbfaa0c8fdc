"""A one-time code asked for one act, and the form it is typed into.

The draft remembers which challenge its page showed. The form carries that challenge's id, so
a page left open in another tab cannot confirm what it does not show.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext

from bank.identity.errors import StepUpActChanged
from bank.identity.models import Challenge
from bank.web.views.drafts import Draft, keep
from bank.web.views.fields import CodeField


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


def note(request: HttpRequest, draft: Draft, challenge: Challenge) -> None:
    """Keeps in the draft which challenge its page shows; one noted before no longer counts."""
    draft.answers["challenge"] = {
        "id": str(challenge.id),
        "channel": challenge.channel,
        "destination": challenge.masked_destination,
    }
    keep(request, draft)


def _label(asked: dict[str, str]) -> str:
    if asked["channel"] == "TOTP":
        return gettext("Code from your authenticator app")
    return gettext("Code sent to %(destination)s") % asked
