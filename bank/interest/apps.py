from django.apps import AppConfig


class InterestConfig(AppConfig):
    name = "bank.interest"
    label = "interest"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bank.interest import periods

        periods.add_points()
