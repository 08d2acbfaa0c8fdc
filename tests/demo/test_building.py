"""Building the demonstration bank: interrupted, refused, and from the command line."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from bank import ledger
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.demo import services as demo
from bank.demo.errors import NotADemonstration, OtherCustomersPresent
from bank.identity.models import User
from bank.kernel import clock
from bank.runtime.errors import IdempotencyConflict
from tests.demo.conftest import TINY, books

pytestmark = pytest.mark.django_db


class Interrupted(Exception):
    pass


@time_machine.travel("2026-07-07T09:00Z")
def test_an_interrupted_build_is_finished_to_the_same_books() -> None:
    """A month ends before the interruption, and some days are left after it."""

    def stop_on_the_way(day: date) -> None:
        if (clock.today() - day).days == 4:
            raise Interrupted

    with transaction.atomic():
        demo.build(**TINY)
        uninterrupted = books()
        transaction.set_rollback(True)
    with pytest.raises(Interrupted):
        demo.build(**TINY, progress=stop_on_the_way)
    assert not demo.is_built()
    with pytest.raises(IdempotencyConflict):
        demo.build(customers=9, days=TINY["days"])
    assert ledger.business_date() < clock.today()
    demo.build(**TINY)
    assert demo.is_built()
    assert books() == uninterrupted


def test_a_bank_with_customers_of_its_own_is_left_alone() -> None:
    cif.create_person(given_names="Real", family_name="Person", birth_date=date(1990, 1, 1))
    with pytest.raises(OtherCustomersPresent):
        demo.build(**TINY)
    assert Customer.objects.count() == 1


def test_production_has_no_demonstration(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(NotADemonstration):
        demo.build(**TINY)
    with pytest.raises(CommandError):
        call_command("demo", customers=20)
    assert not User.objects.exists()


def test_the_command_builds_once_and_tells_the_logins() -> None:
    first, second = StringIO(), StringIO()
    call_command("demo", customers=8, days=5, stdout=first, stderr=StringIO())
    call_command("demo", stdout=second)
    assert "9 customers" in first.getvalue()
    assert "already" in second.getvalue()
    for output in (first.getvalue(), second.getvalue()):
        assert "amina@demo.umoja.example" in output
        assert demo.PASSWORD in output
