"""Lines of files to other banks: in transit, sent when the rail is open, each with its own end; and of a
confidential file nothing that tells who got what."""

import dataclasses
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bank.accounts import selectors as accounts
from bank.cif import services as cif
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.notifications.models import Notice
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.models import PaymentFile, PaymentLimit, PaymentOrder
from bank.payments.sandbox import Behaviour, What
from bank.payments.services import file_routing
from bank.payments.services.file_lines import LineChange
from bank.runtime import outbox
from tests.payments.bulk.test_intake import send
from tests.payments.conftest import Bank, fund, kes
from tests.payments.messages import File, Line
from tests.payments.rails.conftest import positions, tend, tiny
from tests.payments.rails.tiny import TinyRail
from tests.payments.test_files import codes, confirm, today

__all__ = ["tiny"]


def a_table(bank: Bank, *outside: str) -> bytes:
    """One line to Bob, and one to each name at a bank in Tanzania."""
    rows = [f"{bank.bob.name},{bank.bob.number},,100.00,here"]
    rows += [f"{name},0150{n:06},KILITZTZ,1000.00,pay {n}" for n, name in enumerate(outside)]
    return "\r\n".join(["Name,Account,Bank,Amount,Reference", *rows, ""]).encode()


def ends(file: PaymentFile) -> dict[str, str]:
    return dict(file.lines.values_list("creditor_name", "status"))


def test_each_line_to_another_bank_has_its_own_end(bank: Bank, tiny: TinyRail) -> None:
    file = send(bank, a_table(bank, "Asha", "Juma", "Neema"))
    assert (file.status, file.faulty_count) == ("CHECKED", 0), [codes(file, n) for n in (2, 3, 4, 5)]
    confirm(bank, file)
    file.refresh_from_db()
    assert (file.settled_count, file.sent_count) == (1, 3)
    assert positions()["IN_TRANSIT"] == "3000.00"
    tiny.sandbox.behave(Behaviour(What.REJECT, "AC04", match="0150000001", times=1))
    tend()
    outbox.deliver_due()
    file.refresh_from_db()
    assert ends(file) | {bank.bob.name: "SETTLED"} == ends(file)
    assert sorted(ends(file).values()) == ["REJECTED", "SETTLED", "SETTLED", "SETTLED"]
    assert (file.settled_count, file.sent_count, positions()["IN_TRANSIT"]) == (3, 0, "0.00")
    rejected = PaymentOrder.objects.get(status="REJECTED")
    assert codes(file, rejected.file_line.line)[-1] == "AC04"
    settled = PaymentOrder.objects.filter(rail="TINY", status="SETTLED").first()
    before = bank.firm.booked
    tiny.sandbox.send_back(settled.reference, "AC06")
    tend()
    settled.refresh_from_db()
    assert (settled.status, bank.firm.booked) == ("RETURNED", before + kes("1000.00"))
    used = selectors.used_of(bank.firm.customer, "KES", "TINY", "FILE")
    assert [one.today for one in used] == [kes("2100.00")]


def test_whom_it_is_really_for_goes_with_the_line(bank: Bank, tiny: TinyRail) -> None:
    """Ultimate debtor (of the part, or the line's own), ultimate creditor and purpose, mended or not."""
    lines = [Line(f"015000000{n}", amount="10.00", name="Asha", bic="KILITZTZ") for n in (1, 2)]
    content = File(bank.firm.number, lines, debtor=bank.firm.name, requested=today()).xml()
    content = content.replace(b"</DbtrAgt>", b"</DbtrAgt><UltmtDbtr><Nm>Savanna Farms</Nm></UltmtDbtr>")
    own = b"<UltmtDbtr><Nm>Savanna Mills</Nm></UltmtDbtr><CdtrAgt>"
    content = own.join(content.rsplit(b"<CdtrAgt>", 1))
    for_whom = b"</CdtrAcct><UltmtCdtr><Nm>Asha's school</Nm></UltmtCdtr><Purp><Cd>EDUC</Cd></Purp>"
    file = payments.submit_payment_file(
        user=bank.firm.user, content=content.replace(b"</CdtrAcct>", for_whom), key="for whom"
    )
    assert (file.status, file.faulty_count) == ("CHECKED", 0), [codes(file, n) for n in (1, 2)]
    said = dataclasses.replace(LineChange.of(file.lines.get(line=2)), amount="12.00")
    payments.edit_line(user=bank.firm.user, reference=file.reference, line=2, change=said)
    file.refresh_from_db()
    confirm(bank, file)
    told = PaymentOrder.objects.order_by("pk").values_list(
        "amount", "ultimate_debtor", "ultimate_creditor", "purpose"
    )
    assert [(f"{amount:.2f}", *rest) for amount, *rest in told] == [
        ("10.00", "Savanna Farms", "Asha's school", "EDUC"),
        ("12.00", "Savanna Mills", "Asha's school", "EDUC"),
    ]


def test_on_a_holiday_a_line_says_when_it_leaves(
    bank: Bank, tiny: TinyRail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those by a rail that rests; and banks and addresses that are none are said with their row."""
    christmas = datetime(2026, 12, 25, 10, tzinfo=ZoneInfo("Africa/Nairobi"))
    monkeypatch.setattr(file_routing.clock, "now", lambda: christmas)
    rows = [
        "Name,Account,Bank,Amount,Reference",
        "Asha,0150000001,KILITZTZ,1000.00,a",
        "Juma,0150000002,PEARUGKA,1000.00,b",
        "Neema,0150000003,HDFC1234567,1000.00,c",
        "Zuri,zuri@@upi,KILITZTZ,1000.00,d",
        "Bahati,0150000005,021000022,1000.00,e",
        "Upendo,0150000006,DECC0999999,1000.00,f",
        "Amani,amani@upi,,1000.00,g",
    ]
    file = send(bank, "\r\n".join([*rows, ""]).encode())
    found = {line: codes(file, line) for line in range(2, 9)}
    assert found[2] == []
    assert found[3] == ["REQUESTED_DATE_HOLIDAY"]
    assert found[4][0] == "IFSC_INVALID"
    assert found[5][0] == "VPA_INVALID"
    assert found[6]
    assert (found[7], found[8]) == (["IFSC_UNKNOWN"], ["VPA_UNKNOWN"])
    assert "the IFSC DECC0999999" in file.lines.get(line=7).faults[0]["sentence"]
    warning = file.lines.get(line=3).faults[0]
    assert (warning["is_warning"], warning["field"]) == (True, "ReqdExctnDt")
    assert warning["sentence"] == "Today is Christmas Day: CLOSED takes this payment on 2026-12-28."


def test_a_rail_s_limit_counts_the_lines_of_files(bank: Bank, tiny: TinyRail) -> None:
    PaymentLimit.objects.create(
        segment="", currency="KES", rail="TINY", single_maximum=1000, daily_maximum=2500, daily_ceiling=None
    )
    file = send(bank, a_table(bank, "Asha", "Juma"))
    confirm(bank, file)
    more = send(bank, a_table(bank, "Neema").replace(b"100.00,here", b"101.00,there"), key="f2")
    before = bank.positions()
    with pytest.raises(Exception, match="in a day"):
        confirm(bank, more)
    assert bank.positions() == before
    PaymentLimit.objects.filter(rail="TINY").update(daily_maximum=9000, single_maximum=999)
    assert codes(send(bank, a_table(bank, "Zuri"), key="f3"), 3) == ["PAYMENT_ABOVE_MAXIMUM"]
    lowered = confirm(bank, more)
    assert (lowered.settled_count, codes(more, 3)[-1]) == (1, "PAYMENT_ABOVE_MAXIMUM")


def test_a_payroll_to_other_banks_tells_nobody_who_got_what(bank: Bank, tiny: TinyRail) -> None:
    fund(bank.firm.account, "9000.00")
    clerk = User.objects.create_user("clerk@example.test", full_name="Clerk")
    cif.grant_mandate(user=clerk, customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
    file = send(bank, a_table(bank, "Asha Salary", "Juma Salary"), is_confidential=True)
    before = bank.firm.booked
    confirm(bank, file)
    file.refresh_from_db()
    assert (file.settled_count, file.sent_count) == (1, 2)
    charges = sum(PaymentOrder.objects.values_list("fee", flat=True)) + sum(
        PaymentOrder.objects.values_list("excise", flat=True)
    )
    assert bank.firm.booked == before - kes("2100.00") - kes(str(charges))
    assert positions()["IN_TRANSIT"] == "2000.00"
    tiny.sandbox.behave(Behaviour(What.REJECT, "AC04", match="0150000001", times=1))
    tend()
    outbox.deliver_due()
    assert sorted(ends(file).values()) == ["REJECTED", "SETTLED", "SETTLED"]
    assert positions()["IN_TRANSIT"] == "0.00"
    rejected = PaymentOrder.objects.get(status="REJECTED")
    back = rejected.total
    assert bank.firm.booked == before - kes("2100.00") - kes(str(charges)) + back
    said = json.dumps([str(line) for line in accounts.statement_lines(bank.firm.account)])
    assert "Salary" not in said
    assert "1,000" not in said.replace("1000.00", "1,000") or "Given back" in said
    for order in PaymentOrder.objects.all():
        with pytest.raises(NotFound):
            selectors.payment_for(clerk, order.reference)
        assert selectors.payment_for(bank.firm.user, order.reference) == order
    told = Notice.objects.filter(user__in=[clerk, bank.firm.user]).values_list("told", flat=True)
    assert not [one for one in told if "Salary" in json.dumps(one)]
    payments.grant_payroll(user=bank.firm.user, customer=bank.firm.customer, to=clerk)
    assert selectors.payment_for(clerk, rejected.reference) == rejected
