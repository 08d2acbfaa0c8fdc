"""A bank with a catalogue, an applicant, and two members of staff who look at applications."""

import pytest

from tests.onboarding.desk import Desk, set_up
from tests.worlds import Standing, once_a_module

standing_desk = once_a_module(set_up)


@pytest.fixture
def desk(standing_desk: Standing[Desk], db: None) -> Desk:
    return standing_desk.visit()
