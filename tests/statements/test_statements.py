"""Asking for a statement, making it once, failing visibly, and who may fetch it."""

import csv
import hashlib
import io
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bank import ledger
from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.runtime import outbox
from bank.runtime.errors import IdempotencyConflict
from bank.runtime.models import OutboxMessage
from bank.statements import errors, files, formats, papers, selectors, services, tasks
from bank.statements.models import Statement
from tests.statements.world import Party, World, deposit

Commits = Callable[..., AbstractContextManager[Any]]


def ask(party: Party, key: str = "k1", **changes: Any) -> Statement:
    today = ledger.business_date()
    asked = {"from_date": today, "to_date": today, "format": "CSV", "key": key}
    return services.request_statement(user=party.user, account=party.current, **(asked | changes))


def make(statement: Statement) -> Statement:
    services.make_statement(statement_id=statement.pk)
    statement.refresh_from_db()
    return statement


def test_a_statement_is_queued_with_its_news(bank: World) -> None:
    statement = ask(bank.alice)
    assert statement.status == "QUEUED"
    told = OutboxMessage.objects.filter(topic=services.REQUESTED)
    assert [message.payload for message in told] == [{"statement_id": str(statement.pk)}]


def test_the_news_has_it_made(bank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given_out: list[Any] = []
    monkeypatch.setattr(tasks.make_statement, "apply_async", lambda args, **_: given_out.extend(args))
    statement = ask(bank.alice)
    outbox.deliver_due()
    assert given_out == [str(statement.pk)]


def test_asking_again_gives_the_same(bank: World) -> None:
    assert ask(bank.alice).pk == ask(bank.alice).pk
    assert ask(bank.alice, key="k2").pk != ask(bank.alice).pk
    assert ask(bank.bob).pk != ask(bank.alice).pk


def test_a_used_key_with_other_content_is_refused(bank: World) -> None:
    ask(bank.alice)
    with pytest.raises(IdempotencyConflict):
        ask(bank.alice, format="PDF")
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"from_date": date(2030, 1, 2), "to_date": date(2030, 1, 1)}, errors.PeriodReversed),
        ({"to_date": date(2999, 1, 1)}, errors.PeriodInFuture),
        ({"from_date": date(1990, 1, 1)}, errors.PeriodTooLong),
        ({"format": "DOCX"}, errors.UnknownFormat),
    ],
)
def test_refusals_leave_nothing(bank: World, changes: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        ask(bank.alice, **changes)
    assert not Statement.objects.exists()


@pytest.mark.parametrize("format", ["CSV", "PDF"])
def test_made_means_sealed_and_on_disk(bank: World, files_dir: Path, format: str) -> None:
    statement = make(ask(bank.alice, format=format))
    content = (files_dir / statement.file_name).read_bytes()
    assert statement.status == "READY"
    assert statement.size == len(content)
    assert statement.digest == hashlib.sha256(content).hexdigest()
    assert statement.finished_at is not None


def test_the_lines_are_the_books(bank: World, files_dir: Path) -> None:
    for number in range(5):
        deposit(bank.alice.current, "12.34", f"d{number}")
    statement = make(ask(bank.alice))
    rows = list(csv.DictReader(io.StringIO((files_dir / statement.file_name).read_text(encoding="utf-8"))))
    assert [row["amount"] for row in rows[1:-1]] == ["10000.00", *["12.34"] * 5]
    assert rows[-1]["balance"] == "10061.70" == str(ledger.balance(bank.alice.current.number).booked.amount)


def test_more_lines_than_are_read_at_once(bank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "_AT_ONCE", 3)
    for number in range(7):
        deposit(bank.alice.current, "1", f"d{number}")
    paper = papers.paper_of(ask(bank.alice))
    assert len(paper.lines) == 8
    assert paper.opening == Money.of("0", "KES")
    assert paper.opening + paper.money_in + paper.money_out == paper.closing


def test_a_period_without_lines_has_the_balance_before_it(bank: World) -> None:
    ledger.roll_business_date()
    tomorrow = ledger.business_date()
    ledger.roll_business_date()
    paper = papers.paper_of(ask(bank.alice, from_date=tomorrow, to_date=tomorrow))
    assert paper.lines == []
    assert paper.opening == paper.closing == Money.of("10000", "KES")


def test_periods_chain(bank: World) -> None:
    first = ledger.business_date()
    deposit(bank.alice.current, "5", "a")
    ledger.roll_business_date()
    second = ledger.business_date()
    deposit(bank.alice.current, "7", "b")
    before = papers.paper_of(ask(bank.alice, "k1", from_date=first - timedelta(9), to_date=first))
    after = papers.paper_of(ask(bank.alice, "k2", from_date=second, to_date=second))
    assert before.opening.is_zero
    assert before.closing == after.opening == Money.of("10005", "KES")
    assert after.closing == Money.of("10012", "KES")


def test_making_it_again_changes_nothing(bank: World, files_dir: Path) -> None:
    statement = make(ask(bank.alice))
    before = (files_dir / statement.file_name).stat()
    deposit(bank.alice.current, "1", "later")
    again = make(statement)
    assert (again.digest, again.finished_at) == (statement.digest, statement.finished_at)
    assert (files_dir / statement.file_name).stat() == before


def test_a_broken_try_leaves_no_file_and_the_next_one_makes_it(
    bank: World, files_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = ask(bank.alice)

    def break_off(code: Any, paper: Any, file: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(formats, "write", break_off)
        with pytest.raises(OSError, match="disk full"):
            services.make_statement(statement_id=statement.pk)
    assert list(files_dir.iterdir()) == []
    assert make(statement).status == "READY"


def test_a_refusal_is_final_and_says_why(bank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise errors.PdfUnavailable

    monkeypatch.setattr(formats, "write", refuse)
    statement = ask(bank.alice, format="PDF")
    tasks.make_statement.apply(args=[str(statement.pk)])
    statement.refresh_from_db()
    assert statement.status == "FAILED"
    assert "Ask for the statement as CSV" in statement.failure
    with pytest.raises(errors.StatementFailed, match="cannot make PDF"):
        services.open_document(user=bank.alice.user, statement_id=statement.pk)


def test_the_unforeseen_is_tried_again_then_shown(bank: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def break_off(*_: Any) -> None:
        tries.append(1)
        raise OSError("secret detail")

    monkeypatch.setattr(formats, "write", break_off)
    statement = ask(bank.alice)
    tasks.make_statement.apply(args=[str(statement.pk)])
    statement.refresh_from_db()
    assert len(tries) == 4
    assert statement.status == "FAILED"
    assert "secret" not in statement.failure


def test_what_a_dead_machine_left_is_given_out_again_once(bank: World) -> None:
    statement = ask(bank.alice)
    assert services.hand_out_overdue() == []
    Statement.objects.update(handed_out_at=statement.requested_at - services.OVERDUE, status="RUNNING")
    assert services.hand_out_overdue() == [statement.pk]
    assert services.hand_out_overdue() == []
    make(statement)
    Statement.objects.update(handed_out_at=statement.requested_at - services.OVERDUE)
    assert services.hand_out_overdue() == []


def test_an_unknown_statement_is_no_work(bank: World) -> None:
    services.make_statement(statement_id=uuid.uuid4())
    assert not Statement.objects.exists()


def test_row_21_another_customers_statement_is_not_there(bank: World) -> None:
    statement = make(ask(bank.alice))
    for stranger_asks in (
        lambda: selectors.statement_for(bank.bob.user, statement.pk),
        lambda: services.open_document(user=bank.bob.user, statement_id=statement.pk),
        lambda: selectors.statement_for(bank.alice.user, uuid.uuid4()),
        lambda: selectors.statement_for(bank.alice.user, "../../etc/passwd"),
    ):
        with pytest.raises(NotFound, match="There is no such statement"):
            stranger_asks()


def test_a_revoked_mandate_ends_access_to_statements_already_made(bank: World) -> None:
    statement = make(ask(bank.alice))
    cif.revoke_mandate(mandate=Mandate.objects.get(user=bank.alice.user))
    with pytest.raises(NotFound):
        services.open_document(user=bank.alice.user, statement_id=statement.pk)


def test_not_ready_is_said_and_downloads_are_kept_in_the_trail(bank: World) -> None:
    statement = ask(bank.alice)
    with pytest.raises(errors.StatementNotReady):
        services.open_document(user=bank.alice.user, statement_id=statement.pk)
    make(statement)
    _statement, file = services.open_document(user=bank.alice.user, statement_id=statement.pk)
    with file:
        assert file.read().startswith(b"kind,booking_date")
    trail = AuditRecord.objects.filter(subject_id=bank.alice.current.number)
    assert {"STATEMENT_REQUESTED", "STATEMENT_DOWNLOADED"} <= set(trail.values_list("action", flat=True))


def test_file_names_are_random_and_private(bank: World, files_dir: Path) -> None:
    statements = [make(ask(bank.alice, key=f"k{number}")) for number in range(3)]
    names = {statement.file_name for statement in statements}
    assert len(names) == 3
    assert all(bank.alice.current.number not in name and len(name) >= 48 for name in names)
    assert files_dir.stat().st_mode & 0o077 == 0
    assert files.folder() == files_dir
