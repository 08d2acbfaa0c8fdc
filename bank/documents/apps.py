from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "bank.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bank.documents import vault
        from bank.runtime import reencryption

        reencryption.register("documents", vault.seal_again)
