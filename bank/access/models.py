"""Apps and their consents, keys, codes already used, and what programs asked."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from bank.kernel import clock, ids

USER = settings.AUTH_USER_MODEL


class App(AbstractApplication):
    """A program registered to use the API, with a consent or for its owner."""

    user = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("registered by")
    )
    customer = models.ForeignKey(
        "cif.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    """The company it belongs to; with client credentials it reaches that company's accounts alone."""
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    may_introspect = models.BooleanField(_("resource server"), default=False)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        ordering = ("name", "pk")
        verbose_name = _("app")
        verbose_name_plural = _("apps")

    def __str__(self) -> str:
        return self.name

    def is_usable(self, request: Any) -> bool:
        """Asked wherever the app shows itself, with a secret, a code or a token."""
        return self.closed_at is None and self.user.is_active

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Letter by letter: no other query, port, case or ending (RFC 9700 §2.1)."""
        return uri in self.redirect_uris.split()

    def get_allowed_schemes(self) -> list[str]:
        """Plain http is registered for the machine's own address alone; see ``rules.redirects_fit``."""
        return ["https", "http"]


class ApiKey(models.Model):
    """A key for a customer's own program. Kept as SHA-256: the key has 256 random bits of its own."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="api_keys")
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, null=True, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=16, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    networks = ArrayField(models.CharField(max_length=45), default=list, verbose_name=_("addresses"))
    created_at = models.DateTimeField(_("made"), default=clock.now)
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    last_used_ip = models.CharField(_("last used from"), max_length=45, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_alive(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


class Consent(models.Model):
    """A user's word that an app may do these things with these accounts, until a day or a change of mind."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="consents")
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="consents")
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"))
    accounts = models.ManyToManyField("accounts.Account", related_name="consents")
    given_at = models.DateTimeField(_("given"), default=clock.now)
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("-given_at",)
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "app"],
                condition=models.Q(ended_at__isnull=True),
                name="one_consent_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.app_id}: {', '.join(self.scopes)}"


class SpentCode(models.Model):
    """An authorisation code that was exchanged, by its SHA-256: a second use is an attack."""

    digest = models.BinaryField(max_length=32, unique=True)
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return str(self.pk)


class ApiRequest(models.Model):
    """One line of the request log: no query, no body, no secret."""

    at = models.DateTimeField(_("time"), default=clock.now, db_index=True)
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    app = models.ForeignKey(App, on_delete=models.CASCADE, null=True, related_name="requests")
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, null=True, related_name="requests")
    method = models.CharField(_("method"), max_length=10)
    path = models.CharField(_("path"), max_length=200)
    status = models.PositiveSmallIntegerField(_("status"))
    duration_ms = models.PositiveIntegerField(_("duration"))
    correlation_id = models.CharField(_("correlation id"), max_length=64)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("API request")
        verbose_name_plural = _("API requests")
        indexes: ClassVar = [
            models.Index(fields=["app", "-id"], name="requests_of_app"),
            models.Index(fields=["key", "-id"], name="requests_of_key"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
