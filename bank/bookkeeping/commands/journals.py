"""Journals by maker and checker: of the general ledger, corrections of customers' accounts, reversals.

Who decides follows from the amount (the matrix of ``bank.workflows``), and whoever approves must have a
limit of their own that reaches it (``identity.duty.require_within``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.bookkeeping import rules
from bank.bookkeeping.errors import (
    CustomerAccountInJournal,
    JournalReversed,
    JournalUnusable,
    NoCustomerAccountInJournal,
)
from bank.bookkeeping.models import JournalTemplate, OpenItem
from bank.bookkeeping.rules import Line, Origin, Side
from bank.bookkeeping.selectors import journals, periods
from bank.bookkeeping.services import journals as booking
from bank.bookkeeping.services import reconciling
from bank.documents import selectors as documents
from bank.documents.models import Document
from bank.identity import duty
from bank.identity.models import User
from bank.identity.role_rules import Act
from bank.kernel import ids
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows import services as workflows
from bank.workflows.kinds import Deed, Kind
from bank.workflows.models import Command
from bank.workflows.rules import Change

JOURNAL = "bookkeeping.journal"
CORRECTION = "bookkeeping.correction"
REVERSAL = "bookkeeping.reversal"
WRITE_OFF = "bookkeeping.write_off"


@dataclass(frozen=True, slots=True)
class WriteJournal:
    """A journal to be: ``lines`` of account, DEBIT or CREDIT, amount; ``reference`` makes it happen once."""

    reference: str
    lines: list[list[str]]
    narrative: str
    value_date: date | None = None
    origin: str = Origin.MANUAL.value
    template: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class ReverseJournal:
    journal: str


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Takes an open item of a reconciled account to another account."""

    item: int
    against: str
    narrative: str


def propose(
    *,
    lines: Sequence[Line],
    narrative: str,
    reason: str,
    maker: User,
    value_date: date | None = None,
    origin: Origin = Origin.MANUAL,
    template: str = "",
    document: str = "",
    reference: str = "",
) -> Command:
    """Proposes a journal; nothing is booked. ``document`` is an attachment's id, kept under
    ``attachment_owner(reference)``.

    Raises what :func:`bank.workflows.services.propose` and the command's check raise.
    """
    payload = WriteJournal(
        reference=reference or ids.reference("JRN"),
        lines=journals.write_lines(lines),
        narrative=rules.narrative(narrative),
        value_date=value_date,
        origin=origin.value,
        template=template,
        document=document,
    )
    kind = CORRECTION if origin == Origin.CORRECTION else JOURNAL
    return workflows.propose(kind=kind, payload=payload, reason=reason, maker=maker)


def propose_reversal(*, journal: str, reason: str, maker: User) -> Command:
    return workflows.propose(kind=REVERSAL, payload=ReverseJournal(journal), reason=reason, maker=maker)


def propose_write_off(*, item: int, against: str, narrative: str, reason: str, maker: User) -> Command:
    payload = WriteOff(item, against, rules.narrative(narrative))
    return workflows.propose(kind=WRITE_OFF, payload=payload, reason=reason, maker=maker)


# --- what is checked again before it is booked


def _check(asked: WriteJournal) -> list[Line]:
    lines = journals.read_lines(asked.lines)
    rules.require_balanced(lines)
    rules.narrative(asked.narrative)
    _check_day(asked.value_date)
    if ledger.entry_by_key(f"journal:{asked.reference}") is not None:
        raise JournalUnusable(problem=f"{asked.reference} has been booked already.")
    _attachment(asked)
    _template(asked)
    return lines


def _check_day(value_date: date | None) -> None:
    today = ledger.business_date()
    if value_date is not None and value_date > today:
        raise JournalUnusable(
            problem=f"The business date is {today}; for a later day, book it then, or make a schedule."
        )
    periods.require_open(value_date or today)


def attachment_owner(reference: str) -> str:
    """Whose the attachment of a journal is, in the words of ``bank.documents``."""
    return f"journal:{reference}"


def _attachment(asked: WriteJournal) -> Document | None:
    if not asked.document:
        return None
    return documents.document_for(attachment_owner(asked.reference), asked.document)


def _template(asked: WriteJournal) -> JournalTemplate | None:
    if not asked.template:
        return None
    return JournalTemplate.objects.filter(code=asked.template).first()


def _guarded(lines: Sequence[Line]) -> list[str]:
    known = ledger.facts(line.account for line in lines)
    return [line.account for line in lines if known[line.account].is_guarded]


def _check_journal(asked: WriteJournal) -> None:
    lines = _check(asked)
    if customers := _guarded(lines):
        raise CustomerAccountInJournal(account=customers[0])


def _check_correction(asked: WriteJournal) -> None:
    if not _guarded(_check(asked)):
        raise NoCustomerAccountInJournal


def _check_reversal(asked: ReverseJournal) -> None:
    found = journals.by_reference(asked.journal)
    if found.reverses_id or journals.is_reversed(found):
        raise JournalReversed(reference=found.reference)


def _check_write_off(asked: WriteOff) -> None:
    rules.require_balanced(_write_off_lines(asked))
    rules.narrative(asked.narrative)
    if customers := _guarded(_write_off_lines(asked)):
        raise CustomerAccountInJournal(account=customers[0])


# --- their lines and weight


def _lines_of(asked: Any) -> list[Line]:
    if isinstance(asked, WriteJournal):
        return journals.read_lines(asked.lines)
    if isinstance(asked, WriteOff):
        return _write_off_lines(asked)
    return reversed_lines(asked.journal)


def reversed_lines(reference: str) -> list[Line]:
    """The lines that undo a journal."""
    postings = ledger.entry(journals.by_reference(reference).entry_id).postings
    return [
        Line(one.account, Side.CREDIT if one.amount.is_negative else Side.DEBIT, abs(one.amount))
        for one in postings
    ]


def _item(asked: WriteOff) -> OpenItem:
    found = OpenItem.objects.filter(pk=asked.item).exclude(open_amount=0).first()
    if found is None:
        raise NotFound(what="open item")
    return found


def _write_off_lines(asked: WriteOff) -> list[Line]:
    """The posting on the reconciled account cancels the item; the other account bears it."""
    item = _item(asked)
    amount = Money(item.open_amount, item.currency)
    own = Side.DEBIT if amount.is_positive else Side.CREDIT
    other = Side.CREDIT if own == Side.DEBIT else Side.DEBIT
    journals.require_postable([item.account, asked.against])
    return [Line(item.account, own, abs(amount)), Line(asked.against, other, abs(amount))]


def _weight(asked: Any) -> Money:
    return journals.weight(_lines_of(asked))


def _allows(asked: Any, checker: User) -> None:
    """Raises ``OverLimit`` where the checker's own limit does not reach the journal's amount."""
    duty.require_within(user=checker, act=Act.JOURNAL, amount=_weight(asked))


# --- what the checker sees, and what is done


def _said(lines: Sequence[Line]) -> list[Change]:
    names = {code: one.name for code, one in ledger.facts(line.account for line in lines).items()}
    words = {Side.DEBIT: gettext("Debit"), Side.CREDIT: gettext("Credit")}
    return [
        Change(
            f"{line.account} {names.get(line.account, '')}",
            "",
            f"{words[line.side]} {formats.money(line.amount)}",
        )
        for line in lines
    ]


def _difference(asked: WriteJournal) -> list[Change]:
    day = asked.value_date.isoformat() if asked.value_date else gettext("the day it is booked")
    more = [Change(gettext("Narrative"), "", asked.narrative), Change(gettext("Value date"), "", day)]
    if attached := _attachment(asked):
        more.append(Change(gettext("Attachment"), "", attached.filename))
    return [*_said(_lines_of(asked)), *more]


def _reversal_difference(asked: ReverseJournal) -> list[Change]:
    found = journals.by_reference(asked.journal)
    return [
        *_said(_lines_of(asked)),
        Change(gettext("Reverses"), "", f"{found.reference}, {found.narrative}"),
    ]


def _write_off_difference(asked: WriteOff) -> list[Change]:
    item = _item(asked)
    about = f"{item.get_side_display()} {item.booking_date.isoformat()} {item.reference} {item.narrative}"
    return [*_said(_lines_of(asked)), Change(gettext("Open item"), about.strip(), gettext("Matched"))]


def _apply(asked: WriteJournal, deed: Deed) -> None:
    booking.book(
        reference=asked.reference,
        origin=Origin(asked.origin),
        lines=_lines_of(asked),
        narrative=asked.narrative,
        value_date=asked.value_date,
        maker=deed.maker,
        checker=deed.checker,
        command=deed.reference,
        template=_template(asked),
        document=_attachment(asked),
    )


def _apply_reversal(asked: ReverseJournal, deed: Deed) -> None:
    booking.reverse(
        journal=journals.by_reference(asked.journal),
        reference=deed.reference.replace("CMD-", "JRN-", 1),
        maker=deed.maker,
        checker=deed.checker,
        command=deed.reference,
    )


def _apply_write_off(asked: WriteOff, deed: Deed) -> None:
    item = _item(asked)
    booked = booking.book(
        reference=deed.reference.replace("CMD-", "JRN-", 1),
        origin=Origin.WRITE_OFF,
        lines=_write_off_lines(asked),
        narrative=asked.narrative,
        value_date=None,
        maker=deed.maker,
        checker=deed.checker,
        command=deed.reference,
    )
    reconciling.settle_write_off(item=item, entry_id=booked.entry_id, actor=deed.maker)


def _reversal_right(asked: ReverseJournal) -> str:
    """To undo a correction of customers' accounts takes the right to make one."""
    touches_customers = _guarded(reversed_lines(asked.journal))
    return "bookkeeping.adjust_journal" if touches_customers else "bookkeeping.add_journal"


def _kind(name: str, title: Any, shape: type[Any], right: str | Callable[[Any], str], **how: Any) -> Kind:
    return kinds.command(
        name, title, shape, maker_right=right, amount=_weight, allows=_allows, **how
    )  # fmt: skip


_kind(
    JOURNAL, _("Journal"), WriteJournal, "bookkeeping.add_journal",
    about=("JOURNAL", "reference"),
    check=_check_journal, difference=_difference, apply=_apply,
)  # fmt: skip
_kind(
    CORRECTION, _("Correction of customers' accounts"), WriteJournal, "bookkeeping.adjust_journal",
    about=("JOURNAL", "reference"),
    check=_check_correction, difference=_difference, apply=_apply,
)  # fmt: skip
_kind(
    REVERSAL, _("Reversal of a journal"), ReverseJournal, _reversal_right,
    about=("JOURNAL", "journal"),
    check=_check_reversal, difference=_reversal_difference, apply=_apply_reversal,
)  # fmt: skip
_kind(
    WRITE_OFF, _("Write-off of an open item"), WriteOff, "bookkeeping.add_journal",
    about=("OPEN_ITEM", "item"),
    check=_check_write_off, difference=_write_off_difference, apply=_apply_write_off,
)  # fmt: skip
