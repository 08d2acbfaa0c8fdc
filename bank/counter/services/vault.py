"""Cash between the vault and a teller's drawer during the day."""

from bank.counter import rules, selectors
from bank.counter.errors import CashUnusable, VaultShort
from bank.counter.models import DrawerSession, Slip
from bank.counter.rules import Move
from bank.counter.services import slips
from bank.identity import duty
from bank.identity.models import User
from bank.identity.role_rules import Act
from bank.kernel.money import Money
from bank.runtime import idempotency, locks


def move_vault_cash(*, teller: User, move: Move, amount: Money, key: str) -> Slip:
    """Takes cash from the vault (debits TELLER_CASH, credits CASH) or hands it in (the other way round).

    The same ``key`` and content return the same slip. Raises ``CashUnusable``, ``NoSessionOpen``,
    ``SessionOfAnotherDay``, ``DrawerFull``, ``DrawerShort``, and for cash taken ``OverLimit`` above what the
    teller's roles may take at once, ``VaultShort``; ``IdempotencyConflict``.
    """
    if move in rules.OF_CUSTOMERS:
        raise CashUnusable(problem="Cash of a customer is paid in to or out of an account.")

    def run() -> dict[str, str]:
        return {"slip": _move(selectors.require_session(teller), move, amount, key).reference}

    answer, _ = idempotency.once(
        owner=f"user:{teller.pk}",
        operation="counter.vault",
        key=key,
        content={"move": move.value, "amount": str(amount)},
        run=run,
    )
    return selectors.slip(answer["slip"])


def require_cash(teller: User, amount: Money) -> None:
    """Raises ``OverLimit`` above what the teller may take from the vault at once, ``VaultShort`` where there
    is less in it; nobody else takes from it until the transaction ends."""
    duty.require_within(user=teller, act=Act.CASH, amount=amount)
    locks.hold_until_commit("counter-vault")
    held = selectors.vault_holds()
    if amount > held:
        raise VaultShort(held=held)


def _move(session: DrawerSession, move: Move, amount: Money, key: str) -> Slip:
    slips.require_amount(amount)
    locked = slips.lock(session)
    slips.require_today(locked)
    held = slips.drawer_after(locked, move, amount)
    if move == Move.FROM_VAULT:
        require_cash(locked.teller, amount)
    return slips.write(
        session=locked, move=move, amount=amount, held=held, key=f"vault:{locked.teller_id}:{key}"
    )
