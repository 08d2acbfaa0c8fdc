"""A bank with a catalogue, an applicant, and two members of staff who look at applications."""

import pytest

from tests.onboarding.desk import Desk, set_up


@pytest.fixture
def desk(db: None) -> Desk:
    return set_up()
