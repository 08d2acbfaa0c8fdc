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
"""An entry's number in its batch, then what :func:`fields` answers, which an order begins with too."""

STAGED: Final = (*COLUMNS, "first", "second", "currency", "moved")
"""The columns of the intake: of a pair the last four are filled, of others the arrays before them."""

NULL: Final = r"\N"
"""What COPY reads as nothing."""
_BLOCK: Final = 500
"""Lines of one block of a COPY: some 64 KB."""


def fields(entry: Entry) -> Fields:
    """An entry as the database reads it. Raises what can be told from the entry alone."""
    accounts = [posting.account for posting in entry.postings]
    if not content.is_plainly_worded(entry, accounts):
        content.check_words(entry)
    said = _said(entry, accounts, content.moved(entry.postings))
    return entry.key, content.digest(said), *said


def staged(number: int, entry: Entry) -> str:
    """An entry as its line of the COPY into the intake. Raises what can be told from the entry alone."""
    postings = entry.postings
    accounts = [posting.account for posting in postings]
    is_plain = content.is_plainly_worded(entry, accounts)
    if not is_plain:
        content.check_words(entry)
    moved = content.moved(postings)
    said = _said(entry, accounts, moved)
    digest = content.digest(said)
    if moved is None:
        return _line(number, (entry.key, digest, *said, None, None, None, None))
    currency = postings[0].amount.currency
    if not is_plain or entry.meta is not None:
        return _line(
            number, (entry.key, digest, *said[:-3], None, None, None, *accounts, currency, str(moved))
        )
    _, booked, valued, _, _, _, reverses, captures, final, _, _, _ = said
    return (
        f"{number}\t{entry.key}\t{digest}\t{entry.code}\t{booked or NULL}\t{valued or NULL}"
        f"\t{entry.narrative}\t{entry.reference}\t{NULL}\t{reverses or NULL}\t{captures or NULL}\t{final}"
        f"\t{NULL}\t{NULL}\t{NULL}\t{accounts[0]}\t{accounts[1]}\t{currency}\t{moved}\n"
    )


def _said(entry: Entry, accounts: Sequence[str], moved: int | None) -> Fields:
    """What an entry says; the digest is made of this."""
    postings = entry.postings
    if moved is not None:
        currency = postings[0].amount.currency
        currencies, amounts = f"{{{currency},{currency}}}", f"{{{moved},{-moved}}}"
    else:
        amounts = plain_array(content.minor_amounts(postings))
        currencies = plain_array(posting.amount.currency for posting in postings)
    return (
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

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
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


def _line(number: int, row: Fields) -> str:
    cells = "\t".join([NULL if field is None else _copied(field) for field in row])
    return f"{number}\t{cells}\n"


def _copied(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("\t", "\\t")
    return text.replace("\n", "\\n").replace("\r", "\\r")
