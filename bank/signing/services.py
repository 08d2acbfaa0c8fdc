"""Writes: ask for signatures, sign, reject, withdraw, expire, and set a company's rules.

The last signature carries the act out in its own database transaction, under the lock of the
approval's row: once, or not at all. Nobody signs twice; the database insists.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime import outbox
from bank.signing import kinds, rules, selectors
from bank.signing.errors import (
    AlreadySigned,
    ApprovalDecided,
    ApprovalExpired,
    NothingChosen,
    NotYoursToWithdraw,
    TooFewSignatories,
)
from bank.signing.models import Approval, Signature, SigningRule
from bank.signing.rules import State

ASKED, DECIDED = "signing.asked", "signing.decided"


@transaction.atomic
def ask(
    *,
    kind: str,
    subject: str,
    customer: Customer,
    amounts: Iterable[Money],
    act: Mapping[str, Any],
    summary: str,
    needed: int,
    maker: User,
) -> Approval:
    """Keeps an act for others to sign; the maker, who confirmed it with a code, is its first signatory.

    Moves nothing. Raises ``TooFewSignatories`` where the company has not so many people who may pay.
    """
    there = selectors.signatories(customer)
    if there < needed:
        raise TooFewSignatories(needed=needed, there=there)
    approval = Approval.objects.create(
        reference=ids.reference("APR"),
        customer=customer,
        kind=kind,
        subject=subject,
        summary=summary[:300],
        act=dict(act),
        amounts={one.currency: str(one.amount) for one in amounts},
        needed=needed,
        maker=maker,
        deadline=clock.now() + rules.LIFETIME,
    )
    Signature.objects.create(approval=approval, user=maker)
    _record("APPROVAL_ASKED", approval, maker, needed=needed, summary=approval.summary)
    outbox.emit(ASKED, {"reference": approval.reference})
    return approval


def start_signing(*, user: User, references: Sequence[str]) -> Challenge:
    """Asks for one code bound to exactly these acts and their totals. Raises as ``sign`` does."""
    chosen = [_signable(user, selectors.approval_for(user, one)) for one in _chosen(references)]
    act, summary = act_of(chosen)
    return stepup.start(user=user, act=act, summary=summary)


def sign(
    *, user: User, references: Sequence[str], challenge_id: UUID | str | None, code: str
) -> list[Approval]:
    """Signs acts, all with one code; each that has its last signature is carried out.

    An act that the bank then refuses (no funds, an account closed, its maker's mandate ended) is
    ``FAILED`` with the reason and moves nothing; the others stand. Signatures of who may no longer pay
    do not count. Raises ``NothingChosen``, ``NotFound``, ``ApprovalDecided``, ``ApprovalExpired``, the
    mandate's refusals, ``AlreadySigned``, and the step-up's: then nothing is signed.
    """
    with transaction.atomic():
        chosen = [_signable(user, _locked(user, one)) for one in _chosen(references)]
        act, _summary = act_of(chosen)
        stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
        return [_sign(approval, user) for approval in chosen]


@transaction.atomic
def reject(*, user: User, reference: str, reason: str) -> Approval:
    """Refuses an act with a reason its maker reads; who may sign may reject. Raises as ``sign`` does."""
    words = rules.reason(reason)
    approval = _open(_locked(user, reference))
    _require_signatory(user, approval)
    return _give_up(approval, State.REJECTED, user, words)


@transaction.atomic
def withdraw(*, user: User, reference: str) -> Approval:
    """The maker's own second thought. Raises ``NotYoursToWithdraw``, ``ApprovalDecided``."""
    approval = _open(_locked(user, reference))
    if approval.maker_id != user.pk:
        raise NotYoursToWithdraw
    return _give_up(approval, State.WITHDRAWN, user, "")


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


def seed_rules() -> None:
    """The bank's rules for companies without their own. Adds what is missing, changes nothing."""
    for currency, steps in rules.DEFAULT_STEPS.items():
        for signatures, above in enumerate(steps, start=2):
            SigningRule.objects.get_or_create(
                customer=None, currency=currency, above=above, defaults={"signatures": signatures}
            )


@transaction.atomic
def set_rules(*, customer: Customer, currency: str, steps: list[rules.Step], actor: User | None) -> None:
    """Replaces a company's rules in one currency. What already waits keeps what it was asked to have.

    Raises ``RuleUnusable``.
    """
    rules.check_steps(steps)
    SigningRule.objects.filter(customer=customer, currency=currency).delete()
    SigningRule.objects.bulk_create(
        SigningRule(customer=customer, currency=currency, above=one.above, signatures=one.signatures)
        for one in steps
    )
    detail = {"currency": currency, "steps": [[str(one.above), one.signatures] for one in steps]}
    audit.record(
        "SIGNING_RULES_SET", actor=actor, subject_type="customer", subject_id=customer.cif, detail=detail
    )


def act_of(approvals: Sequence[Approval]) -> tuple[dict[str, Any], str]:
    """What one code signs, and the same in words: a single act as it was asked, several with their totals."""
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


def _signable(user: User, approval: Approval) -> Approval:
    _require_signatory(user, _open(approval))
    if approval.signatures.filter(user=user).exists():
        raise AlreadySigned
    return approval


def _require_signatory(user: User, approval: Approval) -> None:
    for amount in approval.moneys:
        cif.require_pay(user, approval.customer, amount)


def _standing(approval: Approval) -> int:
    """How many have signed who may still pay as much; the word of one who no longer may is worth nothing."""
    return sum(_may_sign(one.user, approval) for one in approval.signatures.select_related("user"))


def _may_sign(user: User, approval: Approval) -> bool:
    try:
        _require_signatory(user, approval)
    except BankError:
        return False
    return True


def _sign(approval: Approval, user: User) -> Approval:
    Signature.objects.create(approval=approval, user=user)
    count = _standing(approval)
    _record("APPROVAL_SIGNED", approval, user, signatures=count, needed=approval.needed)
    try:
        with transaction.atomic():
            _require_signatory(approval.maker, approval)
            if count < approval.needed:
                return approval
            kinds.named(approval.kind).carry_out(approval.subject, user)
    except BankError as refusal:
        return _give_up(approval, State.FAILED, user, refusal.message[: rules.REASON_LETTERS])
    return _decide(approval, State.APPROVED, user, "")


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
