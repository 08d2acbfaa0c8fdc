"""Direct debits: the mandates one gave and what is taken on them; for a company also those it holds."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.debits import selectors, services
from bank.debits.models import Collection, Creditor, Mandate
from bank.debits.rules import CLAIM_DAYS, CollectionStatus, CreditorStatus, MandateStatus, RefundKind
from bank.kernel.errors import BankError, NotFound
from bank.runtime import formats
from bank.web.orders import confirming
from bank.web.orders.confirming import Answers, Asked, Kind
from bank.web.orders.debit_forms import AdmissionForm, ClaimForm, CollectForm, MandateForm
from bank.web.orders.desk import Desk, at_desk
from bank.web.views.pages import posted, spoken

_get_or_post = require_http_methods(["GET", "POST"])
_MANY: Final = 100
_TONES: Final = {
    "PROPOSED": "PENDING",
    "WAITING": "PENDING",
    "DECLINED": "REJECTED",
    "COLLECTED": "PAID",
    "REFUSED": "REJECTED",
    "REFUNDED": "RETURNED",
    "ASKED": "PENDING",
    "ADMITTED": "ACTIVE",
    "SUSPENDED": "ON_HOLD",
    "WITHDRAWN": "REJECTED",
}


@require_GET
@at_desk
def debits(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Who may collect from the reader; of whom the reader's company collects; what is next."""
    found = list(selectors.mandates_for(desk.user)[:_MANY])
    creditor = selectors.creditor_of(desk.company) if desk.company else None
    context = {
        **_creditor(creditor),
        "given": [_row(one) for one in found if desk.holds(one.debtor_account)],
        "held": [_row(one) for one in found if _is_ours(desk, one)],
        "collections": [_line(desk, one) for one in _collections(desk)],
    }
    return desk.show(request, "debits.html", **context)


def _creditor(found: Creditor | None) -> dict[str, Any]:
    return {
        "creditor": found,
        "creditor_tone": _TONES.get(found.status, found.status) if found else "",
        "is_admitted": found is not None and found.status == CreditorStatus.ADMITTED,
        "may_ask": found is None or found.status in {CreditorStatus.WITHDRAWN, CreditorStatus.DECLINED},
    }


@_get_or_post
@at_desk
def admission(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """A company asks the bank to be let collect; staff answer on its case."""
    if desk.company is None:
        raise NotFound(what="page")
    form = AdmissionForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_admission(user=desk.user, number=desk.company.cif, wish=form.cleaned_data["wish"])
            messages.success(request, gettext("We look into it and answer you by mail."))
            return redirect(f"{desk.root}debits/")
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "debit_admission.html", form=form, refusals=refusals)


@_get_or_post
@at_desk
def claim(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """Who pays says that a direct debit was not authorised, and what happened."""
    found = selectors.collection_for(desk.user, reference)
    desk.require(found.mandate.debtor_account, "direct debit")
    back = f"{desk.root}debits/{_mandate(desk, found.mandate.reference).reference}/"
    form = ClaimForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.claim(user=desk.user, reference=found.reference, why=form.cleaned_data["why"])
            messages.success(request, gettext("We look into it, and the mandate has ended."))
            return redirect(back)
        except BankError as error:
            refusals = [spoken(error)]
    shown = {"line": _line(desk, found), "back": back, "days": CLAIM_DAYS}
    return desk.show(request, "debit_claim.html", form=form, refusals=refusals, **shown)


@_get_or_post
@at_desk
def new(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """A company asks a customer of its own to be allowed to collect."""
    if desk.company is None:
        raise NotFound(what="page")
    form = MandateForm(posted(request), accounts=desk.accounts)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose(user=desk.user, terms=form.terms())
            messages.success(request, gettext("We asked them. They confirm it in their portal."))
            return redirect(f"{desk.root}debits/{made.reference}/")
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "debit_new.html", form=form, refusals=refusals)


@_get_or_post
@at_desk
def mandate(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """One mandate: its words, what was and will be taken; for the company the form to collect."""
    found = _mandate(desk, reference)
    form = CollectForm(posted(request), currency=found.currency)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.collect(user=desk.user, reference=found.reference, **form.asked())
            messages.success(request, gettext("The collection is announced."))
            return redirect(f"{desk.root}debits/{found.reference}/")
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "debit.html", form=form, refusals=refusals, **_shown(desk, found))


@require_POST
@at_desk
def act(request: HttpRequest, desk: Desk, reference: str, act: str) -> HttpResponseBase:
    """Goes on to the code that confirms it; or declines, or cancels."""
    found = _mandate(desk, reference)
    back = f"{desk.root}debits/{found.reference}/"
    try:
        if act == "confirm":
            return redirect(confirming.begin(request, desk, CONFIRM, back, of=found.reference))
        if act == "decline":
            services.decline(user=desk.user, reference=found.reference)
            messages.success(request, gettext("You declined it. They can collect nothing."))
        elif act == "cancel":
            services.cancel(user=desk.user, reference=found.reference)
            messages.success(request, gettext("The mandate has ended. Nothing more is collected on it."))
        else:
            raise Http404
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect(back)


@require_POST
@at_desk
def collection_act(request: HttpRequest, desk: Desk, reference: str, act: str) -> HttpResponseBase:
    """Refuses or cancels what is to come; asks back what was taken."""
    found = selectors.collection_for(desk.user, reference)
    owner = _mandate(desk, found.mandate.reference)
    try:
        messages.success(request, _do(act, {"user": desk.user, "reference": found.reference}))
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect(f"{desk.root}debits/{owner.reference}/")


def _do(act: str, who: dict[str, Any]) -> str:
    if act == "refuse":
        services.refuse(**who)
        return gettext("It will not be collected.")
    if act == "cancel":
        services.cancel_collection(**who)
        return gettext("You took the collection back.")
    if act == "refund":
        services.refund(**who)
        return gettext("The money is back on your account.")
    raise Http404


def _mandate(desk: Desk, reference: str) -> Mandate:
    found = selectors.mandate_for(desk.user, reference)
    if not (desk.holds(found.debtor_account) or _is_ours(desk, found)):
        raise NotFound(what="mandate")
    return found


def _is_ours(desk: Desk, one: Mandate) -> bool:
    return desk.company is not None and one.creditor_id == desk.company.pk


def _collections(desk: Desk) -> list[Collection]:
    found = selectors.collections_for(desk.user)[:_MANY]
    return [one for one in found if desk.holds(one.mandate.debtor_account) or _is_ours(desk, one.mandate)]


def _row(one: Mandate) -> dict[str, Any]:
    return {"mandate": one, "tone": _TONES.get(one.status, one.status), "most": formats.money(one.limit)}


def _line(desk: Desk, one: Collection) -> dict[str, Any]:
    is_payer = desk.holds(one.mandate.debtor_account)
    pending = one.status == CollectionStatus.PENDING
    return {
        "one": one,
        "is_payer": is_payer,
        "tone": _TONES.get(one.status, one.status),
        "sum": formats.money(one.money),
        "may_refuse": pending and is_payer,
        "may_cancel": pending and not is_payer,
        "may_refund": is_payer and services.can_refund(one, RefundKind.NO_QUESTION),
        "may_claim": is_payer and _may_claim(one),
        "claim": selectors.claim_of(one),
    }


def _may_claim(one: Collection) -> bool:
    """Whether nothing but a claim is left to ask it back with, and none was made."""
    return selectors.claim_of(one) is None and services.can_refund(one, RefundKind.UNAUTHORISED)


def _shown(desk: Desk, found: Mandate) -> dict[str, Any]:
    is_payer = desk.holds(found.debtor_account)
    taken = found.collections.order_by("-due_date", "-pk").select_related(
        "mandate__debtor_account__customer", "refund_claim__case"
    )[:_MANY]
    return {
        **_row(found),
        "is_payer": is_payer,
        "may_confirm": is_payer and found.status == MandateStatus.PROPOSED,
        "may_cancel": found.status in selectors.OPEN,
        "may_collect": _is_ours(desk, found) and found.status == MandateStatus.ACTIVE,
        "lines": [_line(desk, one) for one in taken],
    }


def _ask_confirm(desk: Desk, answers: Answers) -> Asked:
    found = _mandate(desk, answers["of"])
    rows = [
        (gettext("Company"), found.creditor.display_name),
        (gettext("Mandate reference"), found.creditor_reference),
        (gettext("From"), formats.account_number(found.debtor_account.number)),
        (gettext("Each time at most"), formats.money(found.limit)),
        (gettext("In a month at most"), formats.money(found.month_limit)),
        (gettext("From the day"), formats.day(found.first_date)),
        (gettext("Last day"), formats.day(found.last_date) if found.last_date else gettext("None")),
        (gettext("You are told before"), gettext("%(n)s days") % {"n": found.notice_days}),
        (gettext("Kind"), str(found.get_kind_display())),
    ]
    challenge = services.start_confirming(user=desk.user, reference=found.reference)
    return Asked(challenge, rows, gettext("Let them collect"))


def _do_confirm(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    found = services.confirm(
        user=desk.user,
        reference=_mandate(desk, answers["of"]).reference,
        challenge_id=proof["challenge_id"],
        code=proof["code"],
    )
    waits = found.status == MandateStatus.WAITING
    said = gettext("It waits for the others' signatures.") if waits else gettext("They may collect now.")
    return f"{desk.root}debits/{found.reference}/", said


CONFIRM = confirming.register(
    Kind("debit-mandate", lambda: gettext("Check the mandate"), _ask_confirm, _do_confirm)
)
