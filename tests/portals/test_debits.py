"""Direct debits over HTTP: the company's door, the person's door, and a program's."""

import re
from dataclasses import replace
from datetime import date, timedelta

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bank import ledger
from bank.cif import services as cif
from bank.debits import services
from bank.debits.models import Claim, Collection, Creditor, DebitFile, Mandate
from bank.identity.models import Challenge
from bank.identity.stepup import code_for
from bank.kernel.money import Money
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.debits.conftest import admit
from tests.debits.test_files import message, row
from tests.identity import bearer
from tests.payments.conftest import Bank, Side
from tests.portals.town import Town, browser, let_the_worker_work, newest_code
from tests.workflows.conftest import employ


def test_from_the_question_to_the_money_back(town: Town, amina: Client, brian: Client) -> None:
    company, root = browser(town.firm.user), f"/corporate/{town.firm.customer.cif}/debits/"
    today = ledger.business_date()
    admit(town.firm.customer, town.brian.user)
    asked = {
        "name": town.amina.name, "number": town.amina.number, "reference": "WATER-1", "kind": "CORE",
        "limit": "5,000", "month": "8,000", "account": town.firm.number, "first": today.isoformat(),
        "notice": "3",
    }  # fmt: skip
    for changes, said in (
        ({"name": "Somebody Else"}, "no such account"),
        ({"month": "10"}, "no more than what a month"),
        ({"limit": "x"}, "in digits"),
        ({"notice": "30"}, "Error"),
    ):
        assert said in company.post(f"{root}new/", asked | changes).content.decode(), changes
    address = company.post(f"{root}new/", asked).headers["Location"]
    mandate = Mandate.objects.get()
    mine = f"/personal/debits/{mandate.reference}/"
    assert brian.get(mine).status_code == brian.post(f"{mine}cancel/").status_code == 404
    assert amina.get("/personal/debits/new/").status_code == 404
    assert "asks to collect" in amina.get(mine).content.decode()
    assert town.firm.name in amina.get("/personal/debits/").content.decode()
    before = town.books()
    check = amina.post(f"{mine}confirm/").headers["Location"]
    page = amina.get(check).content.decode()
    for said in (town.firm.name, "WATER-1", "KES\xa05,000.00", "KES\xa08,000.00", "3 days"):
        assert said in page, said
    proof = re.search(r'name="asked" value="([^"]+)"', page)
    assert proof
    answer = amina.post(check, {"asked": proof[1], "code": newest_code(town.amina.user)})
    assert answer.headers["Location"] == mine
    due = today + timedelta(days=3)
    bill = {"amount": "3,000", "due": due.isoformat(), "own": "INV-1", "remittance": "Water, March"}
    assert "Announce" in company.get(address).content.decode()
    assert "The mandate allows" in company.post(address, bill | {"amount": "5,001"}).content.decode()
    assert "The earliest day" in company.post(address, bill | {"due": today.isoformat()}).content.decode()
    assert company.post(address, bill).headers["Location"] == address
    assert "Refuse" in amina.get(mine).content.decode()
    mail.outbox.clear()
    let_the_worker_work()
    letters = [one.body for one in mail.outbox if one.to == [town.amina.user.email]]
    assert sum("KES\xa03,000.00" in one and town.firm.name in one for one in letters) == 1
    taken = Collection.objects.get()
    services.run_due(on=taken.run_date)
    assert town.amina.booked == "47000.00"
    assert "Ask it back" in amina.get(mine).content.decode()
    assert "Ask it back" not in company.get(address).content.decode()
    back = f"/personal/debits/taken/{taken.reference}/refund/"
    assert brian.post(back).status_code == 404
    assert "back on your account" in amina.post(back, follow=True).content.decode()
    assert "refunded cannot be refunded" in amina.post(back, follow=True).content.decode()
    assert town.books() == before
    assert "MD06" in company.get(root).content.decode()
    assert "has ended" in amina.post(f"{mine}cancel/", follow=True).content.decode()
    assert amina.post(f"{mine}dance/").status_code == 404


def test_a_company_asks_to_collect_and_who_pays_claims_what_they_never_signed(
    town: Town, amina: Client, brian: Client
) -> None:
    company, root = browser(town.firm.user), f"/corporate/{town.firm.customer.cif}/debits/"
    today, due = ledger.business_date(), ledger.business_date() + timedelta(days=3)
    assert "admits you first" in company.get(root).content.decode()
    assert amina.get("/personal/debits/admission/").status_code == 404
    assert brian.get(f"{root}admission/").status_code == 404
    assert "Error" in company.post(f"{root}admission/", {"wish": ""}).content.decode()
    page = company.post(f"{root}admission/", {"wish": "Water"}, follow=True).content.decode()
    assert "Being looked into" in page
    assert "New mandate" not in page
    admit(town.firm.customer, town.brian.user)
    assert "New mandate" in company.get(root).content.decode()
    mandate = _given(town, today)
    mine, address = f"/personal/debits/{mandate.reference}/", f"{root}{mandate.reference}/"
    bill = {"amount": "3,000", "due": due.isoformat(), "own": "INV-2", "remittance": "Water, March"}
    assert company.post(address, bill).headers["Location"] == address
    later = Collection.objects.latest("pk")
    services.run_due(on=later.run_date)
    Collection.objects.filter(pk=later.pk).update(collected_date=today - timedelta(days=60))
    claim = f"/personal/debits/taken/{later.reference}/claim/"
    assert claim in amina.get(mine).content.decode()
    assert brian.get(claim).status_code == brian.post(claim, {"why": "x"}).status_code == 404
    assert "KES\xa03,000.00" in amina.get(claim).content.decode()
    assert "Error" in amina.post(claim, {"why": ""}).content.decode()
    assert town.amina.booked == "47000.00"
    page = amina.post(claim, {"why": "I never signed it"}, follow=True).content.decode()
    assert "mandate has ended" in page
    assert "answer by" in page
    assert town.amina.booked == "47000.00"
    assert "Error" in amina.post(claim, {"why": "Twice"}).content.decode()
    assert Claim.objects.get().why == "I never signed it"
    assert "cannot be cancelled" in amina.post(f"{mine}cancel/", follow=True).content.decode()


def _given(town: Town, today: date) -> Mandate:
    sum_ = Money.of("5000.00", "KES")
    asked = services.Terms(town.firm.number, town.amina.number, town.amina.name, "W-9", sum_, sum_, today)
    made = services.propose(user=town.firm.user, terms=replace(asked, notice_days=1))
    who = {"user": town.amina.user, "reference": made.reference}
    challenge = services.start_confirming(**who)
    return services.confirm(**who, challenge_id=challenge.id, code=code_for(challenge))


def test_a_company_sends_a_file(town: Town, brian: Client) -> None:
    company, root = browser(town.firm.user), f"/corporate/{town.firm.customer.cif}/debits/files/"
    admit(town.firm.customer, town.brian.user)
    _given(town, ledger.business_date())
    due = (ledger.business_date() + timedelta(days=9)).isoformat()
    bank = Bank(
        *(Side(one.user, one.customer, one.accounts[0]) for one in (town.amina, town.brian, town.firm))
    )
    rows = [row(bank, "A", "10.00", "W-9"), row(bank, "B", "9000.00", "W-9")]
    content = message(bank, rows).replace(b"2026-03-09", due.encode())

    def sent(raw: bytes, **more: str) -> str:
        file = SimpleUploadedFile("d.xml", raw)
        return company.post(root, {"file": file} | more, follow=True).content.decode()

    assert brian.get(root).status_code == brian.get("/personal/debits/files/").status_code == 404
    assert "not well formed" in sent(b"<x")
    assert "Choose the file" in company.post(root, {}).content.decode()
    page = sent(content)
    assert "Nothing was announced" in page
    assert "The mandate allows" in page
    assert "1 of 2 announced" in sent(content, only_valid="on")
    made = DebitFile.objects.latest("pk")
    assert made.message_id in company.get(root).content.decode()
    report = company.get(f"{root}{made.reference}/pain002/")
    assert b"OrgnlMsgId" in report.content
    assert brian.get(f"{root}{made.reference}/").status_code == 404
    assert company.get(f"{root}DDF-nothing/").status_code == 404


def test_a_small_company_has_its_own_door(town: Town) -> None:
    company, root = browser(town.firm.user), f"/corporate/{town.firm.customer.cif}/debits/"
    small = cif.create_organisation(
        registered_name="Duka Ltd", registration_number="PVT-9", legal_form="Limited", segment="SME"
    )
    cif.grant_mandate(user=town.firm.user, customer=small, role="OWNER", can_pay=True)
    assert "Ask to collect" in company.get(f"/sme/{small.cif}/debits/").content.decode()
    assert company.get(f"/sme/{small.cif}/debits/MND-nothing/").status_code == 404
    assert company.get(f"/sme/{town.firm.customer.cif}/debits/").status_code == 404
    assert "Ask to collect" in company.get(root).content.decode()


def test_programs_propose_confirm_collect_and_ask_back(town: Town, client: Client) -> None:
    firm = bearer(town.firm.user) | {"content_type": "application/json"}
    amina = bearer(town.amina.user) | {"content_type": "application/json"}
    brian = bearer(town.brian.user) | {"content_type": "application/json"}
    url, today = "/api/v1/direct-debits", ledger.business_date()
    asked = {
        "creditor_account": town.firm.number, "creditor_reference": "W-1", "debtor_name": town.amina.name,
        "debtor_account": town.amina.number, "limit": {"amount": "500.00", "currency": "KES"},
        "month_limit": {"amount": "500.00", "currency": "KES"}, "first": today.isoformat(), "notice_days": 1,
    }  # fmt: skip
    creditor = f"{url}/creditors/{town.firm.customer.cif}"
    assert client.get(creditor, **firm).status_code == client.get(creditor, **amina).status_code == 404
    refused = client.post(f"{url}/mandates", asked, **firm)
    assert (refused.status_code, refused.json()["code"]) == (403, "CREDITOR_NOT_ADMITTED")
    assert client.post(creditor, {"wish": "Water"}, **amina).status_code == 404
    asked_for = client.post(creditor, {"wish": "Water"}, **firm)
    assert (asked_for.status_code, asked_for.json()["status"]) == (201, "ASKED"), asked_for.content
    admit(town.firm.customer, town.brian.user)
    answer = client.get(creditor, **firm).json()
    assert (answer["status"], answer["schemes"]) == ("ADMITTED", ["B2B", "CORE"])
    assert client.post(f"{url}/mandates", asked, **amina).status_code == 404
    assert client.post(f"{url}/mandates", asked | {"more": 1}, **firm).status_code == 400
    made = client.post(f"{url}/mandates", asked, **firm)
    assert made.status_code == 201, made.content
    one = f"{url}/mandates/{made.json()['reference']}"
    assert (
        client.get(one, **brian).status_code == client.post(f"{one}/confirm", {}, **brian).status_code == 404
    )
    refused = client.post(f"{one}/confirm", {}, **amina)
    assert refused.status_code == 403
    challenge = Challenge.objects.get(pk=refused.json()["challenge"]["id"])
    proof = {"authorisation": {"challenge_id": str(challenge.pk), "code": code_for(challenge)}}
    assert client.post(f"{one}/confirm", proof, **amina).json()["status"] == "ACTIVE"
    wanted = {
        "mandate": made.json()["reference"], "amount": {"amount": "400.00", "currency": "KES"},
        "due": (today + timedelta(days=2)).isoformat(), "end_to_end_id": "I-1",
    }  # fmt: skip
    assert client.post(f"{url}/collections", wanted, **amina).status_code == 403
    first = client.post(f"{url}/collections", wanted, **firm).json()["reference"]
    assert client.post(f"{url}/collections", wanted, **firm).json()["reference"] == first
    more = client.post(f"{url}/collections", wanted | {"end_to_end_id": "I-2"}, **firm)
    assert (more.status_code, more.json()["code"]) == (422, "ABOVE_MANDATE")
    taken = f"{url}/collections/{first}"
    for kind in ("NO_QUESTION", "UNAUTHORISED"):
        assert client.post(f"{taken}/refund", {"kind": kind}, **amina).status_code == 409
    assert client.get(taken, **amina).json()["claim"] is None
    assert client.post(f"{taken}/refuse", **amina).json()["reason"] == "MS02"
    assert client.get(taken, **brian).status_code == 404
    assert [row["status"] for row in client.get(f"{url}/collections", **firm).json()["items"]] == ["REFUSED"]
    assert client.post(f"{one}/cancel", **amina).json()["status"] == "CANCELLED"
    assert client.get(f"{url}/mandates", **brian).json() == {"items": []}


def test_staff_admit_and_stop_and_decide_on_claims_in_their_tables(town: Town, client: Client) -> None:
    """Each form leads to a command of somebody else; nothing changes by the form."""
    clerk = browser(employ("maker", "OPERATIONS"))
    looker = browser(employ("teller", "TELLER"))
    start = "/admin/debits/creditor/start/admit/"
    given = {
        "cif": town.firm.customer.cif, "core": "on", "currency": "KES", "each": "5000", "month": "9000",
        "notice_days": "3", "exposure": "A reserve", "reason": "Known",
    }  # fmt: skip
    assert looker.get(start).status_code == 403
    assert "Behind its refunds" in clerk.get(start).content.decode()
    assert "no more than what a month" in clerk.post(start, given | {"month": "1"}).content.decode()
    assert clerk.post(start, given).status_code == 302
    assert not Creditor.objects.exists()
    assert Command.objects.get().payload["cif"] == town.firm.customer.cif
    workflows.withdraw(command=Command.objects.get(), maker=Command.objects.get().maker)
    admit(town.firm.customer, town.brian.user)
    found = Creditor.objects.get()
    one = f"/admin/debits/creditor/{found.pk}"
    page = clerk.get(f"{one}/change/").content.decode()
    assert found.identifier in page
    assert looker.get(f"{one}/change/").status_code == 200
    assert "do/stop" not in looker.get(f"{one}/change/").content.decode()
    assert "10000" in clerk.get(f"{one}/do/terms/").content.decode()
    assert clerk.post(f"{one}/do/stop/", {"status": "SUSPENDED", "reason": "Many returns"}).status_code == 302
    assert Command.objects.latest("pk").payload == {"cif": town.firm.customer.cif, "status": "SUSPENDED"}
    assert clerk.post(f"{one}/do/stop/", {"status": "SUSPENDED", "reason": "Again"}).status_code == 200
    found.refresh_from_db()
    assert found.status == "ADMITTED"
    assert clerk.get("/admin/debits/claim/").status_code == 200
