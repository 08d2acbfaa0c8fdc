from django.apps import AppConfig


class DepositsConfig(AppConfig):
    name = "bank.deposits"
    label = "deposits"
    default_auto_field = "django.db.models.BigAutoField"
