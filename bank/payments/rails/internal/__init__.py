"""Within the bank: the creditor has the money in the same instant, and there is nothing to recall."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bank import ledger
from bank.kernel import clock
from bank.kernel.money import Money
from bank.ledger import errors
from bank.ledger.entries import Entry
from bank.payments import postings
from bank.payments.rail import Capabilities, Destination, Instruction, Outcome, Rail
from bank.payments.rules import PaymentStatus

_REMEMBERED = timedelta(minutes=1)
_roles: dict[tuple[str, str], tuple[str, datetime]] = {}


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

    def release(self, instructions: Sequence[Instruction], *, each: bool = False) -> list[Outcome]:
        entries = [_entry(instruction) for instruction in instructions]
        if each:
            return [_outcome(posted.refusal) for posted in ledger.post(entries, outcome="EACH")]
        ledger.post(entries[0] if len(entries) == 1 else entries)
        return [Outcome(PaymentStatus.SETTLED)] * len(entries)


def _outcome(refusal: errors.LedgerError | None) -> Outcome:
    if refusal is None:
        return Outcome(PaymentStatus.SETTLED)
    return Outcome(PaymentStatus.REJECTED, refusal.code, str(refusal))


def _entry(instruction: Instruction) -> Entry:
    return postings.internal_transfer(
        reference=instruction.reference,
        debtor=instruction.debtor_number,
        creditor=instruction.creditor_number,
        amount=instruction.amount,
        fee=instruction.fee,
        excise=instruction.excise,
        fee_account=_gl(instruction.fee_role, instruction.fee),
        excise_account=_gl(instruction.excise_role, instruction.excise),
        narrative=instruction.remittance or "Transfer",
    )


def _gl(role: str, charge: Money) -> str:
    """The account of the chart for a role, remembered for a minute: every payment asks for it."""
    if charge.is_zero:
        return ""
    known = _roles.get((role, charge.currency))
    if known is None or clock.now() - known[1] > _REMEMBERED:
        known = _roles[role, charge.currency] = (ledger.gl(role, charge.currency), clock.now())
    return known[0]


RAIL = InternalRail()
