from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client, override_settings

from bank.identity import services
from bank.identity.models import User
from tests.identity import PASSWORD


@pytest.fixture(autouse=True)
def own_doors(request: pytest.FixtureRequest) -> Iterator[None]:
    """Identity's doors alone; quick hashes but where a test is about them."""
    hashers = settings.PASSWORD_HASHERS
    if "real_hashes" in request.fixturenames:
        hashers = settings.PRODUCTION_HASHERS
    with override_settings(ROOT_URLCONF="tests.identity.urls", PASSWORD_HASHERS=hashers):
        yield


@pytest.fixture
def real_hashes() -> None:
    """Asks for the hasher that production uses."""


@pytest.fixture
def alice(db: None) -> User:
    return services.create_user(email="alice@example.test", full_name="Alice Achieng", password=PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return services.create_user(email="bob@example.test", full_name="Bob Barasa", password=PASSWORD)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
