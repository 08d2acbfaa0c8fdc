"""Other rules, signature classes, limits and delegations of a company: asked for by an administrator, in
force once those have signed whom the strictest of the present rules names. Nobody lowers a rule alone.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import transaction

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif import services as mandates
from bank.cif.models import Customer, Mandate
from bank.cif.rules import MandateRole
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.signing import differences, rules, selectors
from bank.signing.differences import Wanted
from bank.signing.errors import ChangeStale, ChangeUnusable
from bank.signing.models import Approval, Delegation, RuleChange
from bank.signing.rules import State
from bank.signing.selectors import RULES
from bank.signing.services import acts, ruling


def require_administrator(user: User, customer: Customer) -> None:
    """Raises ``NotFound`` for who does not act for it, ``NotAllowed`` for who is no owner."""
    if cif.mandate_for(user, customer).role != MandateRole.OWNER:
        raise NotAllowed(what="change who signs for this company; an owner can")


def preview(*, user: User, customer: Customer, wanted: Wanted) -> list[dict[str, str]]:
    """What the change would make of what holds now, line by line. Raises as ``change`` does."""
    require_administrator(user, customer)
    differences.check(customer, wanted)
    lines = differences.lines(customer, wanted)
    if not lines:
        raise ChangeUnusable(problem="Nothing would change.")
    return lines


def start_change(*, user: User, customer: Customer, wanted: Wanted, reason: str) -> Challenge:
    """Asks for a code bound to exactly this change."""
    lines = preview(user=user, customer=customer, wanted=wanted)
    summary = "Change who signs: " + "; ".join(f"{one['label']}: {one['after']}" for one in lines)
    return stepup.start(user=user, act=_act(customer, wanted, rules.reason(reason)), summary=summary[:300])


@transaction.atomic
def change(
    *,
    user: User,
    customer: Customer,
    wanted: Wanted,
    reason: str,
    challenge_id: UUID | str | None,
    code: str,
) -> tuple[RuleChange, Approval | None]:
    """Keeps a change for others to sign; where nobody but its maker may sign, it is in force at once.

    Moves no money. Raises ``NotAllowed`` for who is no administrator, ``RuleUnusable``, ``ChangeUnusable``,
    ``DelegationUnusable``, the step-up's refusals, ``TooFewSignatories`` and ``SignatoriesMissing``.
    """
    words = rules.reason(reason)
    lines = preview(user=user, customer=customer, wanted=wanted)
    act = _act(customer, wanted, words)
    stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
    made = RuleChange.objects.create(
        reference=ids.reference("SGN"), customer=customer, content=differences.as_json(wanted),
        difference=lines, reason=words, maker=user,
    )  # fmt: skip
    audit.record(
        "SIGNING_CHANGE_ASKED", actor=user, subject_type="customer", subject_id=customer.cif,
        detail={"change": made.reference, "difference": lines, "why": words},
    )  # fmt: skip
    signers = [person for person, _letter in selectors.people(customer)]
    if signers == [user.pk] and not selectors.asks_for_several(customer):
        _apply(made, user)
        return made, None
    return made, _ask(made, act, user)


def _ask(made: RuleChange, act: dict[str, Any], user: User) -> Approval:
    return acts.ask(
        kind=RULES,
        subject=made.reference,
        customer=made.customer,
        amounts=[],
        act=act,
        summary="; ".join(line["label"] for line in made.difference)[:300],
        maker=user,
        difference=made.difference,
        terms=selectors.strictest(made.customer),
    )


def _act(customer: Customer, wanted: Wanted, reason: str) -> dict[str, Any]:
    content = json.dumps(differences.as_json(wanted), sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"act": "CHANGE_SIGNING", "customer": customer.cif, "sha256": digest, "reason": reason}


def carry_out(reference: str, by: User) -> None:
    """Puts a change into force with its last signature. Raises ``ChangeStale`` where what it would change
    has changed since it was asked for."""
    made = RuleChange.objects.select_for_update(of=("self",)).select_related("customer", "maker")
    _apply(made.get(reference=reference), by)


def give_up(reference: str, state: State, by: User | None, reason: str) -> None:
    """A change nobody will sign stays on record and changes nothing."""


def _apply(made: RuleChange, by: User) -> None:
    wanted, customer = differences.from_json(made.content), made.customer
    differences.check(customer, wanted)
    if differences.lines(customer, wanted) != made.difference:
        raise ChangeStale
    for currency, steps in wanted.rules.items():
        ruling.set_rules(customer=customer, currency=currency, steps=steps, actor=by)
    for mandate in differences.mandates_of(customer, [*wanted.classes, *wanted.limits]):
        _set_mandate(mandate, wanted, by)
    for one in wanted.delegations:
        _delegate(customer, one, by)
    made.applied_at = clock.now()
    made.save(update_fields=["applied_at"])


def _set_mandate(mandate: Mandate, wanted: Wanted, by: User) -> None:
    email = mandate.user.email
    limit = Money(mandate.single_limit, mandate.limit_currency) if mandate.single_limit else None
    mandates.change_mandate(
        mandate=mandate,
        signature_class=wanted.classes.get(email, mandate.signature_class),
        single_limit=wanted.limits.get(email, limit),
        actor=by,
    )


def _delegate(customer: Customer, one: differences.Handover, by: User) -> None:
    people = {each.user.email: each.user for each in differences.mandates_of(customer, [one.of, one.to])}
    made = Delegation.objects.create(
        customer=customer, delegator=people[one.of], delegate=people[one.to],
        valid_from=one.valid_from, valid_until=one.valid_until,
    )  # fmt: skip
    _tell(customer, "SIGNING_DELEGATED", by, made)


@transaction.atomic
def end_delegation(*, user: User, delegation: Delegation) -> Delegation:
    """Ends one at once; who gave it, who holds it or an administrator may. Raises ``NotAllowed``."""
    locked = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if user.pk not in (locked.delegator_id, locked.delegate_id):
        require_administrator(user, locked.customer)
    if locked.ended_at is None:
        locked.ended_at = clock.now()
        locked.save(update_fields=["ended_at"])
        _tell(locked.customer, "SIGNING_DELEGATION_ENDED", user, locked)
    return locked


def _tell(customer: Customer, action: str, by: User, one: Delegation) -> None:
    detail = {
        "delegation": one.pk, "for": one.delegator_id, "signs": one.delegate_id,
        "from": one.valid_from.isoformat(), "until": one.valid_until.isoformat(),
    }  # fmt: skip
    audit.record(action, actor=by, subject_type="customer", subject_id=customer.cif, detail=detail)
