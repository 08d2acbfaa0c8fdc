"""Acts on an account all holders sign for: one asks with a code, the others say yes with codes of theirs.

The last yes carries the act out in its own database transaction, under the lock of the act's row: once, or
not at all. Before that the books are untouched, no limit is used and no money is held.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard
from uuid import UUID

from django.db import transaction

from bank.accounts import joint, rules, selectors
from bank.accounts.errors import JointDecided, JointExpired, NotYourAct
from bank.accounts.models import Account, JointAct, JointWord
from bank.accounts.rules import JointState
from bank.accounts.services import trail
from bank.cif.models import Customer
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.runtime import outbox

ASKED, DECIDED = "accounts.joint_asked", "accounts.joint_decided"


@transaction.atomic
def ask(
    *,
    kind: str,
    subject: str,
    account: Account,
    act: Mapping[str, Any],
    summary: str,
    maker: User,
    amount: Money | None = None,
) -> JointAct:
    """Keeps an act for the other holders; the maker has said yes for theirs by asking, with a code where one
    is asked of a holder who signs alone.

    Moves nothing. Raises ``NotFound`` and the mandate's refusals for who may not pay from the account,
    ``BothMustSign`` where another holder has nobody who could say yes here: then only a branch helps.
    """
    speaking = selectors.require_voices(maker, account, amount)
    asked = JointAct.objects.create(
        reference=ids.reference("JNT"),
        account=account,
        kind=kind,
        subject=subject,
        summary=summary[:300],
        act=dict(act),
        amount=None if amount is None else amount.amount,
        currency=account.currency,
        needed=len(selectors.holders(account)),
        maker=maker,
        deadline=clock.now() + rules.JOINT_PATIENCE,
    )
    JointWord.objects.create(joint_act=asked, holder=speaking, user=maker)
    _record("JOINT_ASKED", asked, maker, summary=asked.summary)
    outbox.emit(ASKED, {"reference": asked.reference})
    return asked


def waits(done: object) -> TypeGuard[JointAct]:
    """Whether what was asked for waits for the other holders, and nothing was done yet."""
    return isinstance(done, JointAct)


def start_agreeing(*, user: User, reference: str) -> Challenge:
    """Asks for a code bound to exactly this act; ``agree`` takes it. Raises as ``agree`` does."""
    asked = selectors.joint_act_for(user, reference)
    selectors.speaks_for(user, _open(asked))
    return stepup.start(user=user, act=_act(asked), summary=asked.summary)


@transaction.atomic
def agree(*, user: User, reference: str, challenge_id: UUID | str | None, code: str) -> JointAct:
    """A holder's yes, with a code; with the last one the act is carried out for whoever asked.

    What the bank then refuses (no funds, an account closed, the maker's mandate ended) is ``FAILED`` with
    the reason and books nothing. Raises ``NotFound``, ``JointDecided``, ``JointExpired``, ``WordGiven``,
    the mandate's refusals and the step-up's: then nothing is said.
    """
    asked = _open(_locked(user, reference))
    speaking = selectors.speaks_for(user, asked)
    stepup.confirm(user=user, challenge_id=challenge_id, act=_act(asked), code=code)
    JointWord.objects.create(joint_act=asked, holder=speaking, user=user)
    _record("JOINT_AGREED", asked, user, holder=speaking.cif)
    fresh = selectors.joint_act_for(user, reference)
    return fresh if selectors.silent(fresh) else _carry_out(fresh, user)


@transaction.atomic
def refuse(*, user: User, reference: str, why: str) -> JointAct:
    """A holder's no, with a reason whoever asked reads. Raises as ``agree``, ``ReasonMissing``."""
    words = rules.why(why)
    asked = _open(_locked(user, reference))
    selectors.speaks_for(user, asked)
    return _give_up(asked, JointState.REFUSED, user, words)


@transaction.atomic
def withdraw(*, user: User, reference: str) -> JointAct:
    """The maker's own second thought. Raises ``NotYourAct``, ``JointDecided``."""
    asked = _open(_locked(user, reference))
    if asked.maker_id != user.pk:
        raise NotYourAct
    return _give_up(asked, JointState.WITHDRAWN, user, "")


def expire_due() -> int:
    """Gives up what the others did not agree to in time; how many. Beat runs it."""
    due = JointAct.objects.filter(state=JointState.WAITING.value, deadline__lte=clock.now())
    return sum(_expire(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def withdraw_all(*, customer: Customer) -> int:
    """Takes back whatever waits on the accounts of a customer that becomes part of another; how many."""
    waiting = JointAct.objects.filter(state=JointState.WAITING.value).select_for_update(of=("self",))
    found = [one for one in waiting.order_by("pk") if customer in selectors.holders(one.account)]
    for asked in found:
        _give_up(asked, JointState.WITHDRAWN, None, "")
    return len(found)


def _carry_out(asked: JointAct, user: User) -> JointAct:
    try:
        with transaction.atomic():
            selectors.holder_of(asked.maker, asked.account, asked.money)
            _decide(asked, JointState.AGREED, user, "")
            joint.named(asked.kind).carry_out(asked, user)
    except BankError as refusal:
        return _give_up(asked, JointState.FAILED, user, refusal.message[: rules.REASON_LETTERS])
    return asked


def _give_up(asked: JointAct, state: JointState, user: User | None, why: str) -> JointAct:
    joint.named(asked.kind).give_up(asked, state, user, why)
    return _decide(asked, state, user, why)


@transaction.atomic
def _expire(pk: int) -> bool:
    found = JointAct.objects.select_for_update(skip_locked=True, of=("self",))
    asked = found.filter(pk=pk, state=JointState.WAITING.value).first()
    if asked is not None:
        _give_up(asked, JointState.EXPIRED, None, "")
    return asked is not None


def _decide(asked: JointAct, state: JointState, user: User | None, why: str) -> JointAct:
    asked.state, asked.decided_by, asked.decided_at, asked.why = state.value, user, clock.now(), why
    asked.save(update_fields=["state", "decided_by", "decided_at", "why"])
    _record(f"JOINT_ACT_{state.value}", asked, user, why=why)
    outbox.emit(DECIDED, {"reference": asked.reference, "state": state.value})
    return asked


def _locked(user: User, reference: str) -> JointAct:
    found = selectors.joint_act_for(user, reference)
    JointAct.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return selectors.joint_act_for(user, reference)


def _open(asked: JointAct) -> JointAct:
    if asked.state != JointState.WAITING:
        raise JointDecided(state=asked.get_state_display().lower())
    if asked.deadline <= clock.now():
        raise JointExpired
    return asked


def _act(asked: JointAct) -> dict[str, Any]:
    return {"act": "AGREE", "request": asked.reference, "of": asked.act}


def _record(action: str, asked: JointAct, actor: User | None, **detail: object) -> None:
    trail.record(action, asked.account, actor, reference=asked.reference, **detail)
