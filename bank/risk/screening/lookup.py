"""The index of the lists in force, one in each process, built anew when a version is loaded."""

from threading import Lock

from bank.risk.models import WatchEntry, WatchList
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.index import ListIndex
from bank.risk.screening.names import Kind

Versions = tuple[int, ...]


class _Held:
    """The last index built and the versions it was built from."""

    lock = Lock()
    versions: Versions = ()
    index = ListIndex(())


def versions_in_force() -> Versions:
    """The versions a screening is held against; one small query."""
    return tuple(WatchList.objects.filter(is_current=True).order_by("pk").values_list("pk", flat=True))


def current() -> tuple[ListIndex, Versions]:
    """The index of all lists in force. The first call after a load takes some seconds."""
    versions = versions_in_force()
    with _Held.lock:
        if versions != _Held.versions:
            _Held.index, _Held.versions = ListIndex(_entries()), versions
        return _Held.index, _Held.versions


def _entries() -> list[ListedEntry]:
    rows = WatchEntry.objects.filter(left_with__isnull=True)
    return [
        ListedEntry(
            key=str(row.pk),
            kind=Kind(row.kind),
            name=row.name,
            aliases=tuple(row.aliases),
            births=tuple(row.births),
            countries=tuple(row.countries),
        )
        for row in rows.iterator(chunk_size=2_000)
    ]
