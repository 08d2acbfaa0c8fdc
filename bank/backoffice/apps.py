from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin
from django.db.models.signals import post_migrate


def _seed_roles(**_: Any) -> None:
    from bank.identity import services

    services.seed_roles()


class BackofficeConfig(AppConfig):
    name = "bank.backoffice"
    label = "backoffice"
    default = True

    def ready(self) -> None:
        # Roles are made of permissions, and those of the last app with tables are made last.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(_seed_roles, sender=last)


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin with the staff site of the bank as its default."""

    default = False
    default_site = "bank.backoffice.site.StaffSite"
