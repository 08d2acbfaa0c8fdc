"""Booking journals and keeping their templates. Journals are proposed and approved as commands."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from bank import ledger
from bank.audit import services as audit
from bank.bookkeeping import postings, rules
from bank.bookkeeping.errors import JournalReversed, JournalUnusable
from bank.bookkeeping.models import Journal, JournalTemplate, TemplateLine
from bank.bookkeeping.rules import Line, Origin, TemplateSlot
from bank.bookkeeping.selectors import journals, periods
from bank.documents.models import Document
from bank.identity.models import User
from bank.kernel.errors import Conflict
from bank.runtime import locks

PERIODS_LOCK = "bookkeeping.periods"
"""Held by whoever books by hand and whoever closes a month: a journal is before or after the closing."""


@transaction.atomic
def book(
    *,
    reference: str,
    origin: Origin,
    lines: Sequence[Line],
    narrative: str,
    value_date: date | None,
    maker: User,
    checker: User,
    command: str,
    template: JournalTemplate | None = None,
    document: Document | None = None,
) -> Journal:
    """Books a journal two people stand for: its entry, its row and its audit line, or nothing.

    Raises ``PeriodClosed``, and what ``ledger.post`` raises.
    """
    locks.hold_until_commit(PERIODS_LOCK)
    day = value_date or ledger.business_date()
    periods.require_open(day)
    entry = postings.journal(
        reference=reference,
        lines=lines,
        narrative=narrative,
        value_date=day,
        meta={"maker": maker.pk, "checker": checker.pk, "command": command},
    )
    entry_id = _posted(ledger.post(entry))
    booked = Journal.objects.create(
        reference=reference,
        origin=origin,
        narrative=narrative,
        value_date=day,
        entry_id=entry_id,
        template=template,
        document=document,
        maker=maker,
        checker=checker,
        command=command,
    )
    _record("JOURNAL_BOOKED", booked, checker)
    return booked


@transaction.atomic
def reverse(*, journal: Journal, reference: str, maker: User, checker: User, command: str) -> Journal:
    """Books the contra entry, with value on the journal's own value date where that is still open, else on
    the business date. Raises ``JournalReversed``, and what ``ledger.reverse`` raises.
    """
    locks.hold_until_commit(PERIODS_LOCK)
    if journal.reverses_id or journals.is_reversed(journal):
        raise JournalReversed(reference=journal.reference)
    until, today = periods.closed_until(), ledger.business_date()
    day = today if until is not None and journal.value_date <= until else journal.value_date
    entry_id = _posted(
        ledger.reverse(
            entry_id=journal.entry_id, key=f"journal:{reference}", reference=reference, value_date=day
        )
    )
    booked = Journal.objects.create(
        reference=reference,
        origin=Origin.REVERSAL,
        narrative=f"Reversal of {journal.narrative}"[: rules.NARRATIVE_LETTERS],
        value_date=day,
        entry_id=entry_id,
        reverses=journal,
        maker=maker,
        checker=checker,
        command=command,
    )
    _record("JOURNAL_REVERSED", booked, checker, reverses=journal.reference)
    return booked


@transaction.atomic
def write_template(
    *, code: str, name: str, narrative: str, slots: Sequence[TemplateSlot], is_frequent: bool, actor: User
) -> JournalTemplate:
    """Keeps a journal to be written again. A frequent posting is one debit and one credit.

    Raises ``JournalUnusable``, ``Conflict`` where the code is taken.
    """
    rules.check_slots(slots)
    if is_frequent and len(slots) != 2:
        raise JournalUnusable(problem="A frequent posting has one debit and one credit.")
    journals.require_postable([slot.account for slot in slots])
    try:
        with transaction.atomic():
            written = JournalTemplate.objects.create(
                code=code.strip().upper(),
                name=name,
                narrative=rules.narrative(narrative),
                is_frequent=is_frequent,
                made_by=actor,
            )
    except IntegrityError:
        raise Conflict(problem=f"There is a template {code.upper()} already.") from None
    TemplateLine.objects.bulk_create(
        TemplateLine(
            template=written,
            number=n,
            account=slot.account,
            side=slot.side,
            amount=slot.amount,
            share_pct=slot.share_pct,
        )
        for n, slot in enumerate(slots, 1)
    )
    audit.record("TEMPLATE_WRITTEN", actor=actor, subject_type="JOURNAL_TEMPLATE", subject_id=written.code)
    return written


@transaction.atomic
def retire_template(*, template: JournalTemplate, actor: User) -> None:
    """Takes a template out of use; journals written from it keep it. Repeating it changes nothing."""
    if JournalTemplate.objects.filter(pk=template.pk, is_active=True).update(is_active=False):
        audit.record(
            "TEMPLATE_RETIRED", actor=actor, subject_type="JOURNAL_TEMPLATE", subject_id=template.code
        )


def _posted(outcome: ledger.Outcome) -> int:
    assert outcome.entry_id is not None, "a refusal is raised"
    return outcome.entry_id


def _record(action: str, booked: Journal, actor: User, **detail: object) -> None:
    audit.record(
        action,
        actor=actor,
        subject_type="JOURNAL",
        subject_id=booked.reference,
        detail={"entry": booked.entry_id, "origin": booked.origin, **detail},
    )
