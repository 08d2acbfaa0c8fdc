"""Bills: references that check, amounts a biller takes, the bank's fee, the biller's file; QR codes."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from bank.kernel import clock
from bank.messages.errors import QrUnreadable
from bank.messages.qr import Merchant, build_merchant
from bank.payments.services import charges, quotes
from bank.products.rules import FeeEvent
from bank.requests import codes, errors, rules, selectors, services
from bank.requests.models import Biller
from bank.requests.rules import Check
from tests.payments.conftest import Bank, code_of, kes
from tests.payments.conftest import standing_bank as standing_bank
from tests.signing.conftest import signatories_of
from tests.signing.test_signing import sign, waiting
from tests.worlds import Standing


@pytest.fixture
def bank(standing_bank: Standing[Bank], db: None) -> Bank:
    return standing_bank.visit()


@pytest.fixture
def power(bank: Bank) -> Biller:
    return services.open_biller(
        code="power", name="Taa Power", category="ELECTRICITY", account=bank.firm.account,
        label="Meter number", pattern="[0-9]{11}", example="37194820561", check=Check.LUHN,
        least=Decimal(50), most=Decimal(35_000),
    )  # fmt: skip


def pay(bank: Bank, amount: str = "1000.00", reference: str = "3719 4820-561", **more: Any) -> Any:
    given = {
        "user": bank.alice.user,
        "code": "power",
        "reference": reference,
        "debtor_number": bank.alice.number,
        "amount": kes(amount),
    }
    challenge = services.start_bill(**given)
    return services.pay_bill(**given, key="b1", challenge_id=challenge.id, proof=code_of(challenge), **more)


def test_the_biller_gets_amount_and_reference_the_bank_its_fee(bank: Bank, power: Biller) -> None:
    """1,000.00: fee for bills 50.00 and excise 7.50 on top; the biller is credited 1,000.00."""
    before = bank.firm.booked
    paid = pay(bank)
    assert bank.alice.booked == kes("48942.50")
    assert bank.firm.booked == before + kes("1000.00")
    assert paid.remittance == "37194820561"
    (line,) = selectors.received_on(power, timezone.localdate(clock.now()))
    assert (line.reference, line.payment) == ("37194820561", paid)
    saved = services.save_bill(user=bank.alice.user, payment_reference=paid.reference)
    assert [one.pk for one in selectors.saved_bills(bank.alice.user)] == [saved.pk]
    services.forget_bill(user=bank.alice.user, saved_id=saved.pk)
    assert selectors.billers_of(bank.firm.user, bank.firm.customer) == [power]


def test_a_company_s_bill_that_others_sign_is_priced_and_booked_as_a_bill(bank: Bank) -> None:
    """2,000.00 needs two: with the last signature the fee is the bank's income of bills, not of transfers."""
    _owner, second, _third = signatories_of(bank)
    services.open_biller(
        code="water", name="Maji", category="WATER", account=bank.bob.account, label="Account",
        pattern="[0-9]{4}", example="1234",
    )  # fmt: skip
    given: dict[str, Any] = {
        "user": bank.firm.user, "code": "water", "reference": "1234",
        "debtor_number": bank.firm.number, "amount": kes("2000.00"),
    }  # fmt: skip
    challenge = services.start_bill(**given)
    made = services.pay_bill(**given, key="b1", challenge_id=challenge.id, proof=code_of(challenge))
    assert (made.status, kes(str(made.fee))) == ("AWAITING_APPROVAL", kes("50.00"))
    before = bank.positions()
    assert sign(second, waiting(made).reference)[0].state == "APPROVED"
    moved = {one: money - before.get(one, kes("0.00")) for one, money in bank.positions().items()}
    asked = quotes.ask(
        bank.firm.number, bank.bob.number, bank.bob.name, kes("2000.00"), fee_event=FeeEvent.BILL_PAYMENT
    )
    bill = quotes.draft(bank.firm.user, asked).charges
    assert moved[charges.account_for(bill.income_role, bill.fee)] == kes("50.00")
    made.refresh_from_db()
    assert (made.status, made.fee_event) == ("SETTLED", "BILL_PAYMENT")


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (errors.ReferenceWrong, {"reference": "12"}),
        (errors.ReferenceWrong, {"reference": "3719482056٣"}),
        (errors.ReferenceMistyped, {"reference": "37194820562"}),
        (errors.BillAmountWrong, {"amount": "49.99"}),
        (errors.BillAmountWrong, {"amount": "35000.01"}),
    ],
)
def test_wrong_bills_move_nothing(
    bank: Bank, power: Biller, refusal: type[Exception], changes: dict[str, str]
) -> None:
    before = bank.positions()
    with pytest.raises(refusal):
        pay(bank, **changes)
    Biller.objects.update(is_active=False)
    with pytest.raises(errors.BillerUnusable):
        pay(bank)
    assert bank.positions() == before


def test_check_digits() -> None:
    """Luhn: ISO/IEC 7812. Modulus 97: RF18 5390 0754 7034 without letters is not it; 3 x 97 + 1 is."""
    assert rules.checked("79927398713", Check.LUHN)
    assert not rules.checked("79927398710", Check.LUHN)
    assert rules.checked("292", Check.MOD_97)
    assert not rules.checked("293", Check.MOD_97)
    assert rules.checked("1234567" + "4", Check.MOD_11)
    assert not rules.checked("1234567" + "5", Check.MOD_11)
    assert rules.checked("anything", Check.NONE)


def test_a_catalogue_row_must_fit_itself(bank: Bank) -> None:
    row: dict[str, Any] = {
        "code": "x", "name": "X", "category": "WATER", "account": bank.firm.account, "label": "Number",
    }  # fmt: skip
    for pattern, example, check in (
        ("[0-9", "1", Check.NONE),
        ("[0-9]+", "a", Check.NONE),
        ("[0-9]+", "12", Check.LUHN),
    ):
        with pytest.raises(errors.RequestUnusable):
            services.open_biller(**row, pattern=pattern, example=example, check=check)


def test_codes_of_ones_own_and_of_others(bank: Bank) -> None:
    text = codes.receive(bank.bob.account, amount=kes("250.00"), text="Chapati", request="RTP-1")
    found = codes.read(f"\n{text}\n")
    assert (found.number, found.amount, found.request) == (bank.bob.number, kes("250.00"), "RTP-1")
    assert codes.read(codes.receive(bank.bob.account)).amount is None
    foreign = Merchant("Shop", "NAIROBI", "KE", "KES", {"29": {"00": "com.elsewhere", "01": "1"}})
    for hostile in (build_merchant(foreign), text.replace("250", "950"), "", "javascript:alert(1)", "BCD"):
        with pytest.raises(QrUnreadable):
            codes.read(hostile)
