"""What waits for signatures: chosen, looked at once more, signed with one code; or rejected with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.identity.attempts import Scope
from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError
from bank.signing import selectors, services
from bank.signing.rules import State
from bank.web.views import confirmation, drafts, paging
from bank.web.views.drafts import Draft
from bank.web.views.pages import customer_page, paced, posted, renew_session, spoken, user_of
from portals.corporate import company, wording
from portals.corporate.forms.approvals import RejectForm
from portals.corporate.nav import show

JOURNEY = "approval"
_PAGE = 30


@customer_page
@require_http_methods(["GET", "POST"])
def approvals(request: HttpRequest, cif: str) -> HttpResponse:
    """What the reader can sign, to tick and sign together; below it everything else, newest first."""
    known, user = company.named(request, cif), user_of(request)
    refusals: list[str] = []
    if request.method == "POST":
        draft = drafts.begin(request, JOURNEY, approvals=request.POST.getlist("approval"))
        try:
            _ask_code(request, draft)
            return redirect("corporate:approval-sign", known.cif, draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    waiting = list(selectors.waiting_for(user, known)[:_PAGE])
    others = selectors.approvals_of(user, known).exclude(pk__in=[one.pk for one in waiting])
    page = paging.by_id(request, others, size=_PAGE)
    context = {
        "waiting": [wording.approval_task(one, known.cif) for one in waiting],
        "others": [wording.approval_task(one, known.cif) for one in page.rows],
        "newer": page.newer,
        "older": page.older,
        "refusals": refusals,
    }
    return show(request, "approvals.html", known, **context)


@customer_page
@require_GET
def approval(request: HttpRequest, cif: str, reference: str) -> HttpResponse:
    """One act: what it is, who has signed, what may be done about it."""
    known, user = company.named(request, cif), user_of(request)
    found = _of(request, known, reference)
    return show(request, "approval.html", known, **_context(found, user, RejectForm()))


@customer_page
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def sign(request: HttpRequest, cif: str, draft_id: str) -> HttpResponse:
    """What is signed once more with its total, and the code that signs it."""
    known = company.named(request, cif)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or "challenge" not in draft.answers:
        return redirect("corporate:approvals", known.cif)
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _sign(request, draft, form, refusals):
        return redirect("corporate:approvals", known.cif)
    chosen = [_of(request, known, one) for one in draft.answers["approvals"]]
    context = {
        "form": form,
        "refusals": refusals,
        "draft": draft,
        "challenge": draft.answers["challenge"],
        "chosen": [wording.approval_task(one, known.cif) for one in chosen],
        "totals": wording.totals_of(chosen),
    }
    return show(request, "approval_sign.html", known, **context)


@customer_page
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, cif: str, draft_id: str) -> HttpResponse:
    """Another code for the same; the one before it is void."""
    known = company.named(request, cif)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None:
        return redirect("corporate:approvals", known.cif)
    confirmation.ask_again(request, lambda: _ask_code(request, draft))
    return redirect("corporate:approval-sign", known.cif, draft.id)


@customer_page
@require_POST
def reject(request: HttpRequest, cif: str, reference: str) -> HttpResponse:
    """Refuses it; the reason is shown to whoever made it."""
    known, user = company.named(request, cif), user_of(request)
    found = _of(request, known, reference)
    form = RejectForm(request.POST)
    if form.is_valid():
        try:
            services.reject(user=user, reference=found.reference, reason=form.cleaned_data["reason"])
            messages.success(request, gettext("It is rejected. Whoever made it is told why."))
            return redirect("corporate:approval", known.cif, found.reference)
        except BankError as error:
            form.add_error(None, spoken(error))
    return show(request, "approval.html", known, **_context(found, user, form))


@customer_page
@require_POST
def withdraw(request: HttpRequest, cif: str, reference: str) -> HttpResponse:
    """The maker's own second thought."""
    known = company.named(request, cif)
    found = _of(request, known, reference)
    try:
        services.withdraw(user=user_of(request), reference=found.reference)
        messages.success(request, gettext("It is withdrawn. Nothing was paid."))
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect("corporate:approval", known.cif, found.reference)


def _of(request: HttpRequest, known: Any, reference: str) -> Any:
    """An approval of this company; another company's is not found, though the user may act there too."""
    found = selectors.approval_for(user_of(request), reference)
    company.same(known, found.customer)
    return found


def _context(found: Any, user: Any, form: RejectForm) -> dict[str, Any]:
    is_open = found.state == State.WAITING
    signed = [one.user_id for one in found.signatures.all()]
    may_sign = is_open and selectors.waiting_for(user, found.customer).filter(pk=found.pk).exists()
    return {
        "approval": found,
        "moneys": found.moneys,
        "signatures": [{"name": one.user.full_name, "at": one.signed_at} for one in found.signatures.all()],
        "missing": max(found.needed - len(signed), 0),
        "form": form,
        "may_sign": may_sign,
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
