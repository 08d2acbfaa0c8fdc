"""Statements of the accounts of a small bank, their files in a folder of the test."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.statements import world
from tests.worlds import Standing


@pytest.fixture(autouse=True)
def files_dir(settings: LazySettings, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path
    return tmp_path / "statements"


@pytest.fixture
def bank(standing_world: Standing[world.World], db: None) -> world.World:
    return standing_world.visit()
