from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed_chart(**_: Any) -> None:
    from bank.ledger import accounts

    accounts.seed_chart()


class LedgerConfig(AppConfig):
    name = "bank.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # After migrating, and after a test's flush: the book always has its chart.
        post_migrate.connect(_seed_chart, sender=self)
