"""Loads versions of watch lists: whole or not at all, once however often it is asked."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import transaction

from bank.audit import services as audit
from bank.risk import errors, rules
from bank.risk.models import WatchEntry, WatchList
from bank.risk.rules import Topic
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.formats import ofac, plain
from bank.runtime import locks, outbox

LOADED: Final = "risk.WatchListLoaded"
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """The version in force, and whether this call put it there."""

    version: WatchList
    is_new: bool


def read_files(paths: Sequence[Path]) -> tuple[list[ListedEntry], str]:
    """The entries of a list and the SHA-256 digest over its files: ``SDN.CSV`` with its companions
    ``ALT.CSV`` and ``ADD.CSV``, a ``.json``, or a ``.csv`` with a heading. Raises ``ListUnreadable``.
    """
    contents = [_content(path) for path in paths]
    digest = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()
    return _reader(paths)(*contents), digest


def load(
    *, source: str, topic: Topic, entries: Sequence[ListedEntry], digest: str, may_shrink: bool = False
) -> Loaded:
    """Puts a version of ``source`` in force. Entries that did not change stay as they are, so that
    decisions on them go on holding. The same content again changes nothing. All subjects are screened
    again afterwards (outbox). Raises ``ListUnreadable``, ``ListTooSmall``.
    """
    _check(entries)
    with transaction.atomic():
        locks.hold_until_commit(f"watch list {source}")
        before = WatchList.objects.filter(source=source, is_current=True).first()
        if before and before.sha256 == digest:
            return Loaded(before, False)
        if before and not may_shrink and len(entries) < before.entries * rules.LEAST_KEPT:
            raise errors.ListTooSmall(entries=len(entries), before=before.entries)
        return Loaded(_replace(source, topic, entries, digest), True)


def _replace(source: str, topic: Topic, entries: Sequence[ListedEntry], digest: str) -> WatchList:
    wanted = {entry.key: entry for entry in entries}
    current = WatchEntry.objects.filter(source=source, left_with__isnull=True)
    held = dict(current.values_list("key", "digest"))
    fresh = [entry for key, entry in wanted.items() if held.get(key) != entry.digest]
    gone = [key for key, known in held.items() if key not in wanted or wanted[key].digest != known]
    WatchList.objects.filter(source=source, is_current=True).update(is_current=False)
    version = WatchList.objects.create(
        source=source,
        topic=topic.value,
        sha256=digest,
        entries=len(wanted),
        added=sum(entry.key not in held for entry in fresh),
        changed=sum(entry.key in held for entry in fresh),
        removed=sum(key not in wanted for key in held),
    )
    current.filter(key__in=gone).update(left_with=version)
    WatchEntry.objects.bulk_create([_row(entry, version) for entry in fresh], batch_size=_AT_ONCE)
    outbox.emit(LOADED, {"version": version.pk})
    _record(version)
    return version


def _row(entry: ListedEntry, version: WatchList) -> WatchEntry:
    return WatchEntry(
        source=version.source,
        topic=version.topic,
        key=entry.key,
        kind=entry.kind.value,
        name=entry.name[:500],
        aliases=list(entry.aliases),
        births=list(entry.births),
        countries=list(entry.countries),
        programme=entry.programme[:200],
        remarks=entry.remarks,
        digest=entry.digest,
        came_with=version,
    )


def _record(version: WatchList) -> None:
    counted = {"added": version.added, "changed": version.changed, "removed": version.removed}
    audit.record(
        "WATCH_LIST_LOADED",
        actor=None,
        subject_type="WATCH_LIST",
        subject_id=version.source,
        detail={"version": version.pk, "sha256": version.sha256, "entries": version.entries, **counted},
    )


def _check(entries: Sequence[ListedEntry]) -> None:
    if not entries:
        raise errors.ListUnreadable(problem="it has no entries")
    if len({entry.key for entry in entries}) < len(entries):
        raise errors.ListUnreadable(problem="a number occurs twice")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise errors.ListUnreadable(problem=f"{path.name}: {error.strerror}") from error


def _reader(paths: Sequence[Path]) -> Callable[..., list[ListedEntry]]:
    if paths[0].suffix.lower() == ".json":
        return plain.read_json
    return ofac.read if paths[0].name.upper().startswith("SDN") else plain.read_csv
