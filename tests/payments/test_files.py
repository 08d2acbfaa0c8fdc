"""Payment files: every fault of every line, nothing paid that was not confirmed, each line paid once."""

import dataclasses

import pytest

from bank.accounts import services as accounts
from bank.accounts.rules import account_number
from bank.cif.models import Mandate
from bank.identity import errors as step_up
from bank.kernel.errors import NotFound
from bank.messages import errors as formats
from bank.payments import errors, selectors
from bank.payments import services as payments
from bank.payments.models import PaymentFile, PaymentFileLine, PaymentLimit, PaymentOrder
from bank.payments.services import Operator
from bank.runtime.errors import IdempotencyConflict
from tests.payments.conftest import Bank, code_of, kes
from tests.payments.messages import File, Line


def today() -> str:
    return selectors.today().isoformat()


def line_to(bank: Bank, number: int = 1, **changes: object) -> Line:
    made = Line(account=bank.bob.number, name=bank.bob.name, end_to_end_id=f"E{number}")
    return dataclasses.replace(made, **changes)


def a_file(bank: Bank, lines: list[Line], **changes: object) -> File:
    made = File(bank.firm.number, lines, debtor=bank.firm.name, requested=today())
    return dataclasses.replace(made, **changes)


def submit(bank: Bank, content: File | bytes, key: str = "file-1", user: object = None) -> PaymentFile:
    raw = content if isinstance(content, bytes) else content.xml()
    return payments.submit_payment_file(user=user or bank.firm.user, content=raw, key=key)


def confirm(bank: Bank, file: PaymentFile, *, only_valid: bool = False, key: str = "go") -> PaymentFile:
    return payments.confirm_payment_file(
        user=bank.firm.user, file=file, only_valid=only_valid, key=key, authorisation=Operator("test")
    )


def codes(file: PaymentFile, line: int = 1) -> list[str]:
    return [fault["code"] for fault in file.lines.get(line=line).faults]


@pytest.mark.parametrize("version", ["03", "09"])
def test_a_good_file_is_checked_and_paid(bank: Bank, version: str) -> None:
    lines = [line_to(bank, n, amount=f"{n}00.00") for n in (1, 2, 3)]
    before = bank.positions()
    file = submit(bank, a_file(bank, lines, version=version))
    assert (file.status, file.line_count, file.faulty_count, file.faults) == ("CHECKED", 3, 0, [])
    assert (file.customer, file.totals) == (bank.firm.customer, {"KES": "600.00"})
    assert bank.positions() == before
    paid = confirm(bank, file)
    assert (paid.status, paid.settled_count) == ("PAID", 3)
    assert bank.bob.booked == kes("600.00")
    assert bank.firm.booked == kes("5000000.00") - kes("600.00") - kes("34.50")
    assert selectors.used_today(bank.firm.customer, "KES") == kes("600.00")


def test_each_line_becomes_an_order_with_its_story(bank: Bank) -> None:
    file = confirm(bank, submit(bank, a_file(bank, [line_to(bank)])))
    line = file.lines.get()
    order = line.order
    assert order is not None
    assert (order.reference, order.uetr, order.end_to_end_id) == (line.reference, line.uetr, "E1")
    assert (order.status, order.authority, order.debtor_name) == ("SETTLED", "OPERATOR", bank.firm.name)
    assert [event.status for event in selectors.timeline(order)] == ["ACCEPTED", "SETTLED"]
    assert selectors.payment_for(bank.firm.user, order.reference).pk == order.pk


def test_every_fault_of_every_line_at_once(bank: Bank) -> None:
    unknown = account_number("001", 999_999_999)
    faulty = [
        line_to(bank, 1, account=unknown),
        line_to(bank, 2, account="12345"),
        line_to(bank, 3, currency="USD"),
        line_to(bank, 4, amount="10.001"),
        line_to(bank, 5, amount="10000000.01"),
        line_to(bank, 6, account="DE89370400440532013001", iban=True, bic="DEUTDEFF"),
        line_to(bank, 7, account="DE89370400440532013000", iban=True, bic="DEUTDEFF"),
        line_to(bank, 8, bic="EQBLKENA"),
        line_to(bank, 9, account=bank.firm.number, name=bank.firm.name),
        line_to(bank, 10),
        line_to(bank, 10),
        line_to(bank, 12, amount="0.00"),
        line_to(bank, 13, name="Zeno Zulu"),
        line_to(bank, 14, currency="XXX", amount="0"),
    ]
    file = submit(bank, a_file(bank, faulty))
    found = {line.line: [f["code"] for f in line.faults] for line in selectors.lines_with_faults(file)}
    assert found == {
        1: ["CREDITOR_ACCOUNT_UNKNOWN"],
        2: ["CREDITOR_ACCOUNT_UNKNOWN"],
        3: ["CURRENCIES_DIFFER", "CURRENCIES_DIFFER"],
        4: ["TOO_MANY_DECIMALS"],
        5: ["PAYMENT_ABOVE_MAXIMUM"],
        6: ["IBAN_INVALID"],
        7: ["CREDITOR_AGENT_UNKNOWN"],
        8: ["CREDITOR_AGENT_UNKNOWN"],
        9: ["SAME_ACCOUNT"],
        11: ["DUPLICATE_LINE"],
        12: ["AMOUNT_NOT_POSITIVE"],
        13: ["NAME_MISMATCH"],
        14: ["UNKNOWN_CURRENCY"],
    }
    assert (file.status, file.faulty_count, file.warning_count) == ("CHECKED", 12, 1)


def test_faults_stop_a_file_unless_only_the_valid_are_wanted(bank: Bank) -> None:
    lines = [line_to(bank, 1), line_to(bank, 2, bic="EQBLKENA")]
    file = submit(bank, a_file(bank, lines))
    before = bank.positions()
    with pytest.raises(errors.FileHasFaults):
        confirm(bank, file)
    assert bank.positions() == before
    paid = confirm(bank, file, only_valid=True)
    assert paid.settled_count == 1
    rejected = paid.lines.get(line=2)
    assert (rejected.status, rejected.order) == ("REJECTED", None)
    assert "the number EQBLKENA is known" in rejected.faults[0]["sentence"]
    assert bank.bob.booked == kes("100.00")


def test_a_file_with_nothing_to_pay(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank, bic="EQBLKENA")]))
    with pytest.raises(errors.FileHasNothingToPay):
        confirm(bank, file, only_valid=True)


def test_lines_the_money_does_not_reach_are_rejected_alone(bank: Bank) -> None:
    lines = [line_to(bank, n, amount="2000000.00") for n in (1, 2, 3)]
    file = confirm(bank, submit(bank, a_file(bank, lines)))
    outcomes = list(file.lines.order_by("line").values_list("status", flat=True))
    assert outcomes == ["SETTLED", "SETTLED", "REJECTED"]
    assert codes(file, 3) == ["INSUFFICIENT_FUNDS"]
    assert selectors.used_today(bank.firm.customer, "KES") == kes("4000000.00")
    assert PaymentOrder.objects.filter(status="REJECTED").count() == 1


def test_a_line_to_an_account_frozen_meanwhile(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank)]))
    accounts.freeze(account=bank.bob.account, scope="ALL", reason="court order")
    paid = confirm(bank, file)
    assert (paid.settled_count, codes(paid)) == (0, ["ACCOUNT_FROZEN"])
    assert bank.bob.booked == kes("0.00")


# --- the file as a whole


def test_g49_wrong_header_figures_reject_the_file(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank)], count="2", control_sum="1.00"))
    assert file.status == "REJECTED"
    assert [fault["code"] for fault in file.faults] == ["COUNT_MISMATCH", "CONTROL_SUM_MISMATCH"]
    before = bank.positions()
    with pytest.raises(errors.FileNotReady):
        confirm(bank, file, only_valid=True)
    assert bank.positions() == before


def test_g49_negative_amounts_reject_the_file_and_are_shown_at_their_line(bank: Bank) -> None:
    lines = [line_to(bank, 1), line_to(bank, 2, amount="-5.00"), line_to(bank, 3, currency="kes")]
    file = submit(bank, a_file(bank, lines))
    assert file.status == "REJECTED"
    assert codes(file, 1) == []
    assert codes(file, 2)[0] == codes(file, 3)[0] == "SCHEMA"
    with pytest.raises(errors.FileNotReady):
        confirm(bank, file, only_valid=True)


def test_g49_a_message_is_taken_once_per_customer(bank: Bank) -> None:
    submit(bank, a_file(bank, [line_to(bank)]))
    again = submit(bank, a_file(bank, [line_to(bank, amount="7.00")]), key="file-2")
    assert again.status == "REJECTED"
    assert [fault["code"] for fault in again.faults] == ["DUPLICATE_MESSAGE"]
    other = submit(bank, a_file(bank, [line_to(bank)], message_id="MSG-2"), key="file-3")
    assert other.status == "CHECKED"


def test_a_rejected_or_cancelled_message_may_be_sent_again(bank: Bank) -> None:
    submit(bank, a_file(bank, [line_to(bank)], count="9"))
    file = submit(bank, a_file(bank, [line_to(bank)]), key="file-2")
    assert file.status == "CHECKED"
    payments.cancel_payment_file(user=bank.firm.user, reference=file.reference)
    with pytest.raises(errors.FileNotReady):
        confirm(bank, file)
    assert submit(bank, a_file(bank, [line_to(bank)]), key="file-3").status == "CHECKED"


def test_d21_a_debtor_account_that_is_not_yours_rejects_the_file(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank)], debtor_account=bank.alice.number))
    assert (file.status, file.customer) == ("REJECTED", None)
    assert file.faults[0]["code"] == "DEBTOR_ACCOUNT_UNKNOWN"


def test_d21_no_file_pays_out_of_a_pot(bank: Bank) -> None:
    """As no single payment does."""
    pot = accounts.open_pot(user=bank.firm.user, number=bank.firm.number, name="Taxes", key="p")
    accounts.move_in(user=bank.firm.user, number=pot.account.number, amount=kes("5000.00"), key="m")
    file = submit(bank, a_file(bank, [line_to(bank)], debtor_account=pot.account.number))
    assert (file.status, file.faults[0]["code"]) == ("REJECTED", "DEBTOR_ACCOUNT_UNKNOWN")


def test_d21_a_file_is_its_customers_own(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank)]))
    with pytest.raises(NotFound):
        payments.confirm_payment_file(
            user=bank.alice.user, file=file, only_valid=False, key="x", authorisation=Operator("x")
        )
    with pytest.raises(NotFound):
        payments.cancel_payment_file(user=bank.alice.user, reference=file.reference)


def test_dates(bank: Bank) -> None:
    late = submit(bank, a_file(bank, [line_to(bank)], requested="2020-01-31"))
    assert (late.faulty_count, codes(late)) == (0, ["REQUESTED_DATE_PAST"])
    early = submit(bank, a_file(bank, [line_to(bank)], requested="2999-01-31", message_id="M2"), key="2")
    assert (early.faulty_count, codes(early)) == (1, ["REQUESTED_DATE_FUTURE"])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", formats.ContentEmpty),
        (b"<Document", formats.NotWellFormed),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', formats.DoctypeForbidden),
        (b"<a/>", formats.MessageUnsupported),
    ],
)
def test_g48_what_cannot_be_read_is_not_kept(
    bank: Bank, content: bytes, error: type[formats.FormatError]
) -> None:
    with pytest.raises(error):
        submit(bank, content)
    assert not PaymentFile.objects.exists()
    assert not PaymentFileLine.objects.exists()


def test_a_file_that_breaks_off_leaves_nothing(bank: Bank) -> None:
    with pytest.raises(formats.NotWellFormed):
        submit(bank, a_file(bank, [line_to(bank, n) for n in range(50)]).xml()[:-200])
    assert not PaymentFile.objects.exists()


def test_an_oversized_file_is_refused(bank: Bank, settings: object) -> None:
    settings.PAYMENT_FILE_MAX_BYTES = 1000
    with pytest.raises(formats.ContentTooLarge):
        submit(bank, a_file(bank, [line_to(bank, n) for n in range(50)]))


def test_words_of_the_sender_are_kept_as_words(bank: Bank) -> None:
    nasty = 'x\\N\t"><img src=x onerror=alert(1)>'
    file = submit(bank, a_file(bank, [line_to(bank, name=nasty, remittance="back\\slash")]))
    line = file.lines.get()
    assert line.creditor_name == nasty
    assert line.remittance == "back\\slash"


# --- keys, codes, limits


def test_the_same_upload_is_the_same_file(bank: Bank) -> None:
    content = a_file(bank, [line_to(bank)])
    assert submit(bank, content).pk == submit(bank, content).pk
    with pytest.raises(IdempotencyConflict):
        submit(bank, a_file(bank, [line_to(bank, 2)]))


def test_e29_confirming_twice_pays_once(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank)]))
    confirm(bank, file)
    assert confirm(bank, file).status == "PAID"
    with pytest.raises(errors.FileNotReady):
        confirm(bank, file, key="another")
    assert bank.bob.booked == kes("100.00")


def test_d25_a_file_needs_its_code(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank)]))
    asked = {"user": bank.firm.user, "file": file, "only_valid": False, "key": "go"}
    with pytest.raises(step_up.StepUpRequired):
        payments.confirm_payment_file(**asked)
    challenge = payments.start_file_confirmation(user=bank.firm.user, file=file)
    assert "1 payments" in challenge.summary
    assert "KES 100.00" in challenge.summary
    paid = payments.confirm_payment_file(**asked, challenge_id=challenge.id, code=code_of(challenge))
    assert paid.authority == "STEP_UP"


def test_e34_a_code_for_one_file_pays_no_other(bank: Bank) -> None:
    one = submit(bank, a_file(bank, [line_to(bank)]))
    other = submit(bank, a_file(bank, [line_to(bank)], message_id="M2"), key="2")
    challenge = payments.start_file_confirmation(user=bank.firm.user, file=one)
    with pytest.raises(step_up.StepUpActChanged):
        payments.confirm_payment_file(
            user=bank.firm.user,
            file=other,
            only_valid=False,
            key="go",
            challenge_id=challenge.id,
            code=code_of(challenge),
        )
    assert bank.bob.booked == kes("0.00")


def test_the_day_and_the_mandate_bind_files_too(bank: Bank) -> None:
    file = submit(bank, a_file(bank, [line_to(bank, n) for n in (1, 2, 3)]))
    PaymentLimit.objects.filter(segment="CORPORATE", currency="KES").update(daily_maximum=299)
    with pytest.raises(errors.DailyLimitExceeded):
        confirm(bank, file)
    PaymentLimit.objects.filter(segment="CORPORATE", currency="KES").update(daily_maximum=300)
    # Three lines of 100: each within the limit of a payment, together over it.
    Mandate.objects.filter(user=bank.firm.user).update(single_limit=299, limit_currency="KES")
    with pytest.raises(Exception, match="299") as refusal:
        confirm(bank, file)
    assert refusal.value.code == "MANDATE_LIMIT_EXCEEDED"
    assert bank.bob.booked == kes("0.00")
    assert selectors.used_today(bank.firm.customer, "KES") == kes("0.00")
