"""Paying somebody at another bank: who they are, which rail takes it there, what that costs."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.kernel import clock, iban
from bank.kernel.errors import InvalidIban
from bank.kernel.money import Money
from bank.payments import directory, errors, rail, routing, rules, selectors
from bank.payments.rail import Destination, Instruction, Rail
from bank.payments.routing import Candidate, Considered
from bank.payments.rules import ChargeBearer, Preference
from bank.products.rules import FeeQuote

_PREVIEW = "PAY-0000-0000-0000"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a creditor is who has no account here, and how the payment shall get there.

    ``agent`` is a BIC, a number in a national clearing, or an operator's name (``MPESA``);
    ``country`` may be left out where the directory knows it. ``preference`` is FASTEST, CHEAPEST
    or the code of a rail.
    """

    agent: str
    country: str = ""
    preference: str = Preference.FASTEST
    charge_bearer: str = ChargeBearer.SHAR
    purpose: str = ""
    address: str = ""
    creditor_reference: str = ""
    ultimate_debtor: str = ""
    ultimate_creditor: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The rail chosen, its price, and every rail's reason."""

    rail: Rail
    charges: FeeQuote
    considered: tuple[Considered, ...]


def read(to: Elsewhere) -> Elsewhere:
    """The request with clean texts and the institution as the directory knows it.

    Raises ``AgentUnknown``, ``FieldTooLong``, ``FieldUnreadable``, ``InvalidInput``.
    """
    known = directory.institution(to.agent, to.country)
    if to.charge_bearer not in set(ChargeBearer):
        raise errors.CreditorNumberUnusable(problem="Charges are DEBT, CRED, SHAR or SLEV.")
    return replace(
        to,
        agent=known.number,
        country=known.country,
        preference=to.preference.upper() or Preference.FASTEST,
        purpose=rules.clean_text("Purpose", to.purpose),
        address=rules.clean_text("Address", to.address),
        creditor_reference=rules.clean_text("Creditor reference", to.creditor_reference),
        ultimate_debtor=rules.clean_text("Name", to.ultimate_debtor),
        ultimate_creditor=rules.clean_text("Name", to.ultimate_creditor),
    )


def read_number(text: str) -> str:
    """The creditor's number there, in capitals without blanks; what looks like an IBAN must be one.

    Raises ``CreditorNumberUnusable``.
    """
    number = "".join(text.split()).upper()
    bare = number.removeprefix("+").replace("-", "").replace("/", "")
    if not 3 <= len(number) <= 34 or not (bare.isascii() and bare.isalnum()):
        raise errors.CreditorNumberUnusable(
            problem="An account or telephone number has 3 to 34 letters and digits; check it with the payee."
        )
    if number[:2].isalpha() and number[2:4].isdigit() and len(number) > 14:
        try:
            return iban.validate(number)
        except InvalidIban as refusal:
            raise errors.CreditorNumberUnusable(problem=str(refusal)) from refusal
    return number


def choose(debtor: Account, instruction: Instruction, to: Elsewhere) -> Way:
    """The rail that takes the payment there, as the payer prefers. One query a rail that could.

    Raises ``NoRail`` where none reaches the place, ``NoRailFits`` where those that do cannot carry it.
    """
    destination = Destination(to.agent, to.country, instruction.amount.currency, is_internal=False)
    found, reasons = _candidates(debtor, instruction, destination)
    best = routing.ranked((one for one, _price in found), to.preference)
    if not best:
        raise _refusal(to, reasons, found)
    reasons += [routing.explained(one, best[0], to.preference) for one, _price in found]
    price = next(price for one, price in found if one is best[0])
    return Way(best[0].rail, price, tuple(sorted(reasons, key=lambda one: not one.is_chosen)))


def preview(debtor: Account, creditor_number: str, creditor_name: str, amount: Money, to: Elsewhere,
            remittance: str, end_to_end_id: str) -> Instruction:  # fmt: skip
    """The order as its rail would be given it, to see whether it could carry it."""
    nothing = Money.zero(amount.currency)
    return Instruction(
        reference=_PREVIEW,
        debtor_number=debtor.number,
        debtor_name=debtor.customer.display_name,
        creditor_number=creditor_number,
        creditor_name=creditor_name,
        amount=amount,
        fee=nothing,
        excise=nothing,
        fee_account="",
        excise_account="",
        remittance=remittance,
        creditor_agent=to.agent,
        debtor_agent=settings.BANK_BIC,
        end_to_end_id=end_to_end_id,
        uetr="00000000-0000-4000-8000-000000000000",
        charge_bearer=to.charge_bearer,
        purpose=to.purpose,
        creditor_address=to.address,
        creditor_country=to.country,
        creditor_reference=to.creditor_reference,
        ultimate_debtor=to.ultimate_debtor,
        ultimate_creditor=to.ultimate_creditor,
        requested_date=selectors.today(),
    )


def _candidates(
    debtor: Account, instruction: Instruction, destination: Destination
) -> tuple[list[tuple[Candidate, FeeQuote]], list[Considered]]:
    found, reasons = [], []
    for way in rail.every().values():
        if way.code == "INTERNAL":
            continue
        reason = routing.misfit(way, destination, instruction.amount) or _fault(way, instruction)
        if reason is not None:
            reasons.append(reason)
        else:
            found.append(_weighed(way, debtor, instruction.amount))
    return found, reasons


def _fault(way: Rail, instruction: Instruction) -> Considered | None:
    faults = [one for one in way.check(instruction) if not one.is_warning]
    return routing.considered(way, "FORMAT", faults[0].sentence) if faults else None


def _weighed(way: Rail, debtor: Account, amount: Money) -> tuple[Candidate, FeeQuote]:
    event = way.capabilities.fee_event
    price = accounts.price(debtor, event=event, amount=amount, on=selectors.today())
    now = timezone.localtime(clock.now())
    leaves_at = routing.next_opening(way.capabilities, now)
    arrives_at = (leaves_at or now) + timedelta(seconds=way.capabilities.typical_s)
    return Candidate(way, price.total, leaves_at, arrives_at), price


def _refusal(
    to: Elsewhere, reasons: list[Considered], found: list[tuple[Candidate, FeeQuote]]
) -> errors.NoRail | errors.NoRailFits:
    if found:
        return errors.NoRailFits(why="The way you chose does not go to this bank. Choose another.")
    near = [one for one in reasons if one.code not in {"NOT_THERE", "NOT_SET_UP"}]
    if not near:
        return errors.NoRail(destination=to.agent)
    return errors.NoRailFits(why=" ".join(routing.in_words(one) for one in near))
