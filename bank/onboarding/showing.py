"""The answers of an application as rows of question and answer, for its applicant and for the staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.onboarding import checks, rules, selectors, wording
from bank.onboarding.models import Application, Party
from bank.onboarding.rules import Task
from bank.products import selectors as products
from bank.runtime import formats


@dataclass(frozen=True, slots=True)
class Section:
    """One task with its answers."""

    task: str
    title: str
    rows: list[tuple[str, str]]


def sections(application: Application) -> list[Section]:
    """Every task that asks questions, answered or not; identifiers are opened."""
    sealed = selectors.sealed_answers(application)
    found = []
    for task in rules.TASKS[application.kind]:
        if task in (Task.PEOPLE, Task.DOCUMENTS):
            continue
        known = {**application.answers.get(task, {}), **sealed.get(task, {})}
        answers = {name: known.get(name) for name in checks.questions(task)}
        rows = [(str(wording.LABELS[name]), says) for name, says in _said(answers)]
        found.append(Section(task.value, str(wording.TASKS[task]), rows))
    return found


def party_rows(party: Party) -> list[tuple[str, str]]:
    """A director or owner in rows."""
    named = {
        "kind": party.kind,
        "country": party.country,
        "id_number": party.id_number,
        "birth_date": party.birth_date.isoformat() if party.birth_date else "",
        "is_exposed": "YES" if party.is_exposed else "NO",
        "is_signatory": "YES" if party.is_signatory else "NO",
        "email": party.email,
    }
    return [(str(wording.LABELS[name]), says) for name, says in _said(named)]


def party_note(party: Party) -> str:
    """What a party is, in one line."""
    words = [str(wording.PARTY_ROLES[party.role])]
    if party.owns:
        words.append(gettext("%(share)s %%") % {"share": formats.number(party.share_pct)})
    if party.is_signatory:
        words.append(gettext("signs"))
    return " · ".join(words)


def _said(answers: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in answers.items():
        if value:
            yield name, _worded(name, value)


def _worded(name: str, value: Any) -> str:
    if name in wording.CHOICES:
        return str(wording.CHOICES[name].get(value, value))
    if name in wording.COUNTRY_FIELDS:
        return wording.country(value)
    if name in wording.DAY_FIELDS:
        return formats.day(date.fromisoformat(value))
    if name == "limit":
        return formats.money(Money.of(value, "KES"))
    if name == "product":
        return _product_name(value)
    return gettext("Yes") if name == "accepted" else str(value)


def _product_name(code: str) -> str:
    try:
        return gettext(products.product(code).name)
    except BankError:
        return code
