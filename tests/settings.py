"""The bank's settings under test: the same, with ``BANK_ENV=test``."""

import os

os.environ.setdefault("BANK_ENV", "test")

from bank.settings import *  # noqa: F403
from bank.settings import DATABASES, PASSWORD_HASHERS

# Nothing of a test survives it: a commit need not wait for the disk. What is killed and must survive has a
# server of its own, with the usual settings (tests/properties/own_server.py).
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"

# A cost that suits tests; those about passwords ask for ``real_hashes``.
PRODUCTION_HASHERS = PASSWORD_HASHERS
PASSWORD_HASHERS = ["tests.identity.hashing.QuickArgon2"]
