"""The amount decides who says yes, how many of them and how soon; the table is changed by two people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client

from bank.identity import sessions
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError, NotAllowed
from bank.kernel.money import Money
from bank.runtime import outbox
from bank.workflows import commands, kinds, rules, selectors, services
from bank.workflows.errors import ConsentGiven, NotYourCommand, PayloadUnusable
from bank.workflows.kinds import Deed
from bank.workflows.models import ApprovalLevel, Command, Consent
from bank.workflows.rules import Change, Level
from tests.identity import open_browser
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db
NAME = "tests.lend"


@dataclass(frozen=True)
class Lend:
    who: str
    amount: Decimal
    currency: str = "KES"


@pytest.fixture
def lent() -> Iterator[list[Lend]]:
    done: list[Lend] = []

    def apply(payload: Lend, deed: Deed) -> None:
        done.append(payload)

    kinds.command(
        NAME, "Lend", Lend,
        maker_right="cif.change_customer",
        amount=lambda payload: Money.of(payload.amount, payload.currency),
        about=("PERSON", "who"),
        check=lambda payload: None,
        difference=lambda payload: [Change("Lent", "", str(payload.amount))],
        apply=apply,
    )  # fmt: skip
    yield done
    kinds._kinds.pop(NAME)


def propose(maker: User, amount: str, who: str = "Otis", currency: str = "KES") -> Command:
    payload = Lend(who, Decimal(amount), currency)
    return services.propose(kind=NAME, payload=payload, reason="Asked to", maker=maker)


def test_the_matrix_says_who_and_how_soon(lent: list[Lend], maker: User) -> None:
    sums = {
        "0": (["SUPERVISOR"], 24), "100000": (["SUPERVISOR"], 24), "100000.01": (["BRANCH_MANAGER"], 48),
        "1000000": (["BRANCH_MANAGER"], 48), "1000000.01": (["BRANCH_MANAGER", "ADMINISTRATOR"], 72),
    }  # fmt: skip
    for n, (amount, (roles, hours)) in enumerate(sums.items()):
        made = propose(maker, amount, who=f"P{n}")
        assert (made.roles, made.deadline - made.proposed_at) == (roles, timedelta(hours=hours)), amount
    assert propose(maker, "1", currency="USD").roles == ["BRANCH_MANAGER", "ADMINISTRATOR"]
    steps = [Decimal(n) * 60_000 for n in range(20)]
    found = [rules.level_for(rules.MATRIX, one) for one in steps]
    assert [one.above for one in found] == sorted(one.above for one in found)


def test_two_roles_are_two_people_and_neither_is_the_maker(lent: list[Lend], maker: User) -> None:
    command = propose(maker, "2000000")
    manager, administrator = employ("manager", "BRANCH_MANAGER"), employ("admin", "ADMINISTRATOR")
    with pytest.raises(NotYourCommand):
        services.approve(command=command, checker=employ("super", "SUPERVISOR"))
    assert services.approve(command=command, checker=manager).state == "PENDING"
    assert not lent
    with pytest.raises(ConsentGiven):
        services.approve(command=command, checker=manager)
    with pytest.raises(DatabaseError), transaction.atomic():
        Command.objects.filter(pk=command.pk).update(
            state="APPROVED", checker=manager, decided_at=clock.now()
        )
    for user, role in ((maker, "ADMINISTRATOR"), (administrator, "TELLER"), (manager, "ADMINISTRATOR")):
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.create(command=command, user=user, role=role)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.all().delete()
    assert selectors.waiting_for(manager) == 0
    assert services.approve(command=command, checker=administrator).state == "APPROVED"
    assert [one.amount for one in lent] == [Decimal(2000000)]


def test_half_the_time_over_reminds_once_also_those_above(lent: list[Lend], maker: User) -> None:
    propose(maker, "5")
    for name, role in (("super", "SUPERVISOR"), ("manager", "BRANCH_MANAGER"), ("till", "TELLER")):
        employ(name, role)
    assert services.escalate_due() == 0
    with time_machine.travel(clock.now() + timedelta(hours=12, minutes=1), tick=True):
        assert services.escalate_due() == 1
        assert services.escalate_due() == 0
        outbox.deliver_due()
    still = {letter.to[0] for letter in mail.outbox if "still waits" in letter.body}
    assert still == {"super@umoja.example", "manager@umoja.example"}


def test_the_table_is_changed_by_two_and_counts_for_what_comes(lent: list[Lend], maker: User) -> None:
    before = propose(maker, "500", who="Before")
    operations, administrator = employ("ops", "OPERATIONS"), employ("admin", "ADMINISTRATOR")
    levels = commands.read("0 BRANCH_MANAGER 4\n1,000 BRANCH_MANAGER+ADMINISTRATOR 8\n")
    with pytest.raises(NotAllowed):
        commands.propose(scope=NAME, levels=levels, reason="Stricter", maker=maker)
    for bad in ("5 SUPERVISOR 1", "0 KING 1", "0 TELLER+TELLER 1", "0 TELLER 0", "0 TELLER", "1e5 TELLER 1"):
        with pytest.raises(PayloadUnusable):
            commands.propose(scope="", levels=commands.read(bad), reason="No", maker=operations)
    command = commands.propose(scope=NAME, levels=levels, reason="Stricter", maker=operations)
    with pytest.raises(BankError):
        services.approve(command=command, checker=operations)
    assert services.approve(command=command, checker=administrator).state == "APPROVED"
    assert [row.level for row in ApprovalLevel.objects.all()] == [
        Level(Decimal(0), "BRANCH_MANAGER", 4), Level(Decimal(1000), "BRANCH_MANAGER", 8, "ADMINISTRATOR"),
    ]  # fmt: skip
    assert propose(maker, "500").roles == ["BRANCH_MANAGER"]
    before.refresh_from_db()
    assert before.roles == ["SUPERVISOR"], "what waits keeps what it was proposed under"


def test_the_inbox_decides_several_and_answers_for_each(
    lent: list[Lend], maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "is_confirmed", lambda request: True)
    supervisor = employ("super", "SUPERVISOR")
    small, other, large = (propose(maker, amount, who=amount) for amount in ("10", "20", "200000"))
    browser = Client()
    open_browser(browser, supervisor)
    page = browser.get("/admin/workflows/command/inbox/")
    assert [row["command"] for row in page.context["rows"]] == [small, other]
    assert [str(one) for one in page.context["totals"]] == ["KES 30.00"]
    nothing = browser.post("/admin/workflows/command/inbox/", {"decision": "approve"})
    assert nothing.status_code == 200
    references = [small.reference, large.reference]
    browser.post("/admin/workflows/command/inbox/", {"decision": "approve", "command": references})
    no_reason = {"decision": "reject", "command": [other.reference]}
    browser.post("/admin/workflows/command/inbox/", no_reason)
    states = dict(Command.objects.values_list("reference", "state"))
    assert [states[one.reference] for one in (small, other, large)] == ["APPROVED", "PENDING", "PENDING"]
    browser.post("/admin/workflows/command/inbox/", no_reason | {"reason": "Not this month"})
    other.refresh_from_db()
    assert (other.state, other.decision_reason) == ("REJECTED", "Not this month")
    assert len(lent) == 1
