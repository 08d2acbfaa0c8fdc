from typing import Any

from django.apps import AppConfig
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
        # This app stands behind those whose permissions the roles are made of.
        post_migrate.connect(_seed_roles, sender=self)


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin with the staff site of the bank as its default."""

    default = False
    default_site = "bank.backoffice.site.StaffSite"
