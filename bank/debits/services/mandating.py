"""A mandate from its proposal to its end. The company proposes, who pays confirms with a code bound to
every word of it; either ends it. Nothing moves.
"""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole, AccountStatus
from bank.cif import selectors as cif
from bank.cif.rules import CustomerKind
from bank.debits import rules, selectors
from bank.debits.errors import (
    CreditorNotAdmitted,
    DebtorUnknown,
    MandateReferenceUsed,
    MandateUnusable,
    WrongMandateStatus,
)
from bank.debits.models import Creditor, Mandate
from bank.debits.rules import CollectionStatus, MandateKind, MandateStatus, Terms
from bank.debits.services import trail
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.payments import rules as payment_rules
from bank.payments.services import name_checks
from bank.signing import selectors as signatures
from bank.signing import services as signing
from bank.signing.rules import PaymentType, State

DIRECT_DEBIT: Final = "DIRECT_DEBIT"
_PART: Final = 200


def propose(*, user: User, terms: Terms) -> Mandate:
    """A company asks to be allowed to collect. Repeated with the same reference and terms: the same mandate.

    The name must fit the account, so that nobody learns here whose an account is. Raises ``NotFound``,
    ``NotAllowed``, ``MandateUnusable``, ``CreditorStopped``, ``CreditorNotAdmitted``, ``CollectionUnusable``,
    ``AboveCreditorLimit``, ``DebtorUnknown``, ``TooManyNameChecks``, ``MandateReferenceUsed``.
    """
    creditor = _company_account(user, terms)
    rules.check_terms(terms, ledger.business_date())
    _check_admitted(creditor, terms)
    debtor = _debtor(user, creditor, terms)
    try:
        with transaction.atomic():
            made = _mandate(user, creditor, debtor, terms)
            made.save(force_insert=True)
            trail.tell_mandate("PROPOSED", made, user, kind=terms.kind.value)
            return made
    except IntegrityError:
        known = Mandate.objects.get(creditor=creditor.customer, creditor_reference=terms.reference)
        if act_of(known) != act_of(_mandate(user, creditor, debtor, terms, known.reference)):
            raise MandateReferenceUsed from None
        return known


def start_confirming(*, user: User, reference: str) -> Challenge:
    """Asks for a code bound to the mandate; ``confirm`` takes it. Raises as ``confirm``."""
    mandate = selectors.mandate_for(user, reference)
    _check_confirmable(user, mandate)
    return stepup.start(user=user, act=act_of(mandate), summary=summary_of(mandate))


@transaction.atomic
def confirm(*, user: User, reference: str, challenge_id: UUID | str | None, code: str) -> Mandate:
    """Who pays agrees: from now on the company may collect. A company's rule may ask for more signatures;
    until they are given it is WAITING.

    Raises ``NotFound``, ``NotAllowed``, the refusals of the account's mandate, ``BothMustSign``,
    ``WrongMandateStatus``, the step-up's refusals, ``TooFewSignatories``.
    """
    mandate = trail.mandate_locked(user, reference)
    if mandate.status == MandateStatus.ACTIVE and mandate.confirmed_by_id == user.pk:
        return mandate
    _check_confirmable(user, mandate)
    stepup.confirm(user=user, challenge_id=challenge_id, act=act_of(mandate), code=code)
    needed = _needed(user, mandate)
    mandate.status = MandateStatus.ACTIVE if needed == 1 else MandateStatus.WAITING
    mandate.confirmed_by, mandate.confirmed_at = user, clock.now()
    mandate.save(update_fields=["status", "confirmed_by", "confirmed_at"])
    if needed > 1:
        _ask_signatures(user, mandate, needed)
    trail.tell_mandate("CONFIRMED", mandate, user, signatures=str(needed))
    return mandate


@transaction.atomic
def decline(*, user: User, reference: str) -> Mandate:
    """Who pays says no. Raises ``NotFound``, ``NotAllowed``, ``WrongMandateStatus``."""
    mandate = trail.mandate_locked(user, reference)
    if not selectors.pays(user, mandate):
        raise NotAllowed(what="decline this mandate")
    return _end(mandate, MandateStatus.DECLINED, user, "It was declined.")


@transaction.atomic
def cancel(*, user: User, reference: str) -> Mandate:
    """Either side ends it; what was announced and not taken yet is not taken any more.

    Raises ``NotFound``, ``NotAllowed``, ``WrongMandateStatus``.
    """
    mandate = trail.mandate_locked(user, reference)
    if not (selectors.pays(user, mandate) or selectors.collects(user, mandate)):
        raise NotAllowed(what="cancel this mandate")
    payer = selectors.pays(user, mandate)
    return _end(mandate, MandateStatus.CANCELLED, user, _CANCELLED[payer])


def end_unauthorised(mandate: Mandate, user: User) -> None:
    """Who says it never was authorised ends it with that; the caller holds the mandate's row."""
    if mandate.status in selectors.OPEN:
        _end(mandate, MandateStatus.CANCELLED, user, "The account holder says it was not authorised.")


def end_stopped(mandate: Mandate, user: User) -> None:
    """The bank withdrew the company's admission; the caller holds the mandate's row."""
    _end(mandate, MandateStatus.CANCELLED, user, "The bank withdrew the company's admission.")


@transaction.atomic
def end_over(*, today: date, after: int = 0, limit: int = _PART) -> tuple[int, int | None]:
    """Ends the next mandates whose last day is over or that nothing was collected on for 36 months. One with
    a collection to come stands. Returns how many were looked at, and the id to go on after, ``None`` at
    the end.
    """
    keys = list(
        selectors.over(today).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    for pk in keys:
        _end_over(trail.locked(pk), today)
    return len(keys), keys[-1] if len(keys) == limit else None


def _end_over(mandate: Mandate, today: date) -> None:
    lapsed = rules.lapses(selectors.last_used(mandate)) < today
    ended = mandate.last_date is not None and mandate.last_date < today
    waits = mandate.collections.filter(status=CollectionStatus.PENDING.value).exists()
    if (lapsed or ended) and not waits and mandate.status == MandateStatus.ACTIVE:
        reason = "Its last day is over." if ended else "Nothing was collected on it for 36 months."
        _end(mandate, MandateStatus.EXPIRED, None, reason)


def begin_signed(reference: str, by: User) -> None:
    """The last signature was given: from now on the company may collect."""
    mandate = Mandate.objects.select_for_update().get(reference=reference)
    rules.check_mandate_step(mandate.status, MandateStatus.ACTIVE)
    mandate.status = MandateStatus.ACTIVE
    mandate.save(update_fields=["status"])
    trail.tell_mandate("SIGNED", mandate, by)


def give_up(reference: str, state: State, by: User | None, reason: str) -> None:
    """Nobody will sign it any more."""
    mandate = Mandate.objects.select_for_update().get(reference=reference)
    _end(mandate, MandateStatus.DECLINED, by, reason or state.value)


def act_of(mandate: Mandate) -> dict[str, str]:
    """What the code is bound to: every word of the mandate."""
    return {
        "act": DIRECT_DEBIT,
        "mandate": mandate.reference,
        "creditor": mandate.creditor.cif,
        "creditor_name": mandate.creditor.display_name,
        "creditor_account": mandate.creditor_account.number,
        "creditor_reference": mandate.creditor_reference,
        "debtor": mandate.debtor_account.number,
        "kind": mandate.kind,
        "limit": str(mandate.limit),
        "month_limit": str(mandate.month_limit),
        "dates": f"{mandate.first_date} {mandate.last_date or ''}",
        "notice_days": str(mandate.notice_days),
    }


def summary_of(mandate: Mandate) -> str:
    """The mandate in words, for the message that carries the code."""
    return (
        f"Let {mandate.creditor.display_name} collect up to {mandate.limit} each time and"
        f" {mandate.month_limit} a month from {mandate.debtor_account.number},"
        f" mandate {mandate.creditor_reference}"
    )


_CANCELLED: Final = {True: "The account holder cancelled it.", False: "The company cancelled it."}


def _company_account(user: User, terms: Terms) -> Account:
    account = accounts.account_for(user, terms.creditor_number)
    if not cif.may_pay(user, account.customer):
        raise NotAllowed(what="collect for this customer")
    if account.customer.kind != CustomerKind.ORGANISATION:
        raise MandateUnusable(problem="Direct debits are collected by companies.")
    if account.status != AccountStatus.ACTIVE or account.role == AccountRole.POT:
        raise MandateUnusable(problem="Choose an active account to collect into.")
    if terms.limit.currency != account.currency:
        raise MandateUnusable(problem="Give the limits in the currency of your account.")
    return account


def _check_admitted(account: Account, terms: Terms) -> None:
    """Whether the bank lets the company collect of this kind, with so short a notice, in this currency."""
    creditor = selectors.creditor_of(account.customer)
    check_creditor(creditor, terms.kind)
    assert creditor is not None
    if terms.notice_days < creditor.notice_days:
        raise MandateUnusable(
            problem=f"The company gives notice at least {creditor.notice_days} days before."
        )
    nothing = Money.zero(terms.limit.currency)
    rules.check_creditor_sum(terms.limit, each=creditor.each, month=creditor.month, used=nothing)


def check_creditor(creditor: Creditor | None, kind: str) -> None:
    """Raises ``CreditorStopped``, ``CreditorNotAdmitted``."""
    if creditor is None:
        raise CreditorNotAdmitted(scheme=kind)
    rules.check_creditor(creditor.status, creditor.schemes, kind, creditor.reason)


def _debtor(user: User, creditor: Account, terms: Terms) -> Account:
    """The account named, where the name given fits it at least closely."""
    found = Account.objects.select_related("customer").filter(number=terms.debtor_number).first()
    registered = found.customer.display_name if found else None
    fit = name_checks.check(user, payment_rules.clean_text("Name", terms.debtor_name), registered)
    if found is None or fit == payment_rules.NameCheck.NO_MATCH or found.status == AccountStatus.CLOSED:
        raise DebtorUnknown
    if found.customer_id == creditor.customer_id or found.role == AccountRole.POT:
        raise MandateUnusable(problem="Collect from an account of somebody else that is no pot.")
    if found.currency != creditor.currency:
        raise MandateUnusable(problem="Both accounts must be in the same currency.")
    if terms.kind == MandateKind.B2B and found.customer.kind != CustomerKind.ORGANISATION:
        raise MandateUnusable(problem="Only a company can give a mandate between companies.")
    return found


def _mandate(user: User, creditor: Account, debtor: Account, terms: Terms, reference: str = "") -> Mandate:
    return Mandate(
        reference=reference or ids.reference("MND"),
        creditor=creditor.customer,
        creditor_account=creditor,
        creditor_reference=terms.reference,
        debtor_account=debtor,
        debtor_name=payment_rules.clean_text("Name", terms.debtor_name),
        kind=terms.kind.value,
        limit_amount=terms.limit.amount,
        month_amount=terms.month_limit.amount,
        currency=terms.limit.currency,
        first_date=terms.first,
        last_date=terms.last,
        notice_days=terms.notice_days,
        status=MandateStatus.PROPOSED,
        made_by=user,
    )


def _check_confirmable(user: User, mandate: Mandate) -> None:
    if not selectors.pays(user, mandate):
        raise NotAllowed(what="confirm this mandate")
    accounts.require_debit(user, mandate.debtor_account, mandate.limit)
    if mandate.status != MandateStatus.PROPOSED:
        raise WrongMandateStatus(status=mandate.status.lower(), wanted="confirmed")
    if mandate.last_date is not None and mandate.last_date < ledger.business_date():
        raise MandateUnusable(problem="The last day of this mandate is over. Ask for a new one.")


def _needed(user: User, mandate: Mandate) -> int:
    return signatures.needed(
        mandate.debtor_account.customer,
        [mandate.month_limit],
        maker=user,
        payment_type=PaymentType.DIRECT_DEBIT,
        accounts=[mandate.debtor_account.number],
    )


def _ask_signatures(user: User, mandate: Mandate, needed: int) -> None:
    signing.ask(
        kind=DIRECT_DEBIT,
        subject=mandate.reference,
        customer=mandate.debtor_account.customer,
        amounts=[mandate.month_limit],
        act=act_of(mandate),
        summary=summary_of(mandate),
        needed=needed,
        maker=user,
        payment_type=PaymentType.DIRECT_DEBIT,
        accounts=[mandate.debtor_account.number],
    )


def _end(mandate: Mandate, status: MandateStatus, user: User | None, reason: str) -> Mandate:
    rules.check_mandate_step(mandate.status, status)
    mandate.status, mandate.end_reason = status, reason[:300]
    mandate.save(update_fields=["status", "end_reason"])
    pending = mandate.collections.filter(status=CollectionStatus.PENDING.value)
    pending.update(
        status=CollectionStatus.FAILED.value, reason=rules.MANDATE_ENDED, sentence="The mandate has ended."
    )
    trail.tell_mandate(status.value, mandate, user, reason=reason)
    return mandate
