"""Paying bills: the reference checked as the biller wants it, then a payment to the biller's account.

The biller's account is credited the amount with the reference; the payer pays the bank's fee for bills
(``BILL_PAYMENT`` of the catalogue) and excise duty on top.
"""

import re
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.identity.models import Challenge, User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import rules as payment_rules
from bank.payments import services as paying
from bank.payments.models import PaymentOrder
from bank.payments.services import Quote
from bank.products.rules import FeeEvent
from bank.requests import errors, rules, selectors
from bank.requests.models import Biller, BillPayment, SavedBill
from bank.requests.rules import Check
from bank.runtime import outbox

PAID: Final = "requests.bill_paid"


def open_biller(
    *,
    code: str,
    name: str,
    category: str,
    account: Account,
    label: str,
    pattern: str,
    example: str,
    check: Check = Check.NONE,
    least: Decimal = Decimal(10),
    most: Decimal = Decimal(250_000),
    is_whole: bool = False,
) -> Biller:
    """A biller of the catalogue, paid into one of its accounts here. Raises ``RequestUnusable`` where the
    pattern is none or its own example does not fit it.
    """
    try:
        re.compile(pattern)
        rules.read_reference(example, label=label, pattern=pattern, example=example, check=check)
    except (re.error, errors.ReferenceWrong, errors.ReferenceMistyped):
        raise errors.RequestUnusable(problem="The example does not fit the pattern and check.") from None
    biller, _is_new = Biller.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "category": category,
            "account": account,
            "reference_label": label,
            "reference_pattern": pattern,
            "reference_example": example,
            "reference_check": check,
            "least": least,
            "most": most,
            "is_whole": is_whole,
        },
    )
    audit.record("BILLER_OPENED", actor=None, subject_type="biller", subject_id=code)
    return biller


def prepare_bill(
    *, user: User, code: str, reference: str, debtor_number: str, amount: Money
) -> tuple[Biller, str, Quote]:
    """The biller, the reference as it keeps it, and what the payment costs. Moves nothing.

    Raises ``NotFound``, ``BillerUnusable``, ``ReferenceWrong``, ``ReferenceMistyped``,
    ``BillAmountWrong``, ``BillAmountNotWhole``, and what ``payments.quote`` raises.
    """
    biller, kept = _checked(code, reference, amount)
    quoted = paying.quote(user=user, **_payment(biller, debtor_number, amount))
    return biller, kept, quoted


def start_bill(*, user: User, code: str, reference: str, debtor_number: str, amount: Money) -> Challenge:
    """Asks for the code of the payment; ``pay_bill`` takes it."""
    biller, _kept = _checked(code, reference, amount)
    return paying.start_payment(user=user, **_payment(biller, debtor_number, amount))


def pay_bill(
    *,
    user: User,
    code: str,
    reference: str,
    debtor_number: str,
    amount: Money,
    key: str,
    challenge_id: UUID | str | None,
    proof: str,
) -> PaymentOrder:
    """Pays a bill once under ``key``; books what ``payments.pay`` books. Raises as ``prepare_bill``."""
    biller, kept = _checked(code, reference, amount)
    with transaction.atomic():
        paid = paying.pay(
            user=user,
            key=f"bill:{key}",
            challenge_id=challenge_id,
            code=proof,
            remittance=kept,
            **_payment(biller, debtor_number, amount),
        )
        _bill, is_new = BillPayment.objects.get_or_create(
            payment=paid, defaults={"biller": biller, "reference": kept}
        )
        if is_new:
            outbox.emit(PAID, {"reference": paid.reference, "biller": biller.code})
    return paid


@transaction.atomic
def save_bill(*, user: User, payment_reference: str, nickname: str = "") -> SavedBill:
    """Keeps biller and reference of a bill that was paid. Raises ``NotFound``."""
    bill = selectors.bills_of(user).filter(payment__reference=payment_reference).first()
    if bill is None:
        raise NotFound(what="bill")
    saved, _is_new = SavedBill.objects.get_or_create(
        customer=bill.payment.debtor_account.customer,
        biller=bill.biller,
        reference=bill.reference,
        defaults={"nickname": payment_rules.clean_text("Name", nickname)[:40]},
    )
    return saved


@transaction.atomic
def forget_bill(*, user: User, saved_id: int) -> None:
    """Raises ``NotFound``."""
    saved = selectors.saved_bills(user).filter(pk=saved_id).first()
    if saved is None or not cif.may_pay(user, saved.customer):
        raise NotFound(what="bill")
    saved.delete()


def _checked(code: str, reference: str, amount: Money) -> tuple[Biller, str]:
    biller = selectors.biller(code)
    if not biller.is_active or biller.account.status != AccountStatus.ACTIVE:
        raise errors.BillerUnusable(name=biller.name)
    kept = rules.read_reference(
        reference,
        label=biller.reference_label,
        pattern=biller.reference_pattern,
        example=biller.reference_example,
        check=biller.reference_check,
    )
    rules.check_bill(amount, name=biller.name, least=biller.least, most=biller.most, is_whole=biller.is_whole)
    return biller, kept


def _payment(biller: Biller, debtor_number: str, amount: Money) -> dict[str, Any]:
    return {
        "debtor_number": debtor_number,
        "creditor_number": biller.account.number,
        "creditor_name": biller.account.customer.display_name,
        "amount": amount,
        "fee_event": FeeEvent.BILL_PAYMENT,
    }
