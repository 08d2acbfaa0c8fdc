"""What becomes of bills with the payment file that was to pay them."""

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.cif import services as cif
from bank.identity.models import User
from bank.invoicing import eod, services
from bank.invoicing.models import Bill
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.payments.errors import FileMadeHere
from bank.payments.models import PaymentFile
from bank.runtime.steps import Day
from bank.signing import services as signing
from bank.signing.models import Approval, SigningRule
from tests.invoicing.shop import Shop
from tests.portals.town import let_the_worker_work, newest_code
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(standing_shop: Standing[Shop], db: None) -> Shop:
    return standing_shop.visit()


def sent(shop: Shop) -> tuple[Bill, PaymentFile]:
    mine = {"user": shop.firm.user, "customer": shop.firm.customer}
    vendor = shop.firm.customer.vendors.first() or services.add_vendor(
        **mine, name=shop.town.brian.name, number=shop.town.brian.number
    )
    day, count = ledger.business_date(), Bill.objects.count()
    bill = services.add_bill(
        **mine,
        vendor=vendor,
        number=f"B-{count}",
        amount=Money.of("1500.00", "KES"),
        bill_date=day,
        due_date=day,
    )
    return bill, pay(shop, bill)


def pay(shop: Shop, bill: Bill) -> PaymentFile:
    return services.pay_bills(
        user=shop.firm.user,
        customer=shop.firm.customer,
        bill_ids=[str(bill.pk)],
        account_number=shop.firm.number,
    )


def state(bill: Bill) -> str:
    bill.refresh_from_db()
    return bill.state


def confirm(shop: Shop, file: PaymentFile, key: str) -> PaymentFile:
    challenge = payments.start_file_confirmation(user=shop.firm.user, file=file)
    return payments.confirm_payment_file(
        user=shop.firm.user, file=file, only_valid=False, key=key, challenge_id=challenge.id,
        code=newest_code(shop.firm.user),
    )  # fmt: skip


def test_a_bill_follows_its_file_whatever_becomes_of_it(shop: Shop) -> None:
    bill, file = sent(shop)
    assert (state(bill), services.note_outcome(file), services.settle_bills()) == ("WAITING", 0, 0)
    payments.cancel_payment_file(user=shop.firm.user, reference=file.reference)
    day = Day(ledger.business_date(), ledger.business_date())
    assert [eod.settle_bills(day, "").done for _again in range(2)] == [1, 0]
    assert state(bill) == "OPEN"
    again = pay(shop, bill)
    assert services.note_outcome(file) == 0
    assert (state(bill), bill.file_reference) == ("WAITING", again.reference)
    payments.cancel_payment_file(user=shop.firm.user, reference=again.reference)
    third = pay(shop, bill)
    PaymentFile.objects.filter(pk=third.pk).update(status="REJECTED")
    assert services.settle_bills(customer=shop.town.amina.customer) == 0
    assert services.settle_bills(customer=shop.firm.customer) == 1
    before = ledger.balance(shop.town.brian.number).booked
    confirm(shop, pay(shop, bill), "k1")
    let_the_worker_work()
    let_the_worker_work()
    assert state(bill) == "PAID"
    assert ledger.balance(shop.town.brian.number).booked - before == Money.of("1500.00", "KES")


def test_a_bill_its_file_did_not_pay_is_not_paid_by_the_file_sent_anew_too(shop: Shop) -> None:
    bill, file = sent(shop)
    account = Account.objects.get(number=shop.town.brian.number)
    accounts.freeze(account=account, scope="CREDIT", reason="court order")
    assert confirm(shop, file, "k1").settled_count == 0
    let_the_worker_work()
    assert state(bill) == "OPEN"
    with pytest.raises(FileMadeHere):
        payments.retry_file(user=shop.firm.user, reference=file.reference, key="again")
    assert not PaymentFile.objects.filter(retry_of=file).exists()


def test_a_file_nobody_signs_gives_its_bills_back_and_cannot_pay_them_twice(shop: Shop) -> None:
    firm = shop.firm
    other = User.objects.create_user("partner@example.test", full_name="Partner")
    cif.grant_mandate(user=other, customer=firm.customer, role="SIGNATORY", can_pay=True)
    SigningRule.objects.create(customer=firm.customer, currency="KES", above="500.00", signatures=2)
    bill, file = sent(shop)
    assert confirm(shop, file, "k1").status == "WAITING"
    approval = Approval.objects.get()
    signing.reject(user=other, reference=approval.reference, reason="Not agreed")
    let_the_worker_work()
    file.refresh_from_db()
    assert (file.status, state(bill)) == ("CANCELLED", "OPEN")
    assert services.give_up_file(file.reference) == 0
    bill_2, file_2 = sent(shop)
    confirm(shop, file_2, "k2")
    waiting = Approval.objects.get(state="WAITING")
    signing.withdraw(user=firm.user, reference=waiting.reference)
    assert confirm(shop, file_2, "k3").status == "WAITING"
    let_the_worker_work()
    file_2.refresh_from_db()
    assert (file_2.status, state(bill_2)) == ("WAITING", "WAITING")
