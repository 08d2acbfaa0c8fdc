"""A copy of everything the bank holds about the person: asked for with a code, fetched within a week; how
long what is kept, and the wish to be forgotten."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError
from bank.privacy import rules, selectors, services, wording
from bank.privacy.rules import Rule
from bank.web.views import confirmation, drafts
from bank.web.views.drafts import Draft
from bank.web.views.pages import customer_page, posted, renew_session, spoken, user_of
from portals.personal.nav import show
from portals.personal.views.profile import own

JOURNEY = "takeaway"
_LISTED = 10


@customer_page
@require_http_methods(["GET", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """The copies asked for; POST asks for the code of another."""
    own(request)
    refusals: list[str] = []
    if request.method == "POST":
        draft = drafts.begin(request, JOURNEY)
        try:
            _ask_code(request, draft)
            return redirect("personal:data-check", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    return _page(request, refusals)


@customer_page
@require_POST
def data_erasure(request: HttpRequest) -> HttpResponse:
    """The person asks to be forgotten; it becomes a case, answered like any other."""
    try:
        asked = services.request_erasure(
            user=user_of(request), cif_number=own(request).cif, language=get_language() or "en"
        )
    except BankError as error:
        return _page(request, [spoken(error)])
    said = gettext("We noted that you want to be forgotten. Your request is %s.") % asked.reference
    messages.success(request, said)
    return redirect("personal:data")


@customer_page
@require_http_methods(["GET", "POST"])
def data_check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The code that has the copy made."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect("personal:data")
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _requested(request, form, refusals):
        return redirect("personal:data")
    context = {"form": form, "refusals": refusals, "draft": draft}
    return show(request, "data_check.html", **context, challenge=draft.answers["challenge"])


@customer_page
@require_POST
def data_code(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Another code; the one before it is void."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None:
        return redirect("personal:data")
    confirmation.ask_again(request, lambda: _ask_code(request, draft))
    return redirect("personal:data-check", draft.id)


@customer_page
@require_GET
def data_file(request: HttpRequest, export_id: Any) -> HttpResponse:
    """The copy itself, always as an attachment under a plain name."""
    _export, packed = services.open_export(user=user_of(request), export_id=export_id)
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return answer


def _page(request: HttpRequest, refusals: list[str]) -> HttpResponse:
    customer = own(request)
    return show(
        request,
        "data.html",
        copies=selectors.exports_for(user_of(request))[:_LISTED],
        days=rules.EXPORT_LIFETIME.days,
        kept=[
            _kept(kind, rule) for kind, rule in selectors.retention_rules().items() if kind in wording.SAID
        ],
        asked=selectors.erasure_asked(customer),
        refusals=refusals,
    )


def _kept(kind: str, rule: Rule) -> tuple[str, int | None, str]:
    return gettext(wording.SAID[kind]), rule.years, gettext(rule.basis)


def _ask_code(request: HttpRequest, draft: Draft) -> None:
    challenge = services.start_export(user=user_of(request), cif_number=own(request).cif)
    confirmation.note(request, draft, challenge)


def _requested(request: HttpRequest, form: confirmation.ConfirmForm, refusals: list[str]) -> bool:
    try:
        services.request_export(
            user=user_of(request),
            cif_number=own(request).cif,
            challenge_id=form.challenge_id,
            code=form.cleaned_data["code"],
        )
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return False
    except BankError as error:
        refusals.append(spoken(error))
        return False
    renew_session(request)
    messages.success(request, gettext("The copy of your data is being made. It is here within minutes."))
    return True
