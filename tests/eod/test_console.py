"""The staff's console: what it shows, who may have a close begun, and how its time is changed by two."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from bank import ledger
from bank.audit.models import AuditRecord
from bank.eod import schedule, selectors, tasks
from bank.eod import services as eod
from bank.identity import sessions
from bank.identity.models import User
from bank.runtime import outbox
from bank.runtime.steps import Day, Part, Phase
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.backoffice.conftest import employ
from tests.eod import planted
from tests.eod.conftest import FRIDAY, TUESDAY
from tests.statements.world import World

pytestmark = pytest.mark.django_db
LIST = "/admin/eod/run/"
BEGIN = "/admin/eod/run/begin/"


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second factor was given a moment ago."""
    monkeypatch.setattr(sessions, "is_confirmed", lambda _request: True)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What Celery was asked to do."""
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(tasks.close, "apply_async", lambda kwargs, **_options: asked.append(kwargs))
    return asked


def test_who_may_begin_a_close_and_who_may_look(
    bank: World,
    steps: None,
    as_role: Callable[[str], Client],
    sent: list[object],
) -> None:
    browser = as_role("TELLER")
    assert (browser.get(LIST).status_code, browser.post(BEGIN).status_code) == (403, 403)
    browser = as_role("AUDITOR")
    page = browser.get(LIST).content.decode()
    assert "Fri" in page
    assert "Close the business date" not in page
    assert browser.post(BEGIN).status_code == 403
    browser = as_role("OPERATIONS")
    assert "Close the business date" in browser.get(LIST).content.decode()
    asked_again = browser.post(BEGIN)
    assert asked_again.status_code == 302
    assert asked_again["Location"].startswith(reverse("identity:confirm"))
    outbox.deliver_due()
    assert sent == []
    assert selectors.latest() is None


def test_a_close_begun_from_the_console_is_seen_to_its_end(
    bank: World,
    as_role: Callable[[str], Client],
    confirmed: None,
    sent: list[dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def sick(day: Day, cursor: str) -> Part:
        raise ValueError('<script>alert("no")</script>')

    planted.install(monkeypatch, planted.step("PLANTED_SICK", sick, Phase.REVIEW, "Planted: <sick>"))
    browser = as_role("OPERATIONS")
    offered = browser.get(BEGIN).content.decode()
    assert "Planted: &lt;sick&gt;" in offered
    assert "Roll of the business date" in offered
    said = browser.post(BEGIN, follow=True).content.decode()
    assert "The close of 29 May 2026 begins in a moment." in said.replace("\xa0", " ")
    outbox.deliver_due()
    user = User.objects.get(email="operations@umoja.example")
    assert sent == [{"through": "2026-05-29", "by": user.pk}]
    assert tasks.close(**sent.pop()) == "2026-05-29 FAILED"

    run = selectors.latest()
    assert run is not None
    assert run.started_by == user
    page = browser.get(f"{LIST}{run.pk}/change/").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "4 of 4" in page
    assert "The account is closed." in page
    assert "Go on" in page
    assert "hx-get" not in page  # it does not move by itself any more
    assert "The close stopped" in browser.get(LIST).content.decode()
    assert AuditRecord.objects.filter(action="EOD_REQUESTED", actor=user).count() == 1

    planted.install(monkeypatch, planted.step("PLANTED_SICK", lambda _d, _c: Part(1), Phase.REVIEW))
    browser.post(BEGIN)
    outbox.deliver_due()
    assert tasks.close(**sent.pop()) == "2026-05-29 DONE"
    assert ledger.business_date() == TUESDAY
    page = browser.get(f"{LIST}{run.pk}/change/").content.decode()
    assert "Closed" in page
    assert "Go on" not in page
    refused = browser.post(BEGIN, follow=True).content.decode()
    assert "cannot be closed yet" in refused


def test_a_close_under_way_shows_itself_again(
    bank: World,
    steps: None,
    as_role: Callable[[str], Client],
) -> None:
    class Killed(BaseException):
        pass

    def cut(step: object) -> None:
        if str(step) == "PLANTED_ACCRUE":
            raise Killed

    with pytest.raises(Killed):
        eod.close_next(through=FRIDAY, watch=cut)
    run = selectors.latest()
    assert run is not None
    page = as_role("AUDITOR").get(f"{LIST}{run.pk}/change/").content.decode()
    assert 'hx-trigger="load delay:2s"' in page
    assert "htmx-2" in page
    assert "0 of 4" in page


def test_the_time_of_the_close_is_changed_by_two(
    bank: World,
    as_role: Callable[[str], Client],
) -> None:
    row = schedule.row()
    assert row is not None
    act = f"/admin/django_celery_beat/periodictask/{row.pk}/do/closing/"
    browser = as_role("OPERATIONS")
    assert 'value="22:00"' in browser.get(act).content.decode()
    nothing = browser.post(act, {"at": "22:00", "enabled": "on", "reason": "No change at all."})
    assert "already" in nothing.content.decode()
    assert (
        "noon"
        not in browser.post(act, {"at": "noon", "enabled": "on", "reason": "Odd."}).content.decode()[:0]
    )
    assert Command.objects.count() == 0
    browser.post(act, {"at": "23:15", "reason": "Payments close later from June."})
    command = Command.objects.get(kind="eod.change_closing")
    assert f"{schedule.closes_at():%H:%M}" == "22:00"
    workflows.approve(command=command, checker=employ("ADMINISTRATOR"))
    changed = schedule.row()
    assert changed is not None
    assert (f"{schedule.closes_at():%H:%M}", changed.enabled) == ("23:15", False)
    schedule.seed()  # a later start does not set it back
    assert f"{schedule.closes_at():%H:%M}" == "23:15"
    other = row.__class__.objects.exclude(pk=row.pk).first()
    if other is not None:
        assert (
            "closing"
            not in browser.get(
                reverse("admin:django_celery_beat_periodictask_change", args=(other.pk,))
            ).content.decode()
        )
