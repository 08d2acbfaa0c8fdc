"""Lines of a file that somebody of the bank looks at before they are paid: what holds them; that they wait.

A held line is an order of its own, ``AWAITING_APPROVAL`` with its review, as any held payment; what is not
held is paid at once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from bank.audit import services as audit
from bank.cif.models import Customer
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments.models import PaymentFile, PaymentOrder, PaymentReview
from bank.payments.rail import Outcome
from bank.payments.rules import PaymentStatus, ReviewState
from bank.payments.services import listing, trials, watching, watching_files
from bank.payments.services.line_store import INTERNAL

_LOOKED_AT: Final = watching.SENTENCE


class Line(Protocol):
    """What holding a line needs to know of it."""

    @property
    def pk(self) -> int: ...
    @property
    def reference(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def creditor_name(self) -> str: ...
    @property
    def creditor_agent(self) -> str: ...
    @property
    def creditor_country(self) -> str: ...
    @property
    def rail(self) -> str: ...
    @property
    def money(self) -> Money: ...
    @property
    def is_own(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Held(Outcome):
    """A line that waits for the bank, and every reason why."""

    reasons: list[dict[str, Any]] = field(default_factory=list)


def outcomes(
    file: PaymentFile, customer: Customer, lines: Sequence[Line], out: Collection[int]
) -> dict[int, Outcome]:
    """Of the lines of a file, but for those ``out``, which are held and which are refused as their payee is
    new, by their keys. The caller holds the customer's day. Four queries, however many lines there are, and
    one more for each two thousand payees elsewhere.
    """
    others = [line for line in lines if not line.is_own]
    seen = (_seen(line) for line in others)
    findings = watching_files.look(file, customer, out, seen)
    reasons = findings.held
    for pk in _listed(others):
        reasons.setdefault(pk, []).append({"code": listing.REASON, "sentence": listing.SENTENCE})
    found: dict[int, Outcome] = {pk: _held(why) for pk, why in reasons.items()}
    for pk, refusal in (*findings.cooling.items(), *_untried(customer, others)):
        found[pk] = Outcome(PaymentStatus.REJECTED, refusal.code, refusal.message)
    return found


def must_screen_many(lines: Iterable[Line]) -> bool:
    """Whether so many payees elsewhere are new to the lists in force by now that no page may wait for it."""
    return listing.are_many_new(_payee(line) for line in lines if line.rail != INTERNAL)


def keep(file: PaymentFile, lines: Iterable[Line], outcomes: Iterable[Outcome]) -> None:
    """Opens the reviews of the held lines, whose orders are in the books; the file's trail says how many."""
    held = {
        line.reference: outcome
        for line, outcome in zip(lines, outcomes, strict=True)
        if isinstance(outcome, Held)
    }
    if not held:
        return
    orders = PaymentOrder.objects.filter(file_line__file=file, status=PaymentStatus.AWAITING_APPROVAL)
    now = clock.now()
    PaymentReview.objects.bulk_create(
        (
            PaymentReview(order_id=pk, reasons=held[reference].reasons, state=ReviewState.OPEN, opened_at=now)
            for pk, reference in orders.values_list("pk", "reference")
            if reference in held
        ),
        batch_size=2_000,
    )
    codes = sorted({one["code"] for outcome in held.values() for one in outcome.reasons})
    audit.record(
        "PAYMENT_FILE_LINES_HELD", actor=file.confirmed_by, subject_type="payment_file",
        subject_id=file.reference, detail={"lines": len(held), "reasons": codes},
    )  # fmt: skip


def _held(reasons: list[dict[str, Any]]) -> Held:
    """What the line says of it: what is more than usual, but nobody is told who may be on a list."""
    said = [one["sentence"] for one in reasons if one["code"] != listing.REASON]
    return Held(PaymentStatus.AWAITING_APPROVAL, watching.REASON, " ".join([_LOOKED_AT, *said]), reasons)


def _seen(line: Line) -> watching_files.Payee:
    agent = "" if line.rail == INTERNAL else line.creditor_agent
    return watching_files.Payee(line.pk, line.number, line.money, agent)


def _untried(customer: Customer, lines: Iterable[Line]) -> Iterable[tuple[int, BankError]]:
    """The lines to payees whose account is tried just now, was refused or is another one."""
    payees = {line.pk: (line.creditor_agent, line.number) for line in lines if line.rail != INTERNAL}
    found = trials.refusals(customer, payees.values()) if payees else {}
    return [(pk, found[payee]) for pk, payee in payees.items() if payee in found]


def _listed(lines: Iterable[Line]) -> list[int]:
    """Which of the lines go to a payee who may be on a list, by now."""
    payees = {line.pk: _payee(line) for line in lines if line.rail != INTERNAL}
    found = listing.screen_payees(payees.values())
    return [pk for pk, payee in payees.items() if payee in found]


def _payee(line: Line) -> listing.Payee:
    number = "".join(line.number.split()).upper()
    return listing.Payee(line.creditor_name, number, line.creditor_agent, line.creditor_country)
