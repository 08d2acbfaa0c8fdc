"""Fictional watch lists, so that the demonstration screens those who apply; real ones come by command."""

from collections.abc import Iterable
from typing import Final

from bank.risk.rules import Topic
from bank.risk.screening import lists
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.names import Kind

SANCTIONS: Final = (
    ListedEntry(
        key="D-1",
        kind=Kind.PERSON,
        name="VORONIN-DEMO, Arkady Borisovich",
        aliases=("Arkadij Voronin-Demo",),
        births=("1961-04-12",),
        countries=("RU",),
        programme="DEMONSTRATION",
    ),
    ListedEntry(
        key="D-2",
        kind=Kind.ORGANISATION,
        name="MAKTABA ARMS DEMO TRADING CO. LTD.",
        countries=("KE",),
        programme="DEMONSTRATION",
    ),
)
EXPOSED: Final = (
    ListedEntry(
        key="D-3",
        kind=Kind.PERSON,
        name="Badru-Demo, Mwanaidi Salim",
        births=("1958",),
        countries=("TZ",),
        remarks="Minister of a country that does not exist.",
    ),
)


def load() -> None:
    """Puts both lists in force; again changes nothing."""
    _load("DEMO-SANCTIONS", Topic.SANCTIONS, SANCTIONS)
    _load("DEMO-PEP", Topic.PEP, EXPOSED)


def _load(source: str, topic: Topic, entries: Iterable[ListedEntry]) -> None:
    chosen = list(entries)
    digest = "".join(entry.digest[:16] for entry in chosen)[:64]
    lists.load(source=source, topic=topic, entries=chosen, digest=digest)
