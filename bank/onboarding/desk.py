"""What a member of staff sees of an application, and what they may do with it now."""

from typing import Any

from django.utils.translation import gettext

from bank.identity.models import User
from bank.onboarding import rules, selectors, showing, wording
from bank.onboarding.models import Application
from bank.onboarding.rules import State, Task
from bank.risk.screening import selectors as screening
from bank.runtime import formats


def shown(application: Application, reader: User, *, may_act: bool) -> dict[str, Any]:
    """Everything the page of one application shows."""
    return {
        "application": application,
        "sections": showing.sections(application),
        "parties": _parties(application),
        "ownership": _owned(application) if _has_people(application) else "",
        "documents": _documents(application),
        "checklist": _checklist(application),
        "findings": _findings(application),
        "reasons": [wording.RISK_REASONS.get(code, code) for code in application.risk_reasons],
        "same": selectors.same_identity(application),
        "history": _history(application),
        "may": _may(application, reader) if may_act else {},
        "task_choices": [(task.value, wording.TASKS[task]) for task in rules.TASKS[application.kind]],
    }


def _may(application: Application, reader: User) -> dict[str, bool]:
    """Which acts are open to this reader in this state; the services decide again."""
    mine = application.reviewer_id == reader.pk
    own = application.applicant_id == reader.pk
    state = State(application.state)
    return {
        "take": not own and (state == State.SUBMITTED or (state == State.IN_REVIEW and not mine)),
        "check": mine and state == State.IN_REVIEW,
        "decide": state == State.RECOMMENDED and not mine and not own,
        "waits": state == State.RECOMMENDED and (mine or own),
        "note": True,
    }


def _has_people(application: Application) -> bool:
    return Task.PEOPLE in rules.TASKS[application.kind]


def _findings(application: Application) -> list[dict[str, Any]]:
    """Each name, what screening says of it now, and the entries it answers to with score and reasons."""
    known = {one.subject: one for one in selectors.screenings_of(application)}
    rows = []
    for found in application.screening:
        now = known.get(found.get("subject", ""))
        rows.append(
            {
                "name": found["name"],
                "outcome": now.outcome if now else found["outcome"],
                "id": now.pk if now else None,
                "matches": list(screening.matches_of(now)) if now else [],
            }
        )
    return rows


def _owned(application: Application) -> str:
    known = formats.number(selectors.ownership(application).total)
    return gettext("%(total)s %% of the shares are named.") % {"total": known}


def _parties(application: Application) -> list[dict[str, Any]]:
    return [
        {"name": party.name, "note": showing.party_note(party), "rows": showing.party_rows(party)}
        for party in application.parties.all()
    ]


def _documents(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "id": document.pk,
            "purpose": wording.DOCUMENTS.get(document.purpose, document.purpose),
            "filename": document.filename,
            "at": document.uploaded_at,
            "pages": document.pages,
            "is_picture": document.is_picture,
        }
        for document in selectors.documents_of(application)
    ]


def _checklist(application: Application) -> list[dict[str, Any]]:
    ticks = {tick.item: tick for tick in application.ticks.select_related("by")}
    return [
        {"item": item, "label": wording.CHECKLIST[item], "tick": ticks.get(item)}
        for item in rules.CHECKLIST[application.kind]
    ]


def _history(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "at": step.at,
            "action": wording.STEPS.get(step.action, step.action),
            "by": step.by.full_name if step.by else gettext("The bank"),
            "words": step.words,
        }
        for step in application.steps.select_related("by")
    ]
