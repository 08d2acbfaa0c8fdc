"""Staff tables of users: their roles and open sessions. No password, secret or code is ever shown here."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from bank.audit import services as audit
from bank.identity import resets, role_rules, roles, selectors, sessions, stepup
from bank.identity.models import StaffSession, User
from bank.identity.rules import Ended
from bank.kernel.errors import BankError
from bank.web import cells
from bank.web.staff import ReadOnlyTable


@admin.register(User)
class UserTable(ReadOnlyTable):
    list_display = ("email", "full_name", "staff", "roles_held", "active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email__icontains", "full_name__icontains")
    search_help_text = _("E-mail address or name")
    ordering = ("email",)
    change_form_template = "backoffice/user.html"
    fields = (
        "email", "full_name", "phone", "language", "staff", "every_right", "active", "roles_held",
        "second_factor", "joined_at", "last_login",
    )  # fmt: skip
    readonly_fields = ("staff", "every_right", "active", "roles_held", "second_factor")
    personal = "USER"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/roles/", view(self.roles_page), name="identity_user_roles"),
            path(
                "<int:pk>/sessions/<int:session_id>/end/",
                view(self.end_session),
                name="identity_user_end_session",
            ),
            path("<int:pk>/password/", view(self.password_page), name="identity_user_password"),
            *super().get_urls(),
        ]

    def subject(self, record: User) -> str:
        return str(record.pk)

    def links(self, request: HttpRequest, record: User) -> list[tuple[cells.Words, str]]:
        found: list[tuple[cells.Words, str]] = []
        if record.is_staff and may_administer(request) and record.pk != request.user.pk:
            found.append((_("Change roles"), reverse("admin:identity_user_roles", args=(record.pk,))))
        if may_help(request, record):
            address = reverse("admin:identity_user_password", args=(record.pk,))
            found.append((_("Help with a new password"), address))
        return found

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        user = kwargs.get("obj") or args[-1]
        context |= {"sessions": selectors.sessions_of(user), "may_end": may_administer(request)}
        return super().render_change_form(request, context, *args, **kwargs)

    def roles_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Which roles a member of staff has, after a fresh second factor (ASVS 5.0 7.5.3).

        Shown on GET, assigned by the service on POST.
        """
        if not may_administer(request):
            raise PermissionDenied
        if not sessions.is_confirmed(request):
            return redirect(f"{reverse('identity:confirm')}?{urlencode({'next': request.path})}")
        user = get_object_or_404(User, pk=pk, is_staff=True)
        known = Group.objects.order_by("name").values_list("name", flat=True)
        if request.method == "POST":
            return _assign(request, user, request.POST.getlist("role"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Roles of %(name)s") % {"name": user.full_name},
            "original": user,
            "opts": self.opts,
            "roles": [(name, name in _held(user)) for name in known],
        }
        return TemplateResponse(request, "backoffice/roles.html", context)

    def password_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mails the link for a new password and shows the code to give to the person at the counter."""
        if not request.user.has_perm("identity.issue_passwordreset"):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        if not may_help(request, user):
            raise PermissionDenied
        if not sessions.is_confirmed(request):
            return redirect(f"{reverse('identity:confirm')}?{urlencode({'next': request.path})}")
        reason = " ".join(request.POST.get("reason", "").split())
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("A new password for %(name)s") % {"name": user.full_name},
            "original": user,
            "opts": self.opts,
            "is_short": request.method == "POST" and len(reason) < role_rules.SHORTEST_REASON,
            "least": role_rules.SHORTEST_REASON,
        }
        if len(reason) >= role_rules.SHORTEST_REASON:
            actor: Any = request.user
            context["code"] = resets.begin_at_counter(user=user, actor=actor, reason=reason[:300])
        return TemplateResponse(request, "backoffice/password.html", context)

    def end_session(self, request: HttpRequest, pk: int, session_id: int) -> HttpResponse:
        """Ends one of a user's browser sessions; its next request is a stranger's."""
        return _end_session(request, pk, session_id)

    @admin.display(description=_("member of staff"), ordering="is_staff")
    def staff(self, user: User) -> str:
        return cells.yes_no(user.is_staff)

    @admin.display(description=_("has every right"))
    def every_right(self, user: User) -> str:
        return cells.yes_no(user.is_superuser)

    @admin.display(description=_("active"), ordering="is_active")
    def active(self, user: User) -> str:
        return cells.yes_no(user.is_active)

    @admin.display(description=_("roles"))
    def roles_held(self, user: User) -> str:
        return cells.joined(sorted(group.name for group in user.groups.all()))

    @admin.display(description=_("second factor"))
    def second_factor(self, user: User) -> str:
        return gettext("Authenticator app") if stepup.has_authenticator(user) else gettext("Code by e-mail")


@admin.register(StaffSession)
class StaffSessionTable(ReadOnlyTable):
    heading = _("Staff sessions")
    list_display = ("opened_at", "user", "kind", "reason", "expires_at", "ended_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__email__icontains", "reason__icontains")
    ordering = ("-opened_at",)
    fields = ("user", "kind", "reason", "opened_at", "expires_at", "ended_at")


def may_administer(request: HttpRequest) -> bool:
    """Whether the reader may change who has which role, and end others' sessions."""
    return request.user.has_perm("identity.change_user")


def may_help(request: HttpRequest, user: User) -> bool:
    """Whether the reader may begin a reset for this customer; never for staff, nor for themselves."""
    can = request.user.has_perm("identity.issue_passwordreset")
    return can and user.is_active and not user.is_staff


def _assign(request: HttpRequest, user: User, names: list[str]) -> HttpResponse:
    try:
        roles.assign_roles(user=user, roles=names, actor=request.user)  # type: ignore[arg-type]
    except BankError as refusal:
        messages.error(request, refusal.message)
    else:
        count = len(set(names))
        said = ngettext("%(name)s now has %(count)d role.", "%(name)s now has %(count)d roles.", count)
        messages.success(request, said % {"name": user.full_name, "count": count})
    return redirect("admin:identity_user_change", user.pk)


@require_POST
def _end_session(request: HttpRequest, pk: int, session_id: int) -> HttpResponse:
    if not may_administer(request):
        raise PermissionDenied
    user = get_object_or_404(User, pk=pk)
    session = selectors.sessions_of(user).filter(pk=session_id).first()
    if session is None:
        raise Http404
    with transaction.atomic():
        sessions.close(session, Ended.REVOKED)
        audit.record(
            "SESSION_ENDED",
            actor=request.user,  # type: ignore[arg-type]
            subject_type="USER",
            subject_id=str(pk),
            detail={"session": session.pk, "device": session.device},
        )
    messages.success(request, gettext("The session is over."))
    return redirect("admin:identity_user_change", pk)


def _held(user: User) -> set[str]:
    return {group.name for group in user.groups.all()}
