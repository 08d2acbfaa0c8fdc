"""Section D: other people's things named inside bodies, and rights nobody gave."""

from typing import Any

from django.test import Client

from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.identity import services as identity
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.payments import services as payments
from bank.payments.models import Beneficiary, PaymentFile, PaymentOrder, PaymentPermit
from bank.payments.services import file_payment
from bank.statements.models import Statement
from tests.identity import bearer
from tests.portals import town as streets
from tests.portals.town import Town, newest_code, pain001


def transfer(town: Town, **changes: Any) -> dict[str, Any]:
    """Amina to Brian."""
    return {
        "debtor_account": town.amina.number,
        "creditor_account": town.brian.number,
        "creditor_name": town.brian.name,
        "amount": {"amount": "100.00", "currency": "KES"},
    } | changes


def send(user: User, body: dict[str, Any], key: str = "k1") -> Any:
    headers = {"HTTP_IDEMPOTENCY_KEY": key, **bearer(user)}
    return Client().post("/api/v1/transfers", body, content_type="application/json", **headers)


def opened(user: User, body: dict[str, Any]) -> dict[str, str]:
    """The authorisation a first call leads to."""
    challenge = Challenge.objects.get(pk=send(user, body).json()["challenge"]["id"])
    return {"challenge_id": str(challenge.pk), "code": stepup.code_for(challenge)}


def test_row_25_a_code_serves_its_user_act_and_amount_alone(town: Town) -> None:
    """Every other user, payee, amount, debtor, door and purpose is refused with the right code in hand."""
    before, amina, brian = town.books(), town.amina, town.brian
    mine = transfer(town)
    back = transfer(
        town, debtor_account=brian.number, creditor_account=amina.number, creditor_name=amina.name
    )
    changed = [
        {"amount": {"amount": "100.01", "currency": "KES"}},
        {"amount": {"amount": "1000.00", "currency": "KES"}},
        {"creditor_account": town.firm.number, "creditor_name": town.firm.name},
        {"creditor_name": "Brian K Langat"},
        {"debtor_account": amina.accounts[1].number},
    ]
    for n, change in enumerate(changed):
        answer = send(amina.user, mine | change | {"authorisation": opened(amina.user, mine)}, f"c{n}")
        assert (answer.status_code, answer.json()["code"]) == (403, "STEP_UP_ACT_CHANGED"), change
    stolen = send(brian.user, back | {"authorisation": opened(amina.user, mine)}, "s1")
    assert (stolen.status_code, stolen.json()["code"]) == (403, "STEP_UP_REQUIRED")
    for challenge in (_for_a_payee(town), _for_a_file(town), identity.ask_program_code(user=amina.user)):
        user = challenge.user
        given = {"challenge_id": str(challenge.pk), "code": stepup.code_for(challenge)}
        answer = send(
            user, (mine if user == amina.user else back) | {"authorisation": given}, f"p{challenge.pk}"
        )
        assert answer.status_code in {403, 404}, answer.content
    assert town.books() == before
    assert not PaymentOrder.objects.exists()


def test_row_21_ids_in_bodies_open_nothing(town: Town) -> None:
    brian, before = streets.browser(town.brian.user), town.books()
    stolen = send(town.brian.user, transfer(town, creditor_account=town.brian.number))
    assert (stolen.status_code, stolen.json()["code"]) == (404, "NOT_FOUND")
    dates = {"since": "2026-01-01", "until": "2026-01-02"}
    form = {"account": town.amina.number, "format": "CSV", "key": "s1", **dates}
    assert brian.post("/personal/statements/", form).status_code == 200
    api = {"account": town.amina.number, "from": dates["since"], "to": dates["until"], "format": "CSV"}
    headers = {"HTTP_IDEMPOTENCY_KEY": "s1", **bearer(town.brian.user)}
    answer = Client().post("/api/v1/statements", api, content_type="application/json", **headers)
    assert answer.status_code == 404
    own = {"debtor": town.amina.number, "creditor": town.brian.number, "amount": "5"}
    assert brian.post("/personal/transfer/", own).status_code == 200
    assert brian.post("/personal/pay/", {"payee": _for_a_payee_kept(town)}).status_code == 404
    assert not Statement.objects.exists()
    assert town.books() == before


def test_row_21_a_right_for_one_company_is_none_for_another(town: Town) -> None:
    """Who pays for one and looks at another cannot pay the other's file through the first one's address."""
    own = cif.create_organisation(
        registered_name="Were & Sons", registration_number="PVT-2", legal_form="Partnership", segment="SME"
    )
    cif.grant_mandate(user=town.bookkeeper, customer=own, role="OWNER", can_pay=True)
    content = pain001(town.firm, [(town.brian.name, town.brian.number, "100.00")])
    file = payments.submit_payment_file(user=town.firm.user, content=content, key="f1")
    before, browser = town.books(), streets.browser(town.bookkeeper)
    for company in (own.cif, town.firm.customer.cif):
        browser.post(f"/corporate/{company}/files/{file.reference}/", {"which": "ALL"})
    headers = {"HTTP_IDEMPOTENCY_KEY": "c1", **bearer(town.bookkeeper)}
    answer = Client().post(
        f"/api/v1/payment-files/{file.reference}/confirm", {}, content_type="application/json", **headers
    )
    assert answer.status_code in {403, 404}, answer.content
    assert "challenge" not in answer.json()
    assert not Challenge.objects.filter(user=town.bookkeeper).exists()
    act, summary = file_payment.file_act(file)
    guessed = stepup.start(user=town.bookkeeper, act=act, summary=summary)
    given = {"authorisation": {"challenge_id": str(guessed.pk), "code": stepup.code_for(guessed)}}
    answer = Client().post(
        f"/api/v1/payment-files/{file.reference}/confirm", given, content_type="application/json", **headers
    )
    assert answer.status_code == 403
    assert PaymentFile.objects.get().status == "CHECKED"
    assert town.books() == before


def test_row_23_nothing_more_than_asked_for_is_taken(town: Town, amina: Client) -> None:
    """Rights, owners, states and prices beside the fields of a form or an order."""
    extra = {
        "is_staff": "1",
        "is_superuser": "1",
        "user": town.brian.user.pk,
        "role": "OWNER",
        "status": "SETTLED",
        "fee": "0",
        "customer": town.firm.customer.pk,
        "balance": "1000000",
        "name_check": "MATCH",
        "permit": "1",
    }
    before = town.books()
    for name, value in extra.items():
        answer = send(town.amina.user, transfer(town, **{name: value}))
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT"), name
    payee = {"name": town.brian.name, "number": town.brian.number, **extra}
    kept = amina.post("/personal/payees/", payee).headers["Location"]
    amina.post(kept, {"code": newest_code(town.amina.user), "asked": _asked(), **extra})
    assert Beneficiary.objects.get().customer == town.amina.customer
    signing_in = {"email": "amina@example.test", "password": "x", **extra}
    Client().post("/sign-in/", signing_in)
    Client().post("/api/v1/auth/token", signing_in, content_type="application/json")
    user = User.objects.get(pk=town.amina.user.pk)
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert not PaymentPermit.objects.exists()
    assert Mandate.objects.filter(user=user).count() == 1
    assert town.books() == before


def _asked() -> str:
    return str(Challenge.objects.latest("created_at").pk)


def _for_a_payee(town: Town) -> Challenge:
    amina = town.amina
    return payments.start_beneficiary(
        user=amina.user, cif_number=amina.customer.cif, name=town.brian.name, number=town.brian.number
    )


def _for_a_payee_kept(town: Town) -> str:
    challenge = _for_a_payee(town)
    kept = payments.add_beneficiary(
        user=town.amina.user, cif_number=town.amina.customer.cif, name=town.brian.name,
        number=town.brian.number, challenge_id=challenge.pk, code=stepup.code_for(challenge),
    )  # fmt: skip
    return str(kept.pk)


def _for_a_file(town: Town) -> Challenge:
    content = pain001(town.firm, [(town.brian.name, town.brian.number, "100.00")])
    file = payments.submit_payment_file(user=town.firm.user, content=content, key="f9")
    return payments.start_file_confirmation(user=town.firm.user, file=file)
