"""What waits for signatures: chosen, looked at once more, signed with one code; or rejected with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif import selectors as mandates
from bank.identity.attempts import Scope
from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError
from bank.signing import kinds, rules, selectors, services
from bank.signing.rules import State
from bank.web.companies import wording
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.approvals import InboxFilter, RejectForm
from bank.web.views import confirmation, drafts, paging
from bank.web.views.drafts import Draft
from bank.web.views.pages import paced, posted, renew_session, spoken, user_of

JOURNEY = "approval"
_PAGE = 30


@at_desk
@require_http_methods(["GET", "POST"])
def approvals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the reader can sign, to tick and sign together; below it everything else, newest first."""
    user = desk.user
    refusals: list[str] = []
    if request.method == "POST":
        draft = drafts.begin(request, JOURNEY, approvals=request.POST.getlist("approval"))
        try:
            _ask_code(request, draft)
            return desk.go("approval-sign", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    search = InboxFilter(request.GET or None)
    chosen = search.chosen()
    mine = selectors.waiting_for(user, desk.company)
    waiting = list(selectors.narrowed(mine, **chosen)[:_PAGE])
    others = selectors.narrowed(selectors.approvals_of(user, desk.company), **chosen)
    page = paging.by_id(request, others.exclude(pk__in=[one.pk for one in waiting]), size=_PAGE)
    context = {
        "search": search,
        "is_filtered": any(chosen.values()),
        "here": request.path,
        "reset": request.path if any(chosen.values()) else "",
        "waiting": [wording.approval_task(one, desk) for one in waiting],
        "others": [wording.approval_task(one, desk) for one in page.rows],
        "newer": page.newer,
        "older": page.older,
        "refusals": refusals,
    }
    return desk.show(request, "approvals.html", **context)


@at_desk
@require_GET
def approval(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """One act: what it is, who has signed, what may be done about it."""
    user = desk.user
    found = _of(desk, reference)
    return desk.show(request, "approval.html", **_context(found, user, RejectForm()))


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def sign(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """What is signed once more with its total, and the code that signs it."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return desk.go("approvals")
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _sign(request, draft, form, refusals):
        if draft.answers.get("signed"):
            return desk.go("approval-results", draft.id)
        return desk.go("approvals")
    chosen = [_of(desk, one) for one in draft.answers["approvals"]]
    context = {
        "form": form,
        "refusals": refusals,
        "draft": draft,
        "challenge": draft.answers["challenge"],
        "chosen": [wording.approval_task(one, desk) for one in chosen],
        "totals": wording.totals_of(chosen),
    }
    return desk.show(request, "approval_sign.html", **context)


@at_desk
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """Another code for the same; the one before it is void."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None:
        return desk.go("approvals")
    confirmation.ask_again(request, lambda: _ask_code(request, draft))
    return desk.go("approval-sign", draft.id)


@at_desk
@require_GET
def results(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """What became of each of several that were signed together."""
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or not draft.answers.get("signed"):
        return desk.go("approvals")
    signed = [_of(desk, one) for one in draft.answers["signed"]]
    context = {"signed": [wording.result_task(one, desk) for one in signed]}
    return desk.show(request, "approval_results.html", totals=wording.totals_of(signed), **context)


@at_desk
@require_POST
def return_for_change(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Hands it back to whoever made it, to be corrected and asked for anew."""
    user = desk.user
    found = _of(desk, reference)
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            services.return_for_change(user=user, reference=found.reference, reason=reason)
            messages.success(request, gettext("It is returned. Whoever made it is told what to change."))
            return desk.go("approval", found.reference)
        except BankError as error:
            form.add_error(None, spoken(error))
    return desk.show(request, "approval.html", **_context(found, user, form))


@at_desk
@require_POST
def reject(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Refuses it; the reason is shown to whoever made it."""
    user = desk.user
    found = _of(desk, reference)
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            services.reject(user=user, reference=found.reference, reason=form.cleaned_data["reason"])
            messages.success(request, gettext("It is rejected. Whoever made it is told why."))
            return desk.go("approval", found.reference)
        except BankError as error:
            form.add_error(None, spoken(error))
    return desk.show(request, "approval.html", **_context(found, user, form))


@at_desk
@require_POST
def withdraw(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """The maker's own second thought."""
    found = _of(desk, reference)
    try:
        services.withdraw(user=user_of(request), reference=found.reference)
        messages.success(request, gettext("It is withdrawn. Nothing was paid."))
    except BankError as error:
        messages.error(request, spoken(error))
    return desk.go("approval", found.reference)


def _of(desk: Desk, reference: str) -> Any:
    """An approval of this company; another company's is not found, though the user may act there too."""
    found = selectors.approval_for(desk.user, reference)
    desk.same(found.customer)
    return found


def _context(found: Any, user: Any, form: RejectForm) -> dict[str, Any]:
    is_open = found.state == State.WAITING
    return {
        "approval": found,
        "kind": dict(kinds.titles()).get(found.kind, found.kind),
        "moneys": found.moneys,
        "ways": [rules.write_ways(one.ways) for one in found.required],
        "in_order": any(one.in_order for one in found.required),
        "signatures": [wording.signature(one) for one in found.signatures.all()],
        "missing": selectors.still_missing(found),
        "form": form,
        "may_sign": is_open and selectors.may_sign(user, found),
        "may_reject": is_open and mandates.may_pay(user, found.customer),
        "may_withdraw": is_open and found.maker_id == user.pk,
        "is_open": is_open,
    }


def _ask_code(request: HttpRequest, draft: Draft) -> None:
    challenge = services.start_signing(user=user_of(request), references=draft.answers["approvals"])
    confirmation.note(request, draft, challenge)


def _sign(request: HttpRequest, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]) -> bool:
    try:
        signed = services.sign(
            user=user_of(request), references=draft.answers["approvals"],
            challenge_id=form.challenge_id, code=form.cleaned_data["code"],
        )  # fmt: skip
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return False
    except BankError as error:
        refusals.append(spoken(error))
        return False
    renew_session(request)
    if len(signed) > 1:
        draft.answers["signed"] = [one.reference for one in signed]
        drafts.keep(request, draft)
    else:
        _tell(request, signed)
    return True


def _tell(request: HttpRequest, signed: list[Any]) -> None:
    """One sentence for those signed, one for each that the bank refused to carry out."""
    failed = [one for one in signed if one.state == State.FAILED]
    count = len(signed) - len(failed)
    if count:
        words = ngettext("%(n)s act is signed.", "%(n)s acts are signed.", count)
        messages.success(request, words % {"n": count})
    for one in failed:
        messages.error(request, f"{one.reference}: {one.decision_reason}")
