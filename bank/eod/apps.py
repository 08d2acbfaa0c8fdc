from django.apps import AppConfig


class CloseOfBusinessConfig(AppConfig):
    name = "bank.eod"
    label = "eod"
    default_auto_field = "django.db.models.BigAutoField"
