"""Screening, deciding, remembering, screening again."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bank.audit.models import AuditRecord
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.risk import errors, rules, tasks
from bank.risk.models import Match, Screening, WatchList
from bank.risk.rules import Decision
from bank.risk.screening import selectors, services
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.names import Kind
from tests.backoffice.conftest import as_role as as_role
from tests.risk.conftest import ALL, LADIN, SAVANNA, VORONOV, Load

WHY = "Another day of birth, seen in the passport."


def screen(name: str = "Osama bin Laden", subject: str = "application:1", **given: Any) -> Screening:
    asked = {"kind": "PERSON", "birth_date": None, "countries": ()} | given
    return services.screen(subject=subject, name=name, **asked)


def test_nobody_on_a_list_is_clear(in_force: WatchList) -> None:
    found = screen("Wanjiku Njeri Kamau")
    assert (found.outcome, found.matches.count(), found.lists) == ("CLEAR", 0, [in_force.pk])


def test_without_a_list_nobody_is_called_clear(load: Load) -> None:
    assert screen("Arkady Voronov").outcome == "NOT_SCREENED"
    load(*ALL)
    assert tasks.screen_overdue() == 1
    assert selectors.latest_of("application:1").get().outcome == "POSSIBLE"


def test_a_match_says_why(in_force: WatchList) -> None:
    found = screen(birth_date=date(1957, 7, 30), countries=["SA"])
    (match,) = selectors.matches_of(found)
    assert (found.outcome, match.score, match.entry.key) == ("POSSIBLE", 100, "6365")
    assert match.explanation["birth"] == {"result": "SAME_DAY", "points": 5}
    assert {(word["sought"], word["listed"]) for word in match.explanation["words"]} == {
        ("osama", "osama"),
        ("laden", "laden"),
    }


def test_other_years_of_birth_lower_the_score(in_force: WatchList) -> None:
    unknown = screen("Arkady Voronov", subject="a").matches.get().score
    assert unknown >= rules.THRESHOLD
    assert screen("Arkady Voronov", subject="b", birth_date=date(1999, 1, 1)).outcome == "CLEAR"


def test_a_person_is_no_organisation(in_force: WatchList) -> None:
    assert screen("Savanna Arms Trading").outcome == "CLEAR"
    assert screen("Savanna Arms Trading", kind="ORGANISATION").outcome == "POSSIBLE"


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "!!!"])
def test_without_a_name_nothing_is_screened(in_force: WatchList, name: str) -> None:
    with pytest.raises(errors.NothingToScreen):
        screen(name)
    assert not Screening.objects.exists()


def test_a_false_alarm_is_remembered_for_the_same_subject(in_force: WatchList, grace: User) -> None:
    match = screen().matches.get()
    services.decide(match=match, decision=Decision.FALSE_ALARM, reason=WHY, by=grace)
    again = screen()
    assert (again.outcome, again.matches.get().is_remembered) == ("CLEAR", True)
    assert screen(subject="application:2").outcome == "POSSIBLE"
    assert screen("Usama bin Ladin").outcome == "POSSIBLE", "another name is another question"


def test_a_false_alarm_is_forgotten_when_it_runs_out(in_force: WatchList, grace: User) -> None:
    match = screen().matches.get()
    services.decide(match=match, decision=Decision.FALSE_ALARM, reason=WHY, by=grace)
    assert tasks.screen_overdue() == 0
    past = match.screening.screened_at - timedelta(days=1)
    Match.objects.update(holds_until=past)
    assert tasks.screen_overdue() == 1
    assert selectors.latest_of("application:1").get().outcome == "POSSIBLE"


def test_a_false_alarm_is_forgotten_when_the_entry_changes(
    in_force: WatchList, load: Load, grace: User
) -> None:
    services.decide(match=screen().matches.get(), decision=Decision.FALSE_ALARM, reason=WHY, by=grace)
    load(LADIN, SAVANNA)
    assert screen().outcome == "CLEAR"
    load(ListedEntry("6365", Kind.PERSON, "BIN LADEN, Osama", (), ("1958",)), SAVANNA)
    assert screen().outcome == "POSSIBLE"


def test_a_new_version_screens_everybody_again_once(in_force: WatchList, load: Load) -> None:
    screen("Juma Barasa", subject="customer:1")
    screen("Neema Wambui", subject="customer:2")
    services.forget_subject(subject="customer:2")
    load(*ALL, ListedEntry("8000", Kind.PERSON, "BARASA, Juma"))
    assert (tasks.screen_overdue(), tasks.screen_overdue()) == (1, 0)
    assert selectors.latest_of("customer:1").get().outcome == "POSSIBLE"
    assert not selectors.latest_of("customer:2").exists()


def test_a_decision_is_made_once_and_with_a_reason(in_force: WatchList, grace: User) -> None:
    match = screen().matches.get()
    with pytest.raises(errors.ReasonMissing):
        services.decide(match=match, decision=Decision.FALSE_ALARM, reason="no", by=grace)
    services.decide(match=match, decision=Decision.TRUE_MATCH, reason=WHY, by=grace)
    with pytest.raises(errors.MatchDecided):
        services.decide(match=match, decision=Decision.FALSE_ALARM, reason=WHY, by=grace)
    assert Screening.objects.get().outcome == "HIT"
    assert AuditRecord.objects.filter(action="SCREENING_DECIDED", actor=grace).count() == 1


def test_a_true_match_is_released_by_two(in_force: WatchList, grace: User, hamisi: User) -> None:
    match = screen().matches.get()
    services.decide(match=match, decision=Decision.TRUE_MATCH, reason=WHY, by=grace)
    with pytest.raises(errors.NotATrueMatch):
        services.release(match=match, by=hamisi)
    services.propose_release(match=match, reason=WHY, by=grace)
    with pytest.raises(errors.SecondPersonNeeded):
        services.release(match=match, by=grace)
    assert Screening.objects.get().outcome == "HIT"
    services.release(match=match, by=hamisi)
    assert Screening.objects.get().outcome == "CLEAR"
    assert screen().outcome == "CLEAR"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(in_force: WatchList, grace: User, hamisi: User) -> None:
    match = screen().matches.get()
    results: list[str] = []
    gate = threading.Barrier(2)

    def decide(decision: str, by: User) -> None:
        gate.wait()
        try:
            services.decide(match=match, decision=decision, reason=WHY, by=by)
            results.append("OK")
        except BankError as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    people = ((Decision.FALSE_ALARM, grace), (Decision.TRUE_MATCH, hamisi))
    threads = [threading.Thread(target=decide, args=one) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["OK", "SCREENING_MATCH_DECIDED"]


def test_compliance_decides_on_the_screen(in_force: WatchList, as_role: Any) -> None:
    match = screen().matches.get()
    desk: Client = as_role("COMPLIANCE")
    page = desk.get(reverse("admin:risk_screening_change", args=[match.screening_id]))
    assert b"BIN LADEN, Osama" in page.content
    assert b"How the score came about" in page.content
    address = reverse("admin:risk_match_decide", args=[match.screening_id, match.pk])
    desk.post(address, {"decision": "FALSE_ALARM", "reason": WHY})
    match.refresh_from_db()
    assert match.decision == "FALSE_ALARM"
    assert desk.get(address).status_code == 405
    assert desk.post(address, {"decision": "NONSENSE", "reason": WHY}).status_code == 302


def test_an_auditor_looks_and_does_not_decide(in_force: WatchList, as_role: Any) -> None:
    match = screen().matches.get()
    desk: Client = as_role("AUDITOR")
    address = reverse("admin:risk_match_decide", args=[match.screening_id, match.pk])
    page = desk.get(reverse("admin:risk_screening_change", args=[match.screening_id]))
    assert (page.status_code, b'value="TRUE_MATCH"' in page.content) == (200, False)
    assert desk.post(address, {"decision": "FALSE_ALARM", "reason": WHY}).status_code == 403
    match.refresh_from_db()
    assert match.decision == "OPEN"


def test_the_index_follows_the_list(in_force: WatchList, load: Load) -> None:
    assert screen("Arkady Voronov").outcome == "POSSIBLE"
    load(LADIN, SAVANNA)
    assert screen("Arkady Voronov").outcome == "CLEAR"
    assert VORONOV not in (LADIN, SAVANNA)
