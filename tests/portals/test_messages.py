"""Messages: asked, answered, taken up again; nobody else's."""

import pytest
from django.test import Client

from bank.cases import services as cases
from bank.cases.models import Case, CaseStep
from bank.identity.models import User
from tests.portals.town import Town

pytestmark = pytest.mark.django_db
ASKED = {"kind": "COMPLAINT", "subject": "A fee I do not know", "text": "What is this fee of KES 52.50?"}


def test_a_complaint_is_sent_answered_and_taken_up_again(amina: Client, town: Town) -> None:
    page = amina.post("/personal/messages/new/", ASKED, follow=True)
    case = Case.objects.get()
    assert page.redirect_chain[-1][0] == f"/personal/messages/{case.reference}/"
    assert "A fee I do not know" in page.content.decode()
    assert case.customer == town.amina.customer
    staff = User.objects.create_user("otto@umoja.example", full_name="Otto Officer", is_staff=True)
    cases.note(case=case, text="Third time this month", actor=staff)
    cases.resolve(case=case, text="Excise duty on the fee for a transfer.", actor=staff)
    shown = amina.get(f"/personal/messages/{case.reference}/").content.decode()
    assert "Excise duty on the fee" in shown
    assert "Third time" not in shown
    assert "Otto" not in shown
    amina.post(f"/personal/messages/{case.reference}/", {"text": "Please check again."})
    assert Case.objects.get().state == "IN_PROGRESS"


def test_what_is_missing_is_named_and_nothing_is_kept(amina: Client) -> None:
    page = amina.post("/personal/messages/new/", {"text": " "}).content.decode()
    assert page.count("There is something to correct") == 1
    assert 'href="#id_subject"' in page
    refused = amina.post("/personal/messages/new/", ASKED | {"subject": "in\u202evoice"}).content.decode()
    assert "A subject may have 140 letters, none of them invisible." in refused
    assert not Case.objects.exists()


def test_somebody_elses_case_does_not_exist(amina: Client, brian: Client) -> None:
    amina.post("/personal/messages/new/", ASKED)
    address = f"/personal/messages/{Case.objects.get().reference}/"
    assert brian.get(address).status_code == 404
    assert brian.post(address, {"text": "Mine"}).status_code == 404
    assert CaseStep.objects.count() == 1
    assert "A fee I do not know" not in brian.get("/personal/messages/").content.decode()


def test_a_closed_case_takes_no_more(amina: Client) -> None:
    amina.post("/personal/messages/new/", ASKED)
    staff = User.objects.create_user("otto@umoja.example", full_name="Otto Officer", is_staff=True)
    case = Case.objects.get()
    cases.resolve(case=case, text="Done.", actor=staff)
    cases.close(case=case, actor=staff)
    address = f"/personal/messages/{case.reference}/"
    assert "This case is closed." in amina.get(address).content.decode()
    amina.post(address, {"text": "And another thing"})
    assert not CaseStep.objects.filter(step="CUSTOMER_WROTE").exists()


def test_the_list_stays_cheap_however_long(amina: Client, queries: object) -> None:
    for _ in range(25):
        amina.post("/personal/messages/new/", ASKED)
    with queries():  # type: ignore[operator]
        page = amina.get("/personal/messages/").content.decode()
    assert "Older" in page
