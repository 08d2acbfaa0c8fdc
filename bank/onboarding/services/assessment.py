"""Screening and risk of an application, at each submission anew.

The risk follows from the rules customers are rated by, rows that two of the staff change: an applicant is
rated as the customer they would be, taken on today without being met.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bank.cif import rating
from bank.cif import selectors as cif
from bank.kernel import clock
from bank.onboarding.models import Application, Party
from bank.onboarding.rules import PartyKind, Task
from bank.risk.errors import NothingToScreen
from bank.risk.rules import Outcome
from bank.risk.screening import services as screening


@dataclass(frozen=True, slots=True)
class Found:
    """What screening found for each name, and the rating that follows."""

    screening: list[dict[str, Any]]
    rating: rating.Assessment


@dataclass(frozen=True, slots=True)
class _Name:
    """Somebody to be screened."""

    subject: str
    name: str
    kind: str
    birth_date: date | None
    countries: tuple[str, ...]


def assess(application: Application) -> Found:
    """Screens everybody who takes part and rates the risk. The books are not touched."""
    names = list(_names(application))
    results = [_screened(one) for one in names]
    countries = {country for one in names for country in one.countries} | _countries(application)
    today = clock.today()
    facts = rating.Facts(
        countries=sorted(countries),
        sector=application.answer(Task.ORGANISATION, "sector"),
        products=[product] if (product := application.answer(Task.PRODUCT, "product")) else [],
        channel=rating.Channel.ONLINE,
        is_pep=application.answer(Task.OCCUPATION, "exposed") == "YES",
        has_pep_party=application.parties.filter(is_exposed=True).exists(),
        screening=_worst(one["outcome"] for one in results),
        joined=today,
        today=today,
        funds=application.answer(Task.OCCUPATION, "funds"),
    )
    return Found(results, rating.assess(facts, cif.rating_scheme()))


def _worst(outcomes: Iterable[str]) -> str:
    """What counts of several names: a possible match waits to be decided, whatever the others came to."""
    found = set(outcomes)
    order = (Outcome.HIT, Outcome.POSSIBLE, Outcome.NOT_SCREENED)
    return next((one.value for one in order if one in found), Outcome.CLEAR.value)


def _names(application: Application) -> list[_Name]:
    identity = application.answers.get(Task.IDENTITY)
    if identity:
        born = date.fromisoformat(identity["birth_date"])
        address = application.answer(Task.ADDRESS, "country", "KE")
        countries = tuple(sorted({identity["nationality"], address}))
        return [_Name(f"{application.pk}:self", application.name, PartyKind.PERSON, born, countries)]
    own = application.answers[Task.ORGANISATION]
    names = [
        _Name(
            f"{application.pk}:self", own["registered_name"], PartyKind.ORGANISATION, None, (own["country"],)
        )
    ]
    if own["trading_name"]:
        names.append(
            _Name(
                f"{application.pk}:trading",
                own["trading_name"],
                PartyKind.ORGANISATION,
                None,
                (own["country"],),
            )
        )
    return names + [_party_name(party) for party in application.parties.all()]


def _party_name(party: Party) -> _Name:
    subject = f"{party.application_id}:party:{party.pk}"
    return _Name(subject, party.name, party.kind, party.birth_date, (party.country,))


def _screened(one: _Name) -> dict[str, Any]:
    """What screening found for one name; of a name without any letter there is nothing to hold."""
    subject = f"application:{one.subject}"
    try:
        found = screening.screen(
            subject=subject,
            name=one.name,
            kind=one.kind,
            birth_date=one.birth_date,
            countries=one.countries,
        )
    except NothingToScreen:
        return {"name": one.name, "subject": subject, "outcome": Outcome.NOT_SCREENED}
    return {"name": one.name, "subject": subject, "outcome": found.outcome}


def _countries(application: Application) -> set[str]:
    asked = (
        (Task.TAX, "tax_country"),
        (Task.TAX, "other_country"),
        (Task.OFFICE, "country"),
        (Task.ADDRESS, "country"),
    )
    return {country for task, name in asked if (country := application.answer(task, name))}
