"""Screening names, deciding about what was found, and screening all again when a list changes."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.risk import errors, rules
from bank.risk.models import Match, Screening
from bank.risk.rules import Decision, Outcome
from bank.risk.screening import lookup
from bank.risk.screening.index import Hit
from bank.risk.screening.names import LONGEST, Kind, parse
from bank.runtime import locks

ERASED = "[erased]"


def screen(
    *, subject: str, name: str, kind: str, birth_date: date | None, countries: Sequence[str]
) -> Screening:
    """Holds a name against all lists in force and keeps what was found, with the reasons.

    ``subject`` is an opaque reference such as ``application:<uuid>``. A decision about the same
    subject, name and unchanged entry goes on holding until it runs out. Raises ``NothingToScreen``.
    """
    wanted = Kind(kind)
    name = tidy(name)
    parsed = parse(name, wanted)
    if not parsed.words and not parsed.native:
        raise errors.NothingToScreen
    index, versions = lookup.current()
    hits = index.search(name, kinds_of(wanted))
    with transaction.atomic():
        locks.hold_until_commit(f"screening of {subject}")
        known = _known(subject, name, wanted)
        found = Screening.objects.create(
            subject=subject,
            name=name,
            kind=wanted.value,
            birth_date=birth_date,
            countries=sorted(set(countries)),
            outcome=Outcome.NOT_SCREENED.value,
            lists=list(versions),
        )
        matches = [match for hit in hits if (match := match_of(found, hit, known))]
        Match.objects.bulk_create(matches)
        _settle(found)
        _record("SCREENED", found, None, matches=len(matches), outcome=found.outcome)
    return found


def tidy(name: str) -> str:
    """A name as its screening keeps it."""
    return " ".join(name.split())[:LONGEST]


def decide(*, match: Match, decision: str, reason: str, by: User) -> Match:
    """Says what an open match is. A false alarm is remembered for a year while neither the name nor
    the entry changes; a true match stays until two people release it.

    Raises ``MatchDecided``, ``ReasonMissing``.
    """
    said = _reason(reason)
    now = clock.now()
    is_false = decision == Decision.FALSE_ALARM
    if not is_false and decision != Decision.TRUE_MATCH:
        raise errors.MatchDecided
    with transaction.atomic():
        locked = _locked(match, {Decision.OPEN}, errors.MatchDecided)
        locked.decision, locked.reason, locked.decided_by, locked.decided_at = decision, said, by, now
        locked.holds_until = now + rules.FALSE_ALARM_HOLDS if is_false else None
        locked.save()
        _settle(locked.screening)
        _record("SCREENING_DECIDED", locked.screening, by, match=locked.pk, decision=decision)
    return locked


def propose_release(*, match: Match, reason: str, by: User) -> Match:
    """Proposes that a true match was none after all. Raises ``NotATrueMatch``, ``ReasonMissing``."""
    said = _reason(reason)
    with transaction.atomic():
        locked = _locked(match, {Decision.TRUE_MATCH}, errors.NotATrueMatch)
        locked.decision, locked.reason = Decision.RELEASE_PROPOSED.value, said
        locked.decided_by, locked.decided_at = by, clock.now()
        locked.save()
        _record("SCREENING_RELEASE_PROPOSED", locked.screening, by, match=locked.pk)
    return locked


def release(*, match: Match, by: User) -> Match:
    """Agrees to the release somebody else proposed; it holds for a year like any false alarm.

    Raises ``NotATrueMatch`` where none is proposed, ``SecondPersonNeeded``.
    """
    with transaction.atomic():
        locked = _locked(match, {Decision.RELEASE_PROPOSED}, errors.NotATrueMatch)
        if locked.decided_by_id == by.pk:
            raise errors.SecondPersonNeeded
        locked.decision, locked.released_by, locked.released_at = Decision.RELEASED.value, by, clock.now()
        locked.holds_until = clock.now() + rules.FALSE_ALARM_HOLDS
        locked.save()
        _settle(locked.screening)
        _record("SCREENING_RELEASED", locked.screening, by, match=locked.pk)
    return locked


def screen_again(*, screening_id: UUID) -> Screening | None:
    """Screens a subject's name against the lists now in force, unless that was done already, or a
    decision on it ran out. Safe to repeat."""
    before = Screening.objects.filter(pk=screening_id, is_latest=True).first()
    if before is None or (before.lists == list(lookup.versions_in_force()) and not _has_run_out(before)):
        return None
    return screen(
        subject=before.subject,
        name=before.name,
        kind=before.kind,
        birth_date=before.birth_date,
        countries=before.countries,
    )


def forget_subject(*, subject: str) -> int:
    """Takes a subject out of the screening that follows new lists, as when a customer has left; how many."""
    return Screening.objects.filter(subject=subject, is_latest=True).update(is_latest=False)


def erase_subject(*, subject: str) -> int:
    """Takes what a subject was called and when born out of every screening of it; how many. Which list said
    what, and who decided how, stays."""
    forget_subject(subject=subject)
    Match.objects.filter(screening__subject=subject).update(explanation={})
    return Screening.objects.filter(subject=subject).update(name=ERASED, birth_date=None, countries=[])


def overdue() -> Iterator[UUID]:
    """The latest screenings that were not held against the lists in force, or whose decisions ran out."""
    versions = list(lookup.versions_in_force())
    latest = Screening.objects.filter(is_latest=True)
    yield from latest.exclude(lists=versions).values_list("pk", flat=True).iterator()
    run_out = latest.filter(lists=versions, matches__holds_until__lt=clock.now()).distinct()
    yield from run_out.values_list("pk", flat=True)


def kinds_of(kind: Kind) -> tuple[Kind, ...]:
    """A person may be no ship; a company may well own one of its name."""
    return (Kind.PERSON,) if kind is Kind.PERSON else (Kind.ORGANISATION, Kind.VESSEL)


def _known(subject: str, name: str, kind: Kind) -> dict[int, Match]:
    """By entry, what was decided at the screening before, which ceases to be the latest."""
    before = Screening.objects.filter(subject=subject, name=name, kind=kind.value, is_latest=True)
    decided = Match.objects.filter(screening__in=before).exclude(decision=Decision.OPEN.value)
    known = {match.entry_id: match for match in decided if _holds(match)}
    before.update(is_latest=False)
    return known


def _holds(match: Match) -> bool:
    return match.holds_until is None or match.holds_until > clock.now()


def _has_run_out(screening: Screening) -> bool:
    return screening.matches.filter(holds_until__lt=clock.now()).exists()


def match_of(screening: Screening, hit: Hit, known: dict[int, Match]) -> Match | None:
    evidence = rules.weigh(screening.birth_date, hit.entry.births, screening.countries, hit.entry.countries)
    score = rules.final_score(hit.comparison.score, evidence)
    if score < rules.THRESHOLD:
        return None
    match = Match(
        screening=screening,
        entry_id=int(hit.entry.key),
        listed_name=hit.listed_name,
        score=score,
        explanation=_explanation(hit, evidence),
    )
    return _remembering(match, known.get(match.entry_id))


def _remembering(match: Match, before: Match | None) -> Match:
    if before is None:
        return match
    for column in (
        "decision", "reason", "decided_by_id", "decided_at", "holds_until", "released_by_id", "released_at",
    ):  # fmt: skip
        setattr(match, column, getattr(before, column))
    match.is_remembered = True
    return match


def _explanation(hit: Hit, evidence: rules.Evidence) -> dict[str, Any]:
    """The score by its parts, as staff see them side by side."""
    alignment = hit.comparison.alignment
    return {
        "name": hit.comparison.score,
        "words": [
            {
                "sought": " ".join(word.text for word in pair.sought),
                "listed": " ".join(word.text for word in pair.listed),
                "alike": round(pair.similarity * 100),
                "weight": round(pair.weight * 100),
            }
            for pair in alignment.pairs
        ],
        "sought_left": [word.text for word in alignment.sought_left],
        "listed_left": [word.text for word in alignment.listed_left],
        "reasons": list(hit.comparison.reasons),
        "birth": {"result": evidence.birth, "points": evidence.birth_points},
        "country": {"result": evidence.country, "points": evidence.country_points},
    }


def _settle(screening: Screening) -> None:
    """Brings the outcome in line with the decisions."""
    decisions = list(screening.matches.values_list("decision", flat=True))
    screening.outcome = rules.outcome_of(decisions, has_lists=bool(screening.lists)).value
    Screening.objects.filter(pk=screening.pk).update(outcome=screening.outcome)


def _locked(match: Match, allowed: set[Decision], refusal: type[errors.BankError]) -> Match:
    locked = Match.objects.select_for_update(of=("self",)).select_related("screening").get(pk=match.pk)
    if locked.decision not in allowed:
        raise refusal
    return locked


def _reason(text: str) -> str:
    said = text.strip()
    if len(said) < rules.FEWEST_LETTERS:
        raise errors.ReasonMissing(fewest=rules.FEWEST_LETTERS)
    return said[:500]


def _record(action: str, screening: Screening, actor: User | None, **detail: Any) -> None:
    audit.record(
        action,
        actor=actor,
        subject_type="SCREENING",
        subject_id=screening.subject,
        detail={"screening": str(screening.pk), **detail},
    )
