"""The audit trail: what it keeps, what it strikes, and that nobody can alter it unseen."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from bank.audit import rules, selectors
from bank.audit import services as audit
from bank.audit.models import AuditLink, AuditRecord, AuditWaiting, AuditWords
from bank.kernel import clock
from bank.runtime import context

pytestmark = pytest.mark.django_db


def write(subject_id: str = "1", **detail: object) -> AuditRecord:
    audit.record("TESTED", actor=None, subject_type="THING", subject_id=subject_id, detail=detail)
    return AuditRecord.objects.latest("id")


def write_and_seal(count: int = 3) -> list[AuditRecord]:
    records = [write(str(n), n=n) for n in range(count)]
    assert audit.seal() >= count
    return records


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def switch_triggers_off() -> None:
    """What only the owner of the database can do."""
    sql("SET LOCAL session_replication_role = replica")


def test_row_62_says_who_what_when_where_and_result() -> None:
    with context.use(ip="192.0.2.7", user_agent="Firefox", channel="API", correlation_id="c-1"):
        record = write(amount="KES 5.00")
    assert (record.action, record.result) == ("TESTED", "OK")
    assert (record.ip, record.user_agent, record.channel, record.correlation_id) == (
        "192.0.2.7",
        "Firefox",
        "API",
        "c-1",
    )
    assert record.detail == {"amount": "KES 5.00"}
    assert record.at.utcoffset() is not None
    assert list(selectors.trail("THING", "1")) == [record]


@pytest.mark.parametrize(
    "name",
    ["password", "old_password", "otp", "pin", "cvv", "Authorization", "refresh", "access_token", "secret"],
)
def test_row_62_keeps_no_secret_by_name(name: str) -> None:
    assert write(**{name: "hunter2"}).told == {name: rules.STRUCK}


def test_row_62_keeps_no_code_or_token_by_value() -> None:
    record = write(
        code="123456", error={"code": "INSUFFICIENT_FUNDS"}, note="Bearer abc.def", t="eyJa.eyJb.c"
    )
    assert record.told == {
        "code": rules.STRUCK,
        "error": {"code": "INSUFFICIENT_FUNDS"},
        "note": rules.STRUCK,
        "t": rules.STRUCK,
    }


def test_row_62_cannot_be_forged_by_newlines_or_escapes() -> None:
    with context.use(user_agent="Mozilla\r\n2026-01-01 ADMIN OK \x1b[2J\u202e"):
        record = write("a\nb", memo="x\ny\x00\u2028z")
    assert record.user_agent == "Mozilla\\u000d\\u000a2026-01-01 ADMIN OK \\u001b[2J\\u202e"
    assert record.subject_id == "a\\u000ab"
    assert record.told == {"memo": "x\\u000ay\\u0000\\u2028z"}


@pytest.mark.parametrize("table", ["audit_auditrecord", "audit_auditlink"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_row_62_is_append_only(table: str, statement: str) -> None:
    write_and_seal()
    column = "action" if table == "audit_auditrecord" else "digest"
    with pytest.raises((ProgrammingError, InternalError), match="append-only"), transaction.atomic():
        sql(statement.format(table, column))
    assert AuditRecord.objects.filter(subject_type="THING").count() == 3


def test_row_62_an_intact_chain_verifies(capsys: pytest.CaptureFixture[str]) -> None:
    write_and_seal(3)
    call_command("audit_verify")
    assert "unbroken chain" in capsys.readouterr().out


def test_row_62_names_an_altered_record() -> None:
    altered = write_and_seal()[1]
    switch_triggers_off()
    sql("UPDATE audit_auditrecord SET result = 'REFUSED' WHERE id = %s", altered.pk)
    with pytest.raises(CommandError, match=f"audit record {altered.pk} .* was altered"):
        call_command("audit_verify")


def test_row_62_names_a_removed_record() -> None:
    gone = write_and_seal()[0]
    switch_triggers_off()
    sql("DELETE FROM audit_auditrecord WHERE id = %s", gone.pk)
    assert f"audit record {gone.pk} (link" in str(selectors.verify().fault)


def test_row_62_finds_a_record_taken_out_with_its_link() -> None:
    records = write_and_seal()
    switch_triggers_off()
    sql("DELETE FROM audit_auditrecord WHERE id = %s", records[1].pk)
    sql("DELETE FROM audit_auditlink WHERE record_id = %s", records[1].pk)
    assert "is missing" in str(selectors.verify().fault)
    sql(
        "UPDATE audit_auditlink SET position = position - 1"
        " WHERE position > (SELECT position FROM audit_auditlink WHERE record_id = %s)",
        records[0].pk,
    )
    assert f"audit record {records[2].pk} (link" in str(selectors.verify().fault)


def test_row_62_names_a_record_smuggled_past_the_sealer() -> None:
    write_and_seal()
    smuggled = write("9")
    AuditWaiting.objects.all().delete()
    assert selectors.verify().fault == f"audit record {smuggled.pk} was kept from the chain"


def test_row_62_a_noted_head_shows_a_chain_cut_short() -> None:
    write_and_seal(3)
    head = selectors.verify().head
    assert selectors.verify(head=head).fault is None
    switch_triggers_off()
    last = AuditLink.objects.latest("position")
    sql("DELETE FROM audit_auditlink WHERE position = %s", last.position)
    sql("DELETE FROM audit_auditrecord WHERE id = %s", last.record_id)
    assert selectors.verify().fault is None
    assert selectors.verify(head=head).fault == f"the noted head {head} is not in the chain"


@transaction.atomic
def fail_after_recording() -> None:
    write("undone")
    audit.record_refusal("TRIED", actor=None, subject_type="THING", subject_id="kept", reason="NO")
    raise RuntimeError


def test_a_refusal_outlives_the_rollback_of_the_refused_work_and_nothing_else_does() -> None:
    with pytest.raises(RuntimeError):
        fail_after_recording()
    kept = selectors.trail("THING", "kept").values_list("action", "result", "detail")
    assert kept.latest("id") == ("TRIED", "REFUSED", {"reason": "NO"})
    assert not selectors.trail("THING", "undone").exists()


@pytest.mark.parametrize(
    "plain",
    [
        *(
            {"state": "IN_REVIEW"},
            {"amount": "KES 1,250.00"},
            {"creditor": "0010000099"},
            {"at": "2026-11-27"},
        ),
        *({"due": "2026-11-27T10:15:00+03:00"}, {"months": "2026-11"}, {"parts": [1, "A", {"x": None}]}),
        *(
            {"id": "0190a5b2-7c3e-7d4f-8a1b-2c3d4e5f6a7b"},
            {"file": "PF-2026-000123"},
            {"act": "payments.limit"},
        ),
    ],
)
def test_codes_numbers_and_days_are_sealed_as_they_are(plain: dict[str, object]) -> None:
    record = write(**plain)
    assert (record.detail, AuditWords.objects.filter(record=record).exists()) == (plain, False)


def test_row_57_words_that_may_name_somebody_are_kept_beside_the_chain_and_go_in_an_erasure() -> None:
    told = {
        "why": "Otis asked for it", "before": {"email": "otis@example.test", "phone": "+254712345678"},
        "lines": [{"label": "Owner", "after": "Amina Otieno"}], "state": "OPEN",
    }  # fmt: skip
    mine, other = write("7", **told), write("8", why="Olga asked for it")
    assert mine.told == told
    assert mine.detail["state"] == "OPEN"
    assert not {"Otis", "otis@example.test", "254712345678", "Amina"} & set(
        str(mine.detail).replace("'", " ").split()
    )
    audit.seal()
    head = selectors.verify().head
    assert audit.forget({"thing": ["7"]}) == 1
    mine, other = AuditRecord.objects.get(pk=mine.pk), AuditRecord.objects.get(pk=other.pk)
    assert mine.told == mine.detail
    assert other.told == {"why": "Olga asked for it"}
    assert (selectors.verify(head=head).fault, AuditWords.objects.filter(record=mine).exists()) == (
        None,
        False,
    )


def test_row_62_words_cannot_be_altered_or_deleted_and_an_altered_one_is_named() -> None:
    record = write("7", why="Otis asked for it")
    audit.seal()
    for statement in ("UPDATE audit_auditwords SET salt = salt", "DELETE FROM audit_auditwords"):
        with pytest.raises((ProgrammingError, InternalError), match="append-only"), transaction.atomic():
            sql(statement)
    switch_triggers_off()
    sql("UPDATE audit_auditwords SET said = %s WHERE record_id = %s", '{"why": "Olga did"}', record.pk)
    assert f"the words of audit record {record.pk} (link" in str(selectors.verify().fault)


def test_row_62_words_left_out_or_destroyed_by_no_erasure_are_named() -> None:
    """Whoever may write to the database can say that it erases; only an erasure puts itself on the trail."""
    record, other = write("7", why="Otis asked for it", who="Olga did it"), write("8", why="Otis did")
    audit.seal()
    assert selectors.verify().fault is None
    with transaction.atomic():
        switch_triggers_off()
        sql("UPDATE audit_auditwords SET said = said - 'who' WHERE record_id = %s", record.pk)
        assert f"the words of audit record {record.pk} (link" in str(selectors.verify().fault)
        transaction.set_rollback(True)
    sql("SET LOCAL bank.erasing = 'on'")
    sql("DELETE FROM audit_auditwords WHERE record_id = %s", record.pk)
    sql("SET LOCAL bank.erasing = ''")
    assert audit.forget({"thing": ["8"]}) == 1
    fault = f"the words of audit record {record.pk} are gone, and no erasure says so"
    assert selectors.verify().fault == fault
    audit.seal()
    (erasure,) = AuditRecord.objects.filter(action="WORDS_ERASED")
    assert (selectors.verify().fault, erasure.detail) == (fault, {"records": [other.pk]})


def test_a_refusal_keeps_its_words_beside_the_chain_too() -> None:
    audit.record_refusal(
        "TRIED", actor=None, subject_type="THING", subject_id="9", reason="NO", detail={"why": "Otis"}
    )
    (record,) = selectors.trail("THING", "9")
    assert (record.told["why"], record.detail["reason"]) == ("Otis", "NO")
    assert record.detail["why"].startswith(rules.APART)


def test_what_staff_looked_for_goes_by_its_own_age() -> None:
    for action in ("SEARCH_VIEWED", "CUSTOMER_LIST_VIEWED", "CUSTOMER_VIEWED"):
        audit.record(action, actor=None, subject_type="X", subject_id="1", detail={"asked": "Otis"})
    assert audit.forget_searches(before=clock.now() - timedelta(days=1)) == 0
    assert audit.forget_searches(before=clock.now()) == 2
    kept = [one.action for one in selectors.trail("X", "1") if one.told["asked"] == "Otis"]
    assert kept == ["CUSTOMER_VIEWED"]
