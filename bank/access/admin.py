"""Staff tables of apps, keys, consents and requests. No secret is kept, so none is shown."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.access.models import ApiKey, ApiRequest, App, Consent
from bank.web import cells
from bank.web.staff import ReadOnlyTable


@admin.register(App)
class AppTable(ReadOnlyTable):
    personal = "APP"
    list_display = ("name", "client_id", "user", "customer", "closed_at")
    search_fields = ("name__icontains", "client_id")
    search_help_text = _("Name or client ID")
    list_select_related = ("user", "customer")
    fields = (
        "name", "client_id", "user", "customer", "authorization_grant_type", "client_type", "redirect_uris",
        "may_do", "may_introspect", "created", "closed_at",
    )  # fmt: skip
    readonly_fields = ("may_do",)

    @admin.display(description=_("scopes"))
    def may_do(self, app: App) -> str:
        return cells.joined(app.scopes)


@admin.register(ApiKey)
class KeyTable(ReadOnlyTable):
    personal = "API_KEY"
    list_display = ("name", "prefix", "user", "customer", "last_used_at", "expires_at", "revoked_at")
    search_fields = ("name__icontains", "prefix", "user__email__icontains")
    search_help_text = _("Name, beginning of the key, or e-mail address")
    list_select_related = ("user", "customer")
    fields = (
        "name", "prefix", "user", "customer", "may_do", "from_where", "created_at", "expires_at",
        "last_used_at", "last_used_ip", "revoked_at",
    )  # fmt: skip
    readonly_fields = ("may_do", "from_where")

    @admin.display(description=_("scopes"))
    def may_do(self, key: ApiKey) -> str:
        return cells.joined(key.scopes)

    @admin.display(description=_("addresses"))
    def from_where(self, key: ApiKey) -> str:
        return cells.joined(key.networks)


@admin.register(Consent)
class ConsentTable(ReadOnlyTable):
    personal = "CONSENT"
    list_display = ("app", "user", "may_do", "given_at", "expires_at", "ended_at")
    search_fields = ("app__name__icontains", "user__email__icontains")
    search_help_text = _("App or e-mail address")
    list_select_related = ("app", "user")
    fields = ("app", "user", "may_do", "on_accounts", "given_at", "expires_at", "last_used_at", "ended_at",
              "ended_reason")  # fmt: skip
    readonly_fields = ("may_do", "on_accounts")

    @admin.display(description=_("scopes"))
    def may_do(self, consent: Consent) -> str:
        return cells.joined(consent.scopes)

    @admin.display(description=_("accounts"))
    def on_accounts(self, consent: Consent) -> str:
        return cells.joined([one.number for one in consent.accounts.all()])


@admin.register(ApiRequest)
class RequestTable(ReadOnlyTable):
    personal = "API_REQUEST"
    list_display = ("at", "app", "key", "method", "path", "status", "duration_ms", "correlation_id")
    search_fields = ("correlation_id", "path__icontains")
    search_help_text = _("Correlation id or address")
    list_filter = ("method",)
    list_select_related = ("app", "key")
    fields = ("at", "user", "app", "key", "method", "path", "status", "duration_ms", "correlation_id")
