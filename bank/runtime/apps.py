from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules


class RuntimeConfig(AppConfig):
    name = "bank.runtime"
    label = "runtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bank.kernel import clock
        from bank.runtime import days, outbox, tasks

        clock.live_in(timezone.get_default_timezone)
        autodiscover_modules("events")
        outbox.wake_with(tasks.wake_outbox)
        post_migrate.connect(days.define_anew, sender=self)
