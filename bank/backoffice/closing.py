"""When the business date is closed, as a form; what it asks for waits for a second person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from bank.eod import schedule
from bank.eod.commands import ChangeClosing
from bank.identity.models import User
from bank.workflows import services as workflows


class ClosingForm(forms.Form):
    at = forms.TimeField(
        label=_("Time"),
        help_text=_("Hours and minutes where the bank is, such as 22:00."),
        input_formats=["%H:%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    enabled = forms.BooleanField(label=_("Closed by itself every day"), required=False)
    reason = forms.CharField(
        label=_("Reason"), help_text=_("It stays on record, and whoever decides reads it."), max_length=300
    )


def is_closing(task: PeriodicTask) -> bool:
    """Whether this is the row staff may have changed."""
    return str(task.name) == schedule.NAME


def closing_now(task: PeriodicTask) -> dict[str, Any]:
    return {"at": schedule.closes_at(), "enabled": task.enabled}


def propose_closing(_task: PeriodicTask, actor: User, *, at: Any, enabled: bool, reason: str) -> None:
    payload = ChangeClosing(at=f"{at:%H:%M}", enabled=enabled)
    workflows.propose(kind="eod.change_closing", payload=payload, reason=reason, maker=actor)
