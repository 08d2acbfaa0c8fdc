"""Reads of screenings, for staff and for the apps that asked for them."""

from uuid import UUID

from django.db.models import QuerySet

from bank.kernel.errors import NotFound
from bank.risk.models import Match, Screening
from bank.risk.screening import lookup


def latest_of(subject: str) -> QuerySet[Screening]:
    """The screenings of a subject that count, one for each of its names."""
    return Screening.objects.filter(subject=subject, is_latest=True)


def versions_in_force() -> tuple[int, ...]:
    """The versions of all lists a name is held against today; none where no list is loaded."""
    return lookup.versions_in_force()


def screening(id: UUID | str) -> Screening:
    """A screening by its id. Raises ``NotFound``."""
    try:
        found = Screening.objects.filter(pk=UUID(str(id))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(what="screening")
    return found


def matches_of(screening: Screening) -> QuerySet[Match]:
    """What a screening found, the most alike first, with the entries."""
    return screening.matches.select_related("entry", "decided_by", "released_by")
