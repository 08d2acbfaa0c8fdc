"""What one holder of a joint account asked and the others must agree to: seen, agreed to, refused."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from bank.accounts import joint, selectors, services
from bank.accounts.rules import JointState
from bank.kernel.errors import BankError
from bank.runtime import formats
from bank.web.views import paging
from bank.web.views.pages import customer_page, spoken, user_of
from portals.personal.forms.accounts import RefuseForm
from portals.personal.nav import show
from portals.personal.views import standing

_PAGE = 30


def task(asked: Any) -> dict[str, Any]:
    """An act as a row of a list: what it is, on which account, who asked."""
    is_open = asked.state == JointState.WAITING
    return {
        "label": heading(asked),
        "note": " · ".join((asked.summary, asked.maker.full_name, formats.moment(asked.made_at))),
        "url": reverse("personal:joint-act", args=[asked.reference]),
        "status": "WAITING" if is_open else _STATUS[asked.state],
        "status_label": gettext("Waiting") if is_open else asked.get_state_display(),
    }


def heading(asked: Any) -> str:
    """Such as ``Payment, KES 1,250.00``."""
    title = str(joint.named(asked.kind).title)
    return title if asked.money is None else f"{title}, {formats.money(asked.money)}"


_STATUS = {
    JointState.AGREED: "APPROVED",
    JointState.REFUSED: "REJECTED",
    JointState.WITHDRAWN: "WITHDRAWN",
    JointState.EXPIRED: "EXPIRED",
    JointState.FAILED: "FAILED",
}


def waiting(request: HttpRequest, asked: Any) -> HttpResponse:
    """To the page of what now waits for the other holder."""
    messages.success(
        request, gettext("It waits for the other holder of the account, who was told. Nothing was done yet.")
    )
    return redirect("personal:joint-act", asked.reference)


@customer_page
@require_GET
def acts(request: HttpRequest) -> HttpResponse:
    """What waits for the reader's yes; below it everything else, newest first."""
    user = user_of(request)
    mine = selectors.waiting_for(user)
    others = selectors.joint_acts_for(user).exclude(pk__in=[one.pk for one in mine])
    page = paging.by_id(request, others, size=_PAGE)
    context = {
        "waiting": [task(one) for one in mine],
        "others": [task(one) for one in page.rows],
        "newer": page.newer,
        "older": page.older,
    }
    return show(request, "joint_acts.html", **context)


@customer_page
@require_GET
def act(request: HttpRequest, reference: str) -> HttpResponse:
    """One of them: what it does, who has said yes, what the reader may do about it."""
    return _show(request, selectors.joint_act_for(user_of(request), reference), RefuseForm())


@customer_page
@require_POST
def agree(request: HttpRequest, reference: str) -> HttpResponse:
    """Begins a yes: a code for exactly this is asked for."""
    asked = selectors.joint_act_for(user_of(request), reference)
    here = reverse("personal:joint-act", args=[asked.reference])
    try:
        return standing.begin(request, "agree", _rows(asked), back=here, reference=asked.reference)
    except BankError as error:
        messages.error(request, spoken(error))
        return redirect(here)


@customer_page
@require_POST
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """A no, with a reason whoever asked will read."""
    asked = selectors.joint_act_for(user_of(request), reference)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            services.joint.refuse(
                user=user_of(request), reference=asked.reference, why=form.cleaned_data["why"]
            )
            messages.success(request, gettext("You refused it. Whoever asked is told why."))
            return redirect("personal:joint-act", asked.reference)
        except BankError as error:
            form.add_error(None, spoken(error))
    return _show(request, asked, form)


@customer_page
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """The maker's own second thought."""
    asked = selectors.joint_act_for(user_of(request), reference)
    try:
        services.joint.withdraw(user=user_of(request), reference=asked.reference)
        messages.success(request, gettext("You took it back. Nothing was done."))
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect("personal:joint-act", asked.reference)


def _rows(asked: Any) -> list[list[str]]:
    return [
        [gettext("What"), asked.summary],
        [gettext("From"), f"{asked.account.label}, {formats.account_number(asked.account.number)}"],
        [gettext("Asked by"), f"{asked.maker.full_name}, {formats.moment(asked.made_at)}"],
    ]


def _show(request: HttpRequest, asked: Any, form: RefuseForm) -> HttpResponse:
    user = user_of(request)
    is_open = asked.state == JointState.WAITING
    context = {
        "asked": asked,
        "heading": heading(asked),
        "row": task(asked),
        "rows": _rows(asked),
        "silent": selectors.silent(asked) if is_open else [],
        "form": form,
        "is_open": is_open,
        "may_agree": is_open and selectors.may_agree(user, asked),
        "may_withdraw": is_open and asked.maker_id == user.pk,
    }
    return show(request, "joint_act.html", **context)
