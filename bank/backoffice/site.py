"""The staff door: Django's admin, open only after a second factor, in the bank's own pages."""

from collections.abc import Callable
from functools import partial, wraps
from ipaddress import ip_address
from typing import Any, TypeAlias

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bank.audit import services as audit
from bank.backoffice import account_postings, dashboard, navigation, reports, search
from bank.identity import sessions
from bank.identity.rules import Ended
from bank.kernel.errors import NotAllowed
from bank.runtime import context
from bank.web import cells
from bank.web.staff import ReadOnlyTable, note_look

View: TypeAlias = Callable[..., HttpResponse]


class StaffSite(AdminSite):
    """Signs in through the bank's own sign-in, so that no path leads round the second factor."""

    site_title = site_header = settings.BANK_NAME
    enable_nav_sidebar = False
    empty_value_display = cells.NOTHING

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes only tables that change nothing. Those other packages bring along (secrets of authenticators,
        recovery codes, tokens, jobs with arguments) never get a page.
        """
        if admin_class is not None and issubclass(admin_class, ReadOnlyTable):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Open to the staff's own networks alone; what a role may not open stays on the audit trail."""
        opened = super().admin_view(_watched(view), cacheable)

        @wraps(opened)
        def from_inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _require_inside()
            return opened(request, *args, **kwargs)

        return from_inside

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("search/", self.admin_view(self.search), name="search"),
            *(
                path(one.path, self.admin_view(partial(self.report, name)), name=name)
                for name, one in reports.REPORTS.items()
            ),
            path("reports/postings/", self.admin_view(self.postings), name="report_postings"),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page needs; the list of all apps is left to the page that shows it."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "has_permission": self.has_permission(request),
            "groups": navigation.navigation(request),
            "is_popup": False,
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        context = {**self.each_context(request), "title": _("Today"), **dashboard.dashboard(request)}
        request.current_app = self.name
        return TemplateResponse(request, "backoffice/dashboard.html", context)

    def search(self, request: HttpRequest) -> HttpResponse:
        """By CIF, account number, payment reference, entry or name; one exact hit opens at once."""
        asked = request.GET.get("q", "").strip()
        found = search.find(request, asked)
        if asked:
            note_look(request, "SEARCH", "customers", asked=asked[:100], found=len(found))
        if len(found) == 1 and found[0].is_exact:
            return HttpResponseRedirect(found[0].address)
        context = {**self.each_context(request), "title": _("Search"), "query": asked, "hits": found}
        return TemplateResponse(request, "backoffice/search.html", context)

    def report(self, name: str, request: HttpRequest) -> HttpResponse:
        """A financial statement as a page, XLSX or PDF."""
        return reports.page(request, name, self.each_context(request))

    def postings(self, request: HttpRequest) -> HttpResponse:
        """What stands behind a figure of a report."""
        return account_postings.page(request, self.each_context(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        _require_inside()
        after = request.GET.get("next") or resolve_url("admin:index")
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': after})}")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ends the bank's session with Django's, on POST alone."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sessions.end(request, Ended.SIGNED_OUT)
        return redirect(settings.LOGIN_URL)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Passwords change on the security page, which asks for a code again and tells the owner."""
        return redirect("identity:change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("identity:security")


def _require_inside() -> None:
    """Outside ``STAFF_NETWORKS`` there is no staff door; with none set, it is open to every network."""
    if not settings.STAFF_NETWORKS:
        return
    address = ip_address(context.current().ip)
    if not any(address in network for network in settings.STAFF_NETWORKS):
        raise Http404


def _watched(view: View) -> View:
    """The view, with its refusals on the audit trail (ASVS 5.0 16.3.2)."""

    @wraps(view)
    def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied:
            audit.record_refusal(
                "STAFF_PAGE_OPENED",
                actor=request.user,  # type: ignore[arg-type]
                subject_type="PAGE",
                subject_id=request.path,
                reason=NotAllowed.code,
            )
            raise

    return watched
