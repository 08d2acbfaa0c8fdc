"""Payees a customer keeps. Adding one needs a code, because paying a known payee draws less attention."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from bank.accounts import rules as numbering
from bank.accounts.models import Account
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.kernel.errors import NotAllowed, NotFound
from bank.payments import errors, rules
from bank.payments.models import Beneficiary
from bank.payments.services import name_checks
from bank.runtime import outbox

ADDED_TOPIC = "payments.payee_added"


def start_beneficiary(*, user: User, cif_number: str, name: str, number: str) -> Challenge:
    """Asks for a code bound to the payee's name and number; ``add_beneficiary`` takes it."""
    customer, name, number = _payee(user, cif_number, name, number)
    summary = f"Add {name}, account {numbering.spaced(number)}, to your payees"
    return stepup.start(user=user, act=_act(customer, name, number), summary=summary)


def add_beneficiary(
    *, user: User, cif_number: str, name: str, number: str, challenge_id: Any, code: str, nickname: str = ""
) -> Beneficiary:
    """Keeps a payee for a customer, with the outcome of the name check.

    Raises ``NotFound``, ``NotAllowed``, ``CreditorUnknown``, ``TooManyNameChecks``, the
    step-up's refusals, ``BeneficiaryExists``.
    """
    customer, name, number = _payee(user, cif_number, name, number)
    registered = Account.objects.filter(number=number).values_list("customer__display_name", flat=True).get()
    try:
        with transaction.atomic():
            act = _act(customer, name, number)
            stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
            payee = Beneficiary.objects.create(
                customer=customer,
                name=name,
                number=number,
                agent=settings.BANK_BIC,
                nickname=rules.clean_text("Name", nickname)[:40],
                name_check=name_checks.check(user, name, registered),
                added_by=user,
            )
            _record("PAYEE_ADDED", user, payee)
            outbox.emit(ADDED_TOPIC, {"payee_id": payee.pk})
    except IntegrityError:
        raise errors.BeneficiaryExists from None
    return payee


@transaction.atomic
def remove_beneficiary(*, user: User, beneficiary_id: int) -> None:
    """Lets go of a payee; needs no code. Raises ``NotFound`` where it is not the user's customer's."""
    customers = cif.mandates_for(user).filter(can_pay=True).values("customer_id")
    payee = (
        Beneficiary.objects.select_for_update(of=("self",))
        .filter(pk=beneficiary_id, customer_id__in=customers, removed_at=None)
        .first()
    )
    if payee is None:
        raise NotFound(what="payee")
    payee.removed_at = clock.now()
    payee.save(update_fields=["removed_at"])
    _record("PAYEE_REMOVED", user, payee)


def _payee(user: User, cif_number: str, name: str, number: str) -> tuple[Customer, str, str]:
    customer = cif.customer_for(user, cif_number)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="add payees for this customer")
    name, number = rules.clean_text("Name", name), numbering.read_number(number)
    if not name:
        raise errors.NameMissing
    if not Account.objects.filter(number=number).exists():
        name_checks.check(user, name, None)
        raise errors.CreditorUnknown
    return customer, name, number


def _act(customer: Customer, name: str, number: str) -> dict[str, str]:
    return {"act": "ADD_PAYEE", "cif": customer.cif, "name": name, "number": number}


def _record(action: str, user: User, payee: Beneficiary) -> None:
    detail = {"name": payee.name, "number": payee.number}
    audit.record(action, actor=user, subject_type="payee", subject_id=str(payee.pk), detail=detail)
