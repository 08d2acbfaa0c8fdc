"""How often codes are asked for and tried and files sent in: per user and per address, said on a page."""

import pytest
import time_machine
from django.test import Client

from bank.identity import rules
from bank.identity.models import AttemptWindow, Challenge
from bank.kernel import clock
from bank.payments import selectors
from bank.payments.models import PaymentFile, PaymentOrder
from bank.statements.models import Statement
from bank.web.throttles import Documents
from tests.portals.test_corporate import good_lines
from tests.portals.test_corporate import send as send_file
from tests.portals.test_paying import asked_on, send, to_check
from tests.portals.town import Town, pain001


def assert_says_wait(answer, language: str = "en") -> None:
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= rules.PACE_WINDOW.total_seconds() + 1
    page = answer.content.decode()
    said = {"en": ("Wait a moment", "Nothing was sent"), "sw": ("Subiri kidogo", "Hakuna kilichotumwa")}
    assert all(words in page for words in said[language])
    assert f"{answer.headers['Retry-After']} seconds" in page or language == "sw"


def test_63_new_codes_are_few(town: Town, amina: Client) -> None:
    check = to_check(amina, town)
    asked = Challenge.objects.count()
    again = check.replace("check/", "code/")
    answers = [amina.post(again, headers={"Referer": f"http://testserver{check}"}) for _ in range(7)]
    allowed, _ = rules.PACES["NEW_CODE"]
    assert [answer.status_code for answer in answers] == [302] * allowed + [429] * (7 - allowed)
    assert Challenge.objects.count() == asked + allowed
    assert_says_wait(answers[-1])
    assert f'href="{check}"' in answers[-1].content.decode()
    with time_machine.travel(clock.now() + rules.PACE_WINDOW, tick=False):
        assert amina.post(again).status_code == 302


def test_63_the_page_is_in_the_readers_language(town: Town, amina: Client, monkeypatch) -> None:
    monkeypatch.setitem(rules.PACES, "NEW_CODE", (0, 0))
    again = to_check(amina, town).replace("check/", "code/")
    swahili = {"Accept-Language": "sw"}
    assert_says_wait(amina.post(again, headers=swahili), "sw")


def test_63_wrong_codes_are_few_over_all_payments(town: Town, amina: Client) -> None:
    """The limit of one code is five tries; a new code, or another payment, buys no more than ten in all."""
    allowed, _ = rules.PACES["WRONG_CODE"]
    statuses = []
    for _ in range(3):
        check = to_check(amina, town)
        statuses += [send(amina, town, check, code="000000").status_code for _ in range(4)]
    assert statuses == [200] * allowed + [429] * (12 - allowed)
    answer = send(amina, town, check)
    assert_says_wait(answer)
    assert not PaymentOrder.objects.filter(debtor_account__number=town.amina.number).exists()
    with time_machine.travel(clock.now() + rules.PACE_WINDOW, tick=False):
        assert send(amina, town, to_check(amina, town)).status_code == 302


def test_63_right_codes_do_not_count(town: Town, amina: Client, monkeypatch) -> None:
    monkeypatch.setitem(rules.PACES, "WRONG_CODE", (1, 1))
    for n in range(3):
        assert send(amina, town, to_check(amina, town, amount=f"{n + 1}00")).status_code == 302


def test_63_an_address_is_paced_whoever_sends_from_it(
    town: Town, amina: Client, brian: Client, monkeypatch
) -> None:
    monkeypatch.setitem(rules.PACES, "WRONG_CODE", (100, 2))
    check = to_check(amina, town)
    for _ in range(2):
        assert send(amina, town, check, code="000000").status_code == 200
    assert_says_wait(brian.post("/personal/payees/new/x/", {"code": "000000"}))
    assert_says_wait(send(amina, town, check, code="000000"))
    elsewhere = amina.post(check, {"asked": asked_on(amina, check), "code": "000000"}, REMOTE_ADDR="10.1.1.1")
    assert elsewhere.status_code == 200


def test_63_reading_is_not_paced(town: Town, amina: Client, monkeypatch) -> None:
    for scope in rules.PACES:
        monkeypatch.setitem(rules.PACES, scope, (0, 0))
    check = to_check(amina, town)
    assert amina.get(check).status_code == 200


def test_63_files_are_few(town: Town, treasurer: Client, monkeypatch) -> None:
    monkeypatch.setitem(rules.PACES, "UPLOAD", (2, 100))
    home = f"/corporate/{town.firm.customer.cif}/"
    for n in range(2):
        content = pain001(town.firm, good_lines(town), f"SALARIES-{n}")
        assert send_file(treasurer, home, content, f"upload-{n}").status_code == 302
    answer = send_file(treasurer, home, pain001(town.firm, good_lines(town), "SALARIES-9"), "upload-9")
    assert_says_wait(answer)
    assert PaymentFile.objects.count() == 2


def test_63_what_is_counted_names_nobody(town: Town, amina: Client) -> None:
    check = to_check(amina, town)
    send(amina, town, check, code="000000")
    assert AttemptWindow.objects.filter(scope="WRONG_CODE").count() == 2
    assert all(len(bytes(window.digest)) == 32 for window in AttemptWindow.objects.all())


def test_statements_are_fetched_so_often_a_minute_and_no_more(
    town: Town, amina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As programs may; the page says when to come back, and other pages go on."""
    monkeypatch.setattr(Documents, "limit", 3)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    url = f"/personal/accounts/{town.amina.number}/activity.csv"
    assert {amina.get(url).status_code for _ in range(Documents.limit)} == {200}
    refused = amina.get(url)
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert "Wait a moment" in refused.content.decode()
    today = selectors.today()
    asked = {"account": town.amina.number, "from_date": today, "to_date": today, "format": "PDF"}
    assert amina.post("/personal/statements/", asked).status_code in {200, 429}
    assert not Statement.objects.exists()
    assert amina.get("/personal/").status_code == 200
