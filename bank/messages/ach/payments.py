"""An ACH file as canonical credit transfers: what a company hands in to have its payees paid.

Credits are payments. A debit is the offset of a balanced file, whose account pays, or a collection,
which is a fault here. Faults of the file's form and sums reject it as a whole; those of an entry stand
at its line. ``line`` is the line in the file.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bank.messages import canonical
from bank.messages.ach import checks, money, reading
from bank.messages.ach.records import Batch, Entry
from bank.messages.canonical import Fault

MESSAGE = "nacha"


class Origination:
    """An ACH file being read, as ``pain001.Initiation``; amounts are in US dollars."""

    def __init__(self, content: bytes, *, debtor_account: str, message_id: str, today: date) -> None:
        """Raises what ``ach.reading.read`` raises."""
        found = reading.read(content)
        self._file = found.file
        self._debtor = debtor_account
        self._today = today
        self.message = MESSAGE
        name = self._file.header["origin_name"] if self._file.header else ""
        self.header = canonical.GroupHeader(message_id, "", canonical.Party(name))
        self.totals = canonical.Totals()
        self.places: dict[str, str] = {}
        self.line_faults: dict[int, list[Fault]] = {}
        self._whole: list[Fault] = []
        self._sort([*found.findings.faults, *checks.faults(self._file)])

    def transfers(self) -> Iterator[canonical.CreditTransfer]:
        """One transfer for each credit; a debit that is no offset is one too, with its fault."""
        for batch in self._file.batches:
            offset = _offset(batch)
            information = self._part(batch, offset)
            for entry in batch.entries:
                if entry is offset:
                    continue
                transfer = _transfer(entry, information)
                if not money.is_credit(entry.code):
                    sentence = "This entry collects money. Only payments (credits) are taken here."
                    fault = Fault(
                        transfer.line, "METHOD_UNSUPPORTED", sentence, "transaction_code", entry.code
                    )
                    self.line_faults.setdefault(transfer.line, []).append(fault)
                self.totals.add(transfer)
                yield transfer

    def control_faults(self) -> list[Fault]:
        """Everything wrong with the file as a whole: form, counts, sums, hashes."""
        return self._whole

    def _sort(self, faults: list[Fault]) -> None:
        entries = {entry.record.line for batch in self._file.batches for entry in batch.entries}
        for fault in faults:
            if fault.line in entries:
                self.line_faults.setdefault(fault.line, []).append(fault)
            else:
                sentence = f"Line {fault.line}: {fault.sentence}" if fault.line else fault.sentence
                self._whole.append(
                    Fault(0, fault.code, sentence[:300], fault.field, fault.value[:140], fault.is_warning)
                )

    def _part(self, batch: Batch, offset: Entry | None) -> canonical.PaymentInformation:
        debtor = self._debtor or (offset.record["account"] if offset else "")
        day = _day(batch.header["effective_date"])
        return canonical.PaymentInformation(
            payment_information_id=batch.header["batch_number"],
            method="TRF",
            requested_date=day or self._today,
            requested_date_text=batch.header["effective_date"],
            debtor=canonical.Party(batch.header["company_name"]),
            debtor_account=canonical.AccountIdentification(other=debtor),
            debtor_agent=canonical.NO_AGENT,
            category_purpose="SALA" if batch.header["entry_description"].upper() == "PAYROLL" else "",
        )


def _offset(batch: Batch) -> Entry | None:
    """The one debit of a balanced batch of credits: it takes what the others give."""
    debits = [each for each in batch.entries if money.is_debit(each.code)]
    credits = sum(each.amount for each in batch.entries if money.is_credit(each.code))
    is_balanced = len(debits) == 1 and len(batch.entries) > 1 and debits[0].amount == credits
    return debits[0] if is_balanced else None


def _transfer(entry: Entry, information: canonical.PaymentInformation) -> canonical.CreditTransfer:
    record = entry.record
    amount = Decimal(entry.amount).scaleb(-2)
    notes = tuple(each["information"] for each in entry.of_type("05") if each["information"])
    return canonical.CreditTransfer(
        line=record.line,
        information=information,
        instruction_id=record["trace"],
        end_to_end_id=record["identification"],
        uetr="",
        amount=amount,
        amount_text=str(amount),
        currency="USD",
        creditor=canonical.Party(record["name"]),
        creditor_account=canonical.AccountIdentification(other=record["account"]),
        creditor_agent=canonical.Agent(clearing_member=record["rdfi"] + record["check_digit"]),
        remittance=canonical.Remittance(notes),
    )


def _day(text: str) -> date | None:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None
