from datetime import date

import pytest

from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity.models import User


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("amina@example.test", full_name="Amina Otieno")


@pytest.fixture
def customer(db: None) -> Customer:
    return cif.create_person(given_names="Amina Wanjiru", family_name="Otieno", birth_date=date(1990, 5, 17))
