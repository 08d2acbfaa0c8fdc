"""A table of payments as canonical credit transfers, a row at a time, every fault with row and column."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from bank.messages import canonical, errors
from bank.messages.canonical import Fault
from bank.messages.tables import rows, values
from bank.messages.tables.mapping import Mapping
from bank.messages.tables.rows import Row

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", re.ASCII)
_CLEARING = re.compile(r"[0-9]{2,12}|[A-Z]{4}0[A-Z0-9]{6}|[A-Z]{3,6}", re.ASCII)
_LENGTHS: Final = {
    "creditor_name": 140,
    "creditor_account": 34,
    "remittance": 140,
    "end_to_end_id": 35,
}
#: Fields as the checks of a line call them (pain.001), and the column each comes from.
_PLACES: Final = {
    "InstdAmt": "amount",
    "CdtrAcct": "creditor_account",
    "CdtrAgt": "creditor_agent",
    "Cdtr": "creditor_name",
    "DbtrAcct": "debtor_account",
    "ReqdExctnDt": "requested_date",
}


class Table:
    """A table being read: as ``pain001.Initiation``, with the faults of the rows beside their transfers.

    ``line`` of a transfer is the row's number in the file.
    """

    def __init__(
        self, source: Iterator[Row], mapping: Mapping, *, message: str, message_id: str, today: date
    ) -> None:
        """Raises ``ColumnsMissing`` where a payment cannot be made of the columns."""
        self._rows = source
        self._mapping = mapping
        self.heading = heading_of(source)
        if mapping.missing:
            raise errors.ColumnsMissing(columns=", ".join(mapping.missing))
        self.message = message
        self.header = canonical.GroupHeader(message_id, "", canonical.NOBODY)
        self.totals = canonical.Totals()
        self.line_faults: dict[int, list[Fault]] = {}
        self.places = {place: self._where(name) for place, name in _PLACES.items() if name in mapping.columns}
        self._today = today
        self._parts: dict[tuple[str, str], canonical.PaymentInformation] = {}

    def transfers(self) -> Iterator[canonical.CreditTransfer]:
        """One transfer a row that is not blank. Raises what reading the file raises."""
        for row in self._rows:
            if row.is_blank:
                continue
            faults = [*self._shape(row), *self._cells(row)]
            transfer = self._transfer(row, faults)
            if faults:
                self.line_faults[row.number] = faults
            self.totals.add(transfer)
            yield transfer

    def control_faults(self) -> list[Fault]:
        """A table states no sums; one without a row is no list of payments."""
        return (
            [] if self.totals.count else [Fault(0, "NO_PAYMENTS", "The file has no row below its heading.")]
        )

    def _where(self, name: str) -> str:
        column = self._mapping.columns[name]
        return f"{rows.letter(column)} ({self.heading.cells[column][:40]})"

    def _text(self, row: Row, name: str) -> str:
        column = self._mapping.columns.get(name)
        return row.cells[column] if column is not None and column < len(row.cells) else ""

    def _shape(self, row: Row) -> Iterator[Fault]:
        width, wanted = len(row.cells), len(self.heading.cells)
        if width < wanted and not row.native and self.message == "csv":
            sentence = (
                f"Row {row.number} has {width} columns, the heading {wanted}: it may have been cut off."
            )
            yield Fault(row.number, "ROW_INCOMPLETE", sentence)
        if any(row.cells[wanted:]):
            sentence = (
                f"Row {row.number} has {width} columns, the heading {wanted}."
                " Put quotes around values that hold the delimiter."
            )
            yield Fault(row.number, "ROW_TOO_LONG", sentence)

    def _cells(self, row: Row) -> Iterator[Fault]:
        for name, column in self._mapping.columns.items():
            if column >= len(row.cells):
                continue
            text, where = row.cells[column], self._where
            if column in row.problems:
                yield Fault(row.number, "CELL_UNUSABLE", row.problems[column], where(name), text[:140])
            elif column not in row.native and rows.is_formula(text):
                sentence = f"Cell {rows.letter(column)}{row.number} holds a formula. Write its value."
                yield Fault(row.number, "FORMULA", sentence, where(name), text[:140])
            elif not text.isprintable() or "\ufffd" in text:
                sentence = f"Cell {rows.letter(column)}{row.number} holds a character that cannot be read."
                yield Fault(row.number, "FIELD_UNREADABLE", sentence, where(name), ascii(text)[:140])
            elif len(text) > _LENGTHS.get(name, rows.LONGEST_CELL):
                sentence = f"At most {_LENGTHS[name]} characters go here; there are {len(text)}."
                yield Fault(row.number, "FIELD_TOO_LONG", sentence, where(name), text[:140])

    def _amount(self, row: Row, faults: list[Fault]) -> tuple[Decimal | None, str]:
        column, text = self._mapping.columns["amount"], self._text(row, "amount")
        if column in row.problems:
            faults.append(Fault(row.number, "AMOUNT_INVALID", "The amount cannot be read.", "", ""))
            return None, text
        style = values.AmountStyle.PLAIN if column in row.native else self._mapping.amounts
        amount, problem = values.amount(text, style)
        if problem:
            faults.append(Fault(row.number, "AMOUNT_INVALID", problem, self._where("amount"), text[:140]))
        return amount, text

    def _transfer(self, row: Row, faults: list[Fault]) -> canonical.CreditTransfer:
        amount, amount_text = self._amount(row, faults)
        if not self._text(row, "creditor_name"):
            sentence = "Enter the name of the person or company you pay."
            faults.append(Fault(row.number, "CREDITOR_NAME_MISSING", sentence, self._where("creditor_name")))
        remittance = self._text(row, "remittance")
        return canonical.CreditTransfer(
            line=row.number,
            information=self._part(row),
            instruction_id="",
            end_to_end_id=self._text(row, "end_to_end_id"),
            uetr="",
            amount=amount,
            amount_text=amount_text,
            currency=(self._text(row, "currency") or self._mapping.currency).upper(),
            creditor=canonical.Party(self._text(row, "creditor_name")),
            creditor_account=account(self._text(row, "creditor_account")),
            creditor_agent=agent(self._text(row, "creditor_agent")),
            remittance=canonical.Remittance((remittance,)) if remittance else canonical.Remittance(),
        )

    def _part(self, row: Row) -> canonical.PaymentInformation:
        debtor = self._text(row, "debtor_account") or self._mapping.debtor_account
        requested = self._text(row, "requested_date")
        column = self._mapping.columns.get("requested_date")
        key = (debtor, requested)
        if key not in self._parts:
            style = values.DayStyle.ISO if column in row.native else self._mapping.days
            day = values.day(requested, style) if requested else self._default_day()
            self._parts[key] = part(str(len(self._parts) + 1), debtor, day, requested)
        return self._parts[key]

    def _default_day(self) -> date | None:
        text = self._mapping.requested_date
        return values.day(text, values.DayStyle.ISO) if text else self._today


def heading_of(source: Iterator[Row]) -> Row:
    """The first row that is not blank. Raises ``ContentEmpty``."""
    for row in source:
        if not row.is_blank:
            return row
    raise errors.ContentEmpty


def part(
    number: str, debtor: str, requested: date | None, requested_text: str
) -> canonical.PaymentInformation:
    """The debtor's side of payments without a message part of their own."""
    return canonical.PaymentInformation(
        payment_information_id=number,
        method="TRF",
        requested_date=requested,
        requested_date_text=requested_text,
        debtor=canonical.NOBODY,
        debtor_account=account(debtor),
        debtor_agent=canonical.NO_AGENT,
    )


def account(text: str) -> canonical.AccountIdentification:
    """An account as written: an IBAN, an alias with an @ in it, or another number."""
    compact = "".join(text.split())
    if _IBAN.fullmatch(compact.upper()):
        return canonical.AccountIdentification(iban=compact.upper())
    return canonical.AccountIdentification(other=compact, proxy=compact if "@" in compact else "")


def agent(text: str) -> canonical.Agent:
    """A bank as written: a number of a clearing system (ABA, IFSC, a bank code) or an operator's name
    (MPESA), else taken for a BIC."""
    compact = "".join(text.split()).upper()
    if _CLEARING.fullmatch(compact):
        return canonical.Agent(clearing_member=compact)
    return canonical.Agent(bic=compact)
