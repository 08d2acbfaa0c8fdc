from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RuntimeConfig(AppConfig):
    name = "bank.runtime"
    label = "runtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bank.runtime import outbox, tasks

        autodiscover_modules("events")
        outbox.wake_with(tasks.wake_outbox)
