"""Files of every format on one path: checked in the background, mended line by line, paid each line once."""

import csv
import io
from collections.abc import Iterator

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.identity.models import User
from bank.kernel.errors import NotAllowed
from bank.messages import errors as formats
from bank.messages.tables.mapping import Mapping
from bank.payments import errors, selectors
from bank.payments import services as payments
from bank.payments.models import PaymentFile
from bank.payments.services import LineChange, Wishes, file_checking, file_release, line_store
from tests.payments.bulk.test_tables import xlsx
from tests.payments.conftest import Bank, code_of, kes
from tests.payments.test_files import a_file, codes, confirm, line_to


def a_csv(bank: Bank, *amounts: str, account: str = "") -> bytes:
    lines = [f"{bank.bob.name},{account or bank.bob.number},{one},P{n}" for n, one in enumerate(amounts)]
    return "\r\n".join(["Name,Account,Amount,Reference", *lines, ""]).encode()


def send(bank: Bank, content: bytes, key: str = "f1", **asked: object) -> PaymentFile:
    wishes = Wishes(name="pay.csv", mapping=Mapping(debtor_account=bank.firm.number), **asked)
    return payments.submit_payment_file(user=bank.firm.user, content=content, key=key, wishes=wishes)


def change(bank: Bank, **said: str) -> LineChange:
    asked = {
        "creditor_name": bank.bob.name, "creditor_account": bank.bob.number, "creditor_agent": "",
        "amount": "12.00", "currency": "KES", "remittance": "mended",
    }  # fmt: skip
    return LineChange(**(asked | said))


def test_csv_and_xlsx_take_the_path_of_pain001(bank: Bank) -> None:
    made = send(bank, a_csv(bank, "100.00", "200.50"))
    assert (made.status, made.message, made.line_count, made.totals) == (
        "CHECKED",
        "csv",
        2,
        {"KES": "300.50"},
    )
    assert made.customer == bank.firm.customer
    sheet = xlsx(("Jina", "Akaunti", "Kiasi"), (bank.bob.name, bank.bob.number, 50.25))
    other = send(bank, sheet, key="f2")
    assert (other.status, other.message, other.totals) == ("CHECKED", "xlsx", {"KES": "50.25"})
    for file in (made, other):
        confirm(bank, file)
    assert bank.bob.booked == kes("350.75")
    again = send(bank, a_csv(bank, "100.00", "200.50"), key="f3")
    assert (again.status, again.faults[0]["code"]) == ("REJECTED", "DUPLICATE_MESSAGE")


def test_nacha_credits_are_lines_in_dollars_and_wrong_sums_reject_the_file(bank: Bank) -> None:
    def record(text: str) -> str:
        return text.ljust(94)

    entry = (
        f"622021000021{bank.bob.number:<17}0000010050{'EMP-1':<15}{bank.bob.name[:22]:<22}  0021000020000001"
    )
    lines = [
        record("101 021000021 0210000202611271200A094101" + "UMOJA".ljust(23) + "SAVANNA TRADERS".ljust(23)),
        record(
            "5220SAVANNA TRADERS "
            + " " * 20
            + "1234567890PPDPAYROLL   "
            + "      "
            + "261127"
            + "   1021000020000001"
        ),
        entry,
        record("822000000100021000020000000000000000000100501234567890" + " " * 25 + "021000020000001"),
        record("9000001000001000000010002100002000000000000000000010050"),
        *["9" * 94] * 5,
    ]
    found = send(bank, "\n".join(lines).encode())
    assert found.message == "nacha"
    assert (found.line_count, found.is_confidential) == (1, True)
    assert "CURRENCIES_DIFFER" in codes(found, 3) or "NO_RAIL" in codes(found, 3)
    lines[3] = lines[3].replace("000000010050", "000000010051", 1)
    wrong = send(bank, "\n".join(lines).encode(), key="f2")
    assert wrong.status == "REJECTED"
    assert any("credits" in fault["field"] for fault in wrong.faults)


def test_a_table_waits_for_its_columns_and_what_was_said_is_remembered(bank: Bank) -> None:
    content = f"Who;Where;How much\n{bank.bob.name};{bank.bob.number};1.250,50\n".encode()
    with pytest.raises(formats.ColumnsMissing):
        send(bank, content)
    file = send(bank, content, asks_columns=True)
    asked = {"user": bank.firm.user, "customer": bank.firm.customer}
    assert (file.status, payments.table_of(file=file, **asked).mapping.columns) == ("RECEIVED", {})
    columns = {"creditor_name": 0, "creditor_account": 1, "amount": 2}
    said = Mapping(columns=columns, amounts="COMMA", debtor_account=bank.firm.number)
    named = payments.name_columns(reference=file.reference, mapping=said, **asked)
    assert (named.status, named.totals) == ("CHECKED", {"KES": "1250.50"})
    told_otherwise = payments.name_columns(
        reference=file.reference, mapping=Mapping(columns=columns, debtor_account=bank.firm.number), **asked
    )
    assert (told_otherwise.faulty_count, told_otherwise.line_count) == (1, 1)
    assert told_otherwise.lines.get().faults[0]["field"] == "C (How much)"
    later = send(bank, content.replace(b"1.250,50", b"9,00"), key="f2", asks_columns=True)
    assert payments.table_of(file=later, **asked).mapping.columns == columns
    with pytest.raises(NotAllowed):
        payments.table_of(user=bank.alice.user, file=later, customer=bank.firm.customer)


@pytest.fixture
def in_the_background(settings: object) -> Iterator[None]:
    """As if every file were long: a worker checks and pays, in chunks of two."""
    settings.PAYMENT_FILE_AT_ONCE_BYTES = settings.PAYMENT_FILE_AT_ONCE_LINES = 0
    kept, file_checking.CHUNK = file_checking.CHUNK, 2
    yield
    file_checking.CHUNK = kept


@pytest.mark.usefixtures("in_the_background")
def test_a_killed_worker_loses_nothing_and_two_do_nothing_twice(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = send(bank, a_csv(bank, "1.00", "2.00", "3.00", "3.00", "x"))
    assert (file.status, selectors.file_progress(file).total) == ("VALIDATING", 5)
    take, calls = file_checking._Checking.take, []

    def killed(self: object, chunk: object) -> bool:
        calls.append(len(chunk))
        if len(calls) == 2:
            raise SystemExit
        return take(self, chunk)

    monkeypatch.setattr(file_checking._Checking, "take", killed)
    with pytest.raises(SystemExit):
        payments.check_payment_file(reference=file.reference)
    assert (file.lines.count(), selectors.file_progress(file).done) == (2, 2)
    assert payments.hand_out_overdue() == []
    payments.check_payment_file(reference=file.reference)
    payments.check_payment_file(reference=file.reference)
    file.refresh_from_db()
    assert calls == [2, 2, 2, 1]
    assert (file.status, file.line_count, file.faulty_count, file.totals) == (
        "CHECKED",
        5,
        1,
        {"KES": "9.00"},
    )
    monkeypatch.undo()
    _released_once(bank, file, monkeypatch)


def _released_once(bank: Bank, file: PaymentFile, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = confirm(bank, file, only_valid=True)
    assert (asked.status, bank.bob.booked) == ("RELEASING", kes("0.00"))
    assert confirm(bank, file, only_valid=True).status == "RELEASING"
    with monkeypatch.context() as patch:
        patch.setattr(file_release, "_finish", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            payments.release_payment_file(reference=file.reference)
    assert bank.bob.booked == kes("0.00")
    payments.release_payment_file(reference=file.reference)
    payments.release_payment_file(reference=file.reference)
    file.refresh_from_db()
    assert (file.status, file.settled_count, bank.bob.booked) == ("PAID", 4, kes("9.00"))


@pytest.mark.usefixtures("in_the_background")
def test_what_cannot_be_read_later_is_told_on_the_file(bank: Bank) -> None:
    file = send(bank, a_csv(bank, *map(str, range(1, 9))) + b'"half')
    payments.check_payment_file(reference=file.reference)
    file.refresh_from_db()
    assert (file.status, file.faults[0]["code"]) == ("REJECTED", "TEXT_BROKEN")
    late = send(bank, a_csv(bank, "1.00"), key="f2")
    payments.cancel_payment_file(user=bank.firm.user, reference=late.reference)
    payments.check_payment_file(reference=late.reference)
    assert not late.lines.exists()


def test_lines_are_mended_left_out_and_taken_in(bank: Bank) -> None:
    file = send(bank, a_csv(bank, "1e9", "5.00", "=7"))
    asked = {"user": bank.firm.user, "reference": file.reference}
    assert (file.faulty_count, codes(file, 2)) == (2, ["AMOUNT_INVALID"])
    rows = "".join(payments.faulty_rows(user=bank.firm.user, file=file)).lstrip("\ufeff")
    table = list(csv.reader(io.StringIO(rows)))
    assert table[0] == ["Name", "Account", "Amount", "Reference", "faults"]
    assert [row[2] for row in table[1:]] == ["1e9", "'=7"]
    assert "without an exponent" in table[1][4]
    before = payments.file_act(file)[0]
    mended = payments.edit_line(line=2, change=change(bank), **asked)
    assert (mended.status, mended.amount, mended.faults) == ("VALID", 12, [])
    worse = payments.edit_line(line=4, change=change(bank, creditor_agent="NOTABIC", amount="5"), **asked)
    assert [fault["code"] for fault in worse.faults] == ["BIC_INVALID"]
    twin = payments.edit_line(line=3, change=change(bank), **asked)
    assert [fault["code"] for fault in twin.faults] == ["DUPLICATE_LINE"]
    payments.edit_line(line=3, change=change(bank, remittance="another"), **asked)
    payments.exclude_line(line=4, **asked)
    payments.exclude_line(line=3, **asked)
    file.refresh_from_db()
    assert (file.faulty_count, file.excluded_count, file.totals) == (0, 2, {"KES": "12"})
    assert payments.file_act(file)[0] != before
    payments.include_line(line=3, **asked)
    paid = confirm(bank, PaymentFile.objects.get(pk=file.pk))
    assert (paid.settled_count, bank.bob.booked) == (2, kes("24.00"))
    with pytest.raises(errors.LineNotEditable):
        payments.exclude_line(line=2, **asked)
    trail = AuditRecord.objects.filter(action="PAYMENT_FILE_LINE_EDITED", subject_id=file.reference)
    assert trail.count() == 4


def test_a_similar_file_needs_a_reason(bank: Bank) -> None:
    first, second = (
        send(bank, a_file(bank, [line_to(bank)], message_id=name).xml(), key=name) for name in ("A", "B")
    )
    assert (first.similar_to, second.similar_to) == (None, first)
    asked = {"user": bank.firm.user, "file": second, "only_valid": False, "key": "go"}
    challenge = payments.start_file_confirmation(user=bank.firm.user, file=second)
    code = {"challenge_id": challenge.id, "code": code_of(challenge)}
    with pytest.raises(errors.FileLooksSentBefore):
        payments.confirm_payment_file(**asked, **code)
    paid = payments.confirm_payment_file(**asked, **code, override_reason="November and December")
    assert (paid.status, paid.override_reason) == ("PAID", "November and December")


def test_the_hash_total_is_the_sum_of_what_the_payees_numbers_end_in(bank: Bank) -> None:
    """Its last ten digits, as whoever sent the file reckons them; what is left out does not count."""
    assert line_store.hash_total(["DE89370400440532013000", "9999999999", "1", "no digits"]) == "0532013000"
    bob, alice = int(bank.bob.number[-10:]), int(bank.alice.number[-10:])
    file = send(bank, a_csv(bank, "1.00", "2.00") + f"{bank.alice.name},{bank.alice.number},5,A\n".encode())
    assert file.hash_total == f"{(2 * bob + alice) % 10**10:010d}"
    payments.exclude_line(user=bank.firm.user, reference=file.reference, line=2)
    file.refresh_from_db()
    assert file.hash_total == f"{(bob + alice) % 10**10:010d}"
    mended = change(bank, creditor_account=bank.alice.number, creditor_name=bank.alice.name)
    payments.edit_line(user=bank.firm.user, reference=file.reference, line=3, change=mended)
    file.refresh_from_db()
    assert file.hash_total == f"{2 * alice % 10**10:010d}"


def test_one_debit_for_a_batch_and_back_what_was_not_paid(bank: Bank) -> None:
    file = send(bank, a_csv(bank, "100.00", "200.00", "4999900.00"), is_batch_booked=True)
    refused = confirm(bank, file)
    assert (refused.settled_count, codes(refused, 2)) == (0, ["INSUFFICIENT_FUNDS"])
    content = a_csv(bank, "100.00", "200.00") + f"{bank.alice.name},{bank.alice.number},50.00,A\n".encode()
    batch = send(bank, content, key="f2", is_batch_booked=True)
    accounts.freeze(account=bank.alice.account, scope="ALL", reason="court order")
    before = bank.firm.booked
    paid = confirm(bank, batch)
    assert (paid.settled_count, codes(paid, 4)) == (2, ["ACCOUNT_FROZEN"])
    assert bank.bob.booked == kes("300.00")
    assert before - bank.firm.booked == kes("300.00") + kes("23.00")
    assert ledger.balance(ledger.gl("IN_TRANSIT", "KES")).booked == kes("0.00")
    accounts.unfreeze(account=bank.alice.account, reason="lifted")
    retried = payments.retry_file(user=bank.firm.user, reference=batch.reference, key="again")
    assert (retried.line_count, retried.retry_of, retried.is_batch_booked) == (1, batch, True)
    with pytest.raises(errors.FileSentAnew):
        payments.retry_file(user=bank.firm.user, reference=batch.reference, key="thrice")
    assert confirm(bank, retried).settled_count == 1


def test_what_the_account_has_come_to_allow_counts_when_it_is_paid(bank: Bank) -> None:
    file = send(bank, a_csv(bank, "100.00", "300.00"))
    Account.objects.filter(pk=bank.firm.account.pk).update(single_debit_limit=200)
    paid = confirm(bank, file)
    assert (paid.settled_count, codes(paid, 3)[-1]) == (1, "DEBIT_ABOVE_LIMIT")
    later = send(bank, a_csv(bank, "500.00", "60.00"), key="f2")
    assert codes(later, 2) == ["DEBIT_ABOVE_LIMIT"]
    Account.objects.filter(pk=bank.firm.account.pk).update(signing="BOTH")
    before = bank.positions()
    with pytest.raises(Exception, match="sign together"):
        confirm(bank, later, only_valid=True)
    assert bank.positions() == before


def test_a_payroll_is_for_those_with_the_right(bank: Bank) -> None:
    file = send(bank, a_csv(bank, "100.00", "x"), is_confidential=True)
    clerk = User.objects.create_user("clerk@example.test", full_name="Clerk")
    cif.grant_mandate(user=clerk, customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
    assert selectors.file_for(clerk, file.reference).totals == {"KES": "100.00"}
    assert not selectors.may_see_lines(clerk, file)
    for refused in (
        lambda: payments.faulty_rows(user=clerk, file=file),
        lambda: payments.edit_line(user=clerk, reference=file.reference, line=2, change=change(bank)),
    ):
        with pytest.raises(errors.PayrollConfidential):
            refused()
    payments.grant_payroll(user=bank.firm.user, customer=bank.firm.customer, to=clerk)
    assert selectors.may_see_lines(clerk, file)
    payments.revoke_payroll(user=bank.firm.user, customer=bank.firm.customer, to=clerk)
    assert not selectors.may_see_lines(clerk, file)
    with pytest.raises(NotAllowed):
        payments.grant_payroll(user=clerk, customer=bank.firm.customer, to=clerk)
