"""``{% load notices %}``: the bell of the portals."""

from typing import Any

from django import template
from django.template.context import Context

from bank.identity.models import User
from bank.notifications import selectors

register = template.Library()
_MOST = 99


@register.inclusion_tag("components/bell.html", takes_context=True)
def bell(context: Context) -> dict[str, Any]:
    """The way to the notices, with how many are unread; nothing for who is not signed in."""
    user = context.get("user")
    if not isinstance(user, User):
        return {}
    unread = selectors.unread_count(user)
    return {"is_shown": True, "unread": f"{_MOST}+" if unread > _MOST else str(unread or "")}
