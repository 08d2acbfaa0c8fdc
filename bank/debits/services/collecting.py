"""Collections: announced, refused or taken back before their day, taken once at its opening."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import transaction

from bank import ledger
from bank.debits import postings, rules, selectors
from bank.debits.errors import CollectionReferenceUsed, MandateUnusable
from bank.debits.models import Collection, Creditor, Mandate
from bank.debits.rules import CollectionStatus, CreditorStatus, MandateStatus
from bank.debits.services import mandating, trail
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.ledger.errors import InsufficientFunds
from bank.payments import rules as payment_rules

_PART: Final = 200


@transaction.atomic
def collect(
    *, user: User, reference: str, amount: Money, due: date, end_to_end_id: str, remittance: str = ""
) -> Collection:
    """Announces a collection; it is taken on its day, or the next the bank is open. Repeated with the same
    ``end_to_end_id``, amount and day it answers with the same collection. Nothing moves yet.

    Raises ``NotFound``, ``NotAllowed``, ``CreditorStopped``, ``CreditorNotAdmitted``, ``MandateUnusable``,
    ``CollectionUnusable``, ``NoticeTooShort``, ``AboveMandate``, ``AboveCreditorLimit``,
    ``CollectionReferenceUsed``.
    """
    creditor = trail.creditor_locked(selectors.mandate_for(user, reference).creditor)
    mandate = trail.mandate_locked(user, reference)
    if not selectors.collects(user, mandate):
        raise NotAllowed(what="collect on this mandate")
    own = payment_rules.clean_text("End-to-end id", end_to_end_id)
    known = mandate.collections.filter(end_to_end_id=own).first()
    if known is not None:
        return _same(known, amount, due)
    return announce(creditor, mandate, amount=amount, due=due, own=own, remittance=remittance, user=user)


def announce(
    creditor: Creditor | None,
    mandate: Mandate,
    *,
    amount: Money,
    due: date,
    own: str,
    remittance: str,
    user: User,
) -> Collection:
    """A collection within what the bank and the mandate allow; the caller holds both rows and has looked
    whether there is one of that reference. Raises as ``collect``, before anything is written.
    """
    mandating.check_creditor(creditor, mandate.kind)
    _check(mandate, own, amount, due)
    _check_company(creditor, amount, due)
    words = payment_rules.clean_text("Remittance", remittance)
    made = Collection.objects.create(
        reference=ids.reference("DDC"),
        mandate=mandate,
        end_to_end_id=own,
        amount=amount.amount,
        remittance=words,
        due_date=due,
        run_date=selectors.calendar().next_or_same(due),
        status=CollectionStatus.PENDING,
        made_by=user,
    )
    trail.tell_collection("ANNOUNCED", made, user, due=due.isoformat())
    return made


@transaction.atomic
def refuse(*, user: User, reference: str) -> Collection:
    """Who pays does not want it taken. Raises ``NotFound``, ``NotAllowed``, ``WrongCollectionStatus``."""
    found = trail.collection_locked(user, reference)
    if not selectors.pays(user, found.mandate):
        raise NotAllowed(what="refuse this direct debit")
    rules.check_pending(found.status, "refused")
    found.reason, found.sentence = rules.REFUSED_BY_DEBTOR, "The account holder refused it."
    return _stop(found, CollectionStatus.REFUSED, user)


@transaction.atomic
def cancel_collection(*, user: User, reference: str) -> Collection:
    """The company takes it back. Raises ``NotFound``, ``NotAllowed``, ``WrongCollectionStatus``."""
    found = trail.collection_locked(user, reference)
    if not selectors.collects(user, found.mandate):
        raise NotAllowed(what="cancel this direct debit")
    rules.check_pending(found.status, "cancelled")
    return _stop(found, CollectionStatus.CANCELLED, user)


@transaction.atomic
def run_due(*, on: date, after: int = 0, limit: int = _PART) -> tuple[int, int | None]:
    """Takes the next collections whose day has come: debits who pays, credits the company.

    All of an amount or nothing; what an account refuses ends with its ISO reason and is not tried again.
    What a company announced that the bank has stopped since is not taken. Companies are locked first, then
    mandates, each in their order, then the collections, then the ledger's accounts. Returns how many were
    looked at, and the id to go on after, ``None`` at the end.
    """
    keys = list(selectors.due(on).filter(pk__gt=after).order_by("pk").values_list("pk", "mandate_id")[:limit])
    wanted = {mandate for _pk, mandate in keys}
    ours = Creditor.objects.filter(customer__debit_mandates__in=wanted).values("pk")
    schemes = {
        one.customer_id: one.schemes if one.status == CreditorStatus.ADMITTED else set()
        for one in Creditor.objects.filter(pk__in=ours).order_by("pk").select_for_update()
    }
    list(Mandate.objects.filter(pk__in=wanted).order_by("pk").select_for_update().values_list("pk"))
    joined = selectors.due(on).filter(pk__in=[pk for pk, _mandate in keys]).order_by("pk")
    found = list(
        joined.select_related(
            "mandate__creditor", "mandate__creditor_account", "mandate__debtor_account"
        ).select_for_update(of=("self",))
    )
    allowed = [one for one in found if one.mandate.kind in schemes.get(one.mandate.creditor_id, ())]
    _take(allowed, on)
    for one in found:
        if one not in allowed:
            _fail_stopped(one)
    return len(found), keys[-1][0] if len(keys) == limit else None


def _take(found: Sequence[Collection], on: date) -> None:
    outcomes = ledger.post([_entry(one) for one in found], outcome="EACH") if found else ()
    for one, outcome in zip(found, outcomes, strict=True):
        if outcome.refusal is None:
            one.status, one.entry_id, one.collected_date = CollectionStatus.COLLECTED, outcome.entry_id, on
        else:
            one.status = CollectionStatus.FAILED
            one.reason = payment_rules.iso_reason(outcome.refusal.code)
            one.sentence = _said(outcome.refusal)
        trail.tell_collection(one.status.value, one, None, reason=one.reason)
    Collection.objects.bulk_update(found, ["status", "entry_id", "collected_date", "reason", "sentence"])


def _fail_stopped(one: Collection) -> None:
    one.reason, one.sentence = rules.CREDITOR_STOPPED, "The bank has stopped this company's collections."
    _stop(one, CollectionStatus.FAILED, None)


def _entry(one: Collection) -> ledger.Entry:
    mandate = one.mandate
    words = f"{mandate.creditor.display_name}, mandate {mandate.creditor_reference}"
    words = f"{words}, {one.remittance}" if one.remittance else words
    return postings.collected(
        reference=one.reference,
        debtor=mandate.debtor_account.number,
        creditor=mandate.creditor_account.number,
        amount=one.money,
        narrative=f"Direct debit {words}",
    )


def _said(refusal: Exception) -> str:
    """Neither a balance nor a number: the company reads it."""
    if isinstance(refusal, InsufficientFunds):
        return "There was not enough money on the account."
    return "The account does not allow it."


def _same(known: Collection, amount: Money, due: date) -> Collection:
    if (known.money, known.due_date) != (amount, due):
        raise CollectionReferenceUsed
    return known


def _check(mandate: Mandate, own: str, amount: Money, due: date) -> None:
    if mandate.status != MandateStatus.ACTIVE:
        raise MandateUnusable(problem="The mandate is not in force.")
    if not own:
        raise MandateUnusable(problem="Give the collection a reference of your own.")
    if due > rules.lapses(selectors.last_used(mandate)):
        raise MandateUnusable(
            problem="Nothing was collected on the mandate for 36 months. Ask for a new one."
        )
    rules.check_due(
        due,
        first=mandate.first_date,
        last=mandate.last_date,
        notice_days=mandate.notice_days,
        today=ledger.business_date(),
    )
    used = selectors.collected_in_month(mandate, due)
    rules.check_sum(amount, limit=mandate.limit, month_limit=mandate.month_limit, used=used)


def _check_company(creditor: Creditor | None, amount: Money, due: date) -> None:
    assert creditor is not None
    used = selectors.collected_by_company(creditor.customer, due, creditor.currency)
    rules.check_creditor_sum(amount, each=creditor.each, month=creditor.month, used=used)


def _stop(found: Collection, status: CollectionStatus, user: User | None) -> Collection:
    found.status = status
    found.save(update_fields=["status", "reason", "sentence"])
    trail.tell_collection(status.value, found, user)
    return found
