"""The answers given so far in a journey of several pages, kept on the server.

A draft lives in the session under an id that stands in the page's address, so two tabs are
two drafts, and nothing in it can be changed from outside except by answering a question.
"""

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest

from bank.kernel import ids

_SHELF = "drafts"
_ROOM = 12


@dataclass(slots=True)
class Draft:
    """One journey under way. ``id`` doubles as the idempotency key of what the journey ends in."""

    id: str
    journey: str
    answers: dict[str, Any] = field(default_factory=dict)


def begin(request: HttpRequest, journey: str, **answers: Any) -> Draft:
    """A new draft; the oldest one makes room when a session keeps too many."""
    draft = Draft(id=ids.uuid7().hex, journey=journey, answers=answers)
    keep(request, draft)
    return draft


def find(request: HttpRequest, journey: str, draft_id: str) -> Draft | None:
    """The draft of this session with that id, or ``None`` when it is another's, or gone."""
    kept = request.session.get(_SHELF, {}).get(draft_id)
    if kept is None or kept["journey"] != journey:
        return None
    return Draft(**deepcopy(kept))


def keep(request: HttpRequest, draft: Draft) -> None:
    """Stores what was answered."""
    shelf = {**request.session.get(_SHELF, {}), draft.id: asdict(draft)}
    while len(shelf) > _ROOM:
        del shelf[min(shelf)]
    request.session[_SHELF] = shelf
