"""The Celery application: ``celery -A bank worker`` and ``celery -A bank beat``."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bank.settings")
app = Celery("bank")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def log_as_the_bank_does(**_options: Any) -> None:
    """Workers and beat log as every other process; without this Celery sets up a format of its own."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
