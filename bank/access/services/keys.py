"""API keys: shown once, kept as a hash, ended at once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bank.access import errors, rules
from bank.access.models import ApiKey
from bank.access.rules import KEY_MARK
from bank.access.services.rights import require_manager
from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.runtime import context


@dataclass(frozen=True, slots=True)
class MadeKey:
    """``text`` is the key itself, told here once."""

    key: ApiKey
    text: str


@transaction.atomic
def create_key(
    *,
    user: User,
    name: str,
    scopes: list[str],
    expires_at: datetime,
    networks: list[str],
    customer: Customer | None = None,
) -> MadeKey:
    """A key that acts for the user, within a company only if one is named, until ``expires_at``.

    Raises ``NotFound`` and ``NotAllowed`` for a company, ``AppUnfit`` (name, scopes), ``KeyUnfit`` (rest).
    """
    require_manager(user, customer)
    now = clock.now()
    if not now < expires_at <= now + rules.LONGEST_KEY:
        raise errors.KeyUnfit(problem="A key ends on a day to come, a year away at most.")
    allowed = rules.CONSENT_SCOPES if customer is None else rules.OWN_SCOPES
    prefix = KEY_MARK + secrets.token_hex(4)
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        id=ids.uuid7(),
        user=user,
        customer=customer,
        name=rules.name_fit(name),
        prefix=prefix,
        digest=hashlib.sha256(text.encode()).digest(),
        scopes=rules.scopes_fit(scopes, allowed),
        networks=rules.networks_fit(networks),
        expires_at=expires_at,
    )
    _record("API_KEY_MADE", key, user)
    return MadeKey(key, text)


@transaction.atomic
def revoke_key(*, user: User, key: ApiKey) -> None:
    """Ends the key from its next request on; one's own always, another's with the right to make it."""
    if key.user_id != user.pk:
        require_manager(user, key.customer)
    alive = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True)
    if alive.update(revoked_at=clock.now()):
        _record("API_KEY_REVOKED", key, user)


def note_key_used(key: ApiKey) -> None:
    """When and from where; written once a minute at most."""
    now = clock.now()
    if key.last_used_at is None or now - key.last_used_at >= rules.NOTED_EVERY:
        used = ApiKey.objects.filter(pk=key.pk)
        used.update(last_used_at=now, last_used_ip=context.current().ip)


def _record(action: str, key: ApiKey, actor: User) -> None:
    detail = {"name": key.name, "begins": key.prefix, "scopes": key.scopes, "networks": key.networks}
    audit.record(action, actor=actor, subject_type="API_KEY", subject_id=str(key.pk), detail=detail)
