"""Every table of the staff site, who may open it, and how many queries a page may cost."""

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

READERS: dict[str, set[str]] = {
    "counter": {"TELLER", "COMPLIANCE", "AUDITOR"},
    "cif": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "products": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR", "ADMINISTRATOR"},
    "places": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR", "ADMINISTRATOR"},
    "accounts": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "deposits": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "cases": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "payments": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "requests": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "standing": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "debits": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "onboarding": {"OFFICER", "COMPLIANCE", "AUDITOR"},
    "risk": {"OFFICER", "COMPLIANCE", "AUDITOR"},
    "statements": {"TELLER", "OFFICER", "COMPLIANCE", "AUDITOR"},
    "privacy": {"COMPLIANCE", "AUDITOR"},
    "documents": {"OFFICER", "COMPLIANCE", "AUDITOR"},
    "workflows": {"OFFICER", "COMPLIANCE", "AUDITOR", "ADMINISTRATOR"},
    "bookkeeping": {"AUDITOR", "ADMINISTRATOR"},
    "ledger": {"COMPLIANCE", "AUDITOR"},
    "audit": {"COMPLIANCE", "AUDITOR", "ADMINISTRATOR"},
    "access": {"COMPLIANCE", "AUDITOR", "ADMINISTRATOR"},
    "identity": {"AUDITOR", "ADMINISTRATOR"},
    "auth": {"ADMINISTRATOR"},
    "runtime": {"ADMINISTRATOR"},
    "notifications": {"ADMINISTRATOR"},
    "signing": {"AUDITOR", "ADMINISTRATOR"},
    "payroll": {"AUDITOR", "ADMINISTRATOR"},
    "invoicing": {"AUDITOR", "ADMINISTRATOR"},
    "expenses": {"AUDITOR", "ADMINISTRATOR"},
    "eod": {"AUDITOR", "ADMINISTRATOR"},
    "django_celery_beat": {"ADMINISTRATOR"},
}


def tables() -> list[type[Model]]:
    """The models with a table, so that a new one is looked at by every test."""
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def list_url(model: type[Model]) -> str:
    return page_url(model, "changelist")


def record_url(model: type[Model], page: str = "change") -> str:
    """A page of the table's first record; empty where it has none."""
    record = model._default_manager.order_by("pk").first()
    return page_url(model, page, record.pk) if record else ""


def record_urls() -> list[str]:
    """The page of the first record of every table that has one."""
    return [address for model in tables() if (address := record_url(model))]


def page_url(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
