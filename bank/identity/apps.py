from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "bank.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bank.identity import checks

        assert checks
