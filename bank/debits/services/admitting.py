"""Which companies may collect: asked for by them, admitted and stopped by two of the staff."""

from typing import Final

from django.conf import settings
from django.db import transaction

from bank.cases import services as cases
from bank.cases.models import Case
from bank.cases.rules import Kind, State, Step, possible
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind
from bank.debits import rules, selectors
from bank.debits.errors import CreditorUnusable, WrongCreditorStatus
from bank.debits.models import Creditor, Mandate
from bank.debits.rules import Admission, CollectionStatus, CreditorStatus
from bank.debits.services import mandating, trail
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotAllowed

_STANDS: Final = (CreditorStatus.ADMITTED, CreditorStatus.SUSPENDED)
_STOPPED: Final = "The bank has stopped this company's collections."


@transaction.atomic
def ask_admission(*, user: User, number: str, wish: str) -> Creditor:
    """A company, by its customer number, asks to collect: a case staff see. Asked again while it waits it
    answers with the same. Nothing can be collected yet.

    Raises ``NotFound``, ``NotAllowed``, ``CreditorUnusable`` for a person, ``WrongCreditorStatus`` for who is
    admitted or suspended, ``UnusableCase``.
    """
    company = cif.customer_for(user, number)
    if not cif.may_pay(user, company):
        raise NotAllowed(what="ask this for the customer")
    if company.kind != CustomerKind.ORGANISATION:
        raise CreditorUnusable(problem="Direct debits are collected by companies.")
    Customer.objects.select_for_update().get(pk=company.pk)
    known = trail.creditor_locked(company)
    if known is not None and known.status == CreditorStatus.ASKED:
        return known
    if known is not None and known.status in _STANDS:
        raise WrongCreditorStatus(status=known.status.lower(), wanted="asked for again")
    asked = known or Creditor(customer=company, currency=settings.BANK_BASE_CURRENCY)
    asked.case = _application(user, company, wish)
    asked.status, asked.reason, asked.asked_at = CreditorStatus.ASKED, "", clock.now()
    asked.save()
    trail.tell_creditor(asked, user, case=asked.case.reference)
    return asked


def check_admission(asked: Admission) -> Customer:
    """The company that would be admitted. Raises ``NotFound``, ``CreditorUnusable``."""
    company = cif.by_cif(asked.cif)
    if company.kind != CustomerKind.ORGANISATION:
        raise CreditorUnusable(problem="Direct debits are collected by companies.")
    rules.check_admission(asked)
    others = Creditor.objects.exclude(customer=company).filter(identifier=identifier_of(asked))
    if others.exists():
        raise CreditorUnusable(problem="Another company has this creditor identifier.")
    return company


def identifier_of(asked: Admission) -> str:
    """The identifier given, or the one the bank makes of the customer number."""
    return asked.identifier or rules.creditor_identifier("KE", asked.cif)


@transaction.atomic
def admit(*, asked: Admission, reason: str, actor: User) -> Creditor:
    """The company may collect under these terms from now on; other terms where it may already.

    Called by the approved command. Raises as ``check_admission``.
    """
    company = check_admission(asked)
    found = trail.creditor_locked(company) or Creditor(customer=company)
    found.identifier, found.core, found.b2b = identifier_of(asked), asked.core, asked.b2b
    found.currency, found.each_amount, found.month_amount = asked.currency, asked.each, asked.month
    found.notice_days, found.exposure = asked.notice_days, asked.exposure
    _decide(found, CreditorStatus.ADMITTED, reason, actor)
    answer_case(found.case, f"You may collect direct debits as {found.identifier}.", actor)
    return found


@transaction.atomic
def stop(*, number: str, status: CreditorStatus, reason: str, actor: User) -> Creditor:
    """SUSPENDED: nothing new, and what was announced and not taken is not taken any more. WITHDRAWN: its
    mandates end too. DECLINED: what it asked for is refused. Called by the approved command.

    Raises ``NotFound``, ``WrongCreditorStatus``.
    """
    found = check_stop(number, status)
    _decide(found, status, reason, actor)
    mandates = Mandate.objects.filter(creditor=found.customer, status__in=selectors.OPEN).order_by("pk")
    for pk in mandates.values_list("pk", flat=True):
        _stop_mandate(trail.locked(pk), status, actor)
    if status == CreditorStatus.DECLINED:
        answer_case(found.case, f"We cannot admit you to direct debits: {reason}", actor)
    return found


def check_stop(number: str, status: CreditorStatus) -> Creditor:
    """The company's row, locked. Raises ``NotFound``, ``WrongCreditorStatus``."""
    found = trail.creditor_locked(cif.by_cif(number))
    if found is None:
        raise CreditorUnusable(problem="This company never asked to collect.")
    rules.check_stop(found.status, status)
    return found


def answer_case(case: Case | None, text: str, actor: User) -> None:
    """Tells the customer the outcome on their case; a case finished by hand gets a note."""
    if case is None:
        return
    case.refresh_from_db()
    act = cases.resolve if Step.RESOLVED in possible(State(case.state)) else cases.note
    act(case=case, text=text, actor=actor)


def _stop_mandate(mandate: Mandate, status: CreditorStatus, actor: User) -> None:
    if status == CreditorStatus.WITHDRAWN:
        mandating.end_stopped(mandate, actor)
    for one in mandate.collections.filter(status=CollectionStatus.PENDING.value).select_for_update():
        one.status, one.reason, one.sentence = CollectionStatus.FAILED, rules.CREDITOR_STOPPED, _STOPPED
        one.save(update_fields=["status", "reason", "sentence"])
        trail.tell_collection("STOPPED", one, actor)


def _decide(found: Creditor, status: CreditorStatus, reason: str, actor: User) -> None:
    found.status, found.reason = status, reason
    found.decided_by, found.decided_at = actor, clock.now()
    found.save()
    trail.tell_creditor(found, actor, reason=reason)


def _application(user: User, company: Customer, wish: str) -> Case:
    return cases.open_case(
        kind=Kind.SERVICE_REQUEST,
        subject="Admission to collect direct debits",
        text=wish,
        contact_name=user.full_name,
        contact_email=user.email,
        customer=company,
        opened_by=user,
        language=user.language,
    )
