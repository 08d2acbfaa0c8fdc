"""``manage.py check --deploy --database default``: in production nobody has every right by standing."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from bank.identity.models import User


@register(Tags.database, deploy=True)
def no_standing_superuser(
    app_configs: Any = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """The flag counts for nothing in production; that it is set at all shows that somebody tried."""
    if not settings.PRODUCTION or not databases:
        return []
    standing = list(User.objects.filter(is_superuser=True, is_active=True).values_list("email", flat=True))
    if not standing:
        return []
    hint = "Take the flag away; in need use manage.py break_glass, which has a reason and an end."
    return [Error(f"Superusers by standing: {', '.join(sorted(standing))}.", hint=hint, id="identity.E001")]
