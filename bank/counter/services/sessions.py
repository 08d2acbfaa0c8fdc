"""Drawers, the sessions that are opened at them, and the figures that bound them."""

from typing import Final

from django.db import IntegrityError, transaction

from bank import ledger
from bank.audit import services as audit
from bank.counter import rules, selectors
from bank.counter.errors import CashUnusable, DrawerUnknown, SessionOpenAlready
from bank.counter.models import CashRule, Drawer, DrawerSession
from bank.counter.rules import Bound, Move
from bank.counter.services import slips, vault
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.money import Money
from bank.runtime import idempotency

_CODE_LETTERS: Final = 12


def open_session(*, teller: User, drawer: str, amount: Money, key: str) -> DrawerSession:
    """Opens a session with a float from the vault: debits TELLER_CASH, credits CASH.

    The same ``key`` and content return the same session. Raises ``CashUnusable``, ``OutsideDrawerLimits``,
    ``OverLimit`` above what the teller's roles may take from the vault, ``DrawerUnknown``,
    ``SessionOpenAlready`` for the teller or the drawer, ``VaultShort``, ``IdempotencyConflict``.
    """

    def run() -> dict[str, str]:
        return {"session": _open(teller, drawer, amount, key).reference}

    answer, _ = idempotency.once(
        owner=f"user:{teller.pk}",
        operation="counter.open_session",
        key=key,
        content={"drawer": drawer, "amount": str(amount)},
        run=run,
    )
    return selectors.by_reference(answer["session"])


def _open(teller: User, code: str, amount: Money, key: str) -> DrawerSession:
    slips.require_amount(amount)
    minimum, maximum = selectors.bound(Bound.DRAWER_MINIMUM), selectors.bound(Bound.DRAWER_MAXIMUM)
    rules.require_float(amount, minimum, maximum)
    drawer = Drawer.objects.filter(code=code, is_active=True).first()
    if drawer is None:
        raise DrawerUnknown(drawer=code[:_CODE_LETTERS])
    session = _begun(teller, drawer, amount.currency)
    vault.require_cash(teller, amount)
    slips.write(
        session=session, move=Move.FROM_VAULT, amount=amount, held=amount, key=f"float:{session.reference}"
    )
    audit.record(
        "COUNTER_OPENED",
        actor=teller,
        subject_type="COUNTER",
        subject_id=session.reference,
        detail={"drawer": drawer.code, "float": str(amount)},
    )
    return session


def _begun(teller: User, drawer: Drawer, currency: str) -> DrawerSession:
    """The database knows one open session a teller and one a drawer; the second to come waits and is told."""
    try:
        with transaction.atomic():
            return DrawerSession.objects.create(
                reference=ids.reference("TIL"),
                drawer=drawer,
                teller=teller,
                business_date=ledger.business_date(),
                currency=currency,
                held=0,
            )
    except IntegrityError:
        mine = selectors.session_of(teller)
        what = f"You have drawer {mine.drawer.code}" if mine else f"Drawer {drawer.code} is"
        raise SessionOpenAlready(what=what) from None


@transaction.atomic
def add_drawer(*, code: str, branch: str, actor: User) -> Drawer:
    """Another drawer of a branch; no money moves. Raises ``CashUnusable``."""
    name = "".join(code.split()).upper()
    if not (name.isascii() and name.replace("-", "").isalnum() and len(name) <= _CODE_LETTERS):
        raise CashUnusable(problem="A drawer has a code of up to 12 letters, digits and hyphens.")
    if not (len(branch) == rules.BRANCH_DIGITS and branch.isascii() and branch.isdigit()):
        raise CashUnusable(problem="A branch is three digits.")
    drawer, is_new = Drawer.objects.get_or_create(code=name, defaults={"branch": branch})
    if not is_new:
        raise CashUnusable(problem=f"There is a drawer {name} already.")
    audit.record(
        "DRAWER_ADDED", actor=actor, subject_type="DRAWER", subject_id=name, detail={"branch": branch}
    )
    return drawer


@transaction.atomic
def set_bound(*, bound: Bound, amount: Money, actor: User) -> None:
    """Another figure of the counter, agreed to by two; holds from the next move of cash on."""
    CashRule.objects.filter(bound=bound.value).update(amount=amount.amount)
    audit.record(
        "COUNTER_RULE_SET",
        actor=actor,
        subject_type="COUNTER_RULE",
        subject_id=bound.value,
        detail={"amount": str(amount)},
    )
