"""What staff may do from a record: a form each, sent by POST, carried out by one service call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from bank.kernel.errors import BankError
from bank.web.cells import Words
from bank.web.staff import ReadOnlyTable


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
        sent = request.POST if request.method == "POST" else None
        form = asked.form(sent, initial=asked.initial(record))
        if request.method == "POST" and form.is_valid() and _is_done(request, asked, record, form):
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": asked.title,
            "act": asked,
            "form": form,
            "record": record,
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=(record.pk,)),
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
