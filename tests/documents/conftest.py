"""Documents handed in by one user, the vault in a folder of the test."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from bank.identity.models import User


@pytest.fixture(autouse=True)
def vault_dir(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    settings.CLAMD_ADDRESS = ""
    return tmp_path / "documents"


@pytest.fixture
def amina(db: None) -> User:
    return User.objects.create_user("amina@example.com", "correct horse battery", full_name="Amina Otieno")
