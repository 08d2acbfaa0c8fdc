"""Requests to pay: asked, paid in one or in parts, declined, blocked; never more than was asked for."""

from datetime import timedelta
from typing import Any

import pytest

from bank.kernel import clock
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.ledger.errors import InsufficientFunds
from bank.payments.errors import CreditorUnknown, CurrenciesDiffer
from bank.requests import errors, rules, selectors, services
from bank.requests.models import PaymentRequest
from bank.requests.rules import RequestStatus
from tests.payments.conftest import Bank, Side, code_of, kes
from tests.payments.conftest import standing_bank as standing_bank
from tests.worlds import Standing


@pytest.fixture
def bank(standing_bank: Standing[Bank], db: None) -> Bank:
    return standing_bank.visit()


def ask(bank: Bank, given: str | None = "1000.00", **changes: Any) -> PaymentRequest:
    """Bob asks Alice, unless told otherwise."""
    asked: dict[str, Any] = {
        "user": bank.bob.user,
        "creditor_number": bank.bob.number,
        "amount": kes(given) if given else None,
        "remittance": "Dinner",
        "key": "r1",
        "debtor_number": bank.alice.number,
        "debtor_name": bank.alice.name,
    }
    return services.make_request(**(asked | changes))


def pay(side: Side, request: PaymentRequest, amount: str, key: str = "k1") -> Any:
    given = {
        "user": side.user,
        "reference": request.reference,
        "debtor_number": side.number,
        "amount": kes(amount),
    }
    challenge = services.start_accepting(**given)
    return services.accept(**given, key=key, challenge_id=challenge.id, code=code_of(challenge))


def status(request: PaymentRequest) -> str:
    request.refresh_from_db()
    return selectors.standing(request).status


def test_a_request_is_paid_once_with_fee_and_reference(bank: Bank) -> None:
    """1,000.00: the payer pays fee 10.00 and excise 1.50 on top; pain.014 says ACSC."""
    request = ask(bank)
    assert ask(bank) == request
    assert [one.reference for one in selectors.requests_received(bank.alice.user)] == [request.reference]
    paid = pay(bank.alice, request, "1000.00")
    assert (bank.alice.booked, bank.bob.booked) == (kes("48988.50"), kes("1000.00"))
    assert (paid.remittance, paid.end_to_end_id) == ("Dinner", request.reference)
    assert status(request) == RequestStatus.PAID
    assert rules.ISO_STATUS[RequestStatus.PAID] == "ACSC"
    again = services.accept(
        user=bank.alice.user, reference=request.reference, debtor_number=bank.alice.number,
        amount=kes("1000.00"), key="k1", challenge_id=None, code="",
    )  # fmt: skip
    assert again == paid
    for late in (lambda: pay(bank.alice, request, "1000.00", "k2"), lambda: pay(bank.firm, request, "1.00")):
        with pytest.raises((errors.RequestOver, NotFound)):
            late()
    assert bank.bob.booked == kes("1000.00")


def test_parts_never_come_to_more_than_was_asked(bank: Bank) -> None:
    whole, parts = ask(bank), ask(bank, key="r2", allows_partial=True, debtor_number="")
    before = bank.positions()
    with pytest.raises(errors.AmountNotAsked):
        pay(bank.alice, whole, "999.99")
    with pytest.raises(errors.MoreThanAsked):
        pay(bank.alice, parts, "1000.01")
    assert bank.positions() == before
    pay(bank.alice, parts, "400.00")
    assert status(parts) == RequestStatus.PARTLY_PAID
    with pytest.raises(errors.MoreThanAsked):
        pay(bank.firm, parts, "600.01", "k2")
    pay(bank.firm, parts, "600.00", "k3")
    assert status(parts) == RequestStatus.PAID
    assert bank.bob.booked == kes("1000.00")
    with pytest.raises(InsufficientFunds):
        pay(bank.alice, ask(bank, "49600.00", key="r3"), "49600.00", "k4")


def test_an_open_amount_is_the_payers_choice(bank: Bank) -> None:
    gift = ask(bank, None, debtor_number="")
    pay(bank.alice, gift, "50.00")
    pay(bank.firm, gift, "70.00", "k2")
    assert bank.bob.booked == kes("120.00")
    assert status(gift) == RequestStatus.PARTLY_PAID
    services.cancel(user=bank.bob.user, reference=gift.reference)
    with pytest.raises(errors.RequestOver):
        pay(bank.alice, gift, "1.00", "k3")


def test_declined_blocked_reminded_expired(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ask(bank), ask(bank, key="r2")
    services.remind(user=bank.bob.user, reference=first.reference)
    with pytest.raises(errors.ReminderTooSoon):
        services.remind(user=bank.bob.user, reference=first.reference)
    with pytest.raises((NotAllowed, NotFound)):
        services.decline(user=bank.bob.user, reference=first.reference, reason="AMOUNT")
    with pytest.raises(errors.RequestUnusable):
        services.decline(user=bank.alice.user, reference=first.reference, reason="BECAUSE")
    services.decline(user=bank.alice.user, reference=first.reference, reason="AMOUNT", words="It was 900")
    assert (status(first), first.decline_words) == (RequestStatus.DECLINED, "It was 900")
    services.block(user=bank.alice.user, reference=second.reference)
    assert status(second) == RequestStatus.DECLINED
    with pytest.raises(errors.RequesterBlocked):
        ask(bank, key="r3")
    blocked = selectors.blocked_by(bank.alice.user).get()
    with pytest.raises(NotFound):
        services.unblock(user=bank.bob.user, blocked_id=blocked.pk)
    services.unblock(user=bank.alice.user, blocked_id=blocked.pk)
    third = ask(bank, key="r3", expires_at=clock.now() + timedelta(hours=1))
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert status(third) == RequestStatus.EXPIRED
    with pytest.raises(errors.RequestOver):
        pay(bank.alice, third, "1000.00")
    with pytest.raises(NotFound):
        selectors.request_for(bank.firm.user, third.reference)


def test_what_cannot_be_asked(bank: Bank) -> None:
    soon = clock.now() - timedelta(seconds=1)
    for refusal, changes in (
        (NotFound, {"creditor_number": bank.alice.number}),
        (errors.RequestUnusable, {"remittance": "  "}),
        (errors.RequestUnusable, {"expires_at": soon}),
        (errors.RequestUnusable, {"expires_at": soon + timedelta(days=400)}),
        (errors.RequestUnusable, {"amount": kes("0.00")}),
        (errors.RequestUnusable, {"amount": None, "allows_partial": True}),
        (CurrenciesDiffer, {"amount": Money.of("1.00", "USD")}),
        (CreditorUnknown, {"debtor_name": "Somebody Else"}),
        (CreditorUnknown, {"debtor_number": "0010000000000"}),
    ):
        with pytest.raises(refusal):
            ask(bank, **changes)
    assert not PaymentRequest.objects.exists()
