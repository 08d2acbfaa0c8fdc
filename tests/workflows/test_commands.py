"""Maker and checker: two people, one decision, carried out once, kept for good."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, transaction

from bank.audit import selectors as audit
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import Conflict, NotAllowed
from bank.runtime import outbox
from bank.workflows import rules, selectors, services
from bank.workflows.errors import (
    AlreadyProposed,
    CommandDecided,
    CommandExpired,
    CommandStale,
    MakerIsChecker,
    NotTheMaker,
    NotYourCommand,
    PayloadUnusable,
    UnknownCommand,
)
from bank.workflows.models import Command
from tests.workflows.conftest import NAME, Rename, Things, employ

pytestmark = pytest.mark.django_db


def propose(maker: User, **changes: object) -> Command:
    terms: dict[str, object] = {"kind": NAME, "payload": Rename("one", "New"), "reason": "Asked to"}
    return services.propose(**(terms | changes), maker=maker)  # type: ignore[arg-type]


def test_nothing_changes_until_somebody_else_agrees(things: Things, maker: User, checker: User) -> None:
    command = propose(maker)
    assert things["one"] == "Old"
    assert selectors.difference_kept(command) == [rules.Change("Name", "Old", "New")]
    assert selectors.waiting_for(checker) == 1
    assert selectors.waiting_for(maker) == 0
    done = services.approve(command=command, checker=checker)
    assert (done.state, things["one"]) == ("APPROVED", "New")
    (deed,) = things.deeds
    assert (deed.maker, deed.checker, deed.reason) == (maker, checker, "Asked to")
    trail = [(line.action, line.actor) for line in audit.trail("COMMAND", command.reference)]
    assert trail == [("COMMAND_APPROVED", checker), ("COMMAND_PROPOSED", maker)]


def test_row_24_nobody_approves_their_own_whatever_their_role(things: Things, maker: User) -> None:
    command = propose(maker)
    maker.is_superuser = True
    maker.save()
    for decide in (services.approve, lambda **who: services.reject(**who, reason="No")):
        with pytest.raises(MakerIsChecker):
            decide(command=command, checker=maker)
    assert things["one"] == "Old"
    assert Command.objects.get().state == "PENDING"
    with pytest.raises(IntegrityError), transaction.atomic():
        Command.objects.update(state="APPROVED", checker=maker, decided_at=clock.now())
    assert [line.told["reason"] for line in audit.trail("COMMAND", command.reference)[:2]] == [
        "MAKER_IS_CHECKER",
        "MAKER_IS_CHECKER",
    ]


def test_who_lacks_the_role_decides_nothing(things: Things, maker: User) -> None:
    command, other = propose(maker), employ("other", "OFFICER")
    with pytest.raises(NotYourCommand):
        services.approve(command=command, checker=other)
    with pytest.raises(NotAllowed):
        propose(employ("auditor", "AUDITOR"), payload=Rename("one", "X"))
    assert things["one"] == "Old"


def test_row_24_what_was_proposed_cannot_be_edited_and_a_decision_stands(
    things: Things, maker: User, checker: User
) -> None:
    command = propose(maker)
    for change in ({"payload": {"thing": "one", "to": "Worse"}}, {"reason": "Other"}, {"maker": checker}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Command.objects.update(**change)
    services.approve(command=command, checker=checker)
    for change in ({"state": "PENDING", "checker": None, "decided_at": None}, {"decision_reason": "Because"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Command.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Command.objects.all().delete()
    assert Command.objects.get().state == "APPROVED"


def test_a_decision_is_made_once(things: Things, maker: User, checker: User) -> None:
    command = propose(maker)
    services.approve(command=command, checker=checker)
    for decide in (services.approve, lambda **who: services.reject(**who, reason="No")):
        with pytest.raises(CommandDecided):
            decide(command=command, checker=checker)
    assert len(things.deeds) == 1


def test_what_changed_meanwhile_is_not_decided_upon(things: Things, maker: User, checker: User) -> None:
    command = propose(maker)
    things["one"] = "Another"
    with pytest.raises(CommandStale):
        services.approve(command=command, checker=checker)
    assert (Command.objects.get().state, things["one"]) == ("PENDING", "Another")
    assert services.reject(command=command, checker=checker, reason="Stale").state == "REJECTED"


def test_what_cannot_be_carried_out_fails_with_its_reason(things: Things, maker: User, checker: User) -> None:
    command = propose(maker)
    things.broken = True
    failed = services.approve(command=command, checker=checker)
    assert (failed.state, failed.decision_reason) == ("FAILED", "The thing is broken.")
    assert things["one"] == "Old"


def test_a_rejection_has_a_reason_its_maker_reads(things: Things, maker: User, checker: User) -> None:
    command = propose(maker)
    with pytest.raises(PayloadUnusable):
        services.reject(command=command, checker=checker, reason="  ")
    services.reject(command=command, checker=checker, reason="Not without a letter")
    outbox.deliver_due()
    assert mail.outbox[-1].to == ["maker@umoja.example"]
    assert "Not without a letter" in mail.outbox[-1].body


def test_only_its_maker_withdraws(things: Things, maker: User, checker: User) -> None:
    command = propose(maker)
    with pytest.raises(NotTheMaker):
        services.withdraw(command=command, maker=checker)
    assert services.withdraw(command=command, maker=maker).state == "WITHDRAWN"
    with pytest.raises(CommandDecided):
        services.withdraw(command=command, maker=maker)
    assert propose(maker).state == "PENDING"


def test_time_runs_out(things: Things, maker: User, checker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    command, late = propose(maker), clock.now() + timedelta(hours=25)
    assert services.expire_due() == 0
    monkeypatch.setattr(clock, "now", lambda: late)
    with pytest.raises(CommandExpired):
        services.approve(command=command, checker=checker)
    assert services.expire_due() == 1
    assert Command.objects.get().state == "EXPIRED"
    assert things["one"] == "Old"


def test_of_one_kind_one_waits_for_one_subject(things: Things, maker: User) -> None:
    propose(maker)
    with pytest.raises(AlreadyProposed):
        propose(maker, payload=Rename("one", "Newer"))
    with pytest.raises(Conflict):
        propose(maker, payload=Rename("two", "Newer"))
    with pytest.raises(UnknownCommand):
        propose(maker, kind="tests.unheard_of")
    for reason in ("", " ", "x" * 301, "be\u202ecause"):
        with pytest.raises(PayloadUnusable):
            propose(maker, reason=reason, payload=Rename("one", "Newest"))
    assert Command.objects.count() == 1


def test_who_could_decide_is_told_and_the_maker_is_not(things: Things, maker: User, checker: User) -> None:
    propose(maker)
    outbox.deliver_due()
    assert [message.to for message in mail.outbox] == [["checker@umoja.example"]]
    assert "New" not in mail.outbox[0].body.replace("Rename", "")


@dataclass(frozen=True)
class Shape:
    name: str
    on: date
    share: Decimal
    sure: bool
    count: int = 0
    also: list[str] = field(default_factory=list)
    until: date | None = None


GOOD = {"name": "A", "on": "2026-11-27", "share": "12.50", "sure": True}


def test_a_payload_survives_json_as_it_was() -> None:
    read = rules.read_payload(Shape, GOOD | {"also": ["x"], "until": "2027-01-01"})
    assert read == Shape("A", date(2026, 11, 27), Decimal("12.50"), True, 0, ["x"], date(2027, 1, 1))
    assert rules.read_payload(Shape, rules.write_payload(read)) == read


@pytest.mark.parametrize(
    "fault",
    [
        {"name": 1},
        {"name": None},
        {"on": "tomorrow"},
        {"share": 12.5},
        {"share": "much"},
        {"sure": 1},
        {"count": True},
        {"also": "x"},
        {"also": [1]},
        {"until": 5},
        {"more": "x"},
    ],
)
def test_a_payload_of_another_shape_is_refused(fault: dict[str, object]) -> None:
    with pytest.raises(PayloadUnusable):
        rules.read_payload(Shape, GOOD | fault)
    with pytest.raises(PayloadUnusable):
        rules.read_payload(Shape, {"name": "A"})
