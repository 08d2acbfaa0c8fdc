"""A command of the tests' own: it renames a thing that lives in a dictionary."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from bank.identity import duty
from bank.identity import services as identity
from bank.identity.models import User
from bank.kernel.errors import Conflict
from bank.workflows import kinds
from bank.workflows.kinds import Deed, Kind
from bank.workflows.rules import Change

NAME = "tests.rename"


@dataclass(frozen=True)
class Rename:
    thing: str
    to: str


class Things(dict[str, str]):
    """What there is, who renamed it, and what stands in the way."""

    broken = False
    deeds: list[Deed]


@pytest.fixture
def things(db: None) -> Iterator[Things]:
    identity.seed_roles()
    there = Things(one="Old")
    there.deeds = []

    def check(payload: Rename) -> None:
        if payload.thing not in there:
            raise Conflict(problem="There is no such thing.")

    def apply(payload: Rename, deed: Deed) -> None:
        there[payload.thing] = payload.to
        if there.broken:
            there[payload.thing] = "Old"
            raise Conflict(problem="The thing is broken.")
        there.deeds.append(deed)

    kind = Kind(
        name=NAME,
        title="Rename a thing",
        shape=Rename,
        maker_right="cif.change_customer",
        checker_role="COMPLIANCE",
        lifetime=timedelta(hours=24),
        subject=lambda payload: ("THING", payload.thing),
        check=check,
        difference=lambda payload: [Change("Name", there[payload.thing], payload.to)],
        apply=apply,
    )
    kinds.register(kind)
    yield there
    kinds._kinds.pop(NAME)


def employ(name: str, role: str) -> User:
    """A member of staff who is on duty, so that the role's rights hold."""
    identity.seed_roles()
    user = identity.create_user(
        email=f"{name}@umoja.example", full_name=name.title(), password=None, is_staff=True
    )
    user.groups.add(Group.objects.get(name=role))
    duty.open_session(user=user, reason="at work in a test", minutes=60, browser=None)
    return user


@pytest.fixture
def maker(db: None) -> User:
    return employ("maker", "OFFICER")


@pytest.fixture
def checker(db: None) -> User:
    return employ("checker", "COMPLIANCE")
