"""Lines of files are held against what is usual and against the watch lists: by the file, not by the line."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bank.kernel import clock
from bank.payments import errors, selectors
from bank.payments import services as payments
from bank.payments.models import Beneficiary, PaymentFile, PaymentOrder, PaymentReview, VelocityRule
from bank.payments.services import listing, watching
from bank.risk.models import Screening
from bank.runtime import outbox
from tests.payments.bulk.test_intake import send
from tests.payments.conftest import Bank, kes
from tests.payments.rails.conftest import positions, tend, tiny
from tests.payments.rails.tiny import TinyRail
from tests.payments.test_files import codes, confirm
from tests.payments.test_listing import decide, load

__all__ = ["tiny"]


def rule(kind: str, most: int, currency: str = "") -> None:
    VelocityRule.objects.update_or_create(
        kind=kind, segment="CORPORATE", currency=currency, channel="FILE",
        defaults={"most": most, "window_minutes": 60},
    )  # fmt: skip


def table(bank: Bank, *lines: tuple[str, str]) -> bytes:
    """A line to Alice or to Bob, or to a number in Tanzania, of each amount."""
    known = {"alice": bank.alice, "bob": bank.bob}
    rows = ["Name,Account,Bank,Amount,Reference"]
    for n, (who, amount) in enumerate(lines):
        side = known.get(who)
        place = f"{side.name},{side.number}," if side else f"{who},0150{n:06},KILITZTZ"
        rows.append(f"{place},{amount},line {n}")
    return "\r\n".join([*rows, ""]).encode()


def statuses(file: PaymentFile) -> list[str]:
    return list(file.lines.order_by("line").values_list("status", flat=True))


def test_what_is_more_than_usual_in_a_file_waits_and_the_rest_is_paid(bank: Bank) -> None:
    rule("SUM", 250, "KES")
    file = confirm(bank, send(bank, table(bank, ("bob", "100.00"), ("bob", "120.00"), ("alice", "90.00"))))
    assert statuses(file) == ["SETTLED", "SETTLED", "HELD"]
    assert (file.settled_count, file.sent_count) == (2, 1)
    held = file.lines.get(line=4)
    assert held.faults[-1]["code"] == watching.REASON
    assert "310.00" in held.faults[-1]["sentence"]
    review = PaymentReview.objects.get(order=held.order)
    assert ([one["code"] for one in review.reasons], held.order.status) == (["SUM"], "AWAITING_APPROVAL")
    assert [step.status for step in selectors.timeline(held.order)] == ["AWAITING_APPROVAL"]
    assert selectors.used_today(bank.firm.customer, "KES") == kes("220.00")
    before = bank.positions()
    second = confirm(bank, send(bank, table(bank, ("bob", "1.00")), key="f2"))
    assert statuses(second) == ["HELD"], "what was paid by another file counts"
    payments.refuse_held(reference=second.lines.get().reference, by=bank.bob.user, reason="odd")
    outbox.deliver_due()
    assert (statuses(second), bank.positions()) == (["REJECTED"], before)
    payments.release_held(reference=held.reference, by=bank.bob.user)
    file.refresh_from_db()
    assert (statuses(file), file.settled_count, file.sent_count) == (["SETTLED"] * 3, 3, 0)
    assert bank.alice.booked == kes("50090.00")
    assert selectors.used_today(bank.firm.customer, "KES") == kes("310.00")
    with pytest.raises(errors.ReviewOver):
        payments.release_held(reference=held.reference, by=bank.bob.user)
    outbox.deliver_due()
    file.refresh_from_db()
    assert file.settled_count == 3


def test_new_payees_and_payments_of_a_file_are_counted_and_a_withdrawn_line_is_not_paid(bank: Bank) -> None:
    rule("NEW_PAYEES", 1)
    before = bank.positions()
    file = confirm(bank, send(bank, table(bank, ("bob", "10.00"), ("alice", "11.00"), ("bob", "12.00"))))
    assert statuses(file) == ["SETTLED", "HELD", "SETTLED"]
    held = file.lines.get(status="HELD")
    assert selectors.may_cancel(held.order)
    payments.cancel(user=bank.firm.user, reference=held.reference)
    outbox.deliver_due()
    file.refresh_from_db()
    assert (statuses(file), file.sent_count) == (["SETTLED", "REJECTED", "SETTLED"], 0)
    assert bank.positions()[bank.alice.number] == before[bank.alice.number]
    Beneficiary.objects.create(
        customer=bank.firm.customer, name=bank.alice.name, number=bank.alice.number, agent="UMOJKENA",
        name_check="MATCH", added_by=bank.firm.user, added_at=clock.now() - timedelta(days=2),
    )  # fmt: skip
    again = payments.retry_file(user=bank.firm.user, reference=file.reference, key="again")
    assert statuses(confirm(bank, again)) == ["SETTLED"]
    rule("PAYMENTS", 4)
    more = confirm(bank, send(bank, table(bank, ("bob", "1.00"), ("bob", "2.00")), key="f3"))
    assert statuses(more) == ["SETTLED", "HELD"]


def test_a_held_line_of_a_payroll_is_paid_in_a_debit_that_names_nobody(bank: Bank) -> None:
    rule("SUM", 150, "KES")
    wages = table(bank, ("bob", "100.00"), ("alice", "90.00"))
    file = confirm(bank, send(bank, wages, is_confidential=True))
    assert statuses(file) == ["SETTLED", "HELD"]
    before = bank.firm.booked
    order = PaymentReview.objects.get().order
    payments.release_held(reference=order.reference, by=bank.bob.user)
    order.refresh_from_db()
    assert (order.status, bank.alice.booked) == ("SETTLED", kes("50090.00"))
    assert bank.firm.booked == before - kes("90.00") - order.charges
    assert positions()["IN_TRANSIT"] == "0.00"


def test_payees_elsewhere_who_may_be_listed_are_held_line_by_line(bank: Bank, tiny: TinyRail) -> None:
    """Found when the file is checked, all names together; held when paid, until the match is decided."""
    load("a", "MUSHI, Zainabu", "Somebody Else")
    file = send(bank, table(bank, ("Zainabu Mushi", "100.00"), ("Asha Juma", "50.00")))
    assert (file.status, file.faulty_count, codes(file, 2)) == ("CHECKED", 0, ["PAYEE_IN_REVIEW"])
    assert Screening.objects.count() == 4
    before = bank.firm.booked
    confirm(bank, file)
    assert statuses(file) == ["HELD", "SENT"]
    held = file.lines.get(status="HELD")
    assert "list" not in held.faults[-1]["sentence"]
    assert [one["code"] for one in PaymentReview.objects.get().reasons] == [listing.REASON]
    with pytest.raises(errors.PayeeListed):
        payments.release_held(reference=held.reference, by=bank.bob.user)
    decide(bank, "FALSE_ALARM")
    payments.release_held(reference=held.reference, by=bank.bob.user)
    assert statuses(file) == ["SENT", "SENT"]
    tend()
    tend()
    outbox.deliver_due()
    assert statuses(file) == ["SETTLED", "SETTLED"]
    charges = sum((one.charges for one in PaymentOrder.objects.all()), kes("0.00"))
    assert bank.firm.booked == before - kes("150.00") - charges


def test_watching_a_file_takes_as_many_queries_for_forty_lines_as_for_four(
    bank: Bank, tiny: TinyRail
) -> None:
    """Checked and paid: neither the rules nor the lists cost a query for each line."""
    load("a", "Somebody Else")

    def cost(lines: int) -> tuple[int, int]:
        names = [(f"Asha {chr(65 + n % 26)}{chr(97 + n // 26)} Juma", f"{100 + n}.00") for n in range(lines)]
        with CaptureQueriesContext(connection) as checking:
            file = send(bank, table(bank, *names), key=f"of {lines}")
        assert (file.status, file.faulty_count, file.line_count) == ("CHECKED", 0, lines)
        with CaptureQueriesContext(connection) as paying:
            confirm(bank, file)
        assert set(statuses(file)) == {"SENT"}
        return len(checking), len(paying)

    few, many = cost(4), cost(40)
    assert many[0] <= few[0] <= 55
    assert many[1] <= few[1] <= 35


def test_no_page_waits_while_many_names_are_held_against_the_lists(
    bank: Bank, tiny: TinyRail, settings: LazySettings
) -> None:
    """A worker checks a short file of many who are new to the lists, and pays it when the lists are new; who
    is known, or where there is no list, costs nobody any waiting."""
    settings.PAYMENT_FILE_AT_ONCE_SCREENED = 2
    names = [(f"Asha {letter} Juma", "10.00") for letter in ("Ana", "Bibi", "Dada")]
    assert send(bank, table(bank, *names), key="without a list").status == "CHECKED"
    load("a", "Somebody Else")
    assert send(bank, table(bank, *names[:2]), key="few").status == "CHECKED"
    file = send(bank, table(bank, *((name, "12.00") for name, _sum in names)), key="one new")
    assert file.status == "CHECKED"
    load("b", "Somebody Else", "Another Body")
    more = send(bank, table(bank, *((name, "11.00") for name, _sum in names)), key="all new")
    assert (more.status, more.lines.count(), PaymentFile.objects.get(pk=more.pk).line_count) == (
        "VALIDATING", 0, 0,
    )  # fmt: skip
    paying = confirm(bank, file)
    assert (paying.status, set(statuses(file))) == ("RELEASING", {"VALID"})
    payments.check_payment_file(reference=more.reference)
    payments.release_payment_file(reference=file.reference)
    for one in (more, file):
        one.refresh_from_db()
    assert (more.status, more.faulty_count, file.status, set(statuses(file))) == (
        "CHECKED", 0, "PAID", {"SENT"},
    )  # fmt: skip
    assert confirm(bank, more).sent_count == 3


def test_judges_of_fraud_see_the_lines_of_files(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_scorers", [])

    @watching.scorer
    def large_sums(seen: watching.Watched) -> Iterator[watching.Signal]:
        if seen.amount >= kes("500.00"):
            yield watching.Signal("LARGE", "More than usual.", 100)

    file = confirm(bank, send(bank, table(bank, ("bob", "499.00"), ("bob", "500.00"))))
    assert statuses(file) == ["SETTLED", "HELD"]
