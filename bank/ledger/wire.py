"""How entries travel to the database: checked, with their digest, as fields of text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bank.ledger import content
from bank.ledger.entries import Entry

Fields = tuple[str | None, ...]

COLUMNS: Final = (
    *("n", "key", "digest", "code", "booking_date", "value_date", "narrative", "reference", "meta"),
    *("reverses", "captures", "final", "accounts", "currencies", "amounts"),
)
"""The columns of the intake: its number, then what :func:`fields` answers, which an order begins with too."""

_CHUNK: Final = 1 << 16


def fields(entry: Entry) -> Fields:
    """An entry as the database reads it. Raises what can be told from the entry alone."""
    content.check_words(entry)
    amounts = content.minor_amounts(entry.postings)
    said = (
        entry.code,
        _text(entry.booking_date),
        _text(entry.value_date),
        entry.narrative,
        entry.reference,
        content.meta_text(entry.meta),
        _text(entry.reverses),
        _text(entry.captures),
        "t" if entry.final else "f",
        text_array([posting.account for posting in entry.postings]),
        plain_array([posting.amount.currency for posting in entry.postings]),
        plain_array(amounts),
    )
    return entry.key, content.digest(said), *said


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def text_array(values: Iterable[str | None]) -> str:
    """A PostgreSQL array literal: one parameter instead of one for each element."""
    return "{" + ",".join(["NULL" if v is None else _between_quotes(v) for v in values]) + "}"


def plain_array(values: Iterable[object]) -> str:
    """An array literal of values that need no quotes: numbers, currencies."""
    return "{" + ",".join([str(value) for value in values]) + "}"


def record(values: Iterable[str | None]) -> str:
    """A row literal: a whole entry as one parameter, read by the server's own parsers."""
    return "(" + ",".join(["" if v is None else _between_quotes(v) for v in values]) + ")"


def _between_quotes(text: str) -> str:
    if '"' in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def columns(numbered: Sequence[tuple[int, Fields]]) -> list[str]:
    """A batch as one array literal for each column."""
    numbers = plain_array(number for number, _ in numbered)
    return [numbers, *(text_array(column) for column in zip(*(row for _, row in numbered), strict=True))]


class CopyStream:
    """A file to COPY from, made as it is read: what it holds is one chunk, whatever comes.

    ``stopped_by`` is what went wrong in making it: the driver would only say that COPY was cancelled.
    """

    def __init__(self, numbered: Iterable[tuple[int, Fields]]) -> None:
        self._lines = (_copy_line(number, row) for number, row in numbered)
        self._rest = ""
        self.stopped_by: Exception | None = None

    def read(self, size: int = _CHUNK) -> str:
        parts, length = [self._rest], len(self._rest)
        try:
            for line in self._lines:
                parts.append(line)
                length += len(line)
                if length >= size:
                    break
        except Exception as error:
            self.stopped_by = error
            raise
        whole = "".join(parts)
        self._rest = whole[size:]
        return whole[:size]

    def __iter__(self) -> Iterator[str]:
        return self._lines


def _copy_line(number: int, row: Fields) -> str:
    return f"{number}\t" + "\t".join([r"\N" if field is None else _copied(field) for field in row]) + "\n"


def _copied(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t")
        return text.replace("\n", "\\n").replace("\r", "\\r")
    return text
