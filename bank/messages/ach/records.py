"""Records of an ACH file: where each field stands (NACHA Operating Rules, appendix three).

Positions count from 1 and include both ends, as the rules write them.
"""

from dataclasses import dataclass, field
from typing import Final

LENGTH: Final = 94
BLOCK: Final = 10
FILLER: Final = "9" * LENGTH

Layout = tuple[tuple[str, int, int], ...]

_ENDS_OF_BATCH_HEADER: Layout = (
    ("effective_date", 70, 75),
    ("settlement_day", 76, 78),
    ("originator_status", 79, 79),
    ("odfi", 80, 87),
    ("batch_number", 88, 94),
)
_BEGINS_OF_ENTRY: Layout = (("transaction_code", 2, 3), ("rdfi", 4, 11), ("check_digit", 12, 12))
_ENDS_OF_ENTRY: Layout = (("addenda_indicator", 79, 79), ("trace", 80, 94))
_NUMBERED: Layout = (("sequence", 84, 87), ("entry_sequence", 88, 94))
_TRACED: Layout = (("trace", 80, 94),)
_TWO_LINES: Layout = (
    ("type", 2, 3),
    ("first", 4, 38),
    ("second", 39, 73),
    ("reserved", 74, 87),
    ("entry_sequence", 88, 94),
)
_A_BANK: Layout = (
    ("type", 2, 3),
    ("name", 4, 38),
    ("qualifier", 39, 40),
    ("identification", 41, 74),
    ("country", 75, 77),
    ("reserved", 78, 87),
    ("entry_sequence", 88, 94),
)

LAYOUTS: Final[dict[str, Layout]] = {
    "FILE_HEADER": (
        ("priority", 2, 3),
        ("destination", 4, 13),
        ("origin", 14, 23),
        ("creation_date", 24, 29),
        ("creation_time", 30, 33),
        ("modifier", 34, 34),
        ("record_size", 35, 37),
        ("blocking_factor", 38, 39),
        ("format_code", 40, 40),
        ("destination_name", 41, 63),
        ("origin_name", 64, 86),
        ("reference", 87, 94),
    ),
    "BATCH_HEADER": (
        ("service_class", 2, 4),
        ("company_name", 5, 20),
        ("discretionary", 21, 40),
        ("company_id", 41, 50),
        ("entry_class", 51, 53),
        ("entry_description", 54, 63),
        ("descriptive_date", 64, 69),
        *_ENDS_OF_BATCH_HEADER,
    ),
    "IAT_BATCH_HEADER": (
        ("service_class", 2, 4),
        ("iat_indicator", 5, 20),
        ("exchange_indicator", 21, 22),
        ("exchange_reference_indicator", 23, 23),
        ("exchange_reference", 24, 38),
        ("destination_country", 39, 40),
        ("company_id", 41, 50),
        ("entry_class", 51, 53),
        ("entry_description", 54, 63),
        ("originating_currency", 64, 66),
        ("destination_currency", 67, 69),
        *_ENDS_OF_BATCH_HEADER,
    ),
    "ENTRY": (
        *_BEGINS_OF_ENTRY,
        ("account", 13, 29),
        ("amount", 30, 39),
        ("identification", 40, 54),
        ("name", 55, 76),
        ("discretionary", 77, 78),
        *_ENDS_OF_ENTRY,
    ),
    "CTX_ENTRY": (
        *_BEGINS_OF_ENTRY,
        ("account", 13, 29),
        ("amount", 30, 39),
        ("identification", 40, 54),
        ("addenda_count", 55, 58),
        ("name", 59, 74),
        ("reserved", 75, 76),
        ("discretionary", 77, 78),
        *_ENDS_OF_ENTRY,
    ),
    "IAT_ENTRY": (
        *_BEGINS_OF_ENTRY,
        ("addenda_count", 13, 16),
        ("reserved", 17, 29),
        ("amount", 30, 39),
        ("account", 40, 74),
        ("reserved_2", 75, 76),
        ("gateway_screening", 77, 77),
        ("secondary_screening", 78, 78),
        *_ENDS_OF_ENTRY,
    ),
    "ADV_ENTRY": (
        *_BEGINS_OF_ENTRY,
        ("account", 13, 27),
        ("amount", 28, 39),
        ("advice_routing", 40, 48),
        ("file_identification", 49, 53),
        ("operator_data", 54, 54),
        ("name", 55, 76),
        ("discretionary", 77, 78),
        ("addenda_indicator", 79, 79),
        ("operator_routing", 80, 87),
        ("julian_day", 88, 90),
        ("trace", 91, 94),
    ),
    "ADDENDA_02": (
        ("type", 2, 3),
        ("reference_1", 4, 10),
        ("reference_2", 11, 13),
        ("terminal", 14, 19),
        ("serial", 20, 25),
        ("day", 26, 29),
        ("authorisation", 30, 35),
        ("location", 36, 62),
        ("city", 63, 77),
        ("state", 78, 79),
        *_TRACED,
    ),
    "ADDENDA_05": (("type", 2, 3), ("information", 4, 83), *_NUMBERED),
    "ADDENDA_10": (
        ("type", 2, 3),
        ("transaction_type", 4, 6),
        ("foreign_amount", 7, 24),
        ("foreign_trace", 25, 46),
        ("name", 47, 81),
        ("reserved", 82, 87),
        ("entry_sequence", 88, 94),
    ),
    **dict.fromkeys(("ADDENDA_11", "ADDENDA_12", "ADDENDA_16"), _TWO_LINES),
    **dict.fromkeys(("ADDENDA_13", "ADDENDA_14"), _A_BANK),
    "ADDENDA_15": (
        ("type", 2, 3),
        ("identification", 4, 18),
        ("street", 19, 53),
        ("reserved", 54, 87),
        ("entry_sequence", 88, 94),
    ),
    "ADDENDA_17": (("type", 2, 3), ("information", 4, 83), *_NUMBERED),
    "ADDENDA_18": (
        ("type", 2, 3),
        ("name", 4, 38),
        ("qualifier", 39, 40),
        ("identification", 41, 74),
        ("country", 75, 77),
        ("reserved", 78, 83),
        *_NUMBERED,
    ),
    "ADDENDA_98": (
        ("type", 2, 3),
        ("change_code", 4, 6),
        ("original_trace", 7, 21),
        ("reserved", 22, 27),
        ("original_rdfi", 28, 35),
        ("corrected", 36, 64),
        ("reserved_2", 65, 79),
        *_TRACED,
    ),
    "ADDENDA_99": (
        ("type", 2, 3),
        ("return_code", 4, 6),
        ("original_trace", 7, 21),
        ("date_of_death", 22, 27),
        ("original_rdfi", 28, 35),
        ("information", 36, 79),
        *_TRACED,
    ),
    "BATCH_CONTROL": (
        ("service_class", 2, 4),
        ("count", 5, 10),
        ("hash", 11, 20),
        ("debits", 21, 32),
        ("credits", 33, 44),
        ("company_id", 45, 54),
        ("authentication", 55, 73),
        ("reserved", 74, 79),
        ("odfi", 80, 87),
        ("batch_number", 88, 94),
    ),
    "ADV_BATCH_CONTROL": (
        ("service_class", 2, 4),
        ("count", 5, 10),
        ("hash", 11, 20),
        ("debits", 21, 40),
        ("credits", 41, 60),
        ("operator_data", 61, 79),
        ("odfi", 80, 87),
        ("batch_number", 88, 94),
    ),
    "FILE_CONTROL": (
        ("batches", 2, 7),
        ("blocks", 8, 13),
        ("count", 14, 21),
        ("hash", 22, 31),
        ("debits", 32, 43),
        ("credits", 44, 55),
        ("reserved", 56, 94),
    ),
    "ADV_FILE_CONTROL": (
        ("batches", 2, 7),
        ("blocks", 8, 13),
        ("count", 14, 21),
        ("hash", 22, 31),
        ("debits", 32, 51),
        ("credits", 52, 71),
        ("reserved", 72, 94),
    ),
}

#: Fields filled with zeros on the left when written; all others with spaces on the right.
NUMERIC: Final = frozenset(
    {"service_class", "originator_status", "batch_number", "amount", "addenda_count", "addenda_indicator"}
    | {"sequence", "entry_sequence", "foreign_amount", "count", "hash", "debits", "credits", "batches"}
    | {"blocks"}
)


@dataclass(frozen=True, slots=True)
class Record:
    """One line: its layout, where it stands in the file (0: not yet in one), its fields without padding."""

    layout: str
    values: dict[str, str]
    line: int = 0

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def number(self, name: str) -> int:
        """A field of digits; what is no number counts as zero and is a fault of its own."""
        text = self[name]
        return int(text) if text.isascii() and text.isdigit() else 0

    def column(self, name: str) -> int:
        """Where the field begins, for whoever has to mend it."""
        return next((start for each, start, _end in LAYOUTS[self.layout] if each == name), 1)


@dataclass(slots=True)
class Entry:
    """An entry detail record with the addenda that follow it."""

    record: Record
    addenda: list[Record] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.record["transaction_code"]

    @property
    def amount(self) -> int:
        """Whole cents; the code says which way they go."""
        return self.record.number("amount")

    def of_type(self, *types: str) -> list[Record]:
        """The addenda of these types."""
        return [each for each in self.addenda if each["type"] in types]

    @property
    def return_code(self) -> str:
        """Why it came back (R01 …); empty for an entry that did not."""
        return next((each["return_code"] for each in self.of_type("99")), "")

    @property
    def change_code(self) -> str:
        """What has to be changed (C01 …); empty where nothing has."""
        return next((each["change_code"] for each in self.of_type("98")), "")


@dataclass(slots=True)
class Batch:
    """A batch: header, entries, control (None where the file breaks off)."""

    header: Record
    entries: list[Entry] = field(default_factory=list)
    control: Record | None = None

    @property
    def entry_class(self) -> str:
        return self.header["entry_class"]

    @property
    def count(self) -> int:
        """Entries and addenda together, as the controls count them."""
        return sum(1 + len(entry.addenda) for entry in self.entries)

    @property
    def hash(self) -> int:
        """The sum of the receiving banks' eight digits, its last ten digits."""
        return sum(entry.record.number("rdfi") for entry in self.entries) % 10**10


@dataclass(slots=True)
class File:
    """An ACH file. ``header`` and ``control`` are None where they are missing."""

    header: Record | None = None
    batches: list[Batch] = field(default_factory=list)
    control: Record | None = None
    lines: int = 0


def split(line: str, layout: str, number: int) -> Record:
    """The fields of a line of 94 characters."""
    values = {name: line[start - 1 : end].strip() for name, start, end in LAYOUTS[layout]}
    return Record(layout, values, number)


def join(kind: str, record: Record) -> str:
    """A record as a line; values too long for their field are cut on the right, numbers on the left."""
    line = [" "] * LENGTH
    line[0] = kind
    for name, start, end in LAYOUTS[record.layout]:
        width = end - start + 1
        text = record[name]
        padded = text.rjust(width, "0")[-width:] if name in NUMERIC and text else text.ljust(width)[:width]
        line[start - 1 : end] = padded
    return "".join(line)
