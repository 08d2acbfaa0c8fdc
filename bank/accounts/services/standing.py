"""What freezes and dormancy together make of an account, in its row and in the ledger."""

from bank import ledger
from bank.accounts import rules
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole, AccountStatus

_FIELDS = ["status", "dormant_since", "dormancy_notice_date", "woken_date", "idle_review_date"]


def scopes_of(account: Account) -> frozenset[str]:
    """The scopes of the freezes in force on an account, and on the one a pot belongs to."""
    held = frozenset(account.freezes.filter(lifted_at__isnull=True).values_list("scope", flat=True))
    if account.role == AccountRole.POT and account.parent is not None:
        return held | scopes_of(account.parent)
    return held


def apply(account: Account, reason: str) -> None:
    """Sets the status that follows, and that of the account's pots: a freeze is of all its money."""
    scopes = scopes_of(account)
    status, booked_as = rules.standing(scopes, is_dormant=account.dormant_since is not None)
    ledger.set_status(account.number, booked_as, reason=reason)
    account.status = status.value
    account.save(update_fields=_FIELDS)
    for pot in _open_pots(account):
        apply(pot, reason)


def _open_pots(account: Account) -> list[Account]:
    pots = account.children.filter(role=AccountRole.POT.value).exclude(status=AccountStatus.CLOSED.value)
    return list(pots.select_related("parent").order_by("pk").select_for_update(of=("self",)))
