"""What staff may do from a record: a form each, sent by POST, carried out by one service call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from bank.kernel.errors import BankError
from bank.web.cells import Words, may_look
from bank.web.staff import Panel, ReadOnlyTable


@dataclass(frozen=True, slots=True)
class Act:
    """``run`` takes the record, the member of staff and the form's answers; ``said`` is the outcome."""

    title: Words
    form: type[forms.Form]
    run: Callable[..., Any]
    right: str
    said: Words
    lead: Words = ""
    initial: Callable[[Any], dict[str, Any]] = lambda _record: {}
    possible: Callable[[Any], bool] = lambda _record: True
    panels: Callable[[HttpRequest], Sequence[Panel]] = lambda _request: ()
    """What to look at before it is done, above the form of an act that begins something new."""


class ActingTable(ReadOnlyTable):
    """A table whose records offer acts; the table itself still changes nothing."""

    acts: ClassVar[dict[str, Act]] = {}

    def get_urls(self) -> list[URLPattern]:
        do = self.admin_site.admin_view(self.do)
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        return [path("<int:pk>/do/<str:act>/", do, name=name), *super().get_urls()]

    def links(self, request: HttpRequest, record: Any) -> list[tuple[Words, str]]:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_do"
        return [
            (act.title, reverse(name, args=(record.pk, key)))
            for key, act in self.acts.items()
            if request.user.has_perm(act.right) and act.possible(record)
        ]

    def do(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """The act's form on GET; on POST it is done, or said why not with the answers kept."""
        if act not in self.acts:
            raise Http404
        asked = self.acts[act]
        if not request.user.has_perm(asked.right):
            raise PermissionDenied
        record = get_object_or_404(self.get_queryset(request), pk=pk)
        self.note_view(request, record)
        table = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        if request.method == "GET" and not asked.possible(record):
            messages.error(request, gettext("“%s” is not possible for this one as it stands.") % asked.title)
            return redirect(table, pk)
        sent = request.POST if request.method == "POST" else None
        form = asked.form(sent, initial=asked.initial(record))
        if request.method == "POST" and form.is_valid() and _is_done(request, asked, record, form):
            return redirect(table, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": asked.title,
            "act": asked,
            "form": form,
            "record": record,
            "back": reverse(table, args=(record.pk,)),
        }
        return TemplateResponse(request, "backoffice/act.html", context)


class StartingTable(ActingTable):
    """A table that also offers acts without a record: what begins something new.

    Their ``run`` takes the member of staff and the form's answers; a record it returns is shown.
    """

    starts: ClassVar[dict[str, Act]] = {}

    def get_urls(self) -> list[URLPattern]:
        start = self.admin_site.admin_view(self.start)
        name = f"{self.opts.app_label}_{self.opts.model_name}_start"
        return [path("start/<str:act>/", start, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {**(extra_context or {}), "starting": self.start_links(request)}
        )

    def start_links(self, request: HttpRequest) -> list[tuple[Words, str]]:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_start"
        return [
            (act.title, reverse(name, args=(key,)))
            for key, act in self.starts.items()
            if request.user.has_perm(act.right)
        ]

    def start(self, request: HttpRequest, act: str) -> HttpResponse:
        """The act's form on GET; on POST it is done, or said why not with the answers kept."""
        if act not in self.starts:
            raise Http404
        asked = self.starts[act]
        if not request.user.has_perm(asked.right):
            raise PermissionDenied
        table = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        is_sent = request.method == "POST"
        given = {name: request.GET[name] for name in request.GET} | asked.initial(request)
        form = asked.form(request.POST, request.FILES) if is_sent else asked.form(initial=given)
        if is_sent and form.is_valid():
            done = _started(request, asked, form)
            if done is not None:
                return redirect(_shown_at(request, done) or table)
        context = {
            **self.admin_site.each_context(request),
            "title": asked.title,
            "act": asked,
            "form": form,
            "back": table,
            "record": self._heading(),
            "panels": asked.panels(request),
        }
        return TemplateResponse(request, "backoffice/act.html", context)


def _is_done(request: HttpRequest, act: Act, record: Any, form: forms.Form) -> bool:
    try:
        act.run(record, request.user, **form.cleaned_data)
    except BankError as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, str(act.said))
    return True


def _started(request: HttpRequest, act: Act, form: forms.Form) -> Model | None:
    try:
        made: Model = act.run(request.user, **form.cleaned_data)
    except BankError as refusal:
        form.add_error(None, refusal.message)
        return None
    messages.success(request, str(act.said))
    return made


def _shown_at(request: HttpRequest, made: Model) -> str:
    """The page of what was made, where the reader may open it."""
    table = f"{made._meta.app_label}_{made._meta.model_name}"
    return reverse(f"admin:{table}_change", args=(made.pk,)) if may_look(request, table) else ""
