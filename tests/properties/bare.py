"""Settings of the ledger by itself: what its own databases and worker processes need, and quick to load."""

import os

os.environ.setdefault("BANK_ENV", "test")

from bank.settings import *  # noqa: F403

INSTALLED_APPS = ["bank.ledger"]
MIDDLEWARE: list[str] = []
TEMPLATES: list[object] = []
ROOT_URLCONF = __name__
urlpatterns: list[object] = []
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
