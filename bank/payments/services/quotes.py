"""What a payment would be: who gets it, what it costs, what the payer confirms. Moves nothing."""

from dataclasses import dataclass, replace

from django.conf import settings

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.errors import AccountIsDormant, PotPaysNobody
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole, AccountStatus
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.ledger import errors as refusals
from bank.payments import errors, names, rail, rules, selectors
from bank.payments.routing import Considered
from bank.payments.rules import NameCheck
from bank.payments.selectors import Parties
from bank.payments.services import name_checks, outside, trials, watching
from bank.payments.services.outside import Elsewhere
from bank.payments.services.watching import Cooling
from bank.products.rules import FeeEvent, FeeQuote
from bank.runtime import context


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment as asked for, its texts cleaned, its numbers in the form the bank keeps them."""

    debtor_number: str
    creditor_number: str
    creditor_name: str
    amount: Money
    remittance: str = ""
    end_to_end_id: str = ""
    to: Elsewhere | None = None
    fee_event: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A payment that may be made as far as can be seen without locks; a creditor elsewhere is none."""

    asked: Asked
    debtor: Account
    creditor: Account | None
    parties: Parties
    rail: rail.Rail
    charges: FeeQuote
    is_own: bool
    considered: tuple[Considered, ...] = ()

    @property
    def registered(self) -> str:
        """The creditor's name where the bank knows it."""
        return self.creditor.customer.display_name if self.creditor else ""


@dataclass(frozen=True, slots=True)
class Quote:
    """What the payer sees before confirming; ``act`` is what the code is bound to."""

    debtor_number: str
    creditor_number: str
    creditor_name: str
    amount: Money
    fee: Money
    excise: Money
    total: Money
    available: Money
    daily_left: Money | None
    name_check: NameCheck
    matched_name_hint: str
    rail: str
    is_own: bool
    recallable: bool
    act: dict[str, str]
    summary: str
    considered: tuple[Considered, ...] = ()
    cooling: Cooling | None = None
    """What still may go to a payee who is new, and until when."""
    free_left: int = 0
    free_per_month: int = 0
    """How many of the month's free ones are left, this one included, where it is one of them."""

    @property
    def chosen(self) -> Considered | None:
        """The rail taken as the choice saw it; None for a payment within the bank."""
        return next((one for one in self.considered if one.is_chosen), None)


def quote(
    *,
    user: User,
    debtor_number: str,
    creditor_number: str,
    creditor_name: str,
    amount: Money,
    to: Elsewhere | None = None,
    fee_event: str = "",
) -> Quote:
    """Prices and checks a payment without making it; the books are only read. ``to`` says where the
    creditor is who has no account here; their name cannot be checked. ``fee_event`` prices a payment
    within the bank otherwise than its rail does: a bill, say.

    Raises, in order: ``AmountNotPositive``, ``NotFound`` (debtor account not the user's),
    ``CustomerNotActive``, ``MandateForbidsPayments``, ``MandateLimitExceeded``,
    ``SameAccount``, ``CreditorUnknown``, ``NameMissing``, ``AccountClosed``,
    ``AccountFrozen``, ``CurrenciesDiffer``, ``AgentUnknown``, ``CreditorNumberUnusable``, ``NoRail``,
    ``NoRailFits``, ``TooManyNameChecks``, ``LimitNotSet``, ``PaymentAboveMaximum``,
    ``DailyLimitExceeded``, ``InsufficientFunds``, ``PayeeCooling``.
    """
    made = draft(user, ask(debtor_number, creditor_number, creditor_name, amount, to=to, fee_event=fee_event))
    name_check = _name_check(user, made)
    daily_left = None if made.is_own else _check_limits(made)
    total = amount + made.charges.total
    available = ledger.balance(made.debtor.number).available or total
    if available < total:
        raise refusals.InsufficientFunds(account=made.debtor.number, available=available, needed=total)
    cooling = None if made.is_own else _cooling(made)
    return Quote(
        debtor_number=made.debtor.number,
        creditor_number=made.asked.creditor_number,
        creditor_name=made.asked.creditor_name,
        amount=amount,
        fee=made.charges.fee,
        excise=made.charges.excise,
        total=total,
        available=available,
        daily_left=daily_left,
        name_check=name_check,
        matched_name_hint=_hint(name_check, made),
        rail=made.rail.code,
        is_own=made.is_own,
        recallable=made.rail.capabilities.is_recallable,
        act=act_of(made),
        summary=summary_of(made),
        considered=made.considered,
        cooling=cooling,
        free_left=made.charges.free_left,
        free_per_month=made.charges.free_per_month,
    )


def _cooling(made: Draft) -> Cooling | None:
    """What bounds the payment as its payee is new. Raises ``PayeeCooling``."""
    asked = made.asked
    cooling = watching.look(
        watching.Watched(
            made.debtor.customer,
            asked.creditor_number,
            asked.amount,
            agent=asked.to.agent if asked.to else "",
        )
    ).cooling
    watching.require_cool(cooling, asked.amount)
    return cooling


def check_payee(*, user: User, number: str, name: str) -> tuple[NameCheck, str]:
    """Confirmation of payee on its own: the outcome, and for a close match the registered name masked.

    Raises ``InvalidAccountNumber``, ``NameMissing``, ``FieldTooLong``, ``CreditorUnknown``,
    ``TooManyNameChecks``.
    """
    number, name = numbering.read_number(number), rules.clean_text("Name", name)
    if not name:
        raise errors.NameMissing
    account = selectors.known_accounts([number]).get(number)
    found = name_checks.check(user, name, account.name if account else None)
    if account is None:
        raise errors.CreditorUnknown
    return found, names.masked(account.name) if found == NameCheck.CLOSE_MATCH else ""


def ask(
    debtor_number: str,
    creditor_number: str,
    creditor_name: str,
    amount: Money,
    remittance: str = "",
    end_to_end_id: str = "",
    to: Elsewhere | None = None,
    fee_event: str = "",
) -> Asked:
    """The request with clean texts. Raises ``FieldTooLong``, ``FieldUnreadable``, ``AmountNotPositive``,
    ``InvalidAccountNumber``, of a creditor elsewhere ``AgentUnknown``, ``CreditorNumberUnusable``; a
    debtor number that is none is ``NotFound`` like any that is not yours.
    """
    if not amount.is_positive:
        raise errors.AmountNotPositive
    if to is not None and (selectors.is_own_agent(to.agent) or not to.agent):
        to = None
    if to is None:
        creditor, reference = _behind(numbering.read_number(creditor_number))
    else:
        to, creditor, reference = outside.read(to), outside.read_number(creditor_number), ""
    return Asked(
        debtor_number="".join(debtor_number.split()),
        creditor_number=creditor,
        creditor_name=rules.clean_text("Name", creditor_name),
        amount=amount,
        remittance=rules.clean_text("Remittance", f"{reference} {remittance}".strip()),
        end_to_end_id=rules.clean_text("End-to-end id", end_to_end_id),
        to=to,
        fee_event=fee_event,
    )


def _behind(number: str) -> tuple[str, str]:
    """The account a collection number stands for and its reference; any other number as it is."""
    known = accounts.behind(number) if numbering.is_collecting(number) else None
    return (known.account.number, known.reference) if known else (number, "")


def draft(user: User, asked: Asked) -> Draft:
    """Accounts, right, rail and price. Three queries within the bank; raises as ``quote`` does, up to
    ``NoRailFits``.
    """
    if asked.to is not None:
        return _draft_outside(user, asked, asked.to)
    parties = selectors.parties(user, asked.debtor_number, asked.creditor_number)
    debtor = _own_debtor(user, parties, asked.amount)
    creditor = _creditor(user, parties, asked)
    _refuse_frozen(debtor, {AccountStatus.FROZEN, AccountStatus.FROZEN_DEBIT})
    _refuse_frozen(creditor, {AccountStatus.FROZEN, AccountStatus.FROZEN_CREDIT})
    _check_debtor(debtor, asked.amount)
    _check_currency(creditor, asked.amount)
    way = rail.route(rail.Destination(settings.BANK_BIC, "", asked.amount.currency, is_internal=True))
    if way is None:
        raise errors.NoRail(destination=settings.BANK_BIC)
    is_own = parties.are_one_customer
    event = FeeEvent.OWN_TRANSFER if is_own else asked.fee_event or way.capabilities.fee_event
    charges = accounts.price(debtor, event=event, amount=asked.amount, on=selectors.today())
    return Draft(asked, debtor, creditor, parties, way, charges, is_own)


def _draft_outside(user: User, asked: Asked, to: Elsewhere) -> Draft:
    parties = selectors.parties(user, asked.debtor_number, "")
    debtor = _own_debtor(user, parties, asked.amount)
    if not asked.creditor_name:
        raise errors.NameMissing
    _refuse_frozen(debtor, {AccountStatus.FROZEN, AccountStatus.FROZEN_DEBIT})
    _check_debtor(debtor, asked.amount)
    trials.require_tried(debtor.customer, to.agent, asked.creditor_number)
    way = outside.choose(
        debtor,
        outside.preview(
            debtor,
            asked.creditor_number,
            asked.creditor_name,
            asked.amount,
            to,
            asked.remittance,
            asked.end_to_end_id,
        ),
        to,
    )
    return Draft(asked, debtor, None, parties, way.rail, way.charges, False, way.considered)


def _check_debtor(debtor: Account, amount: Money) -> None:
    if debtor.status == AccountStatus.DORMANT:
        raise AccountIsDormant(number=debtor.number)
    if debtor.role == AccountRole.POT:
        raise PotPaysNobody
    numbering.check_debit(debtor.number, debtor.single_debit_limit, amount)
    _check_currency(debtor, amount)


def _check_currency(account: Account, amount: Money) -> None:
    if account.currency != amount.currency:
        raise errors.CurrenciesDiffer(
            currency=amount.currency, number=account.number, account_currency=account.currency
        )


def _refuse_frozen(account: Account, frozen: set[AccountStatus]) -> None:
    """The ledger decides under its lock; this only spares the payer a code that would be for nothing."""
    if account.status == AccountStatus.CLOSED:
        raise refusals.AccountClosed(account=account.number)
    if account.status in frozen:
        raise refusals.AccountFrozen(account=account.number)


def act_of(made: Draft) -> dict[str, str]:
    """What the payer's code is bound to: both ends, the amount, what it costs (PSD2 RTS art. 5)."""
    asked = made.asked
    act = {
        "act": "PAY",
        "debtor": made.debtor.number,
        "creditor": asked.creditor_number,
        "creditor_name": asked.creditor_name,
        "amount": str(asked.amount.amount),
        "currency": asked.amount.currency,
        "charges": str(made.charges.total.amount),
    }
    return act if asked.to is None else act | {"creditor_agent": asked.to.agent, "rail": made.rail.code}


def summary_of(made: Draft) -> str:
    """The act in words, for the screen and the message that carries the code."""
    asked = made.asked
    if asked.to is None:
        to = f"{asked.creditor_name}, account {numbering.spaced(asked.creditor_number)}"
    else:
        to = f"{asked.creditor_name}, number {asked.creditor_number} at {asked.to.agent}"
    return f"Pay {shown(asked.amount)} to {to} (charges {shown(made.charges.total)})"


def shown(amount: Money) -> str:
    """An amount in a sentence: ``KES 1,250.00``."""
    return f"{amount.currency} {amount.amount:,f}"


def _own_debtor(user: User, parties: Parties, amount: Money) -> Account:
    if parties.debtor is None:
        raise NotFound(what="account")
    try:
        accounts.require_right(user, parties.debtor, amount)
    except NotFound:
        raise NotFound(what="account") from None
    return parties.debtor


def _creditor(user: User, parties: Parties, asked: Asked) -> Account:
    if asked.creditor_number == asked.debtor_number:
        raise errors.SameAccount
    if parties.creditor is None:
        name_checks.check(user, asked.creditor_name, None)
        raise errors.CreditorUnknown
    if not parties.are_one_customer and not asked.creditor_name:
        raise errors.NameMissing
    return parties.creditor


def _name_check(user: User, made: Draft) -> NameCheck:
    if made.creditor is None:
        return NameCheck.UNAVAILABLE
    if made.is_own:
        return NameCheck.MATCH
    return name_checks.check(user, made.asked.creditor_name, made.registered)


def _hint(name_check: NameCheck, made: Draft) -> str:
    return names.masked(made.registered) if name_check == NameCheck.CLOSE_MATCH else ""


def _check_limits(made: Draft) -> Money | None:
    """What is left of the day of whatever bounds the payment most; None where nothing bounds a day."""
    amount, customer = made.asked.amount, made.debtor.customer
    door = rules.door_of(context.current().channel)
    bounds = selectors.used_of(customer, amount.currency, made.rail.code, door)
    rules.check_amount(amount, bounds[0].limits if bounds else None)
    for used in bounds:
        rules.check_amount(amount, used.limits)
        rules.check_used(amount, replace(used, today=used.today + amount))
    left = [used.limits.daily - used.today for used in bounds if used.limits.daily is not None]
    return min(left) if left else None
