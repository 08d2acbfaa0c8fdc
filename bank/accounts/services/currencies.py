"""Other currencies under one account: a part for each, opened by its owner, with a number of its own."""

from django.db import transaction

from bank.accounts import rules, selectors
from bank.accounts.errors import CurrencyUnusable
from bank.accounts.models import Account, JointAct
from bank.accounts.rules import AccountRole, AccountStatus
from bank.accounts.services import agreeing, dormancy, numbering, trail
from bank.identity.models import User
from bank.kernel.money import Money


@transaction.atomic
def open_currency(*, user: User, number: str, currency: str) -> Account | JointAct:
    """Opens another currency under one of the user's accounts, empty; where all holders sign, what waits for
    the others is returned. The books are not touched.

    Asked again it answers with what is there. Raises ``NotFound``, the mandate's refusals,
    ``CurrencyUnusable`` for a currency the product is not offered in, or an account that is a part
    itself or not in use.
    """
    head = selectors.account_for(user, number)
    selectors.require_right(user, head, Money.zero(head.currency))
    there = _check(head, currency)
    if there is not None or not selectors.needs_both(head):
        return there or _open(user, head, currency)
    act = {"account": head.number, "currency": currency}
    return agreeing.ask(agreeing.CURRENCY, user, head, f"Open {currency} under the account", act)


@agreeing.does(agreeing.CURRENCY)
def _open_agreed(asked: JointAct) -> None:
    head, currency = selectors.account_for(asked.maker, asked.act["account"]), asked.act["currency"]
    if _check(head, currency) is None:
        _open(asked.maker, head, currency)


def _check(head: Account, currency: str) -> Account | None:
    """The part there is. Locks the account; raises ``CurrencyUnusable``."""
    locked = Account.objects.select_for_update().get(pk=head.pk)
    if locked.role != AccountRole.MAIN or locked.status != AccountStatus.ACTIVE:
        raise CurrencyUnusable(problem="Currencies are opened under an account that is in use.")
    if currency not in selectors.currencies_offered(head):
        raise CurrencyUnusable(problem="This account is not offered in that currency.")
    return selectors.currencies_of(head).filter(currency=currency).first()


def _open(user: User, head: Account, currency: str) -> Account:
    made = numbering.open_part(head, AccountRole.CURRENCY, currency, "")
    made.idle_review_date = dormancy.first_review(selectors.terms_of(made), made.opened_date)
    made.save(update_fields=["idle_review_date"])
    trail.record("CURRENCY_OPENED", head, user, currency=currency, part=rules.spaced(made.number))
    return made
