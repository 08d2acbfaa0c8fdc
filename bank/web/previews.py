"""Proposals of staff that show whom they concern before they are sent."""

from collections.abc import Callable
from typing import ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from bank.kernel.errors import BankError
from bank.web.acts import StartingTable


class PreviewedTable(StartingTable):
    """A table whose proposals show whom they concern before they are sent."""

    affected: ClassVar[Callable[..., list[tuple[str, str]]]]

    def start(self, request: HttpRequest, act: str) -> HttpResponse:
        """The first time a sound form is sent it comes back with whom it concerns; sent unchanged it goes."""
        if act not in self.starts:
            raise Http404
        asked = self.starts[act]
        if not request.user.has_perm(asked.right):
            raise PermissionDenied
        form = asked.form(request.POST) if request.method == "POST" else None
        if form is None or not form.is_valid() or request.POST.get("seen") == _seen(form):
            return super().start(request, act)
        try:
            rows = type(self).affected(**form.cleaned_data)
        except BankError:
            return super().start(request, act)
        context = {
            **self.admin_site.each_context(request),
            "title": asked.title,
            "act": asked,
            "form": form,
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "record": self._heading(),
            "preview": rows,
            "seen": _seen(form),
        }
        return TemplateResponse(request, "backoffice/act.html", context)


def _seen(form: forms.Form) -> str:
    """The answers in a line: what was shown is what is sent."""
    return "|".join(f"{name}={value}" for name, value in form.cleaned_data.items() if name != "reason")
