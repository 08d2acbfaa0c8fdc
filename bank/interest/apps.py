from django.apps import AppConfig


class InterestConfig(AppConfig):
    name = "bank.interest"
    label = "interest"
    default_auto_field = "django.db.models.BigAutoField"
