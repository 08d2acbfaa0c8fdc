"""Reads the trail and proves it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from bank.audit import rules
from bank.audit.models import AuditLink, AuditRecord, AuditWaiting, AuditWords

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of a verification: ``fault`` names the first thing wrong, ``None`` if all is well."""

    sealed: int
    waiting: int
    head: str
    fault: str | None


def trail(subject_type: str, subject_id: str) -> QuerySet[AuditRecord]:
    """What happened to one subject, newest first."""
    found = AuditRecord.objects.filter(subject_type=subject_type, subject_id=str(subject_id))
    return found.select_related("actor", "words").order_by("-id")


def words_about(
    subjects: Mapping[str, Iterable[str]], *, actors: Collection[int] = ()
) -> QuerySet[AuditWords]:
    """The words kept beside all records about ``subjects`` (ids by type), or of acts of ``actors``."""
    wanted = Q(record__actor_id__in=actors)
    for kind, ids in subjects.items():
        wanted |= Q(record__subject_type__in=[kind.upper(), kind.lower()], record__subject_id__in=[*ids])
    return AuditWords.objects.filter(wanted)


def waiting() -> int:
    """How many committed records the chain has yet to seal."""
    return AuditWaiting.objects.count()


def verify(*, head: str | None = None) -> Proof:
    """Recomputes the whole chain. ``head`` is a ``position:digest`` noted earlier, which must be in it.

    Finds a record altered, removed or inserted behind the sealer's back, a link removed, words altered or
    gone without an erasure that says so, and, given a noted head, a chain cut short or rewritten.
    """
    position, digest = 0, rules.GENESIS
    noted, fault, bare = head, None, set[int]()
    for link, record in _chain():
        fault = _fault_of(link, record, position, digest)
        if fault:
            break
        if record is not None and _is_bare(record):
            bare.add(record.pk)
        position, digest = link.position, bytes(link.digest)
        noted = None if noted == str(link) else noted
    else:
        fault = (
            _unsealed()
            or _taken_away(bare)
            or (f"the noted head {noted} is not in the chain" if noted else None)
        )
    return Proof(sealed=position, waiting=waiting(), head=f"{position}:{digest.hex()}", fault=fault)


def _chain() -> Iterator[tuple[AuditLink, AuditRecord | None]]:
    last = 0
    while links := list(AuditLink.objects.filter(position__gt=last).order_by("position")[:_BATCH]):
        records = AuditRecord.objects.select_related("words").in_bulk([link.record_id for link in links])
        for link in links:
            yield link, records.get(link.record_id)
        last = links[-1].position


def _fault_of(link: AuditLink, record: AuditRecord | None, position: int, digest: bytes) -> str | None:
    if link.position != position + 1:
        return f"link {position + 1} of the chain is missing"
    if record is None:
        return f"audit record {link.record_id} (link {link.position}) is missing"
    if rules.link_digest(digest, record.content()) != bytes(link.digest):
        return f"audit record {link.record_id} (link {link.position}) was altered"
    if not _keeps_its_words(record):
        return f"the words of audit record {link.record_id} (link {link.position}) were altered"
    return None


def _keeps_its_words(record: AuditRecord) -> bool:
    """Whether the words beside a record, where they are not erased, are those it commits to."""
    words = getattr(record, "words", None)
    if words is None:
        return True
    salt, apart = bytes(words.salt), rules.committed(record.detail)
    return apart == set(words.said) and all(
        record.detail[name] == rules.commitment(words.said[name], salt) for name in apart
    )


def _is_bare(record: AuditRecord) -> bool:
    """Whether a record commits to words that are no longer there."""
    return getattr(record, "words", None) is None and bool(rules.committed(record.detail))


def _taken_away(bare: set[int]) -> str | None:
    """Words that no erasure says it destroyed: somebody else did."""
    told = AuditRecord.objects.filter(action=rules.ERASED).values_list("detail__records", flat=True)
    lost = bare.difference(*told) if bare else bare
    return f"the words of audit record {min(lost)} are gone, and no erasure says so" if lost else None


def _unsealed() -> str | None:
    """A record that is neither sealed nor waiting had its place in the queue taken away."""
    linked = AuditLink.objects.filter(record_id=OuterRef("pk"))
    queued = AuditWaiting.objects.filter(record_id=OuterRef("pk"))
    lost = AuditRecord.objects.filter(~Exists(linked), ~Exists(queued)).order_by("id").first()
    return f"audit record {lost.pk} was kept from the chain" if lost else None
