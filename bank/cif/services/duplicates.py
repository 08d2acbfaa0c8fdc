"""Finds customers who may be one and the same, and lets staff say that they are not."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from django.db import transaction

from bank.cif import likeness
from bank.cif.likeness import Likeness, Traits
from bank.cif.models import Customer, DuplicateCandidate
from bank.cif.selectors import traits_of
from bank.cif.services.customers import named
from bank.cif.services.trail import record
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import Conflict

_CROWD = 50
"""More customers than this who share one thing (a firm's switchboard) are no hint."""


def find_duplicates() -> int:
    """Compares all customers who share anything telling; returns how many new pairs are worth a look.

    A pair once dismissed stays dismissed. Safe to repeat.
    """
    everybody = {one.pk: one for one in traits_of(Customer.objects.filter(merged_into__isnull=True))}
    return sum(_keep(pair, found) for pair, found in _likely(everybody.values()))


@transaction.atomic
def dismiss(*, candidate: DuplicateCandidate, reason: str, actor: User) -> DuplicateCandidate:
    """Two people after all. Raises ``Conflict`` where that was decided already."""
    words = named(reason, "A reason", 200)
    waiting = DuplicateCandidate.objects.filter(pk=candidate.pk, decided_at__isnull=True)
    if not waiting.update(decided_at=clock.now(), decided_by=actor, decision=words):
        raise Conflict(problem="Somebody has decided on this pair already.")
    for customer, other in ((candidate.first, candidate.second), (candidate.second, candidate.first)):
        record("DUPLICATE_DISMISSED", customer, actor, other=other.cif, why=words)
    candidate.refresh_from_db()
    return candidate


def _likely(everybody: Iterable[Traits]) -> Iterable[tuple[tuple[int, int], Likeness]]:
    people = {one.pk: one for one in everybody}
    sharing: dict[object, list[int]] = defaultdict(list)
    for one in people.values():
        for key in likeness.keys_of(one):
            sharing[key].append(one.pk)
    pairs = {
        pair for pks in sharing.values() if len(pks) <= _CROWD for pair in combinations(sorted(set(pks)), 2)
    }
    for first, second in sorted(pairs):
        found = likeness.compare(people[first], people[second])
        if found.score >= likeness.WORTH_A_LOOK:
            yield (first, second), found


def _keep(pair: tuple[int, int], found: Likeness) -> bool:
    candidate, is_new = DuplicateCandidate.objects.get_or_create(
        first_id=pair[0],
        second_id=pair[1],
        defaults={"score": found.score, "reasons": list(found.reasons)},
    )
    if not is_new and candidate.decided_at is None and candidate.score != found.score:
        candidate.score, candidate.reasons = found.score, list(found.reasons)
        candidate.save(update_fields=["score", "reasons"])
    return is_new
