"""How entries travel to the database: checked, with their digest, as fields of text."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from bank.ledger import content
from bank.ledger.entries import Entry

Fields = tuple[str | None, ...]

COLUMNS: Final = (
    *("n", "key", "digest", "code", "booking_date", "value_date", "narrative", "reference", "meta"),
    *("reverses", "captures", "final", "accounts", "currencies", "amounts"),
)
"""The columns of the intake: its number, then what :func:`fields` answers, which an order begins with too."""

_BLOCK: Final = 500
"""Lines of one block of a COPY: some 64 KB."""


def fields(entry: Entry) -> Fields:
    """An entry as the database reads it. Raises what can be told from the entry alone."""
    postings = entry.postings
    accounts = [posting.account for posting in postings]
    if not content.is_plainly_worded(entry, accounts):
        content.check_words(entry)
    if (moved := content.moved(postings)) is not None:
        currency = postings[0].amount.currency
        currencies, amounts = f"{{{currency},{currency}}}", f"{{{moved},{-moved}}}"
    else:
        amounts = plain_array(content.minor_amounts(postings))
        currencies = plain_array(posting.amount.currency for posting in postings)
    said = (
        entry.code,
        None if entry.booking_date is None else str(entry.booking_date),
        None if entry.value_date is None else str(entry.value_date),
        entry.narrative,
        entry.reference,
        None if entry.meta is None else content.meta_text(entry.meta),
        None if entry.reverses is None else str(entry.reverses),
        None if entry.captures is None else str(entry.captures),
        "t" if entry.final else "f",
        text_array(accounts),
        currencies,
        amounts,
    )
    return entry.key, content.digest(said), *said


def text_array(values: Sequence[str | None]) -> str:
    """A PostgreSQL array literal: one parameter instead of one for each element."""
    if values and None not in values:
        joined = '","'.join(values)  # type: ignore[arg-type]
        if "\\" not in joined and joined.count('"') == 2 * len(values) - 2:
            return f'{{"{joined}"}}'
    return "{" + ",".join(["NULL" if v is None else _between_quotes(v) for v in values]) + "}"


def plain_array(values: Iterable[object]) -> str:
    """An array literal of values that need no quotes: numbers, currencies."""
    return "{" + ",".join(map(str, values)) + "}"


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
    """A file to COPY from, made as it is read: what it holds is one block, whatever comes.

    ``stopped_by`` is what went wrong in making it: the driver would only say that COPY was cancelled.
    """

    def __init__(self, numbered: Iterable[tuple[int, Fields]]) -> None:
        self._lines = (_copy_line(number, row) for number, row in numbered)
        self.stopped_by: Exception | None = None

    def read(self, _size: int = 0) -> str:
        """The next block: the driver takes what it is given, of any size, and nothing as the end."""
        try:
            return "".join(islice(self._lines, _BLOCK))
        except Exception as error:
            self.stopped_by = error
            raise

    def __iter__(self) -> Iterator[str]:
        return self._lines


def _copy_line(number: int, row: Fields) -> str:
    line = "\t".join([r"\N" if field is None else field for field in row])
    if not _is_plain_line(line, row):
        line = "\t".join([r"\N" if field is None else _copied(field) for field in row])
    return f"{number}\t{line}\n"


def _is_plain_line(line: str, row: Fields) -> bool:
    """Whether no field of the line has a sign that COPY takes for one of its own."""
    return (
        "\n" not in line
        and "\r" not in line
        and line.count("\t") == len(row) - 1
        and line.count("\\") == row.count(None)
    )


def _copied(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("\t", "\\t")
    return text.replace("\n", "\\n").replace("\r", "\\r")
