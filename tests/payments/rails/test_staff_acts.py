"""What staff do about networks: news that fits nothing, days that do not meet, money without an owner."""

import io
import json
from contextlib import redirect_stdout
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from bank.audit.models import AuditRecord
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments.commands import CREDIT_SUSPENDED
from bank.payments.models import IncomingPayment, NetworkDay, NetworkDifference, NetworkEvent
from bank.payments.network import NetworkEntry
from bank.payments.rules import EventOutcome
from bank.payments.selectors import today
from bank.payments.services import networks
from bank.workflows.models import Command
from tests.identity import open_browser
from tests.payments.conftest import Bank
from tests.payments.rails.conftest import Pay, tend
from tests.payments.rails.tiny import TinyRail
from tests.workflows.conftest import employ


def run(*asked: str) -> str:
    with redirect_stdout(io.StringIO()) as said:
        call_command("network_day", *asked)
    return said.getvalue()


def do(client: Client, table: str, pk: int, act: str, **said: str) -> int:
    return client.post(reverse(f"admin:payments_{table}_do", args=(pk, act)), said).status_code


def test_a_day_is_compared_and_what_differs_is_closed_with_a_reason(
    bank: Bank, pay: Pay, tiny: TinyRail, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing there, missing here, another amount: each named on the screen and in the table; closed once."""
    pay("100.00", "k1"), pay("200.00", "k2")
    tend()
    assert run("TINY") == f"TINY {today()}: 2 matched, 0 differ\n"
    first, second = tiny.day("")
    wrong = NetworkEntry(second.network_reference, second.reference, Money.of("-201.00", "KES"))
    strange = NetworkEntry("N-STRANGE", "", Money.of("7.00", "KES"))
    monkeypatch.setattr(TinyRail, "day", lambda _self, _day: [wrong, strange])
    said = run("tiny", today().isoformat())
    assert "0 matched, 3 differ" in said
    assert f"Missing there: {first.reference} ours -100.00" in said
    assert "Missing here: N-STRANGE ours None theirs 7.00" in said
    assert "Amounts differ" in said
    for bad in (("NONE",), ("TINY", "2026-13-40"), ("TINY", "yesterday")):
        with pytest.raises(CommandError):
            run(*bad)

    open_browser(client, employ("ops", "OPERATIONS"))
    found = NetworkDifference.objects.get(network_reference="N-STRANGE")
    day = NetworkDay.objects.get()
    page = client.get(reverse("admin:payments_networkday_change", args=(day.pk,))).content.decode()
    assert "N-STRANGE" in page
    assert do(client, "networkdifference", found.pk, "close", note="") == 200
    assert do(client, "networkdifference", found.pk, "close", note="Their test") == 302
    found.refresh_from_db()
    assert (found.note, found.closed_by.email) == ("Their test", "ops@umoja.example")
    assert do(client, "networkdifference", found.pk, "close", note="Again") == 200
    run("TINY")
    assert NetworkDifference.objects.filter(closed_at=None).count() == 2
    assert NetworkDifference.objects.count() == 3
    assert AuditRecord.objects.filter(action="NETWORK_DIFFERENCE_CLOSED").exists()


def test_parked_news_is_looked_at_again_or_closed(
    bank: Bank, pay: Pay, tiny: TinyRail, client: Client
) -> None:
    """News of an order that came too early is applied once the order is there; the rest is put aside."""
    order = pay()
    for number, reference in enumerate((order.reference, "PAY-NONE")):
        told = {"id": f"e{number}", "kind": "returned", "reference": reference, "amount": "5000.00",
                "currency": "KES", "reason": "AC04"}  # fmt: skip
        networks.take_in("TINY", json.dumps(told).encode(), {})
    networks.apply_waiting()
    first, second = NetworkEvent.objects.filter(outcome=EventOutcome.PARKED)
    first.told["amount"]["amount"] = "400.00"
    first.save()
    open_browser(client, employ("ops", "OPERATIONS"))
    record = reverse("admin:payments_networkevent_change", args=(first.pk,))
    assert "Try again" in client.get(record).content.decode()
    assert do(client, "networkevent", first.pk, "again") == 302
    assert do(client, "networkevent", second.pk, "again") == 302
    assert do(client, "networkevent", second.pk, "close", note="Not ours") == 302
    first.refresh_from_db(), second.refresh_from_db(), order.refresh_from_db()
    assert (first.outcome, second.outcome) == ("APPLIED", "CLOSED")
    assert (order.status, str(order.returned)) == ("RETURNED", "400.000")
    assert do(client, "networkevent", second.pk, "again") == 200
    assert do(client, "networkevent", first.pk, "nonsense") == 404
    open_browser(client, employ("eye", "AUDITOR"))
    assert do(client, "networkevent", first.pk, "again") == 403


def test_suspense_is_proposed_from_the_record(
    bank: Bank, tiny: TinyRail, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TinyRail, "give_back", lambda *_args: None)
    came = {"id": "i1", "kind": "incoming", "network_reference": "IN1", "amount": "250.00", "currency": "KES",
            "creditor_number": "0019999999990", "creditor_name": "Amina", "debtor_number": "9",
            "debtor_name": "Juma"}  # fmt: skip
    networks.take_in("TINY", json.dumps(came).encode(), {})
    networks.apply_waiting()
    payment = IncomingPayment.objects.get()
    open_browser(client, employ("ops", "OPERATIONS"))
    assert do(client, "incomingpayment", payment.pk, "credit", number="1", reason="She called") == 200
    told = {"number": bank.alice.number, "reason": "She called"}
    assert do(client, "incomingpayment", payment.pk, "credit", **told) == 302
    command = Command.objects.get(kind=CREDIT_SUSPENDED)
    assert (command.reason, command.deadline > clock.now() + timedelta(hours=1)) == ("She called", True)
