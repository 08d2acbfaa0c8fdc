"""What a payment would be: who gets it, what it costs, what the payer confirms. Moves nothing."""

from dataclasses import dataclass

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
from bank.payments.rules import NameCheck
from bank.payments.selectors import Parties
from bank.payments.services import name_checks
from bank.products import selectors as products
from bank.products.rules import FeeEvent, FeeQuote


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment as asked for, its texts cleaned, its numbers in the form the bank keeps them."""

    debtor_number: str
    creditor_number: str
    creditor_name: str
    amount: Money
    remittance: str = ""
    end_to_end_id: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A payment that may be made as far as can be seen without locks."""

    asked: Asked
    debtor: Account
    creditor: Account
    parties: Parties
    rail: rail.Rail
    charges: FeeQuote
    is_own: bool


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


def quote(
    *, user: User, debtor_number: str, creditor_number: str, creditor_name: str, amount: Money
) -> Quote:
    """Prices and checks an internal payment without making it; the books are only read.

    Raises, in order: ``AmountNotPositive``, ``NotFound`` (debtor account not the user's),
    ``CustomerNotActive``, ``MandateForbidsPayments``, ``MandateLimitExceeded``,
    ``SameAccount``, ``CreditorUnknown``, ``NameMissing``, ``AccountClosed``,
    ``AccountFrozen``, ``CurrenciesDiffer``, ``NoRail``, ``TooManyNameChecks``,
    ``LimitNotSet``, ``PaymentAboveMaximum``, ``DailyLimitExceeded``, ``InsufficientFunds``.
    """
    made = draft(user, ask(debtor_number, creditor_number, creditor_name, amount))
    name_check = _name_check(user, made)
    daily_left = None if made.is_own else _check_limits(made)
    total = amount + made.charges.total
    available = ledger.balance(made.debtor.number).available or total
    if available < total:
        raise refusals.InsufficientFunds(account=made.debtor.number, available=available, needed=total)
    return Quote(
        debtor_number=made.debtor.number,
        creditor_number=made.creditor.number,
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
    )


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
) -> Asked:
    """The request with clean texts. Raises ``FieldTooLong``, ``FieldUnreadable``, ``AmountNotPositive``,
    ``InvalidAccountNumber``; a debtor number that is none is ``NotFound`` like any that is not yours.
    """
    if not amount.is_positive:
        raise errors.AmountNotPositive
    creditor, reference = _behind(numbering.read_number(creditor_number))
    return Asked(
        debtor_number="".join(debtor_number.split()),
        creditor_number=creditor,
        creditor_name=rules.clean_text("Name", creditor_name),
        amount=amount,
        remittance=rules.clean_text("Remittance", f"{reference} {remittance}".strip()),
        end_to_end_id=rules.clean_text("End-to-end id", end_to_end_id),
    )


def _behind(number: str) -> tuple[str, str]:
    """The account a collection number stands for and its reference; any other number as it is."""
    known = accounts.behind(number) if numbering.is_collecting(number) else None
    return (known.account.number, known.reference) if known else (number, "")


def draft(user: User, asked: Asked) -> Draft:
    """Accounts, right, rail and price. Three queries; raises as ``quote`` does, up to ``NoRail``."""
    parties = selectors.parties(user, asked.debtor_number, asked.creditor_number)
    debtor = _own_debtor(user, parties, asked.amount)
    creditor = _creditor(user, parties, asked)
    _refuse_frozen(debtor, {AccountStatus.FROZEN, AccountStatus.FROZEN_DEBIT})
    _refuse_frozen(creditor, {AccountStatus.FROZEN, AccountStatus.FROZEN_CREDIT})
    if debtor.status == AccountStatus.DORMANT:
        raise AccountIsDormant(number=debtor.number)
    if debtor.role == AccountRole.POT:
        raise PotPaysNobody
    numbering.check_debit(debtor.number, debtor.single_debit_limit, asked.amount)
    for account in (debtor, creditor):
        if account.currency != asked.amount.currency:
            raise errors.CurrenciesDiffer(
                currency=asked.amount.currency, number=account.number, account_currency=account.currency
            )
    way = rail.route(rail.Destination(settings.BANK_BIC, "", asked.amount.currency, is_internal=True))
    if way is None:
        raise errors.NoRail(destination=settings.BANK_BIC)
    is_own = parties.are_one_customer
    event = FeeEvent.OWN_TRANSFER if is_own else way.capabilities.fee_event
    charges = products.quote_fee(
        event=event, amount=asked.amount, on=selectors.today(), segment=debtor.customer.segment
    )
    return Draft(asked, debtor, creditor, parties, way, charges, is_own)


def _refuse_frozen(account: Account, frozen: set[AccountStatus]) -> None:
    """The ledger decides under its lock; this only spares the payer a code that would be for nothing."""
    if account.status == AccountStatus.CLOSED:
        raise refusals.AccountClosed(account=account.number)
    if account.status in frozen:
        raise refusals.AccountFrozen(account=account.number)


def act_of(made: Draft) -> dict[str, str]:
    """What the payer's code is bound to: both ends, the amount, what it costs (PSD2 RTS art. 5)."""
    return {
        "act": "PAY",
        "debtor": made.debtor.number,
        "creditor": made.creditor.number,
        "creditor_name": made.asked.creditor_name,
        "amount": str(made.asked.amount.amount),
        "currency": made.asked.amount.currency,
        "charges": str(made.charges.total.amount),
    }


def summary_of(made: Draft) -> str:
    """The act in words, for the screen and the message that carries the code."""
    to = f"{made.asked.creditor_name}, account {numbering.spaced(made.creditor.number)}"
    return f"Pay {shown(made.asked.amount)} to {to} (charges {shown(made.charges.total)})"


def shown(amount: Money) -> str:
    """An amount in a sentence: ``KES 1,250.00``."""
    return f"{amount.currency} {amount.amount:,f}"


def _own_debtor(user: User, parties: Parties, amount: Money) -> Account:
    if parties.debtor is None:
        raise NotFound(what="account")
    try:
        accounts.require_debit(user, parties.debtor, amount)
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
    if made.is_own:
        return NameCheck.MATCH
    return name_checks.check(user, made.asked.creditor_name, made.creditor.customer.display_name)


def _hint(name_check: NameCheck, made: Draft) -> str:
    registered = made.creditor.customer.display_name
    return names.masked(registered) if name_check == NameCheck.CLOSE_MATCH else ""


def _check_limits(made: Draft) -> Money | None:
    amount, customer = made.asked.amount, made.debtor.customer
    limits = selectors.limits_for(customer, amount.currency)
    rules.check_amount(amount, limits)
    if limits is None or limits.daily is None:
        return None
    used = selectors.used_today(customer, amount.currency)
    rules.check_day(amount, used + amount, limits.daily)
    return limits.daily - used
