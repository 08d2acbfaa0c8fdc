"""Accounts two people hold, numbers that stand for an account, and what programs see of them."""

import json
from typing import Any

import pytest
from django.test import Client

from bank import ledger
from bank.accounts import selectors, services
from bank.accounts.admin.desk import ACCOUNT_ACTS
from bank.accounts.commands import AddHolder
from bank.accounts.errors import BothMustSign, CollectionUnusable, JointUnusable, PayoutUnusable
from bank.accounts.models import Account, CollectionNumber
from bank.accounts.services import joint
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.payments.errors import CreditorUnknown
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.accounts.conftest import Opening, books_untouched, kes
from tests.accounts.test_worked_examples import n, t_accounts
from tests.identity import bearer
from tests.portals.town import Town, build, newest_code
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def pay_from(user: User, account: Account, payee: Account, amount: str, key: str = "1") -> Any:
    asked: dict[str, Any] = {
        "user": user, "debtor_number": account.number, "creditor_number": payee.number,
        "creditor_name": payee.customer.display_name, "amount": kes(amount),
    }  # fmt: skip
    challenge = payments.start_payment(**asked)
    return payments.pay(**asked, key=key, challenge_id=challenge.id, code=newest_code(user))


def test_either_holder_sees_the_account_and_pays_from_it(
    account: Account, other: Customer, user: User, spouse: User, shop: Account
) -> None:
    """Made joint by two people of the bank; each pays 100, in their own name."""
    with books_untouched(), pytest.raises(NotFound):
        pay_from(spouse, account, shop, "100")
    command = workflows.propose(
        kind="accounts.add_holder", payload=AddHolder(account.number, other.cif, "EITHER"),
        reason="Both came with their papers", maker=employ("maker", "OFFICER"),
    )  # fmt: skip
    assert command.difference[0]["after"] == "Amina Otieno, Brian Langat"
    assert workflows.approve(command=command, checker=employ("boss", "BRANCH_MANAGER")).state == "APPROVED"
    assert [one.account.number for one in selectors.accounts_for(spouse)] == [account.number]
    for who, key in ((user, "a"), (spouse, "b")):
        fee = {"FEE_INCOME": "10", "EXCISE_DUTY": "1.50"}
        with t_accounts(**{n(account): "-111.50", n(shop): "100", **fee}):
            pay_from(who, account, shop, "100", key)
    pot = services.open_pot(user=spouse, number=account.number, name="Roof", key="p")
    services.move_in(user=user, number=pot.account.number, amount=kes("50"), key="m")
    services.move_out(user=spouse, number=pot.account.number, amount=kes("50"), key="m")
    services.end_holder(account=account, customer=other)
    assert Account.objects.get(pk=account.pk).signing == "SOLE"
    with books_untouched(), pytest.raises(NotFound):
        pay_from(spouse, account, shop, "1", "c")


def test_where_both_must_sign_neither_takes_money_out_alone(
    account: Account, other: Customer, user: User, spouse: User, shop: Account
) -> None:
    services.add_holder(account=account, customer=other, signing="BOTH")
    with books_untouched():
        for who in (user, spouse):
            assert selectors.account_for(who, account.number) == account
            assert pay_from(who, account, shop, "1").status == "AWAITING_APPROVAL"
            assert joint.waits(services.open_pot(user=who, number=account.number, name="Mine", key="p"))
        company = cif.create_organisation(
            registered_name="Savanna Ltd",
            registration_number="PVT-1",
            legal_form="LIMITED_COMPANY",
            segment="SME",
        )
        for holder, signing in (
            (other, "EITHER"),
            (account.customer, "EITHER"),
            (company, "EITHER"),
            (other, "X"),
        ):
            with pytest.raises(JointUnusable):
                services.add_holder(account=account, customer=holder, signing=signing)
        with pytest.raises(JointUnusable):
            services.end_holder(account=account, customer=company)


def test_the_currencies_of_an_account_are_signed_for_as_it_is(
    account: Account, other: Customer, user: User, spouse: User
) -> None:
    """Opened while it was one holder's alone, and still no way for one around the other."""
    part = services.open_currency(user=user, number=account.number, currency="USD")
    one_dollar = Money.of("1", "USD")
    with pytest.raises(NotFound):
        selectors.require_debit(spouse, part, one_dollar)
    services.add_holder(account=account, customer=other, signing="BOTH")
    for who in (user, spouse):
        with pytest.raises(BothMustSign):
            selectors.require_debit(who, selectors.account_for(who, part.number), one_dollar)
    Account.objects.filter(pk=account.pk).update(signing="EITHER")
    fresh = selectors.account_for(spouse, part.number)
    selectors.require_debit(spouse, fresh, one_dollar)


def test_one_member_of_staff_takes_no_signature_off_and_pays_nothing_past_it(
    account: Account, other: Customer, user: User, opened: Opening
) -> None:
    """The desk proposes that a holder leaves; a second decides. A closing pays no holder alone."""
    own = opened(account.customer, key="own")
    services.add_holder(account=account, customer=other, signing="BOTH")
    with books_untouched(), pytest.raises(PayoutUnusable):
        services.close_with_payout(account=account, reason="Asked in person", pay_to=own)
    officer = employ("maker", "OFFICER")
    given = {"actor": officer, "cif": other.cif, "reason": "Came with a letter"}
    ACCOUNT_ACTS["end-holder"].run(account, **given)
    account.refresh_from_db()
    assert account.signing == "BOTH"
    command = Command.objects.get()
    assert command.difference[0]["after"] == account.customer.display_name
    assert workflows.approve(command=command, checker=employ("boss", "BRANCH_MANAGER")).state == "APPROVED"
    account.refresh_from_db()
    assert account.signing == "SOLE"
    with pytest.raises(JointUnusable):
        ACCOUNT_ACTS["end-holder"].run(account, **given)


def test_what_is_paid_to_a_collection_number_credits_the_account_with_its_reference(
    account: Account, user: User, spouse: User, opened: Opening, other: Customer, shop: Account
) -> None:
    payer = opened(other, key="payer")
    made = services.open_collection_number(user=user, number=account.number, reference=" Invoice  42 ")
    assert services.open_collection_number(user=user, number=account.number, reference="Invoice 42") == made
    assert made.number.startswith("990")
    asked: dict[str, Any] = {
        "user": spouse, "debtor_number": payer.number, "creditor_number": made.number,
        "creditor_name": "Amina Otieno", "amount": kes("200"),
    }  # fmt: skip
    challenge = payments.start_payment(**asked)
    with t_accounts(**{n(payer): "-211.50", n(account): "200", "FEE_INCOME": "10", "EXCISE_DUTY": "1.50"}):
        paid = payments.pay(
            **asked, key="1", challenge_id=challenge.id, code=newest_code(spouse), remittance="second half"
        )
    assert paid.remittance == "Invoice 42 second half"
    assert "Invoice 42" in selectors.statement_lines(account)[0].description
    with books_untouched():
        for wrong in ("", "x" * 41, "a\x07b"):
            with pytest.raises(CollectionUnusable):
                services.open_collection_number(user=user, number=account.number, reference=wrong)
        with pytest.raises(NotFound):
            services.close_collection_number(user=spouse, number=made.number)
        services.close_collection_number(user=user, number=made.number)
        with pytest.raises(CreditorUnknown):
            payments.start_payment(**asked)
    assert CollectionNumber.objects.get().closed_date == ledger.business_date()


def _send(town: Town, path: str, body: dict[str, Any] | None, key: str = "k", *, who: str = "amina") -> Any:
    headers = bearer(getattr(town, who).user) | {"HTTP_IDEMPOTENCY_KEY": key}
    address = f"/api/v1/accounts/{town.amina.number}{path}"
    if body is None:
        return Client().get(address, **headers)
    return Client().post(address, json.dumps(body), content_type="application/json", **headers)


def test_pots_and_collection_numbers_over_rest(db: None) -> None:
    town = build()
    goal = {"amount": "1000.00", "currency": "KES"}
    for _twice in range(2):
        opened = _send(town, "/pots", {"name": "Bike", "goal": goal})
        assert opened.status_code == 201
    number = opened.json()["number"]
    move = {"amount": {"amount": "250.00", "currency": "KES"}, "direction": "IN"}
    for _twice in range(2):
        assert _send(town, f"/pots/{number}/moves", move).json()["per_cent"] == 25
    assert town.amina.booked == "49750.00"
    (shown,) = _send(town, "/pots", None).json()["items"]
    assert shown["saved"] == {"amount": "250.00", "currency": "KES"}
    for path, body, status in (
        ("/pots", {"name": "Bike", "colour": "red"}, 400),
        ("/pots", {"name": ""}, 400),
        (f"/pots/{number}/moves", {**move, "direction": "SIDEWAYS"}, 400),
        (f"/pots/{town.amina.number}/moves", move, 404),
        ("/collection-numbers", {"reference": "x" * 50}, 400),
    ):
        assert _send(town, path, body, "new").status_code == status, path
    assert _send(town, "/pots", None, who="brian").status_code == 404
    assert _send(town, f"/pots/{number}/moves", move, "b", who="brian").status_code == 404
    made = _send(town, "/collection-numbers", {"reference": "Invoice 7"}).json()
    assert _send(town, "/collection-numbers", None).json()["items"] == [made]
