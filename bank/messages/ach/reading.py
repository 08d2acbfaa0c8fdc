"""Reads an ACH file into records; what cannot be placed is a fault with its line, and reading goes on."""

from typing import IO, Final

from bank.messages import content, errors
from bank.messages.ach.records import LAYOUTS, LENGTH, Batch, Entry, File, Record, split
from bank.messages.statements import Findings

_IAT_RETURNS: Final = "IATCOR"
_SHORTEST_CONTROL: Final = 55
_KINDS: Final = frozenset("156789")


class Reading:
    """A file being read, line by line."""

    def __init__(self) -> None:
        self.file = File()
        self.findings = Findings()
        self._batch: Batch | None = None

    def take(self, number: int, line: str) -> None:
        """One line of 94 characters. A line of nines after the control is filler."""
        self.file.lines += 1
        if line.startswith("99") and set(line.strip()) == {"9"}:
            return
        if self.file.control is not None:
            self._fault(number, "AFTER_CONTROL", "Nothing but filler follows the file control.", line)
        elif line[0] not in _KINDS:
            self._fault(number, "RECORD_UNKNOWN", "A record begins with 1, 5, 6, 7, 8 or 9.", line[:1])
        else:
            self._placed[line[0]](self, number, line)

    def finish(self) -> None:
        """What is missing at the end."""
        if self._batch is not None:
            self._close(self._batch.header.line)
        if self.file.header is None:
            self._fault(1, "HEADER_MISSING", "A file begins with one file header (record 1).")
        if self.file.control is None:
            self._fault(self.file.lines, "CONTROL_MISSING", "A file ends with one file control (record 9).")

    def _fault(self, number: int, code: str, sentence: str, value: str = "") -> None:
        self.findings.add(number, code, sentence, value=value)

    def _file_header(self, number: int, line: str) -> None:
        if self.file.header is not None or self.file.batches:
            self._fault(number, "HEADER_TWICE", "There is one file header, and it is the first record.")
        self.file.header = self.file.header or split(line, "FILE_HEADER", number)

    def _batch_header(self, number: int, line: str) -> None:
        if self._batch is not None:
            self._close(number)
        is_iat = line[50:53] == "IAT" or line[4:20].strip() == _IAT_RETURNS
        self._batch = Batch(split(line, "IAT_BATCH_HEADER" if is_iat else "BATCH_HEADER", number))
        self.file.batches.append(self._batch)

    def _entry(self, number: int, line: str) -> None:
        if self._batch is None:
            self._fault(number, "OUTSIDE_BATCH", "An entry stands between a batch header and its control.")
            return
        self._batch.entries.append(Entry(split(line, self._entry_layout(self._batch), number)))

    @staticmethod
    def _entry_layout(batch: Batch) -> str:
        if batch.header.layout == "IAT_BATCH_HEADER":
            return "IAT_ENTRY"
        return {"CTX": "CTX_ENTRY", "ATX": "CTX_ENTRY", "ADV": "ADV_ENTRY"}.get(batch.entry_class, "ENTRY")

    def _addenda(self, number: int, line: str) -> None:
        layout = f"ADDENDA_{line[1:3]}"
        if layout not in LAYOUTS:
            self._fault(number, "ADDENDA_UNKNOWN", "Addenda are 02, 05, 10 to 18, 98 or 99.", line[1:3])
        elif self._batch is None or not self._batch.entries:
            self._fault(number, "OUTSIDE_ENTRY", "Addenda follow the entry they belong to.")
        else:
            self._batch.entries[-1].addenda.append(split(line, layout, number))

    def _batch_control(self, number: int, line: str) -> None:
        if self._batch is None:
            self._fault(number, "OUTSIDE_BATCH", "A batch control closes a batch; there is none open here.")
            return
        layout = "ADV_BATCH_CONTROL" if self._batch.entry_class == "ADV" else "BATCH_CONTROL"
        self._batch.control = split(line, layout, number)
        self._batch = None

    def _file_control(self, number: int, line: str) -> None:
        if self._batch is not None:
            self._close(number)
        is_adv = any(batch.entry_class == "ADV" for batch in self.file.batches)
        self.file.control = split(line, "ADV_FILE_CONTROL" if is_adv else "FILE_CONTROL", number)

    def _close(self, number: int) -> None:
        """A batch that the file leaves without a control."""
        self._fault(number, "BATCH_CONTROL_MISSING", "A batch ends with a batch control (record 8).")
        self._batch = None

    _placed: Final = {
        "1": _file_header,
        "5": _batch_header,
        "6": _entry,
        "7": _addenda,
        "8": _batch_control,
        "9": _file_control,
    }


def read(source: bytes | str | IO[bytes], *, max_bytes: int = content.MAX_BYTES) -> Reading:
    """A file and the faults of its form; ``checks.faults`` finds those of its content.

    Raises ``ContentTooLarge``, ``ContentEmpty``, ``EncodingBroken``, and ``MessageUnsupported`` where the
    first line is no record of an ACH file.
    """
    lines = _lines(content.text(source, max_bytes=max_bytes))
    reading = Reading()
    for number, line in lines:
        if number == lines[0][0] and line[:1] not in _KINDS:
            raise errors.MessageUnsupported(message="this", wanted="an ACH file of lines of 94 characters")
        fitted = _fitted(line)
        if len(fitted) == LENGTH:
            reading.take(number, fitted)
        else:
            sentence = f"A record has {LENGTH} characters; this line has {len(fitted)}. Fill it with spaces."
            reading.findings.add(number, "LINE_LENGTH", sentence, value=str(len(fitted)))
            reading.take(number, fitted[:LENGTH].ljust(LENGTH))
    reading.finish()
    return reading


def _fitted(line: str) -> str:
    """Spaces after the end are dropped; a file control may leave out the spaces it ends with."""
    if len(line) > LENGTH and not line[LENGTH:].strip():
        return line[:LENGTH]
    return line.ljust(LENGTH) if line[:1] == "9" and len(line) >= _SHORTEST_CONTROL else line


def _lines(text: str) -> list[tuple[int, str]]:
    """Lines that are not blank, with their numbers; a file without line ends is cut every 94 characters."""
    lines = text.split("\n")
    if len(lines[0]) > LENGTH and len(lines[0]) % LENGTH == 0 and lines[0].strip("9 ")[LENGTH:]:
        lines = [lines[0][at : at + LENGTH] for at in range(0, len(lines[0]), LENGTH)]
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def records(file: File) -> list[Record]:
    """Every record of a file in its order."""
    found = [file.header] if file.header else []
    for batch in file.batches:
        found.append(batch.header)
        for entry in batch.entries:
            found += [entry.record, *entry.addenda]
        found += [batch.control] if batch.control else []
    return [*found, *([file.control] if file.control else [])]
