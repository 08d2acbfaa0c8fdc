from django.apps import AppConfig


class CifConfig(AppConfig):
    name = "bank.cif"
    label = "cif"
    default_auto_field = "django.db.models.BigAutoField"
