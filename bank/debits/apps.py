from django.apps import AppConfig


class DebitsConfig(AppConfig):
    name = "bank.debits"
    label = "debits"
    default_auto_field = "django.db.models.BigAutoField"
