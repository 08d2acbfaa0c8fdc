"""Within the bank: the creditor has the money in the same instant, and there is nothing to recall."""

from collections.abc import Iterable

from bank import ledger
from bank.ledger import errors
from bank.ledger.entries import Entry
from bank.payments import postings
from bank.payments.rail import Capabilities, Destination, Instruction, Outcome, Rail
from bank.payments.rules import PaymentStatus

_SETTLED = Outcome(PaymentStatus.SETTLED)


class InternalRail(Rail):
    """Books debtor against creditor, fee and excise duty with it, in one ledger call."""

    code = "INTERNAL"
    capabilities = Capabilities(
        currencies=None,
        countries=None,
        minimum=None,
        maximum=None,
        opens=None,
        cut_off=None,
        fee_event="INTERNAL_TRANSFER",
        typical_s=0,
        is_recallable=False,
    )

    def reaches(self, destination: Destination) -> bool:
        return destination.is_internal

    def release(self, instructions: Iterable[Instruction], *, each: bool = False) -> list[Outcome]:
        if each:
            booked = ledger.post(map(_entry, instructions), outcome="EACH")
            return [_outcome(posted.refusal) for posted in booked]
        entries = [_entry(instruction) for instruction in instructions]
        ledger.post(entries[0] if len(entries) == 1 else entries)
        return [_SETTLED] * len(entries)


def _outcome(refusal: errors.LedgerError | None) -> Outcome:
    if refusal is None:
        return _SETTLED
    return Outcome(PaymentStatus.REJECTED, refusal.code, str(refusal))


def _entry(instruction: Instruction) -> Entry:
    return postings.internal_transfer(
        reference=instruction.reference,
        debtor=instruction.debtor_number,
        creditor=instruction.creditor_number,
        amount=instruction.amount,
        fee=instruction.fee,
        excise=instruction.excise,
        fee_account=instruction.fee_account,
        excise_account=instruction.excise_account,
        narrative=instruction.remittance or "Transfer",
    )


RAIL = InternalRail()
