"""The side bar of the staff site: groups of tables in the words of the bank."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

_GROUPS: tuple[tuple[Any, tuple[tuple[Any, str, str], ...]], ...] = (
    (
        _("Customers"),
        (
            (_("Customers"), "group", "cif_customer"),
            (_("Accounts"), "account_balance_wallet", "accounts_account"),
            (_("Statements"), "description", "statements_statement"),
        ),
    ),
    (
        _("Payments"),
        (
            (_("Payment orders"), "swap_horiz", "payments_paymentorder"),
            (_("Payment files"), "folder_open", "payments_paymentfile"),
        ),
    ),
    (
        _("Ledger"),
        (
            (_("Journal"), "menu_book", "ledger_entry"),
            (_("Ledger accounts"), "account_tree", "ledger_account"),
            (_("Holds"), "lock_clock", "ledger_hold"),
            (_("Business days"), "calendar_month", "ledger_businessday"),
            (_("Proofs"), "verified", "ledger_proof"),
        ),
    ),
    (
        _("Catalogue"),
        (
            (_("Products"), "category", "products_product"),
            (_("Fees"), "sell", "products_feerule"),
            (_("Taxes"), "percent", "products_taxrule"),
        ),
    ),
    (
        _("Control"),
        (
            (_("Audit trail"), "policy", "audit_auditrecord"),
            (_("Users"), "person", "identity_user"),
            (_("Outbox"), "outbox", "runtime_outboxmessage"),
            (_("Periodic tasks"), "schedule", "django_celery_beat_periodictask"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups, with only the tables this member of staff may look at."""
    groups = [{"title": title, "items": _items(request, items)} for title, items in _GROUPS]
    return [group for group in groups if group["items"]]


def _items(request: HttpRequest, items: tuple[tuple[Any, str, str], ...]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": reverse(f"admin:{table}_changelist")}
        for title, icon, table in items
        if request.user.has_perm(_permission(table))
    ]


def _permission(table: str) -> str:
    app, _separator, model = table.rpartition("_")
    return f"{app}.view_{model}"
