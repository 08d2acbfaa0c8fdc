"""Writes: opening, freezing and closing accounts. The ledger account of the same number moves with them.

Everything locks the account's row first and the ledger's balance after it; payments lock only the
balance. So whether a payment or a freeze came first is decided under the ledger's lock.
"""

from collections.abc import Callable

from django.db import transaction

from bank import ledger
from bank.accounts import postings, rules, selectors
from bank.accounts.errors import (
    AccountAlreadyFrozen,
    AccountClosed,
    AccountHasHolds,
    AccountIsFrozen,
    AccountNotFrozen,
    ArrearsOpen,
    OpeningDepositTooSmall,
)
from bank.accounts.models import Account, AccountFreeze
from bank.accounts.services import charging, dormancy, numbering, overdrafts, standing
from bank.accounts.services.trail import record as _record
from bank.cif.errors import CustomerNotActive
from bank.cif.models import Customer
from bank.cif.rules import CustomerStatus
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import InvalidInput
from bank.kernel.money import Money
from bank.products import selectors as products
from bank.products.models import ProductTerms
from bank.products.rules import GlPurpose
from bank.runtime import idempotency

ClosingCheck = Callable[[Account], None]
_closing_checks: list[ClosingCheck] = []


def open_account(
    *,
    customer: Customer,
    product_code: str,
    key: str,
    currency: str | None = None,
    nickname: str = "",
    branch: str = rules.HEAD_OFFICE,
    opening_deposit: Money | None = None,
    opened_by: User | None = None,
) -> Account:
    """Opens an account for a customer, and its ledger account, in one database transaction.

    The currency is the product's own unless given. An ``opening_deposit`` is cash over the counter:
    the books show cash debited, the account credited; without one the account stands at zero.
    The same ``key`` and content return the same account. Raises ``CustomerNotActive``, ``NotFound``
    for an unknown product, ``ProductNotOffered``, ``OpeningDepositTooSmall``,
    ``IdempotencyConflict``.
    """
    content = {
        "product": product_code,
        "currency": currency,
        "nickname": nickname,
        "branch": branch,
        "deposit": str(opening_deposit),
    }

    def run() -> dict[str, str]:
        account = _open(customer, product_code, currency, branch, nickname, opening_deposit)
        _record("ACCOUNT_OPENED", account, opened_by, cif=customer.cif, product=product_code)
        return {"number": account.number}

    answer, _ = idempotency.once(
        owner=customer.cif, operation="accounts.open", key=key, content=content, run=run
    )
    return Account.objects.select_related("customer", "product").get(number=answer["number"])


def _open(
    customer: Customer,
    product_code: str,
    currency: str | None,
    branch: str,
    nickname: str,
    opening_deposit: Money | None,
) -> Account:
    if customer.status != CustomerStatus.ACTIVE:
        raise CustomerNotActive(cif=customer.cif, status=customer.status.lower())
    today = ledger.business_date()
    product = products.product(product_code)
    version = products.current_version(product, today)
    terms = products.terms(version, currency or product.currency, customer.segment)
    _check_deposit(opening_deposit, terms)
    account = Account.objects.create(
        number=rules.account_number(_branch(branch), numbering.next_serial()),
        customer=customer,
        product=product,
        product_version=version,
        currency=terms.currency,
        nickname=_nickname(nickname),
        opened_date=today,
        single_debit_limit=terms.single_debit_limit,
        idle_review_date=dormancy.first_review(terms, today),
    )
    control = ledger.gl(products.gl_role(version, GlPurpose.CONTROL), terms.currency)
    ledger.open_account(code=account.number, currency=terms.currency, name=product.name, control=control)
    if opening_deposit is not None:
        ledger.post(
            postings.cash_deposited(
                key=f"opening:{account.number}",
                account=account.number,
                amount=opening_deposit,
                gl=ledger.gl,
                narrative="Opening deposit",
            )
        )
    return account


@transaction.atomic
def freeze(
    *, account: Account, scope: str, reason: str, authority: str = "", actor: User | None = None
) -> Account:
    """Stops the account's money: ``DEBIT`` lets nothing out, ``CREDIT`` nothing in, ``ALL`` neither.

    ``reason`` and ``authority`` (who ordered it) are kept until and after it is lifted. A payment
    already booked stays; from the moment the ledger's lock is ours none is. Raises ``InvalidInput``
    without a reason or for an unknown scope, ``AccountClosed``, ``AccountAlreadyFrozen``.
    """
    if scope not in set(rules.FreezeScope):
        raise InvalidInput(problem=f"{scope} is no scope of a freeze; use DEBIT, CREDIT or ALL.")
    reason, authority = _reason(reason), _line(authority, "An authority", rules.AUTHORITY_LETTERS)
    locked = _lock_open(account)
    if scope in standing.scopes_of(locked):
        raise AccountAlreadyFrozen(number=locked.number)
    AccountFreeze.objects.create(
        account=locked, scope=scope, reason=reason, authority=authority, placed_by=actor
    )
    standing.apply(locked, reason)
    _record("ACCOUNT_FROZEN", locked, actor, scope=scope, reason=reason, authority=authority)
    return locked


@transaction.atomic
def unfreeze(
    *, account: Account, reason: str, scope: str | None = None, actor: User | None = None
) -> Account:
    """Lifts the freeze of a scope, or all of them; a wider one that remains still holds.

    Raises ``InvalidInput`` without a reason, ``AccountClosed``, ``AccountNotFrozen``.
    """
    reason = _reason(reason)
    locked = _lock_open(account)
    freezes = locked.freezes.filter(lifted_at__isnull=True)
    if scope is not None:
        freezes = freezes.filter(scope=scope)
    if not freezes.update(lifted_at=clock.now(), lifted_by=actor):
        raise AccountNotFrozen(number=locked.number)
    standing.apply(locked, reason)
    _record("ACCOUNT_UNFROZEN", locked, actor, scope=scope, reason=reason)
    return locked


@transaction.atomic
def close_account(*, account: Account, reason: str, actor: User | None = None) -> Account:
    """Ends the contract: nothing moves on the account any more, its history stays.

    What it owes in charges is taken first. Raises ``InvalidInput`` without a reason,
    ``AccountClosed``, ``AccountIsFrozen`` under a freeze, ``AccountHasHolds``, ``AccountInUse``
    (whatever hangs on it, also in apps above), ``ArrearsOpen``, and
    ``ledger.errors.AccountNotEmpty`` where there is money or a hold on it.
    """
    reason = _reason(reason)
    locked = _lock_open(account)
    if standing.scopes_of(locked):
        raise AccountIsFrozen(number=locked.number)
    _refuse_unfinished(locked)
    overdrafts.end_quietly(locked)
    ledger.set_status(locked.number, ledger.Status.CLOSED, reason=reason)
    locked.status = rules.AccountStatus.CLOSED.value
    locked.closed_date, locked.idle_review_date = ledger.business_date(), None
    locked.save(update_fields=["status", "closed_date", "idle_review_date"])
    _record("ACCOUNT_CLOSED", locked, actor, reason=reason)
    return locked


@transaction.atomic
def prepare_closing(*, account: Account) -> Account:
    """Takes what the account owes in charges and refuses what ``close_account`` would refuse but money.

    For whoever settles and pays out before closing. Raises as ``close_account`` does.
    """
    locked = _lock_open(account)
    if standing.scopes_of(locked):
        raise AccountIsFrozen(number=locked.number)
    _refuse_unfinished(locked)
    return locked


def closing_check(check: ClosingCheck) -> ClosingCheck:
    """Has every closing ask an app above (deposits, loans, cards) whether something hangs on the account.

    The check raises ``AccountInUse``, or what says it better.
    """
    _closing_checks.append(check)
    return check


def _refuse_unfinished(account: Account) -> None:
    if not selectors.position(account).held.is_zero:
        raise AccountHasHolds(number=account.number)
    for check in _closing_checks:
        check(account)
    if (owed := charging.collect_from(account=account)).is_positive:
        raise ArrearsOpen(number=account.number, sum=owed)


@transaction.atomic
def rename(*, account: Account, nickname: str, actor: User | None = None) -> Account:
    """What its owner calls the account; empty for the product's name. Raises ``InvalidInput``."""
    account.nickname = _nickname(nickname)
    account.save(update_fields=["nickname"])
    _record("ACCOUNT_RENAMED", account, actor, nickname=account.nickname)
    return account


def _check_deposit(deposit: Money | None, terms: ProductTerms) -> None:
    if deposit is None:
        return
    minimum = Money(terms.minimum_opening, terms.currency)
    if deposit < minimum or not deposit.is_positive:
        raise OpeningDepositTooSmall(product=terms.version.product.name, minimum=minimum)


def _branch(branch: str) -> str:
    if len(branch) != rules.BRANCH_DIGITS or not (branch.isascii() and branch.isdigit()):
        raise InvalidInput(problem="A branch is three digits.")
    return branch


def _nickname(text: str) -> str:
    return _line(text, "A nickname", rules.NICKNAME_LETTERS)


def _reason(text: str) -> str:
    reason = _line(text, "A reason", rules.REASON_LETTERS)
    if not reason:
        raise InvalidInput(problem="A reason must be given.")
    return reason


def _line(text: str, what: str, longest: int) -> str:
    line = " ".join(text.split())
    if len(line) > longest or not line.isprintable():
        raise InvalidInput(problem=f"{what} has at most {longest} letters, all of them printable.")
    return line


def _lock_open(account: Account) -> Account:
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if locked.status == rules.AccountStatus.CLOSED:
        raise AccountClosed(number=locked.number)
    return locked
