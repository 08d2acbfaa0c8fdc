"""How the trial of a payee's account went, in words."""

from django import template
from django.utils.translation import gettext

from bank.payments import directory
from bank.payments.models import Beneficiary, PayeeTrial
from bank.payments.rules import TrialState
from bank.payments.services.trials import right
from bank.runtime import formats

register = template.Library()


@register.filter
def trial_said(payee: Beneficiary) -> str:
    """The state in a line; empty where nobody asked for a trial."""
    trial = getattr(payee, "trial", None)
    return _said(trial, trial.state_today) if trial is not None else ""


@register.filter
def is_changed(payee: Beneficiary) -> bool:
    """Whether the payee's bank said what is right instead, and nobody took it over."""
    trial = getattr(payee, "trial", None)
    return trial is not None and trial.state == TrialState.CHANGED


def _said(trial: PayeeTrial, state: TrialState) -> str:
    if state == TrialState.REFUSED:
        words = {"reason": trial.reason, "said": gettext(trial.sentence)}
        return gettext("Refused: %(reason)s %(said)s") % words
    if state == TrialState.CHANGED:
        number, agent, _kind = right(trial)
        words = {"reason": trial.reason, "number": number, "bank": directory.name_of(agent)}
        return gettext("Changed: %(reason)s, now %(number)s at %(bank)s") % words
    said = {
        TrialState.TRIED: gettext("Tried: no objection"),
        TrialState.CORRECTED: gettext("Put right as the payee's bank said"),
        TrialState.FAILED: gettext("Could not be tried: the network did not take it"),
    }
    return said.get(state) or gettext("Being tried until %(day)s") % {"day": formats.day(trial.until)}
