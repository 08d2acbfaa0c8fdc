"""A step of an application's life: written into its history and onto the audit trail together."""

from typing import Any

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.onboarding.errors import ApplicationNotOpen
from bank.onboarding.models import Application, Step
from bank.onboarding.rules import OPEN_TO_APPLICANT, State


def lock(application: Application, *states: State) -> Application:
    """The application's row, locked, in one of the states. Raises ``ApplicationNotOpen``."""
    locked = Application.objects.select_for_update(of=("self",)).filter(pk=application.pk).first()
    if locked is None:
        raise NotFound(what="application")
    _require(locked, *states)
    return locked


def require_open(application: Application) -> None:
    """Whether it is still the applicant's to answer. Raises ``ApplicationNotOpen``."""
    _require(application, *OPEN_TO_APPLICANT)


def _require(application: Application, *states: State) -> None:
    if application.state not in states:
        raise ApplicationNotOpen(state=str(application.get_state_display()).lower())


def move(application: Application, state: State, **changes: Any) -> None:
    """Puts the application into a state, with whatever changes with it."""
    application.state = state.value
    application.changed_at = clock.now()
    for name, value in changes.items():
        setattr(application, name, value)
    application.save()


def note(application: Application, action: str, by: User | None, words: str = "", **detail: Any) -> None:
    """Adds to the history and to the audit trail; the words stay in the history alone."""
    Step.objects.create(application=application, action=action, by=by, words=words)
    audit.record(
        f"APPLICATION_{action}",
        actor=by,
        subject_type="APPLICATION",
        subject_id=application.reference,
        detail=detail,
    )
