"""Expenses from the photo of a receipt to money back, once; whose eyes, whose decision; hostile papers."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.expenses import eod, errors, services
from bank.expenses.models import Expense
from bank.expenses.rules import Category
from bank.kernel import clock
from bank.kernel.errors import BankError, NotAllowed, NotFound
from bank.kernel.money import Money
from bank.liquidity import selectors as liquidity
from bank.liquidity.rules import Source
from bank.notifications.models import Notice
from bank.notifications.wording import full
from bank.payments import services as payments
from bank.payments.errors import FileMadeHere
from bank.payments.models import PaymentFile, VelocityRule
from bank.runtime.models import OutboxMessage
from bank.runtime.steps import Day
from bank.trail import services as trail
from tests.documents import files
from tests.portals.town import Town, browser, let_the_worker_work, newest_code
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    """Brian travels for Savanna Traders; Grace, its treasurer, and Brian may pay for it."""
    made = standing_town.visit()
    cif.grant_mandate(user=made.brian.user, customer=made.firm.customer, role="SIGNATORY", can_pay=True)
    return made


def claim(town: Town, receipt: bytes | None = None, **changes: Any) -> Expense:
    asked: dict[str, Any] = {
        "user": town.brian.user, "customer": town.firm.customer, "merchant": "Rubis Thika Road",
        "category": Category.FUEL, "spent": ledger.business_date(), "amount": Money.of("1160.00", "KES"),
        "vat": Money.of("160.00", "KES"), "account_number": town.brian.number,
        "account_name": town.brian.name, "filename": "receipt.jpg",
        "upload": io.BytesIO(receipt or files.picture(size=(40 + Expense.objects.count(), 30))),
    } | changes  # fmt: skip
    return services.claim(**asked)


def state(expense: Expense) -> str:
    expense.refresh_from_db()
    return expense.state


def pay(town: Town, *chosen: Expense) -> PaymentFile:
    return services.pay_back(
        user=town.firm.user, customer=town.firm.customer, references=[one.reference for one in chosen],
        account_number=town.firm.number,
    )  # fmt: skip


def confirm(town: Town, file: PaymentFile, key: str) -> None:
    challenge = payments.start_file_confirmation(user=town.firm.user, file=file)
    payments.confirm_payment_file(
        user=town.firm.user, file=file, only_valid=False, key=key, challenge_id=challenge.id,
        code=newest_code(town.firm.user), override_reason="Not paid before" if file.similar_to else "",
    )  # fmt: skip
    let_the_worker_work()
    let_the_worker_work()


def test_it_is_decided_by_another_and_paid_back_once(town: Town) -> None:
    before, books = ledger.balance(town.brian.number).booked, town.books()
    made = claim(town)
    with pytest.raises(errors.OwnExpense):
        services.approve(user=town.brian.user, expense=made)
    with pytest.raises(NotAllowed):
        services.approve(user=town.bookkeeper, expense=made)
    with pytest.raises(NotFound):
        services.approve(user=town.amina.user, expense=made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Expense.objects.filter(pk=made.pk).update(
            state="APPROVED", decided_by=town.brian.user, decided_at=made.claimed_at
        )
    with pytest.raises(errors.ExpenseDecided):
        pay(town, made)
    let_the_worker_work()
    (waits,) = Notice.objects.filter(kind="EXPENSE_WAITS")
    assert (waits.user, waits.told["name"]) == (town.firm.user, town.brian.user.full_name)
    services.approve(user=town.firm.user, expense=made)
    services.approve(user=town.firm.user, expense=made)
    let_the_worker_work()
    (decided,) = Notice.objects.filter(kind="EXPENSE_DECIDED")
    assert (decided.user, "is approved" in full(decided.kind, decided.told)) == (town.brian.user, True)
    with pytest.raises(errors.ExpenseDecided):
        services.reject(user=town.firm.user, expense=made, reason="Too late")
    with pytest.raises(errors.ExpenseDecided):
        services.withdraw(user=town.brian.user, expense=made)
    today = ledger.business_date()
    (known,) = liquidity.known(town.firm.customer, today, today)
    assert (known.source, known.money, known.day) == (Source.EXPENSE, Money.of("-1160.00", "KES"), today)
    assert town.brian.name not in known.title
    file = pay(town, made)
    assert state(made) == "SENT"
    assert liquidity.known(town.firm.customer, today, today) == [known]
    with pytest.raises(errors.ExpenseDecided):
        pay(town, made)
    payments.cancel_payment_file(user=town.firm.user, reference=file.reference)
    day = Day(ledger.business_date(), ledger.business_date())
    assert [eod.settle(day, "").done for _again in range(2)] == [1, 0]
    assert (state(made), town.books()) == ("APPROVED", books)
    confirm(town, pay(town, made), "k1")
    assert (state(made), liquidity.known(town.firm.customer, today, today)) == ("PAID", [])
    assert services.settle() == 0
    came = Notice.objects.get(user=town.brian.user, kind="MONEY_IN")
    assert (came.told["name"], came.told["amount"]) == ("Savanna Traders Ltd", "1160.00")
    OutboxMessage.objects.filter(topic="payments.file_paid").update(
        delivered_at=None, next_try_at=clock.now()
    )
    let_the_worker_work()
    assert Notice.objects.filter(kind="MONEY_IN").count() == 1
    assert ledger.balance(town.brian.number).booked - before == Money.of("1160.00", "KES")
    actions = AuditRecord.objects.filter(subject_type="expense").values_list("action", flat=True)
    assert sorted(actions) == sorted([
        "EXPENSE_CLAIMED", "EXPENSE_APPROVED", "EXPENSE_SENT", "EXPENSE_NOT_PAID", "EXPENSE_SENT",
        "EXPENSE_PAID",
    ])  # fmt: skip


def test_what_a_file_did_not_pay_is_paid_from_there_and_not_by_the_file_sent_anew_too(town: Town) -> None:
    before = ledger.balance(town.brian.number).booked
    made = claim(town)
    services.approve(user=town.firm.user, expense=made)
    file = pay(town, made)
    account = Account.objects.get(number=town.brian.number)
    accounts.freeze(account=account, scope="CREDIT", reason="court order")
    confirm(town, file, "k1")
    accounts.unfreeze(account=account, reason="lifted")
    assert state(made) == "APPROVED"
    with pytest.raises(FileMadeHere):
        payments.retry_file(user=town.firm.user, reference=file.reference, key="again")
    confirm(town, pay(town, made), "k2")
    with pytest.raises(FileMadeHere):
        payments.retry_file(user=town.firm.user, reference=file.reference, key="again")
    assert state(made) == "PAID"
    assert ledger.balance(town.brian.number).booked - before == Money.of("1160.00", "KES")


def test_what_is_refused_leaves_nothing(town: Town) -> None:
    receipt = files.picture(size=(60, 40))
    made = claim(town, receipt)
    today, shillings = ledger.business_date(), Money.of("1160.00", "KES")
    refused: list[tuple[dict[str, Any], str]] = [
        ({"upload": io.BytesIO(receipt)}, "RECEIPT_CLAIMED"),
        ({"amount": Money.of("0.00", "KES")}, "EXPENSE_UNUSABLE"),
        ({"vat": shillings}, "EXPENSE_UNUSABLE"),
        ({"vat": Money.of("-1.00", "KES")}, "EXPENSE_UNUSABLE"),
        ({"spent": today.replace(year=today.year + 1)}, "EXPENSE_UNUSABLE"),
        ({"spent": today.replace(year=today.year - 2)}, "EXPENSE_UNUSABLE"),
        ({"merchant": " "}, "EXPENSE_UNUSABLE"),
        ({"account_number": "123"}, "ACCOUNT_NUMBER_INVALID"),
        ({"upload": io.BytesIO(b"MZ\x90\x00 a program")}, "DOCUMENT_TYPE_REFUSED"),
        ({"upload": io.BytesIO(b"")}, "DOCUMENT_EMPTY"),
        ({"user": town.bookkeeper}, "NOT_ALLOWED"),
        ({"user": town.amina.user}, "NOT_FOUND"),
    ]
    for changes, code in refused:
        with pytest.raises(BankError) as refusal:
            claim(town, **changes)
        assert refusal.value.code == code, changes
    assert Expense.objects.get() == made
    services.withdraw(user=town.brian.user, expense=made)
    again = claim(town, receipt)
    for words in ("", "x" * 301, "hid\u200bden"):
        with pytest.raises(errors.ExpenseUnusable):
            services.reject(user=town.firm.user, expense=again, reason=words)
    services.reject(user=town.firm.user, expense=again, reason="Not the company's car")
    assert claim(town, receipt).state == "WAITING"


def test_the_pages_of_a_claimant_an_approver_an_accountant_and_a_stranger(town: Town) -> None:
    home = f"/corporate/{town.firm.customer.cif}/expenses/"
    brian, grace = browser(town.brian.user), browser(town.firm.user)
    accountant, stranger = browser(town.bookkeeper), browser(town.amina.user)
    assert "No expenses yet" in brian.get(home).content.decode()
    form = {
        "merchant": "=Rubis", "category": "FUEL", "spent": str(ledger.business_date()), "amount": "1,160.00",
        "vat": "160", "number": town.brian.number, "holder": town.brian.name, "purpose": "Nakuru and back",
    }  # fmt: skip
    assert "field__error" in brian.post(f"{home}new/", form).content.decode()
    photo = SimpleUploadedFile("r.jpg", files.picture(), content_type="image/jpeg")
    page = brian.post(f"{home}new/", form | {"receipt": photo, "vat": "lots"}).content.decode()
    assert "field__error" in page
    photo.seek(0)
    sent = brian.post(f"{home}new/", form | {"receipt": photo})
    made = Expense.objects.get()
    place = f"{home}{made.reference}/"
    assert (sent.status_code, sent.headers["Location"]) == (302, place)
    assert str(made.vat_money) == "KES 160.00"
    mine = brian.get(place).content.decode()
    assert "Withdraw it" in mine
    assert "Approve" not in mine
    assert brian.post(f"{place}decide/", {"act": "approve"}).content.decode().count("Nobody decides") >= 1
    assert town.brian.number in brian.get(f"{home}new/").content.decode()
    assert "For you to decide" in grace.get(home).content.decode()
    assert "field__error" in grace.post(f"{place}decide/", {"act": "reject", "reason": ""}).content.decode()
    assert grace.get(f"{place}receipt/").headers["Content-Type"] == "image/jpeg"
    assert grace.post(f"{place}decide/", {"act": "approve"}).status_code == 302
    seen = accountant.get(place).content.decode()
    assert "Grace Muthoni" in seen
    assert accountant.get(f"{place}receipt/").status_code == 200
    assert accountant.get(f"{home}new/").status_code == 403
    assert "Claim an expense" not in accountant.get(home).content.decode()
    for path in ("", "new/", "pay/", "expenses.csv", f"{made.reference}/", f"{made.reference}/receipt/"):
        assert stranger.get(home + path).status_code == 404
    rows = list(
        csv.DictReader(io.StringIO(accountant.get(f"{home}expenses.csv").content.decode("utf-8-sig")))
    )
    assert [(row["Paid to"], row["Net"], row["Total"], row["Status"]) for row in rows] == [
        ("'=Rubis", "1000.00", "1160.00", "Approved")
    ]
    assert accountant.get(f"{home}expenses.xlsx?state=PAID&category=FUEL").status_code == 200
    assert "Nothing matches" in accountant.get(f"{home}?state=PAID").content.decode()
    assert made.reference in grace.get(f"{home}pay/").content.decode()
    paid = grace.post(f"{home}pay/", {"expense": [made.reference], "account": town.firm.number})
    assert paid.headers["Location"].startswith(f"/corporate/{town.firm.customer.cif}/files/")
    audit.seal()
    trail.gather()
    told = grace.get(f"/corporate/{town.firm.customer.cif}/people/trail/?kind=EXPENSE").content.decode()
    assert "Expense sent to be paid back" in told


def test_what_the_bank_holds_of_a_file_is_not_paid_by_another(town: Town) -> None:
    segment = town.firm.customer.segment
    VelocityRule.objects.update_or_create(
        kind="PAYMENTS", segment=segment, currency="", channel="FILE",
        defaults={"most": 0, "window_minutes": 60},
    )  # fmt: skip
    before, made = ledger.balance(town.brian.number).booked, claim(town)
    services.approve(user=town.firm.user, expense=made)
    file = pay(town, made)
    confirm(town, file, "held")
    assert (state(made), [one.status for one in file.lines.all()]) == ("SENT", ["HELD"])
    assert services.settle() == 0
    with pytest.raises(errors.ExpenseDecided):
        pay(town, made)
    payments.release_held(reference=file.lines.get().reference, by=town.amina.user)
    let_the_worker_work()
    assert state(made) == "PAID"
    assert ledger.balance(town.brian.number).booked == before + made.money
    again = claim(town)
    services.approve(user=town.firm.user, expense=again)
    refused = pay(town, again)
    confirm(town, refused, "refused")
    payments.refuse_held(reference=refused.lines.get().reference, by=town.amina.user, reason="odd")
    let_the_worker_work()
    assert state(again) == "APPROVED"
    assert ledger.balance(town.brian.number).booked == before + made.money
