from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from bank.cases import services as cases
from bank.cases.models import Case
from bank.identity import services as identity
from bank.identity.models import User
from bank.kernel import clock

MONDAY_NINE = datetime.fromisoformat("2026-11-16T09:00:00+03:00")
Travel = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Travel:
    """Sets the clock."""
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


@pytest.fixture
def officer(db: None) -> User:
    identity.seed_roles()
    return employ("officer@umoja.example", "Otto Officer", "OFFICER")


@pytest.fixture
def enquiry(db: None, at: Travel) -> Case:
    """Asked on a Monday at nine: the first answer is due within nine open hours, the rest in five days."""
    at(MONDAY_NINE)
    return ask()


def ask(**changes: object) -> Case:
    terms: dict[str, object] = {
        "kind": "ENQUIRY",
        "subject": "Opening hours",
        "text": "When are you open?",
        "contact_name": "Stella Stranger",
        "contact_email": "stella@example.test",
    }
    return cases.open_case(**(terms | changes))  # type: ignore[arg-type]


def employ(email: str, name: str, role: str) -> User:
    user = identity.create_user(email=email, full_name=name, password=None, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def nairobi(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+03:00")


def later(hours: int) -> datetime:
    return MONDAY_NINE + timedelta(hours=hours)
