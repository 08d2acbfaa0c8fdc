"""Writes about acts: ask for signatures, sign, reject, return, withdraw, remind, expire.

The last signature carries the act out in its own database transaction, under the lock of the
approval's row: once, or not at all. Nobody signs twice; the database insists.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.errors import StepUpActChanged
from bank.identity.models import Challenge, User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime import outbox
from bank.signing import kinds, locks, rules, selectors
from bank.signing.errors import (
    ApprovalDecided,
    ApprovalExpired,
    NothingChosen,
    NotYoursToWithdraw,
    SignatoriesMissing,
    TooFewSignatories,
)
from bank.signing.models import Approval, Signature
from bank.signing.rules import Given, State, Terms
from bank.signing.selectors import Capacity

ASKED, DECIDED, ESCALATED = "signing.asked", "signing.decided", "signing.escalated"


@transaction.atomic
def ask(
    *,
    kind: str,
    subject: str,
    customer: Customer,
    amounts: Iterable[Money],
    act: Mapping[str, Any],
    summary: str,
    maker: User,
    needed: int | None = None,
    payment_type: str = "",
    accounts: Sequence[str] = (),
    difference: Sequence[Mapping[str, str]] = (),
    terms: Sequence[Terms] | None = None,
) -> Approval:
    """Keeps an act for others to sign; the maker, who confirmed it with a code, is its first signatory where
    the rule lets the maker sign and it is their turn.

    Moves nothing. What must be signed are the customer's rules for the sums, the type of payment and the
    accounts they leave, never fewer than ``needed`` people; or ``terms``. Raises ``TooFewSignatories``,
    ``SignatoriesMissing`` where the company has not so many people who may sign.
    """
    sums = list(amounts)
    asked = rules.together(
        terms
        if terms is not None
        else _at_least(selectors.terms_for(customer, sums, payment_type, accounts), needed or 2)
    )
    _require_people(customer, asked, maker)
    approval = Approval.objects.create(
        reference=ids.reference("APR"),
        customer=customer,
        kind=kind,
        subject=subject,
        summary=summary[:300],
        act=dict(act),
        amounts={one.currency: str(one.amount) for one in sums},
        payment_type=payment_type,
        accounts=list(accounts),
        difference=[dict(line) for line in difference],
        terms=rules.terms_as_json(asked),
        needed=max(rules.persons(asked), 2),
        maker=maker,
        deadline=clock.now() + timedelta(hours=rules.hours(asked)),
    )
    _sign_as_maker(approval, asked)
    _record("APPROVAL_ASKED", approval, maker, needed=approval.needed, summary=approval.summary)
    outbox.emit(ASKED, {"reference": approval.reference})
    return approval


def _at_least(terms: list[Terms], needed: int) -> list[Terms]:
    if rules.persons(terms) >= needed and terms != [rules.ANYBODY]:
        return terms
    return [*terms, Terms((rules.ANY * needed,))]


def _require_people(customer: Customer, asked: list[Terms], maker: User) -> None:
    there = selectors.people(customer)
    for terms in asked:
        all_ = [Given(letter, is_maker=user == maker.pk) for user, letter in there]
        if rules.can_be_met(terms, all_):
            continue
        if set("".join(terms.ways)) == {rules.ANY}:
            raise TooFewSignatories(needed=terms.persons, there=len(there))
        raise SignatoriesMissing(needed=rules.write_ways(terms.ways))
    if len(there) < 2:
        raise TooFewSignatories(needed=2, there=len(there))


def _sign_as_maker(approval: Approval, asked: list[Terms]) -> None:
    """The maker's code is their signature, unless the rule or its order leaves it out."""
    letter = cif.mandate_for(approval.maker, approval.customer).signature_class
    given = Given(letter, is_maker=True)
    is_due = all(one.maker_counts for one in asked) and rules.may_follow(asked, [], given)
    if is_due and cif.may_pay(approval.maker, approval.customer):
        Signature.objects.create(
            approval=approval, user=approval.maker, holder=approval.maker, signature_class=letter
        )


def start_signing(*, user: User, references: Sequence[str]) -> Challenge:
    """Asks for one code bound to exactly these acts and their totals. Raises as ``sign`` does."""
    chosen = [_signable(user, selectors.approval_for(user, one)) for one in _chosen(references)]
    act, summary = act_of(chosen)
    return stepup.start(user=user, act=act, summary=summary)


def sign(
    *, user: User, references: Sequence[str], challenge_id: UUID | str | None, code: str
) -> list[Approval]:
    """Signs acts, all with one code; each that has its last signature is carried out.

    An act needs what it was asked to have and what the rules of today ask for, whichever is more. One that
    the bank then refuses (no funds, an account closed, its maker's mandate ended) is ``FAILED`` with the
    reason and moves nothing; the others stand. Signatures of who may no longer pay do not count. Raises
    ``NothingChosen``, ``NotFound``, ``ApprovalDecided``, ``ApprovalExpired``, the mandate's refusals,
    ``AlreadySigned``, ``MakerMayNotSign``, ``NotYourTurn``, ``SignatureNotNeeded``, and the step-up's: then
    nothing is signed.
    """
    with transaction.atomic():
        wanted = _chosen(references)
        locks.hold_companies(selectors.approval_for(user, one).customer_id for one in wanted)
        chosen = [_signable(user, _locked(user, one)) for one in wanted]
        act, _summary = act_of(chosen)
        stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
        in_turn = sorted(chosen, key=lambda one: one[0].kind == selectors.RULES)
        return [_sign(approval, user, _still(approval, user, capacity)) for approval, capacity in in_turn]


def _still(approval: Approval, user: User, agreed: Capacity) -> Capacity:
    """As what its signer said yes to, also where another act of the same code changed who signs: such
    changes come last. Raises ``StepUpActChanged`` where it would be in another's name."""
    now = selectors.capacity(user, approval)
    if now.holder.pk != agreed.holder.pk:
        raise StepUpActChanged
    return now


@transaction.atomic
def reject(*, user: User, reference: str, reason: str) -> Approval:
    """Refuses an act with a reason its maker reads; who may sign may reject. Raises as ``sign`` does."""
    words = rules.reason(reason)
    approval = _open(_locked(user, reference))
    selectors.require_signatory(user, approval)
    return _give_up(approval, State.REJECTED, user, words)


@transaction.atomic
def return_for_change(*, user: User, reference: str, reason: str) -> Approval:
    """Hands an act back to its maker, who may correct it and ask anew; who may sign may return it. Nothing
    moves. Raises as ``reject`` does."""
    words = rules.reason(reason)
    approval = _open(_locked(user, reference))
    selectors.require_signatory(user, approval)
    return _give_up(approval, State.RETURNED, user, words)


@transaction.atomic
def withdraw(*, user: User, reference: str) -> Approval:
    """The maker's own second thought. Raises ``NotYoursToWithdraw``, ``ApprovalDecided``."""
    approval = _open(_locked(user, reference))
    if approval.maker_id != user.pk:
        raise NotYoursToWithdraw
    return _give_up(approval, State.WITHDRAWN, user, "")


def escalate_due() -> int:
    """Reminds of what has waited half its time, and tells the company's administrators; how many. Each act
    once. Beat runs it."""
    half = F("made_at") + (F("deadline") - F("made_at")) / 2
    waiting = Approval.objects.filter(state=State.WAITING.value, escalated_at=None, deadline__gt=clock.now())
    due = waiting.annotate(half=ExpressionWrapper(half, DateTimeField())).filter(half__lte=clock.now())
    return sum(_escalate(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _escalate(pk: int) -> bool:
    found = Approval.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk)
    approval = found.filter(state=State.WAITING.value, escalated_at=None).first()
    if approval is not None:
        approval.escalated_at = clock.now()
        approval.save(update_fields=["escalated_at"])
        _record("APPROVAL_ESCALATED", approval, None)
        outbox.emit(ESCALATED, {"reference": approval.reference})
    return approval is not None


def expire_due() -> int:
    """Gives up what was not signed in time; how many. Beat runs it."""
    due = Approval.objects.filter(state=State.WAITING.value, deadline__lte=clock.now())
    return sum(_expire(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def give_up_all(*, customer: Customer) -> int:
    """Withdraws whatever waits at a customer that becomes part of another; how many."""
    waiting = Approval.objects.select_for_update(of=("self",)).select_related("customer", "maker")
    found = list(waiting.filter(customer=customer, state=State.WAITING.value).order_by("reference"))
    for approval in found:
        _give_up(approval, State.WITHDRAWN, None, "The customer became part of another.")
    return len(found)


def act_of(chosen: Sequence[tuple[Approval, Capacity]]) -> tuple[dict[str, Any], str]:
    """What one code signs, and the same in words: a single act as it was asked, several with their totals;
    and in whose name, where that is not the signer's own."""
    others = {one.reference: who.holder for one, who in chosen if who.delegation is not None}
    names = ", ".join(sorted({holder.full_name for holder in others.values()}))
    act, words = _act_of([one for one, _who in chosen])
    if others:
        act["for"] = {reference: str(holder.pk) for reference, holder in sorted(others.items())}
        words = f"{words}, for {names}"
    return act, words


def _act_of(approvals: Sequence[Approval]) -> tuple[dict[str, Any], str]:
    if len(approvals) == 1:
        (one,) = approvals
        return {"act": "SIGN", "approval": one.reference, "of": one.act}, one.summary
    sums: dict[str, Money] = {}
    for money in (money for one in approvals for money in one.moneys):
        sums[money.currency] = sums.get(money.currency, Money.zero(money.currency)) + money
    totals = ", ".join(f"{one.currency} {one.amount:,f}" for one in sums.values())
    act = {"act": "SIGN_SEVERAL", "approvals": [one.reference for one in approvals], "totals": totals}
    return act, f"Sign {len(approvals)} acts, together {totals}"


def _chosen(references: Sequence[str]) -> list[str]:
    """In one order for all, so that no two signers wait for each other."""
    chosen = sorted(set(references))
    if not 0 < len(chosen) <= rules.MOST_AT_ONCE:
        raise NothingChosen(most=rules.MOST_AT_ONCE)
    return chosen


def _locked(user: User, reference: str) -> Approval:
    found = selectors.approval_for(user, reference)
    locked = Approval.objects.select_for_update(of=("self",)).select_related("customer", "maker")
    return locked.get(pk=found.pk)


def _open(approval: Approval) -> Approval:
    if approval.state != State.WAITING:
        raise ApprovalDecided(state=approval.state.lower())
    if approval.deadline <= clock.now():
        raise ApprovalExpired
    return approval


def _signable(user: User, approval: Approval) -> tuple[Approval, Capacity]:
    return approval, selectors.capacity(user, _open(approval))


def _sign(approval: Approval, user: User, capacity: Capacity) -> Approval:
    Signature.objects.create(
        approval=approval,
        user=user,
        holder=capacity.holder,
        signature_class=capacity.letter,
        delegation=capacity.delegation,
    )
    asked, given = selectors.requirement(approval), selectors.standing(approval)
    _record(
        "APPROVAL_SIGNED", approval, user, signatures=len(given), needed=approval.needed,
        signature_class=capacity.letter, holder=capacity.holder.pk,
    )  # fmt: skip
    try:
        with transaction.atomic():
            selectors.require_signatory(approval.maker, approval)
            if rules.all_met(asked, given) and _others(given):
                _decide(approval, State.APPROVED, user, "")
                kinds.named(approval.kind).carry_out(approval.subject, user)
    except BankError as refusal:
        return _give_up(approval, State.FAILED, user, refusal.message[: rules.REASON_LETTERS])
    return approval


def _others(given: Sequence[Given]) -> int:
    """How many signatures are not the maker's: never none."""
    return sum(not one.is_maker for one in given)


def _give_up(approval: Approval, state: State, user: User | None, why: str) -> Approval:
    kinds.named(approval.kind).give_up(approval.subject, state, user, why)
    return _decide(approval, state, user, why)


@transaction.atomic
def _expire(pk: int) -> bool:
    found = Approval.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.WAITING.value)
    approval = found.first()
    if approval is not None:
        _give_up(approval, State.EXPIRED, None, "")
    return approval is not None


def _decide(approval: Approval, state: State, user: User | None, why: str) -> Approval:
    approval.state, approval.decided_by, approval.decided_at = state.value, user, clock.now()
    approval.decision_reason = why
    approval.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    _record(f"APPROVAL_{state.value}", approval, user, why=why)
    outbox.emit(DECIDED, {"reference": approval.reference, "state": state.value})
    return approval


def _record(action: str, approval: Approval, actor: User | None, **detail: object) -> None:
    detail["subject"] = approval.subject
    audit.record(action, actor=actor, subject_type="approval", subject_id=approval.reference, detail=detail)
