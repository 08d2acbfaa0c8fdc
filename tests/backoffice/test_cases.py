"""The desk for cases: who may take which step, and what the queue shows."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from bank.cases.models import Case
from bank.identity.models import User
from tests.backoffice.conftest import Seen, SmallBank

pytestmark = pytest.mark.django_db
AsRole = Callable[[str], Client]


def _take(desk: Client, case: Case, step: str, **given: object) -> Case:
    answer = desk.post(reverse("admin:cases_case_step", args=[case.pk]), {"step": step, **given})
    assert answer.status_code == 302, answer.content
    return Case.objects.get(pk=case.pk)


def test_an_officer_takes_a_case_from_hand_to_hand(
    small_bank: SmallBank, as_role: AsRole, seen: Seen
) -> None:
    desk, case = as_role("OFFICER"), Case.objects.get()
    officer = User.objects.get(email="officer@umoja.example")
    assert _take(desk, case, "ASSIGNED", to=officer.pk).assigned_to == officer
    assert _take(desk, case, "PRIORITISED", priority="URGENT").priority == "URGENT"
    assert _take(desk, case, "NOTED", text="Look at the fee").state == "NEW"
    assert _take(desk, case, "ASKED_BACK", text="Which day?").state == "WAITING_FOR_CUSTOMER"
    assert _take(desk, case, "RESOLVED", text="Given back.").state == "RESOLVED"
    assert _take(desk, case, "CLOSED").state == "CLOSED"
    page = desk.get(reverse("admin:cases_case_change", args=[case.pk])).content.decode()
    assert "Look at the fee" in page
    assert [line.actor for line in seen("CASE_RESOLVED")] == [officer]
    assert seen("CASE_VIEWED")


@pytest.mark.parametrize("step", ["CLOSED", "CUSTOMER_WROTE", "OPENED", "NONSENSE", "ANSWERED", "ASSIGNED"])
def test_a_step_that_cannot_be_taken_changes_nothing(
    small_bank: SmallBank, as_role: AsRole, step: str
) -> None:
    desk, before = as_role("OFFICER"), Case.objects.values().get()
    _take(desk, Case.objects.get(), step, text=" ", to=f"{small_bank.user.pk}")
    assert Case.objects.values().get() == before


@pytest.mark.parametrize("role", ["TELLER", "AUDITOR", "ADMINISTRATOR"])
def test_who_only_looks_takes_no_step(small_bank: SmallBank, as_role: AsRole, role: str) -> None:
    desk, case = as_role(role), Case.objects.get()
    answer = desk.post(reverse("admin:cases_case_step", args=[case.pk]), {"step": "NOTED", "text": "x"})
    assert answer.status_code == 403
    assert case.steps.count() == 1


def test_steps_are_taken_by_post_alone(small_bank: SmallBank, as_role: AsRole) -> None:
    answer = as_role("OFFICER").get(reverse("admin:cases_case_step", args=[Case.objects.get().pk]))
    assert answer.status_code == 405
