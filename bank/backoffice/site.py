"""The staff door: Django's admin, open only after a second factor."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode
from unfold.sites import UnfoldAdminSite

View = Callable[..., HttpResponse]


class StaffSite(UnfoldAdminSite):
    """Signs in through the bank's own sign-in, so that no path leads round the second factor."""

    site_title = site_header = index_title = settings.BANK_NAME

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        after = request.GET.get("next") or resolve_url("admin:index")
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': after})}")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """The theme's scripts evaluate expressions in attributes: allowed on this path alone."""
        loosened = csp_update({"script-src": ["'unsafe-eval'"]})
        guarded: View = loosened(super().admin_view(view, cacheable))
        return guarded
