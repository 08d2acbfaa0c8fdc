"""Paying one payee: once, within rights and limits, or not at all with the books untouched."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import services as accounts
from bank.accounts.models import FeeUse
from bank.audit.models import AuditRecord
from bank.cif import errors as mandates
from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.identity import errors as step_up
from bank.identity.models import User
from bank.kernel.errors import BankError, NotFound
from bank.payments import errors, selectors
from bank.payments import services as payments
from bank.payments.models import DailyUse, PaymentEvent, PaymentLimit, PaymentOrder
from bank.payments.rules import Door, NameCheck
from bank.payments.services import StandingPermit, limits
from bank.products.models import FeeRule
from bank.runtime.errors import IdempotencyConflict
from bank.runtime.models import OutboxMessage
from tests.payments.conftest import Bank, code_of, fund, kes


def test_a_payment_moves_amount_fee_and_excise(bank: Bank) -> None:
    order = bank.pay("20000.00", remittance="Rent")
    assert (order.status, order.fee, order.excise) == ("SETTLED", Decimal("20.00"), Decimal("3.00"))
    assert bank.alice.booked == kes("50000.00") - kes("20023.00")
    assert bank.bob.booked == kes("20000.00")
    assert ledger.balance(ledger.gl("FEE_INCOME", "KES")).booked == kes("20.00")
    assert ledger.balance(ledger.gl("EXCISE_DUTY", "KES")).booked == kes("3.00")
    (entry,) = ledger.entries_by_reference(order.reference)
    assert entry.narrative == "Rent"


def test_what_a_payment_leaves_behind(bank: Bank) -> None:
    order = bank.pay()
    stored = PaymentOrder.objects.get(pk=order.pk)
    assert (stored.debtor_number, stored.creditor_number) == (bank.alice.number, bank.bob.number)
    assert (stored.debtor_name, stored.name_check) == ("Amina Wanjiru Otieno", NameCheck.MATCH)
    assert stored.uetr.version == 4
    steps = [(event.status, event.actor) for event in selectors.timeline(stored)]
    assert steps == [("ACCEPTED", bank.alice.user), ("SETTLED", bank.alice.user)]
    assert AuditRecord.objects.filter(action="PAYMENT_MADE", subject_id=order.reference).count() == 1
    assert OutboxMessage.objects.filter(topic="payments.settled", payload__reference=order.reference).exists()


def test_the_first_ones_of_a_month_are_free_and_counted(bank: Bank) -> None:
    """Two a month by account; what the bank does not make is not counted; the next month begins anew."""
    FeeRule.objects.filter(event="INTERNAL_TRANSFER").update(free_per_month=2)
    asked = {
        "user": bank.alice.user, "debtor_number": bank.alice.number, "creditor_number": bank.bob.number,
        "creditor_name": bank.bob.name, "amount": kes("20000.00"),
    }  # fmt: skip
    quotes = [payments.quote(**asked)]
    made = [bank.pay("1000.00", key="k1")]
    assert bank.pay("1000.00", key="k1").reference == made[0].reference
    quotes.append(payments.quote(**asked))
    made.append(bank.pay("1000.00", key="k2"))
    quotes.append(payments.quote(**asked))
    made.append(bank.pay("1000.00", key="k3"))
    assert [(one.free_left, str(one.fee)) for one in quotes] == [
        (2, "KES 0.00"), (1, "KES 0.00"), (0, "KES 20.00"),
    ]  # fmt: skip
    assert [str(one.charges) for one in made] == ["KES 0.00", "KES 0.00", "KES 11.50"]
    used = FeeUse.objects.order_by("slot")
    assert [(one.slot, one.reference) for one in used] == [(1, made[0].reference), (2, made[1].reference)]
    accounts.give_free_back(made[0].reference)
    assert payments.quote(**asked).free_left == 1
    second = accounts.open_account(customer=bank.alice.customer, product_code="SAVINGS", key="second")
    fund(second, "5000.00")
    assert bank.pay("100.00", key="k4", debtor_number=second.number).charges == kes("0.00")
    FeeUse.objects.update(month=date(2020, 1, 1))
    assert payments.quote(**asked).free_left == 2


def test_between_own_accounts_is_free_and_needs_no_name(bank: Bank) -> None:
    second = accounts.open_account(customer=bank.alice.customer, product_code="SAVINGS", key="second")
    order = bank.pay("40000.00", creditor_number=second.number, creditor_name="")
    assert order.charges == kes("0.00")
    assert order.name_check == NameCheck.MATCH
    assert selectors.used_today(bank.alice.customer, "KES") == kes("0.00")


@pytest.mark.parametrize(
    ("amount", "fee", "excise"),
    [("0.01", "10", "1.50"), ("10000", "10", "1.50"), ("15000", "15", "2.25"), ("25000", "25", "3.75")],
)
def test_internal_transfers_cost_a_thousandth_within_bounds(
    bank: Bank, amount: str, fee: str, excise: str
) -> None:
    quote = payments.quote(
        user=bank.alice.user,
        debtor_number=bank.alice.number,
        creditor_number=bank.bob.number,
        creditor_name=bank.bob.name,
        amount=kes(amount),
    )
    assert (quote.fee, quote.excise) == (kes(fee), kes(excise))
    assert quote.total == kes(amount) + kes(fee) + kes(excise)
    assert quote.available == kes("50000.00")


def test_nine_statements_under_a_permit(bank: Bank) -> None:
    _permit(bank)
    bank.pay(key="warm", authorisation=StandingPermit())
    with CaptureQueriesContext(connection) as queries:
        bank.pay(key="counted", authorisation=StandingPermit())
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 9, "\n".join(statements)


# --- refusals: each leaves the books, the day and the orders as they were


def _refused(bank: Bank, error: type[BankError], **changes: object) -> BankError:
    before, used = bank.positions(), selectors.used_today(bank.alice.customer, "KES")
    with pytest.raises(error) as refusal:
        bank.pay(**changes)
    assert bank.positions() == before
    assert selectors.used_today(bank.alice.customer, "KES") == used
    assert not PaymentOrder.objects.exists()
    return refusal.value


def test_e30_amounts_that_are_none(bank: Bank) -> None:
    _refused(bank, errors.AmountNotPositive, amount="0")
    _refused(bank, errors.AmountNotPositive, amount="-1.00")


def test_e32_who_may_not_be_paid(bank: Bank) -> None:
    _refused(bank, errors.SameAccount, creditor_number=bank.alice.number)
    with pytest.raises(BankError) as refusal:
        bank.pay(creditor_number="123")
    assert refusal.value.code == "ACCOUNT_NUMBER_INVALID"
    unknown = numbering.account_number("001", 999_999_999)
    _refused(bank, errors.CreditorUnknown, creditor_number=unknown)
    _refused(bank, errors.NameMissing, creditor_name="  ")


def test_e32_another_currency(bank: Bank) -> None:
    dollars = accounts.open_account(
        customer=bank.bob.customer, product_code="CURRENT", key="usd", currency="USD"
    )
    _refused(bank, errors.CurrenciesDiffer, creditor_number=dollars.number)


@pytest.mark.parametrize("scope", ["DEBIT", "ALL"])
def test_e32_a_frozen_debtor(bank: Bank, scope: str) -> None:
    accounts.freeze(account=bank.alice.account, scope=scope, reason="court order")
    _refused(bank, ledger.errors.AccountFrozen)


def test_e32_a_frozen_or_closed_creditor(bank: Bank) -> None:
    accounts.freeze(account=bank.bob.account, scope="ALL", reason="court order")
    _refused(bank, ledger.errors.AccountFrozen)
    accounts.unfreeze(account=bank.bob.account, scope="ALL", reason="lifted")
    accounts.close_account(account=bank.bob.account, reason="asked")
    _refused(bank, ledger.errors.AccountClosed)


def test_too_little_money_is_the_ledgers_word(bank: Bank) -> None:
    refusal = _refused(bank, ledger.errors.InsufficientFunds, amount="50000.00")
    kept = AuditRecord.objects.filter(action="PAYMENT_REFUSED", subject_id=bank.alice.number).latest("id")
    assert (kept.result, kept.detail["reason"]) == ("REFUSED", "INSUFFICIENT_FUNDS")
    assert refusal.code == "INSUFFICIENT_FUNDS"


def test_d21_somebody_elses_account_does_not_exist(bank: Bank) -> None:
    _refused(bank, NotFound, user=bank.bob.user)
    _refused(bank, NotFound, debtor_number="nonsense")


def test_mandates_bind(bank: Bank) -> None:
    Mandate.objects.filter(user=bank.alice.user).update(single_limit=50, limit_currency="KES")
    _refused(bank, mandates.MandateLimitExceeded)
    Mandate.objects.filter(user=bank.alice.user).update(can_pay=False)
    _refused(bank, mandates.MandateForbidsPayments)


def test_limits_bind(bank: Bank) -> None:
    PaymentLimit.objects.filter(segment="RETAIL", currency="KES").update(single_maximum=99)
    _refused(bank, errors.PaymentAboveMaximum)
    PaymentLimit.objects.filter(segment="RETAIL", currency="KES").delete()
    _refused(bank, errors.LimitNotSet)


def test_the_day_is_summed(bank: Bank) -> None:
    PaymentLimit.objects.filter(segment="RETAIL", currency="KES").update(daily_maximum=250)
    bank.pay("200.00", key="first")
    with pytest.raises(errors.DailyLimitExceeded) as refusal:
        bank.pay("50.01", key="second")
    assert refusal.value.params["left"] == kes("50.00")
    bank.pay("50.00", key="third")
    assert selectors.used_today(bank.alice.customer, "KES") == kes("250.00")


def test_texts_that_do_not_fit(bank: Bank) -> None:
    _refused(bank, errors.FieldTooLong, remittance="x" * 141)
    _refused(bank, errors.FieldUnreadable, remittance="tab\x07bell")
    _refused(bank, errors.KeyMissing, key="")


# --- the code


def _challenge(bank: Bank, amount: str = "100.00"):
    return payments.start_payment(
        user=bank.alice.user,
        debtor_number=bank.alice.number,
        creditor_number=bank.bob.number,
        creditor_name=bank.bob.name,
        amount=kes(amount),
    )


def test_e34_the_code_is_bound_to_amount_and_payee(bank: Bank) -> None:
    challenge = _challenge(bank)
    assert "KES 100.00" in challenge.summary
    assert bank.bob.name in challenge.summary
    confirmed = {"challenge_id": challenge.id, "code": code_of(challenge), "authorisation": None}
    _refused(bank, step_up.StepUpActChanged, amount="1000.00", **confirmed)
    _refused(bank, step_up.StepUpActChanged, **confirmed)


def test_e34_another_payee_voids_the_code(bank: Bank) -> None:
    challenge = _challenge(bank)
    confirmed = {"challenge_id": challenge.id, "code": code_of(challenge), "authorisation": None}
    _refused(bank, step_up.StepUpActChanged, creditor_number=bank.firm.number, **confirmed)


def test_d25_no_code_no_payment(bank: Bank) -> None:
    _refused(bank, step_up.StepUpRequired, authorisation=None)
    challenge = _challenge(bank)
    wrong = f"{(int(code_of(challenge)) + 1) % 1_000_000:06d}"
    _refused(bank, step_up.StepUpWrongCode, authorisation=None, challenge_id=challenge.id, code=wrong)


def test_the_right_code_pays_once(bank: Bank) -> None:
    challenge = _challenge(bank)
    confirmed = {"challenge_id": challenge.id, "code": code_of(challenge), "authorisation": None}
    order = bank.pay(**confirmed)
    assert bank.pay(**confirmed).pk == order.pk
    with pytest.raises(step_up.StepUpExpired):
        bank.pay(key="another", **confirmed)
    assert bank.bob.booked == kes("100.00")


# --- keys


def test_e29_same_key_same_content_is_the_same_receipt(bank: Bank) -> None:
    order = bank.pay()
    accounts.freeze(account=bank.alice.account, scope="ALL", reason="later")
    assert bank.pay().reference == order.reference
    assert bank.bob.booked == kes("100.00")


def test_e29_same_key_other_content_conflicts(bank: Bank) -> None:
    bank.pay()
    before = bank.positions()
    with pytest.raises(IdempotencyConflict):
        bank.pay("100.01")
    assert bank.positions() == before


def test_e29_keys_of_two_users_are_two_keys(bank: Bank) -> None:
    bank.pay()
    back = {"user": bank.bob.user, "debtor_number": bank.bob.number, "creditor_number": bank.alice.number}
    bank.pay("50.00", creditor_name=bank.alice.name, **back)
    assert PaymentOrder.objects.count() == 2


# --- permits


def _permit(bank: Bank, single: str = "1000.00", daily: str = "1500.00") -> None:
    asked = {
        "user": bank.alice.user,
        "account_number": bank.alice.number,
        "single": kes(single),
        "daily": kes(daily),
        "valid_until": selectors.today() + timedelta(days=30),
    }
    challenge = payments.start_permit(**asked)
    payments.grant_permit(**asked, challenge_id=challenge.id, code=code_of(challenge))


def test_d25_without_a_permit_a_program_needs_a_code(bank: Bank) -> None:
    _refused(bank, errors.PermitMissing, authorisation=StandingPermit())


def test_a_permit_binds_payment_and_day(bank: Bank) -> None:
    _permit(bank)
    _refused(bank, errors.PermitExceeded, amount="1000.01", authorisation=StandingPermit())
    bank.pay("1000.00", authorisation=StandingPermit())
    with pytest.raises(errors.PermitExceeded):
        bank.pay("500.01", key="more", authorisation=StandingPermit())
    assert bank.pay("500.00", key="rest", authorisation=StandingPermit()).authority == "PERMIT"


def test_a_permit_is_the_users_own_and_ends_at_once(bank: Bank) -> None:
    _permit(bank)
    (permit,) = selectors.permits_for(bank.alice.user)
    with pytest.raises(NotFound):
        payments.revoke_permit(user=bank.bob.user, permit_id=permit.pk)
    payments.revoke_permit(user=bank.alice.user, permit_id=permit.pk)
    _refused(bank, errors.PermitMissing, authorisation=StandingPermit())


def test_d25_a_permit_needs_a_code(bank: Bank) -> None:
    with pytest.raises(step_up.StepUpRequired):
        payments.grant_permit(
            user=bank.alice.user,
            account_number=bank.alice.number,
            single=kes("1"),
            daily=kes("1"),
            valid_until=selectors.today(),
            challenge_id=None,
            code="",
        )
    assert selectors.permits_for(bank.alice.user) == []


# --- names


def test_a_close_name_is_hinted_at_and_harvesting_stops(bank: Bank) -> None:
    asked = {"user": bank.alice.user, "debtor_number": bank.alice.number, "amount": kes("10.00")}
    quote = payments.quote(creditor_number=bank.bob.number, creditor_name="Brian Kiprotch", **asked)
    assert (quote.name_check, quote.matched_name_hint) == (NameCheck.CLOSE_MATCH, "B•••• K••••••••")
    quote = payments.quote(creditor_number=bank.bob.number, creditor_name="Zeno Zulu", **asked)
    assert (quote.name_check, quote.matched_name_hint) == (NameCheck.NO_MATCH, "")
    for _ in range(18):
        payments.quote(creditor_number=bank.bob.number, creditor_name="Zeno Zulu", **asked)
    with pytest.raises(errors.TooManyNameChecks):
        payments.quote(creditor_number=bank.bob.number, creditor_name=bank.bob.name, **asked)


def test_payees_are_kept_with_a_code_and_let_go(bank: Bank) -> None:
    asked = {
        "user": bank.alice.user,
        "cif_number": bank.alice.customer.cif,
        "name": bank.bob.name,
        "number": bank.bob.number,
    }
    with pytest.raises(step_up.StepUpRequired):
        payments.add_beneficiary(**asked, challenge_id=None, code="")
    challenge = payments.start_beneficiary(**asked)
    payee = payments.add_beneficiary(**asked, challenge_id=challenge.id, code=code_of(challenge))
    assert [kept.pk for kept in selectors.beneficiaries(bank.alice.user)] == [payee.pk]
    assert selectors.beneficiaries(bank.bob.user) == []
    with pytest.raises(NotFound):
        payments.remove_beneficiary(user=bank.bob.user, beneficiary_id=payee.pk)
    payments.remove_beneficiary(user=bank.alice.user, beneficiary_id=payee.pk)
    assert selectors.beneficiaries(bank.alice.user) == []


def test_d25_the_daily_limit_is_raised_with_a_code_up_to_the_ceiling(bank: Bank) -> None:
    asked = {"user": bank.alice.user, "cif_number": bank.alice.customer.cif}
    with pytest.raises(errors.LimitAboveCeiling):
        payments.start_daily_limit(**asked, daily=kes("500000.01"))
    with pytest.raises(step_up.StepUpRequired):
        payments.set_daily_limit(**asked, daily=kes("300000"), challenge_id=None, code="")
    challenge = payments.start_daily_limit(**asked, daily=kes("300000"))
    payments.set_daily_limit(**asked, daily=kes("300000"), challenge_id=challenge.id, code=code_of(challenge))
    assert selectors.limits_for(bank.alice.customer, "KES").daily == kes("300000")
    assert selectors.limits_for(bank.bob.customer, "KES").daily == kes("100000")


# --- what the database holds


def test_events_and_orders_are_never_rewritten(bank: Bank) -> None:
    from django.db import DatabaseError, transaction

    order = bank.pay()
    for change in (
        lambda: PaymentEvent.objects.update(reason="X"),
        lambda: PaymentEvent.objects.all()._raw_delete("default"),
        lambda: PaymentOrder.objects.update(amount=1),
        lambda: PaymentOrder.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    PaymentOrder.objects.filter(pk=order.pk).update(status="RETURNED")


def test_d21_a_payment_is_seen_by_its_sender_only(bank: Bank) -> None:
    order = bank.pay()
    assert selectors.payment_for(bank.alice.user, order.reference.lower()).pk == order.pk
    with pytest.raises(NotFound):
        selectors.payment_for(bank.firm.user, order.reference)


def test_a_company_cannot_split_what_two_must_sign(bank: Bank) -> None:
    """Up to ten million one signature; a day's payments of one maker to one creditor count together."""
    fund(bank.firm.account, "40000000.00")
    second = User.objects.create_user("second@example.test", full_name="Second")
    cif.grant_mandate(user=second, customer=bank.firm.customer, role="OWNER", can_pay=True)
    PaymentLimit.objects.update(daily_maximum=None, single_maximum=50_000_000)
    statuses = []
    for n, amount in enumerate(("6000000.00", "3000000.00", "2000000.00")):
        asked = {
            "user": bank.firm.user,
            "debtor_number": bank.firm.number,
            "creditor_number": bank.bob.number,
            "creditor_name": bank.bob.name,
            "amount": kes(amount),
        }
        challenge = payments.start_payment(**asked)
        code = {"challenge_id": challenge.pk, "code": code_of(challenge)}
        statuses.append(payments.pay(**asked, **code, key=f"part-{n}").status)
    assert statuses == ["SETTLED", "SETTLED", "AWAITING_APPROVAL"]
    assert bank.bob.booked == kes("9000000.00")


def test_the_same_again_within_minutes_is_asked_about(bank: Bank) -> None:
    order = bank.pay(remittance="Rent")
    asked = {"debtor_number": bank.alice.number, "creditor_number": bank.bob.number, "amount": kes("100.00")}
    with pytest.raises(errors.PaidJustNow, match=order.reference):
        payments.refuse_same(user=bank.alice.user, **asked, remittance="Rent")
    payments.refuse_same(user=bank.alice.user, **asked, remittance="Rent for December")
    payments.refuse_same(user=bank.bob.user, **asked, remittance="Rent")


def test_the_month_is_summed_and_a_rail_may_have_its_own_bound(bank: Bank) -> None:
    PaymentLimit.objects.update(daily_maximum=1000, monthly_maximum=1500)
    first = selectors.today().replace(day=1)
    scope = f"CUSTOMER:{bank.alice.customer.pk}"
    DailyUse.objects.create(scope=scope, day=first, currency="KES", amount=900)
    DailyUse.objects.create(scope=scope, day=first - timedelta(days=1), currency="KES", amount=900)
    if first < selectors.today():
        bank.pay("600.00", key="fits")
        with pytest.raises(errors.MonthlyLimitExceeded):
            bank.pay("0.01", key="over")
    PaymentLimit.objects.filter(rail="").update(daily_maximum=None, monthly_maximum=None)
    eft, mpesa = (limits.Way(one, Door.PORTAL) for one in ("EFT", "MPESA"))
    limits.use(customer=bank.alice.customer, amount=kes("1500.00"), way=eft)
    limits.use(customer=bank.alice.customer, amount=kes("800.00"), way=mpesa)
    with pytest.raises(errors.DailyLimitExceeded):
        limits.use(customer=bank.alice.customer, amount=kes("201.00"), way=mpesa)
