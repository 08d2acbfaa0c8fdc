from django.apps import AppConfig
from django.contrib.admin import apps as admin


class BackofficeConfig(AppConfig):
    name = "bank.backoffice"
    label = "backoffice"
    default = True


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin with the staff site of the bank as its default."""

    default = False
    default_site = "bank.backoffice.site.StaffSite"
