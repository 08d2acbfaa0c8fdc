"""Messages: what was asked of the bank, what it answered, and by when it will."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods

from bank.cases import rules, selectors, services
from bank.cif import selectors as cif
from bank.kernel.errors import BankError
from bank.runtime import formats
from bank.web.views import paging
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.personal.forms.messages import MessageForm, ReplyForm
from portals.personal.nav import show

_PAGE = 20


@customer_page
@require_GET
def messages_page(request: HttpRequest) -> HttpResponse:
    """Everything asked of the bank, newest first."""
    page = paging.by_id(request, selectors.cases_for(user_of(request)), size=_PAGE)
    listed = [_as_task(case) for case in page.rows]
    return show(request, "messages.html", cases=listed, older=page.older, newer=page.newer)


@customer_page
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new message to the bank."""
    form = MessageForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            case = _open(request, form)
        except BankError as error:
            refusals = [spoken(error)]
        else:
            messages.success(request, gettext("We have your message. Its reference is %s.") % case.reference)
            return redirect("personal:message", case.reference)
    return show(request, "message_new.html", form=form, refusals=refusals)


@customer_page
@require_http_methods(["GET", "POST"])
def message(request: HttpRequest, reference: str) -> HttpResponse:
    """One case: the conversation, by when we answer, and a place to write more."""
    case = selectors.case_for(user_of(request), reference)
    form = ReplyForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.write(user=user_of(request), reference=case.reference, text=form.cleaned_data["text"])
        except BankError as error:
            refusals = [spoken(error)]
        else:
            messages.success(request, gettext("Your message is with us."))
            return redirect("personal:message", case.reference)
    context = {
        "case": case,
        "form": form,
        "refusals": refusals,
        "talk": selectors.conversation(case),
        "promise": _promise(case),
        "may_write": rules.Step.CUSTOMER_WROTE in rules.possible(rules.State(case.state)),
    }
    return show(request, "message.html", **context)


def _open(request: HttpRequest, form: MessageForm) -> Any:
    user = user_of(request)
    return services.open_case(
        **form.cleaned_data,
        contact_name=user.full_name,
        contact_email=user.email,
        customer=cif.person_of(user),
        opened_by=user,
        language=get_language() or user.language,
    )


def _as_task(case: Any) -> dict[str, Any]:
    kind, day = case.get_kind_display(), formats.day(case.opened_at)
    return {
        "label": case.subject,
        "note": f"{kind} · {day} · {case.reference}",
        "url": reverse("personal:message", args=[case.reference]),
        "status": case.state,
    }


def _promise(case: Any) -> str:
    """By when the customer hears from the bank; nothing where the bank owes nothing."""
    if case.next_due_at is None:
        return ""
    return gettext("You hear from us by %s.") % formats.moment(case.next_due_at)
