"""Payment files: sent in, checked line by line, paid in one go after a code, answered line by line."""

from functools import partial
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from bank.accounts import selectors as accounts
from bank.cif import selectors as mandates
from bank.identity.attempts import Scope
from bank.kernel.errors import BankError
from bank.messages.tables.mapping import Mapping
from bank.payments import selectors, services
from bank.payments.rules import FileStatus, LineStatus
from bank.signing import selectors as signing
from bank.web.companies import wording
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.files import ONLY_VALID, FileFilter, UploadForm, WhichForm
from bank.web.views import confirmation, drafts, paging
from bank.web.views.drafts import Draft
from bank.web.views.pages import paced, posted, spoken, user_of

JOURNEY = "payment-file"
_FILES, _LINES = 30, 100
_STATUS_OF = {
    wording.PAID: LineStatus.SETTLED,
    wording.SENT: f"{LineStatus.SENT},{LineStatus.HELD}",
    wording.REFUSED: LineStatus.REJECTED,
    wording.LEFT_OUT: LineStatus.EXCLUDED,
}


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.UPLOAD)
def files(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Files sent in, newest first, and the form that takes another; nothing is paid here."""
    form = UploadForm(posted(request), request.FILES or None, accounts=payable(desk.company))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            sent = _submit(request, form)
            place = "file-columns" if sent.status == FileStatus.RECEIVED else "file"
            return desk.go(place, sent.reference)
        except BankError as error:
            refusals = [spoken(error)]
    search = FileFilter(request.GET or None)
    given = search.cleaned_data if search.is_valid() else {}
    page = paging.by_id(request, _filtered(desk, given), size=_FILES)
    context = {
        "form": form,
        "refusals": refusals,
        "search": search,
        "files": [wording.file_task(one, desk) for one in page.rows],
        "newer": page.newer,
        "older": page.older,
        "is_filtered": any(given.values()),
        "here": request.path,
        "reset": request.path if any(given.values()) else "",
        "may_pay": mandates.may_pay(desk.user, desk.company),
    }
    return desk.show(request, "files.html", **context)


@at_desk
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """What the file says, everything wrong with it, and the choice of what to pay; or what became of it."""
    found = selectors.file_for(user_of(request), reference)
    form = _choice(request, desk, found)
    refusals: list[str] = []
    if form is not None and request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        draft = drafts.begin(
            request, JOURNEY, file=found.reference, which=given["which"], reason=given.get("reason", "")
        )
        try:
            _ask_code(request, draft, found)
            return desk.go("file-confirm", found.reference, draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    return _show_file(request, desk, found, form, refusals)


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def confirm(request: HttpRequest, desk: Desk, reference: str, draft_id: str) -> HttpResponse:
    """Count, sums and hash total once more, and the code that pays. A second press shows the same result."""
    found = selectors.file_for(user_of(request), reference)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or draft.answers["file"] != found.reference or found.status != FileStatus.CHECKED:
        return desk.go("file", found.reference)
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _pay(request, found, draft, form, refusals):
        return desk.go("file", found.reference)
    context = {
        "form": form,
        "refusals": refusals,
        "file": found,
        "draft": draft,
        "challenge": draft.answers["challenge"],
        **wording.valid_part(found),
    }
    return desk.show(request, "file_confirm.html", **context)


@at_desk
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, desk: Desk, reference: str, draft_id: str) -> HttpResponse:
    """Another code for the same file; the one before it is void."""
    found = selectors.file_for(user_of(request), reference)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or draft.answers["file"] != found.reference:
        return desk.go("file", found.reference)
    confirmation.ask_again(request, lambda: _ask_code(request, draft, found))
    return desk.go("file-confirm", found.reference, draft.id)


def _submit(request: HttpRequest, form: UploadForm) -> Any:
    given = form.cleaned_data
    wishes = services.Wishes(
        name=given["file"].name or "",
        mapping=Mapping(debtor_account=given["account"]),
        asks_columns=True,
        is_batch_booked=given["is_batch_booked"],
        is_confidential=given["is_confidential"],
    )
    return services.submit_payment_file(
        user=user_of(request), content=given["file"].read(), key=given["key"], wishes=wishes
    )


def payable(company: Any) -> list[Any]:
    """The company's accounts, to pay from."""
    return [position.account for position in accounts.accounts_of(company)]


def _filtered(desk: Desk, given: dict[str, Any]) -> Any:
    """The company's files, and those of the user's that named no company's account."""
    mine = Q(customer=desk.company) | Q(customer=None, uploaded_by=desk.user)
    found = selectors.files_for(desk.user).filter(mine)
    if words := given.get("q"):
        named = Q(message_id__icontains=words) | Q(name__icontains=words) | Q(reference__icontains=words)
        found = found.filter(named)
    return found.filter(status=given["status"]) if given.get("status") else found


def _choice(request: HttpRequest, desk: Desk, found: Any) -> WhichForm | None:
    """The choice of lines, where there is something to pay and the user may."""
    left = found.line_count - found.excluded_count
    is_open = found.status == FileStatus.CHECKED and left > found.faulty_count
    if not is_open or not mandates.may_pay(desk.user, desk.company):
        return None
    return WhichForm(
        posted(request), line_count=left, faulty_count=found.faulty_count,
        is_similar=found.similar_to_id is not None,
    )  # fmt: skip


def _show_file(
    request: HttpRequest, desk: Desk, found: Any, form: WhichForm | None, refusals: list[str]
) -> HttpResponse:
    shown = request.GET.get("lines", wording.first_view(found))
    after = paging.whole(request.GET.get("after")) or 0
    sees_lines = selectors.may_see_lines(user_of(request), found)
    lines = _lines(found, shown, after) if sees_lines else []
    is_open = found.status == FileStatus.CHECKED and mandates.may_pay(desk.user, desk.company)
    context = {
        "title": wording.title(found),
        "sees_lines": sees_lines,
        "may_mend": is_open and sees_lines,
        "may_retry": _may_retry(desk, found) and sees_lines,
        "is_table": is_open and sees_lines and found.message in {"csv", "xlsx"},
        "progress": selectors.file_progress(found),
        "file": found,
        "form": form,
        "refusals": refusals,
        "views": wording.views(request.path, found, shown),
        "lines": [wording.line_row(line) for line in lines[:_LINES]],
        "next": paging.address(request, after=lines[_LINES - 1].line) if len(lines) > _LINES else "",
        "faults": [wording.fault_row(fault) for fault in found.faults],
        "totals": wording.sums(found),
        "approval": signing.waiting_of("PAYMENT_FILE", found.reference),
        "verdict": wording.verdict(found),
    }
    return desk.show(request, "file.html", **context)


def _lines(found: Any, shown: str, after: int) -> list[Any]:
    if shown == wording.FAULTS:
        return selectors.lines_with_faults(found, after=after, limit=_LINES + 1)
    status = _STATUS_OF.get(shown, "")
    return selectors.file_lines(found, status=status, after=after, limit=_LINES + 1)


def _may_retry(desk: Desk, found: Any) -> bool:
    unpaid = found.line_count - found.settled_count - found.excluded_count
    return bool(found.status == FileStatus.PAID and unpaid and mandates.may_pay(desk.user, desk.company))


def _ask_code(request: HttpRequest, draft: Draft, found: Any) -> None:
    confirmation.note(request, draft, services.start_file_confirmation(user=user_of(request), file=found))


def _pay(
    request: HttpRequest, found: Any, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]
) -> bool:
    act = partial(
        services.confirm_payment_file, user=user_of(request), file=found, key=draft.id,
        only_valid=draft.answers["which"] == ONLY_VALID, override_reason=draft.answers.get("reason", ""),
    )  # fmt: skip
    return confirmation.confirmed(request, form, refusals, act) is not None
