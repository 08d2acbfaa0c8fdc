"""Users and what proves who they are."""

import base64
import secrets
import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    Group,
    PermissionsMixin,
)
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.oath import TOTP

from bank.identity.role_rules import Act, Duty
from bank.identity.rules import Channel, FailureReason, KeyState, masked_phone
from bank.kernel import clock, ids
from bank.runtime.fields import AmountField, EncryptedTextField


class UserDirectory(BaseUserManager["User"]):
    """Creates users; the e-mail address, folded to lower case, is the login name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: a customer's user or a member of staff."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=140)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    is_staff = models.BooleanField(_("member of staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(default=clock.now)
    token_version = models.PositiveIntegerField(default=0)
    """Part of every API token: raising it ends them all at once."""
    prefers_sms = models.BooleanField(_("codes by SMS"), default=False)
    """Codes go to the proved phone rather than by mail; of no effect without one, or with an app."""

    objects: ClassVar[UserDirectory] = UserDirectory()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return f"{self.full_name} <{self.email}>"

    @cached_property
    def duty(self) -> "StaffSession | None":
        """The staff session that is open now, a broken glass first; asked once for each reading of a user."""
        if not self.is_staff:
            return None
        unended = StaffSession.objects.filter(user=self, ended_at__isnull=True, expires_at__gt=clock.now())
        live = unended.exclude(browser__ended_at__isnull=False)
        return live.order_by("kind", "-expires_at").first()

    @property
    def has_every_right(self) -> bool:
        """In production nobody has by standing: a glass must have been broken, with a reason and an end."""
        if not self.is_active:
            return False
        if self.is_superuser and not settings.PRODUCTION:
            return True
        return self.duty is not None and self.duty.kind == Duty.BREAK_GLASS

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.has_every_right or any(one.has_perm(self, perm, obj) for one in get_backends())

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_every_right or any(
            right.startswith(f"{app_label}.") for right in self.get_all_permissions()
        )


class EmailCodeDevice(Device):
    """Stands for "proved by a code sent to the user's e-mail address" in a signed-in session.

    It accepts no token itself: the codes belong to challenges, each bound to its act.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_device")


class SmsCodeDevice(Device):
    """The user's proved phone: stands for "proved by a code sent to it", and says where codes go."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="sms_device")
    phone = EncryptedTextField()
    """In E.164: ``+254712345678``."""
    phone_digest = models.BinaryField(max_length=32, db_index=True)
    proved_at = models.DateTimeField(default=clock.now)


class Passkey(Device):
    """A key pair in the owner's device (WebAuthn level 3); the bank keeps the public half alone.

    It signs only after the device itself has recognised its owner, so it is two factors in one.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    is_synced = models.BooleanField(default=False)
    """Kept by a provider for all the owner's devices, rather than in one alone."""
    transports = models.JSONField(default=list)
    added_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True)


def _new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


class Authenticator(Device):
    """An authenticator app (RFC 6238: SHA-1, six digits, thirty seconds); its secret is sealed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    secret = EncryptedTextField(default=_new_secret)
    """160 random bits in base32, as apps take them."""
    drift = models.SmallIntegerField(default=0)
    """By how many time steps the owner's clock is known to be off."""
    last_step = models.BigIntegerField(default=-1)
    """The time step of the last code accepted: no code of it or of an earlier one passes again."""
    added_at = models.DateTimeField(default=clock.now)

    @property
    def secret_bytes(self) -> bytes:
        return base64.b32decode(self.secret)

    def verify_token(self, token: str) -> bool:
        """Whether these are the digits of now, or of one step before or after; call it under a row lock."""
        generator = TOTP(self.secret_bytes, drift=self.drift)
        generator.time = clock.now().timestamp()
        if not generator.verify(int(token), tolerance=1, min_t=self.last_step + 1):
            return False
        self.last_step, self.drift = generator.t(), generator.drift
        self.save(update_fields=["last_step", "drift"])
        return True


class Challenge(models.Model):
    """A second factor asked for exactly one act; see ``bank.identity.stepup``.

    Holds no code and no hash of one: an e-mailed code is derived from this row under a key
    that is not in the database.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="challenges")
    purpose = models.CharField(max_length=20)
    act_digest = models.BinaryField(max_length=32)
    summary = models.CharField(max_length=500)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    created_at = models.DateTimeField(default=clock.now)
    destination = EncryptedTextField(default="")
    """The phone an SMS goes to; mail goes to the user's address."""
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    passkey: "Passkey | None" = None
    """The one that signed, where no code was typed; known only while the challenge is consumed."""

    class Meta:
        indexes = (models.Index(fields=["user", "purpose", "-created_at"], name="challenge_latest"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

    @property
    def masked_destination(self) -> str:
        """Where the code went, recognisable to its owner alone; empty for an authenticator app."""
        if self.channel == Channel.SMS:
            return masked_phone(self.destination)
        local, _at, domain = self.user.email.partition("@")
        return f"{local[:1]}•••@{domain}" if self.channel == Channel.EMAIL else ""


class ChallengeFailure(models.Model):
    """A wrong code or a changed act; kept even though the work it would have allowed is rolled back.

    No foreign keys in the database: it is written on a connection of its own.
    """

    challenge = models.ForeignKey(
        Challenge, on_delete=models.CASCADE, related_name="failures", db_constraint=False
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    reason = models.CharField(max_length=20, choices=[(r.value, r.value) for r in FailureReason])
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = (models.Index(fields=["user", "at"], name="failures_of_user"),)

    def __str__(self) -> str:
        return f"{self.reason} {self.challenge_id}"


class AttemptWindow(models.Model):
    """How often something was done from one address, or for one account, since the window opened."""

    scope = models.CharField(max_length=10)
    digest = models.BinaryField(max_length=32)
    failures = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scope", "digest"], name="one_attempt_window"),)

    def __str__(self) -> str:
        return f"{self.scope}: {self.failures}"


class KnownDevice(models.Model):
    """A browser its owner signed in with, known by a signed cookie that names this row.

    An attack on the account cannot lock it out: it has a budget of wrong passwords of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    label = models.CharField(max_length=100)
    ip = models.CharField(max_length=45, blank=True)
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-last_seen_at",)

    def __str__(self) -> str:
        return f"{self.label} {self.ip}"


class StaffSession(models.Model):
    """For a while, and for a reason, somebody of the staff may change things and not only look.

    Ends by itself, with the browser's session it was opened in, or by hand.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_sessions")
    kind = models.CharField(max_length=12, choices=[(d.value, d.value) for d in Duty])
    browser = models.ForeignKey("UserSession", null=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-opened_at",)
        verbose_name = _("staff session")
        verbose_name_plural = _("staff sessions")

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}"


class RoleLimit(models.Model):
    """Up to how much, in the base currency, the holders of a role may say yes to one act."""

    role = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="limits")
    act = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Act])
    maximum = AmountField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "act"], name="one_limit_of_a_role"),)
        verbose_name = _("limit of a role")
        verbose_name_plural = _("limits of roles")

    def __str__(self) -> str:
        return f"{self.role.name} {self.act}: {self.maximum}"


class PasswordReset(models.Model):
    """Somebody may set a new password: with the link that was mailed, and a second factor that is no mail.

    Holds nothing of the link's secret half, which is computed under a key outside the database.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_resets")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    counter_digest = models.BinaryField(max_length=32, null=True)
    """Of the code staff gave at the counter after looking at a document; a second factor for this alone."""

    class Meta:
        permissions = (("issue_passwordreset", "Can help with a new password at the counter"),)

    def __str__(self) -> str:
        return f"reset {self.id}"


class UserSession(models.Model):
    """A browser signed in with both factors, known by the SHA-256 of its session key."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browser_sessions")
    known_device = models.ForeignKey(
        KnownDevice, null=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    key_digest = models.BinaryField(max_length=32, unique=True)
    device = models.CharField(max_length=100)
    ip = models.CharField(max_length=45, blank=True)
    signed_in_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("-last_seen_at",)
        indexes = (
            models.Index(fields=["user"], name="open_sessions", condition=models.Q(ended_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.device} {self.ip}"


class SigningKey(models.Model):
    """A key that signs API tokens, in one of its three states; see ``bank.identity.keys``."""

    kid = models.CharField(max_length=43, unique=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in KeyState])
    private_pem = EncryptedTextField(null=True)
    """Gone once the key signs no more."""
    public_pem = models.TextField()
    made_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)
    counts_until = models.DateTimeField(null=True)
    """When nothing a retired key signed can be alive any more."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"],
                condition=~models.Q(state=KeyState.RETIRED.value),
                name="one_key_next_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.kid}"


class TokenFamily(models.Model):
    """A program signed in over the API: of all tokens from one sign-in, one refresh token is alive."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    current_jti = models.CharField(max_length=64)
    """The one refresh token that still counts; another of the family is a stolen or replayed one."""
    device = models.CharField(max_length=100)
    ip = models.CharField(max_length=45, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    refreshed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("-refreshed_at",)
        verbose_name_plural = _("token families")

    def __str__(self) -> str:
        return f"{self.device} {self.id}"

    def is_alive(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at
