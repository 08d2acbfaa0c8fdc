"""What somebody may do: their roles' rights, those that change things only while on duty."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from bank.identity.models import User


class RoleBackend(ModelBackend):
    """Staff look by their roles at any time, and change by them during a staff session alone."""

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        """As Django's, without its shortcut for a superuser, who has no standing rights in production."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        kept = f"_{from_name}_perm_cache"
        if not hasattr(user_obj, kept):
            found = self._of_roles(user_obj) if from_name == "group" else user_obj.user_permissions.all()
            if user_obj.has_every_right:
                found = Permission.objects.all()
            pairs = found.values_list("content_type__app_label", "codename").order_by()
            setattr(user_obj, kept, {f"{app}.{codename}" for app, codename in pairs})
        return set(getattr(user_obj, kept))

    def _of_roles(self, user: User) -> QuerySet[Permission]:
        held = Permission.objects.filter(group__user=user)
        if user.is_staff and user.duty is None:
            return held.filter(codename__startswith="view_")
        return held
