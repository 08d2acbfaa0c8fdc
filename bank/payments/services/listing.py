"""Payees at other banks held against the watch lists: when they are kept, when they are paid, and with every
new version of a list. Who has an account here is held against them as a customer.

What was decided about a payee holds for whoever pays them, and as long as any decision of a screening does.
The lines of a payment file are screened together when it is checked. Pages that only show look up what is
known and screen nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from bank.payments import errors, selectors
from bank.payments.models import PaymentOrder
from bank.risk.errors import NothingToScreen
from bank.risk.rules import Outcome
from bank.risk.screening import many
from bank.risk.screening import selectors as screenings
from bank.risk.screening import services as screening
from bank.risk.screening.names import Kind

REASON: Final = "WATCH_LIST"
SENTENCE: Final = "The payee may be on a watch list. Decide on the match among the screenings first."
_KINDS: Final = (Kind.PERSON, Kind.ORGANISATION)
"""Nobody says whether a payee is a person, so both are asked for."""
_STOPS: Final = frozenset({Outcome.POSSIBLE, Outcome.HIT})


@dataclass(frozen=True, slots=True)
class Payee:
    """Somebody at another bank, as a payment names them."""

    name: str
    number: str
    agent: str
    country: str = ""


def subject_of(agent: str, number: str) -> str:
    """Whom the screenings are about: whoever has this account at that bank."""
    return f"payee:{agent}:{number}"[:100]


def may_be_listed(*, name: str, number: str, agent: str, country: str) -> bool:
    """Whether a payee elsewhere is on a list, or may be and nobody has decided yet. Two queries where the
    name was held against the lists in force before; otherwise it is now.
    """
    if selectors.is_own_agent(agent):
        return False
    subject, versions = subject_of(agent, number), list(screenings.versions_in_force())
    if not versions:
        return False
    known = screenings.latest_of(subject).filter(name=screening.tidy(name), lists=versions)
    outcomes = list(known.values_list("outcome", flat=True))
    if len(outcomes) < len(_KINDS):
        outcomes = [_screen(subject, name, kind, country) for kind in _KINDS]
    return not _STOPS.isdisjoint(outcomes)


def known_as_listed(*, name: str, number: str, agent: str) -> bool:
    """As ``may_be_listed``, of what was screened already: for pages that show, which screen nothing."""
    if selectors.is_own_agent(agent):
        return False
    known = screenings.latest_of(subject_of(agent, number)).filter(name=screening.tidy(name))
    return known.filter(outcome__in=[one.value for one in _STOPS]).exists()


def screen_payees(payees: Iterable[Payee]) -> set[Payee]:
    """Holds payees elsewhere against the lists, together; which of them may be listed. Six statements for any
    number of new ones, two where all were held against the lists in force before."""
    named = {payee: _named(payee) for payee in payees if not selectors.is_own_agent(payee.agent)}
    if not named:
        return set()
    found = many.screen_all(named.values(), _KINDS)
    return {payee for payee, one in named.items() if not _STOPS.isdisjoint(found[one])}


def are_many_new(payees: Iterable[Payee]) -> bool:
    """Whether more of them than a page may wait for are still to be held against the lists. No query where
    they are few."""
    most = settings.PAYMENT_FILE_AT_ONCE_SCREENED
    named = {_named(payee) for payee in payees if not selectors.is_own_agent(payee.agent)}
    if len(named) <= most or not screenings.versions_in_force():
        return False
    return len(named) - len(many.outcomes_of(list(named), _KINDS)) > most


def reasons(order: PaymentOrder) -> list[dict[str, str]]:
    """Why a payment is held on account of its payee; nothing where they are on no list."""
    is_listed = may_be_listed(
        name=order.creditor_name, number=order.creditor_number, agent=order.creditor_agent,
        country=order.creditor_country,
    )  # fmt: skip
    return [{"code": REASON, "sentence": SENTENCE}] if is_listed else []


def require_unlisted(order: PaymentOrder) -> None:
    """Raises ``PayeeListed``."""
    if reasons(order):
        raise errors.PayeeListed


def _named(payee: Payee) -> many.Named:
    return many.Named(subject_of(payee.agent, payee.number), payee.name, payee.country)


def _screen(subject: str, name: str, kind: Kind, country: str) -> str:
    try:
        countries = [country] if country else []
        found = screening.screen(subject=subject, name=name, kind=kind, birth_date=None, countries=countries)
    except NothingToScreen:
        return Outcome.CLEAR.value
    return found.outcome
