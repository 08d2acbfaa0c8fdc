"""Payees a customer keeps. Adding one needs a code, because paying a known payee draws less attention."""

from dataclasses import dataclass
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
from bank.payments import errors, rules, selectors
from bank.payments.models import Beneficiary
from bank.payments.rules import NameCheck
from bank.payments.services import listing, name_checks, outside, trials
from bank.payments.services.outside import Elsewhere
from bank.runtime import outbox

ADDED_TOPIC = "payments.payee_added"


@dataclass(frozen=True, slots=True)
class _Payee:
    """Whose payee, and how they are known: ``registered`` is the name the bank has of an account here."""

    customer: Customer
    name: str
    number: str
    agent: str
    country: str
    registered: str | None

    @property
    def is_here(self) -> bool:
        return self.registered is not None

    @property
    def act(self) -> dict[str, str]:
        act = {"act": "ADD_PAYEE", "cif": self.customer.cif, "name": self.name, "number": self.number}
        return act if self.is_here else act | {"agent": self.agent}

    @property
    def summary(self) -> str:
        place = (
            f"account {numbering.spaced(self.number)}" if self.is_here else f"{self.number} at {self.agent}"
        )
        return f"Add {self.name}, {place}, to your payees"


def start_beneficiary(
    *, user: User, cif_number: str, name: str, number: str, to: Elsewhere | None = None
) -> Challenge:
    """Asks for a code bound to the payee's name, number and bank; ``add_beneficiary`` takes it."""
    payee = _payee(user, cif_number, name, number, to)
    return stepup.start(user=user, act=payee.act, summary=payee.summary)


def add_beneficiary(
    *,
    user: User,
    cif_number: str,
    name: str,
    number: str,
    challenge_id: Any,
    code: str,
    nickname: str = "",
    to: Elsewhere | None = None,
    is_tried: bool = False,
    account_type: str = "",
) -> Beneficiary:
    """Keeps a payee for a customer, with the outcome of the name check; the name of one at another bank
    (``to``) cannot be checked, but is held against the watch lists: while a match is open, what is paid to
    them is held. They are new for a day, in which little can be paid to them. ``is_tried`` has an account in
    the United States tried first (``account_type`` SVGS: a savings account); nothing is paid till then.

    Raises ``NotFound``, ``NotAllowed``, ``CreditorUnknown``, ``AgentUnknown``, ``CreditorNumberUnusable``,
    ``TooManyNameChecks``, the step-up's refusals, ``BeneficiaryExists``, ``TrialImpossible``.
    """
    known = _payee(user, cif_number, name, number, to)
    try:
        with transaction.atomic():
            stepup.confirm(user=user, challenge_id=challenge_id, act=known.act, code=code)
            payee = Beneficiary.objects.create(
                customer=known.customer,
                name=known.name,
                number=known.number,
                agent=known.agent,
                country=known.country,
                nickname=rules.clean_text("Name", nickname)[:40],
                name_check=_name_check(user, known),
                added_by=user,
            )
            listing.may_be_listed(
                name=payee.name, number=payee.number, agent=payee.agent, country=payee.country
            )
            _record("PAYEE_ADDED", user, payee)
            if is_tried:
                trials.begin(user, payee, account_type)
            outbox.emit(ADDED_TOPIC, {"payee_id": payee.pk})
    except IntegrityError:
        raise errors.BeneficiaryExists from None
    return payee


def _name_check(user: User, known: _Payee) -> NameCheck:
    if known.registered is None:
        return NameCheck.UNAVAILABLE
    return name_checks.check(user, known.name, known.registered)


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


def _payee(user: User, cif_number: str, name: str, number: str, to: Elsewhere | None) -> _Payee:
    customer = cif.customer_for(user, cif_number)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="add payees for this customer")
    name = rules.clean_text("Name", name)
    if not name:
        raise errors.NameMissing
    if to is not None and to.agent and not selectors.is_own_agent(to.agent):
        place = outside.read(to)
        number = outside.read_number(number)
        return _Payee(customer, name, number, place.agent, place.country, None)
    number = numbering.read_number(number)
    found = Account.objects.filter(number=number).values_list("customer__display_name", flat=True).first()
    if found is None:
        name_checks.check(user, name, None)
        raise errors.CreditorUnknown
    return _Payee(customer, name, number, settings.BANK_BIC, "", found)


def _record(action: str, user: User, payee: Beneficiary) -> None:
    detail = {"name": payee.name, "number": payee.number, "agent": payee.agent}
    audit.record(action, actor=user, subject_type="payee", subject_id=str(payee.pk), detail=detail)
