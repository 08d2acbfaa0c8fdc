from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _seed_schedule(**_: Any) -> None:
    from bank.eod import schedule

    schedule.seed()


class CloseOfBusinessConfig(AppConfig):
    name = "bank.eod"
    label = "eod"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bank.eod import agenda, holidays, periods

        agenda.discover()
        periods.add_points()
        holidays.install()
        post_migrate.connect(_seed_schedule, sender=self)
