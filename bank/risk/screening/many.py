"""Many names held against the lists at once, as those of a payment file: a handful of statements, whatever
their number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from bank.audit import services as audit
from bank.risk import rules
from bank.risk.models import Match, Screening
from bank.risk.rules import Outcome
from bank.risk.screening import lookup, services
from bank.risk.screening.index import Hit, ListIndex
from bank.risk.screening.names import Kind, parse

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Named:
    """A name to be screened, for the subject it is about."""

    subject: str
    name: str
    country: str = ""


def outcomes_of(named: Sequence[Named], kinds: Sequence[Kind]) -> dict[Named, set[str]]:
    """What is known of names that were held against the lists in force, and nothing is screened: one query
    for the lists and one for each two thousand names. A name not held against them yet is not in it."""
    versions = list(lookup.versions_in_force())
    found: dict[tuple[str, str], dict[str, str]] = {}
    for first in range(0, len(named), _AT_ONCE):
        subjects = [one.subject for one in named[first : first + _AT_ONCE]]
        rows = Screening.objects.filter(subject__in=subjects, is_latest=True, lists=versions)
        for subject, name, kind, outcome in rows.values_list("subject", "name", "kind", "outcome"):
            found.setdefault((subject, name), {})[kind] = outcome
    known: dict[Named, set[str]] = {}
    for one in named:
        outcomes = found.get((one.subject, services.tidy(one.name)), {})
        if all(kind.value in outcomes for kind in kinds):
            known[one] = {outcomes[kind.value] for kind in kinds}
    return known


def screen_all(named: Iterable[Named], kinds: Sequence[Kind]) -> dict[Named, set[str]]:
    """Holds names against the lists in force and keeps what was found, as ``screen`` does one by one; the
    same name is compared once. What was screened before under an older list goes the way of ``screen``, so
    that its decisions are remembered. A name without a word to compare is clear.
    """
    wanted = list(dict.fromkeys(named))
    if not lookup.versions_in_force():
        return {one: set() for one in wanted}
    found = outcomes_of(wanted, kinds)
    missing = [one for one in wanted if one not in found]
    older = _screened_before(missing)
    for one in missing:
        if one.subject in older:
            found[one] = {_again(one, kind) for kind in kinds}
    found |= _first_time([one for one in missing if one.subject not in older], kinds)
    return found


def _screened_before(named: Sequence[Named]) -> set[str]:
    subjects = [one.subject for one in named]
    return set(
        Screening.objects.filter(subject__in=subjects, is_latest=True).values_list("subject", flat=True)
    )


def _again(one: Named, kind: Kind) -> str:
    if not _has_words(one.name, kind):
        return Outcome.CLEAR.value
    countries = [one.country] if one.country else []
    return services.screen(
        subject=one.subject, name=one.name, kind=kind, birth_date=None, countries=countries
    ).outcome


def _has_words(name: str, kind: Kind) -> bool:
    parsed = parse(services.tidy(name), kind)
    return bool(parsed.words or parsed.native)


def _first_time(named: Sequence[Named], kinds: Sequence[Kind]) -> dict[Named, set[str]]:
    index, versions = lookup.current()
    hits: dict[tuple[str, Kind], list[Hit]] = {}
    made: list[tuple[Named, Screening, list[Match]]] = []
    for one in named:
        for kind in kinds:
            if _has_words(one.name, kind):
                made.append((one, *_screened(one, kind, list(versions), _hits(index, hits, one.name, kind))))
    _keep([screening for _one, screening, _matches in made], [row for *_two, rows in made for row in rows])
    found: dict[Named, set[str]] = {one: set() for one in named}
    for one, screening, _matches in made:
        found[one].add(screening.outcome)
    return found


def _hits(index: ListIndex, known: dict[tuple[str, Kind], list[Hit]], name: str, kind: Kind) -> list[Hit]:
    key = (services.tidy(name), kind)
    if key not in known:
        known[key] = index.search(key[0], services.kinds_of(kind))
    return known[key]


def _screened(one: Named, kind: Kind, versions: list[int], hits: list[Hit]) -> tuple[Screening, list[Match]]:
    screening = Screening(
        subject=one.subject, name=services.tidy(one.name), kind=kind.value, lists=versions,
        countries=[one.country] if one.country else [], outcome=Outcome.CLEAR.value,
    )  # fmt: skip
    matches = [match for hit in hits if (match := services.match_of(screening, hit, {}))]
    decisions = [match.decision for match in matches]
    screening.outcome = rules.outcome_of(decisions, has_lists=bool(versions)).value
    return screening, matches


@transaction.atomic
def _keep(screenings: list[Screening], matches: list[Match]) -> None:
    """Stores them; where somebody screened the same name at this moment, theirs stays."""
    Screening.objects.bulk_create(screenings, ignore_conflicts=True, batch_size=_AT_ONCE)
    wanted = [one.screening_id for one in matches]
    kept = set(Screening.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    Match.objects.bulk_create([one for one in matches if one.screening_id in kept], batch_size=_AT_ONCE)
    for subject in sorted({one.screening.subject for one in matches if one.screening_id in kept}):
        audit.record("SCREENED", actor=None, subject_type="SCREENING", subject_id=subject)
    if screenings:
        detail = {"names": len(screenings), "matches": len(matches)}
        audit.record(
            "SCREENED_TOGETHER", actor=None, subject_type="SCREENING",
            subject_id=str(screenings[0].pk), detail=detail,
        )  # fmt: skip
