"""The bank's settings under test: the same, with ``BANK_ENV=test``."""

import os

os.environ.setdefault("BANK_ENV", "test")

from bank.settings import *  # noqa: F403
