"""A case from the first word to the last: states, clocks, letters, and who may see it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from bank.audit import selectors as audit
from bank.cases import rules, selectors
from bank.cases import services as cases
from bank.cases.errors import CaseStepNotPossible, NotForAnybody, UnusableCase
from bank.cases.models import Case, CaseStep
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.runtime import outbox
from tests.cases.conftest import Travel, ask, later, nairobi
from tests.portals import town as streets

pytestmark = pytest.mark.django_db


def test_a_stranger_gets_a_reference_a_date_and_a_letter(enquiry: Case) -> None:
    assert enquiry.reference.startswith("CASE-")
    assert enquiry.first_answer_due_at == nairobi("2026-11-17T09:00")
    assert enquiry.resolution_due_at == nairobi("2026-11-23T17:00")
    assert enquiry.next_due_at == enquiry.first_answer_due_at
    outbox.deliver_due()
    letter = mail.outbox[-1]
    assert letter.to == ["stella@example.test"]
    assert enquiry.reference in letter.subject
    assert "When are you open?" in letter.body
    assert [line.action for line in audit.trail("CASE", enquiry.reference)] == ["CASE_OPENED"]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "WISH"},
        {"priority": "NOW"},
        {"subject": " \n "},
        {"subject": "A" * 141},
        {"subject": "invoice\u202egnp.exe"},
        {"contact_name": "Ste\u200blla"},
        {"contact_email": "nobody"},
        {"contact_email": "a@example.test\nBcc: b@example.test"},
        {"text": "\u200b\u202e \n"},
        {"text": "x" * 4001},
    ],
)
def test_what_nobody_could_answer_is_refused_and_leaves_nothing(fault: dict[str, str]) -> None:
    with pytest.raises(UnusableCase):
        ask(**fault)
    assert not Case.objects.exists()


def test_marks_that_reverse_text_are_taken_out_of_a_message(enquiry: Case) -> None:
    case = ask(text="Pay\u202e 001 SEK\r\nnow")
    assert case.steps.get().text == "Pay 001 SEK\nnow"


def test_the_table_of_states_is_closed() -> None:
    for state in rules.State:
        for step in rules.TABLE:
            if step in rules.possible(state):
                assert rules.after(step, state) in set(rules.State)
            else:
                with pytest.raises(CaseStepNotPossible):
                    rules.after(step, state)
    assert rules.possible(rules.State.CLOSED) == {rules.Step.NOTED}


def test_an_answer_is_mailed_and_a_note_is_not(enquiry: Case, officer: User) -> None:
    cases.note(case=enquiry, text="Asks every week.", actor=officer)
    answered = cases.answer(case=enquiry, text="Eight to five.", actor=officer)
    outbox.deliver_due()
    assert [message.body for message in mail.outbox if "Asks every week." in message.body] == []
    assert [message.to for message in mail.outbox if "Eight to five." in message.body]
    assert (answered.state, answered.next_due_at) == ("IN_PROGRESS", answered.resolution_due_at)
    assert [step.step for step in selectors.conversation(answered)] == ["OPENED", "ANSWERED"]
    assert [step.actor for step in selectors.steps_of(answered)] == [None, officer, officer]


def test_the_clock_stands_while_the_customer_is_asked(at: Travel, officer: User) -> None:
    town = streets.build()
    at(later(0))
    case = ask(customer=town.amina.customer, opened_by=town.amina.user)
    at(later(2))
    waiting = cases.ask_back(case=case, text="Which account?", actor=officer)
    assert (waiting.state, waiting.next_due_at) == ("WAITING_FOR_CUSTOMER", None)
    at(later(24 * 14))
    assert cases.watch() == 0
    back = cases.write(user=town.amina.user, reference=case.reference, text="The savings account.")
    assert back.state == "IN_PROGRESS"
    assert not back.resolution_breached
    assert back.paused_for == timedelta(hours=6 + 9 * 9 + 1)
    assert back.resolution_due_at > later(24 * 14)


def test_what_is_late_is_marked_once_and_somebody_is_told(enquiry: Case, officer: User, at: Travel) -> None:
    assert cases.watch() == 0
    at(nairobi("2026-11-17T09:30"))
    cases.watch()
    cases.watch()
    outbox.deliver_due()
    late = Case.objects.get()
    assert (late.first_answer_breached, late.resolution_breached) == (True, False)
    assert [message.to for message in mail.outbox[1:]] == [["officer@umoja.example"]]
    assert [line.action for line in audit.trail("CASE", late.reference)].count("CASE_LATE") == 1
    cases.resolve(case=late, text="Eight to five.", actor=officer)
    assert Case.objects.get().first_answer_breached


def test_a_reminder_comes_before_it_is_too_late(enquiry: Case, officer: User, at: Travel) -> None:
    at(nairobi("2026-11-16T16:30"))
    cases.watch()
    outbox.deliver_due()
    assert mail.outbox[-1].to == ["officer@umoja.example"]
    assert not Case.objects.get().first_answer_breached


def test_an_answer_that_comes_late_is_late_though_nobody_watched(
    enquiry: Case, officer: User, at: Travel
) -> None:
    at(nairobi("2026-11-25T09:30"))
    resolved = cases.resolve(case=enquiry, text="Eight to five.", actor=officer)
    assert resolved.first_answer_breached
    assert resolved.resolution_breached


def test_a_resolved_case_goes_quiet_and_is_closed(enquiry: Case, officer: User, at: Travel) -> None:
    cases.resolve(case=enquiry, text="Eight to five.", actor=officer)
    at(nairobi("2026-11-30T16:00"))
    cases.watch()
    assert Case.objects.get().state == "RESOLVED"
    at(nairobi("2026-12-01T08:00"))
    cases.watch()
    assert Case.objects.get().state == "CLOSED"
    with pytest.raises(CaseStepNotPossible):
        cases.answer(case=enquiry, text="One more thing", actor=officer)


def test_a_customer_takes_a_resolved_case_up_again_without_losing_time(at: Travel, officer: User) -> None:
    at(later(0))
    town = streets.build()
    case = ask(customer=town.amina.customer, opened_by=town.amina.user)
    cases.resolve(case=case, text="Done.", actor=officer)
    at(later(24))
    again = cases.write(user=town.amina.user, reference=case.reference, text="Not for me.")
    assert (again.state, again.resolved_at, again.paused_for) == ("IN_PROGRESS", None, timedelta(hours=9))


def test_priority_moves_the_due_times(enquiry: Case, officer: User) -> None:
    urgent = cases.prioritise(case=enquiry, priority="URGENT", actor=officer)
    assert urgent.first_answer_due_at == later(2)
    with pytest.raises(UnusableCase):
        cases.prioritise(case=enquiry, priority="NOW", actor=officer)


def test_only_who_works_on_cases_is_given_one(enquiry: Case, officer: User) -> None:
    assert cases.assign(case=enquiry, to=officer, actor=officer).assigned_to == officer
    stranger = User.objects.create_user("s@example.test", full_name="S")
    with pytest.raises(NotForAnybody):
        cases.assign(case=enquiry, to=stranger, actor=officer)


def test_a_case_is_its_customers_alone(at: Travel) -> None:
    town = streets.build()
    case = ask(customer=town.amina.customer, opened_by=town.amina.user)
    assert selectors.case_for(town.amina.user, case.reference.lower()) == case
    for user in (town.brian.user, town.firm.user, town.bookkeeper):
        with pytest.raises(NotFound):
            selectors.case_for(user, case.reference)
        with pytest.raises(NotFound):
            cases.write(user=user, reference=case.reference, text="Mine now")
    assert CaseStep.objects.count() == 1


def test_the_database_keeps_clock_and_state_together(enquiry: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(state="WAITING_FOR_CUSTOMER")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(state="RESOLVED")
