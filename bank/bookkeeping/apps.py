from django.apps import AppConfig


class BookkeepingConfig(AppConfig):
    name = "bank.bookkeeping"
    label = "bookkeeping"
    default_auto_field = "django.db.models.BigAutoField"
