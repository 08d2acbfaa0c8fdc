"""Users and what proves who they are."""

import base64
import secrets
import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.oath import TOTP

from bank.identity.rules import Channel, FailureReason, KeyState
from bank.kernel import clock, ids
from bank.runtime.fields import EncryptedTextField


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

    objects: ClassVar[UserDirectory] = UserDirectory()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return f"{self.full_name} <{self.email}>"


class EmailCodeDevice(Device):
    """Stands for "proved by a code sent to the user's e-mail address" in a signed-in session.

    It accepts no token itself: the codes belong to challenges, each bound to its act.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_device")


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
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["user", "purpose", "-created_at"], name="challenge_latest"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

    @property
    def masked_destination(self) -> str:
        """Where the code went, recognisable to its owner alone; empty for an authenticator app."""
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


class UserSession(models.Model):
    """A browser signed in with both factors, known by the SHA-256 of its session key."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="browser_sessions")
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
