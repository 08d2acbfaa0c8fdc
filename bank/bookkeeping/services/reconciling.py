"""Reconciliation: statements in, our postings beside them, and what belongs together matched.

Everything open of an account is an ``OpenItem``. What is matched sums to zero, so at any time

    their closing balance + our booked balance = what is open of theirs + what is open of ours

with our balance in the ledger's sign. ``selectors.reconciliation.proof`` reckons both sides.
"""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from bank import ledger
from bank.audit import services as audit
from bank.bookkeeping import importing, matching
from bank.bookkeeping.errors import (
    JournalUnusable,
    MatchRefused,
    MatchUnbalanced,
    StatementDuplicate,
    StatementRefused,
)
from bank.bookkeeping.importing import Statement, shown
from bank.bookkeeping.models import ImportedStatement, Match, MatchPart, OpenItem
from bank.bookkeeping.rules import ItemSide
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime import locks

_PAGE = 2_000
MOST_ITEMS = 200
"""Most items of one match."""


@transaction.atomic
def import_file(*, account: str, file_name: str, content: bytes, actor: User) -> list[ImportedStatement]:
    """Takes in every statement of a camt.053 or MT940 file, in their order; all of them or nothing.

    Raises as :func:`import_statement`.
    """
    reconcilable(account)
    if ImportedStatement.objects.filter(account=account, digest=_digest(content)).exists():
        raise StatementDuplicate(statement=shown(file_name, 120))
    return [
        import_statement(account=account, statement=one, file_name=file_name, content=content, actor=actor)
        for one in importing.read(content)
    ]


@transaction.atomic
def import_statement(
    *, account: str, statement: Statement, file_name: str, content: bytes, actor: User
) -> ImportedStatement:
    """Takes a statement in, line by line, and brings our side up to date; all of it or nothing.

    The first statement of an account brings its opening balance in as an item of its own; each
    later one must open with what the one before closed with. Raises ``JournalUnusable`` for an
    account that cannot be reconciled, ``StatementDuplicate``, ``StatementRefused``.
    """
    locks.hold_until_commit(_lock(account))
    facts = reconcilable(account)
    importing.check(statement, facts.currency)
    digest = _digest(content)
    _refuse_duplicate(account, statement)
    first = _check_chain(account, statement)
    kept = _keep(account, statement, file_name, digest, actor)
    _keep_lines(kept, statement, with_opening=first)
    pull_postings(account=account)
    audit.record(
        "STATEMENT_IMPORTED",
        actor=actor,
        subject_type="GL_ACCOUNT",
        subject_id=account,
        detail={"statement": kept.statement_id, "lines": kept.line_count, "digest": digest},
    )
    return kept


def reconcilable(account: str) -> ledger.AccountFacts:
    """Raises ``JournalUnusable`` unless it is a general-ledger account that takes postings."""
    found = ledger.facts([account]).get(account)
    if found is None or found.is_guarded or found.is_control:
        raise JournalUnusable(problem=f"{account or 'This'} is no account of the chart that takes postings.")
    return found


def _lock(account: str) -> str:
    return f"bookkeeping.reconciliation.{account}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refuse_duplicate(account: str, statement: Statement) -> None:
    found = ImportedStatement.objects.filter(
        account=account, statement_id=shown(statement.identification, 70), to_date=statement.to_date
    )
    if found.exists():
        raise StatementDuplicate(statement=shown(statement.identification, 70))


def _check_chain(account: str, statement: Statement) -> bool:
    """Whether it is the account's first; raises ``StatementRefused`` where one is missing in between."""
    last = ImportedStatement.objects.filter(account=account).order_by("-id").first()
    if last is None:
        return True
    if last.their_account != shown(statement.their_account, 40):
        raise StatementRefused(
            problem=f"It is of their account {shown(statement.their_account, 40)}; those before were of"
            f" {last.their_account}."
        )
    if last.closing != statement.opening:
        raise StatementRefused(
            problem=f"It opens with {statement.opening:f}, but statement {last.statement_id} closed with"
            f" {last.closing.normalize():f}; import what is missing in between first."
        )
    return False


def _keep(account: str, statement: Statement, file_name: str, digest: str, actor: User) -> ImportedStatement:
    return ImportedStatement.objects.create(
        account=account,
        currency=statement.currency,
        format=statement.format,
        file_name=shown(file_name, 120) or "statement",
        digest=digest,
        statement_id=shown(statement.identification, 70),
        their_account=shown(statement.their_account, 40),
        from_date=statement.from_date,
        to_date=statement.to_date,
        opening=statement.opening,
        closing=statement.closing,
        line_count=len(statement.lines),
        imported_by=actor,
    )


def _keep_lines(kept: ImportedStatement, statement: Statement, *, with_opening: bool) -> None:
    items = [
        _line(kept, number, line)
        for number, line in enumerate(statement.lines, 1)
        if line.amount  # a line of nothing has nothing to match
    ]
    if with_opening and statement.opening:
        day = statement.from_date
        brought = importing.Line(day, day, statement.opening, "", "Balance brought forward")
        items.insert(0, _line(kept, 0, brought))
    OpenItem.objects.bulk_create(items, batch_size=_PAGE)


def _line(kept: ImportedStatement, number: int, line: importing.Line) -> OpenItem:
    return OpenItem(
        account=kept.account,
        side=ItemSide.STATEMENT,
        statement=kept,
        number=number,
        booking_date=line.booking_date,
        value_date=line.value_date,
        currency=kept.currency,
        amount=line.amount,
        open_amount=line.amount,
        reference=shown(line.reference, 80),
        narrative=shown(line.narrative, 300),
    )


@transaction.atomic
def pull_postings(*, account: str) -> int:
    """Takes in our postings that are not here yet; returns how many were looked at.

    Postings are booked on the open business date alone, so those since the newest day that is here
    are all there can be; what is here already stays as it is.
    """
    newest = (
        OpenItem.objects.filter(account=account, side=ItemSide.BOOK)
        .order_by("-booking_date")
        .values_list("booking_date", flat=True)
        .first()
    )
    before, seen = None, 0
    while True:
        lines = ledger.statement_lines(account, from_date=newest, before=before, limit=_PAGE)
        OpenItem.objects.bulk_create([_posting(account, line) for line in lines], ignore_conflicts=True)
        seen += len(lines)
        if len(lines) < _PAGE:
            return seen
        before = lines[-1].version


def _posting(account: str, line: ledger.StatementLine) -> OpenItem:
    return OpenItem(
        account=account,
        side=ItemSide.BOOK,
        entry_id=line.entry_id,
        number=line.leg,
        booking_date=line.booking_date,
        value_date=line.value_date,
        currency=line.amount.currency,
        amount=line.amount.amount,
        open_amount=line.amount.amount,
        reference=line.reference,
        narrative=line.narrative or line.code,
    )


@transaction.atomic
def match(
    *,
    account: str,
    items: Sequence[int],
    actor: User,
    parts: Mapping[int, Decimal] | None = None,
    why: str = "",
    score: int | None = None,
) -> Match:
    """Notes that items of one account belong together: one to one, one to many, many to many.

    Each is taken with what is open of it, or with the part of it that ``parts`` says (above zero, in
    the item's own direction). Raises ``MatchRefused``, ``MatchUnbalanced``.
    """
    locks.hold_until_commit(_lock(account))
    found = _locked(account, items)
    taken = {item.pk: _taken(item, (parts or {}).get(item.pk)) for item in found}
    difference = sum(taken.values(), Decimal(0))
    if difference:
        raise MatchUnbalanced(difference=str(Money(difference, found[0].currency)))
    made = Match.objects.create(account=account, matched_by=actor, why=shown(why, 300), score=score)
    MatchPart.objects.bulk_create(MatchPart(match=made, item=item, amount=taken[item.pk]) for item in found)
    for item in found:
        item.open_amount -= taken[item.pk]
    OpenItem.objects.bulk_update(found, ["open_amount"])
    audit.record(
        "ITEMS_MATCHED",
        actor=actor,
        subject_type="GL_ACCOUNT",
        subject_id=account,
        detail={"match": made.pk, "items": [item.pk for item in found]},
    )
    return made


def _locked(account: str, items: Sequence[int]) -> list[OpenItem]:
    wanted = sorted(set(items))
    if not 2 <= len(wanted) <= MOST_ITEMS:
        raise MatchRefused(problem=f"Choose from 2 to {MOST_ITEMS} items that cancel out.")
    found = list(OpenItem.objects.select_for_update().filter(account=account, pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise MatchRefused(problem="Items of different accounts cannot be matched.")
    if any(not item.open_amount for item in found):
        raise MatchRefused(problem="One of the items has been matched in the meantime; look again.")
    return found


def _taken(item: OpenItem, part: Decimal | None) -> Decimal:
    """With the item's sign."""
    if part is None:
        return item.open_amount
    Money(part, item.currency)
    if not 0 < part <= abs(item.open_amount):
        raise MatchRefused(
            problem=f"Of this item {abs(item.open_amount).normalize():f} is open; match that or less."
        )
    return part if item.open_amount > 0 else -part


@transaction.atomic
def unmatch(*, match: Match, reason: str, actor: User) -> Match:
    """Opens the items of a match again; the match stays on record as undone. Raises ``MatchRefused``."""
    locks.hold_until_commit(_lock(match.account))
    undone = Match.objects.select_for_update(of=("self",)).get(pk=match.pk)
    if undone.undone_at is not None:
        raise MatchRefused(problem="This match has been undone already.")
    if not shown(reason, 300):
        raise MatchRefused(problem="Say why the match is undone.")
    parts = {part.item_id: part.amount for part in undone.parts.all()}
    items = list(OpenItem.objects.select_for_update().filter(pk__in=parts).order_by("pk"))
    for item in items:
        item.open_amount += parts[item.pk]
    OpenItem.objects.bulk_update(items, ["open_amount"])
    undone.undone_by, undone.undone_at, undone.undo_reason = actor, clock.now(), shown(reason, 300)
    undone.save(update_fields=["undone_by", "undone_at", "undo_reason"])
    audit.record(
        "MATCH_UNDONE",
        actor=actor,
        subject_type="GL_ACCOUNT",
        subject_id=undone.account,
        detail={"match": undone.pk, "reason": undone.undo_reason},
    )
    return undone


def settle_write_off(*, item: OpenItem, entry_id: int, actor: User) -> Match:
    """Matches an open item with the posting that wrote it off."""
    pull_postings(account=item.account)
    posting = OpenItem.objects.get(account=item.account, side=ItemSide.BOOK, entry_id=entry_id)
    return match(account=item.account, items=[item.pk, posting.pk], actor=actor, why="Written off")


def suggestions(account: str) -> list[matching.Suggestion]:
    """What seems to belong together among the open items of an account, the surest first."""
    rows = OpenItem.objects.filter(account=account).exclude(open_amount=0).order_by("-booking_date", "-id")
    items = [
        matching.Item(
            row.pk,
            ItemSide(row.side),
            row.booking_date,
            row.value_date,
            row.open_amount,
            row.reference,
            row.narrative,
        )
        for row in rows[: matching.MOST_LOOKED_AT]
    ]
    return matching.suggest(items)
