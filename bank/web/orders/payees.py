"""A company's payees; templates, and groups of payees paid in one act, of companies and of persons."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.payments import directory, selectors, services
from bank.payments.models import PayeeGroup
from bank.payments.services import Elsewhere
from bank.payments.services.trials import right
from bank.runtime import formats
from bank.web.orders import confirming, grouping
from bank.web.orders.confirming import Answers, Asked, Kind
from bank.web.orders.desk import Desk, at_desk
from bank.web.orders.paying import may_pay
from bank.web.orders.paying_forms import BANK, HERE, PAYEES, PHONE, PLACES, FromForm, GroupForm
from bank.web.views.pages import posted, spoken

_get_or_post = require_http_methods(["GET", "POST"])


@_get_or_post
@at_desk
def payees(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Those kept, here and at other banks, and the form for one more; groups and templates beside them."""
    at = request.GET.get("at", HERE)
    at = at if at in PLACES else HERE
    form = PAYEES[at](posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = {
            "name": given["name"], "number": given["number"], "place": form.place,
            "is_tried": given.get("is_tried", False), "is_savings": given.get("is_savings", False),
        }  # fmt: skip
        try:
            return redirect(confirming.begin(request, desk, ADD, f"{desk.root}payees/", **asked))
        except BankError as error:
            refusals = [spoken(error)]
    company = _company(desk)
    context = {
        "form": form,
        "refusals": refusals,
        "places": _places(at),
        "banks": directory.names() if at == BANK else [],
        "payees": [_row(one) for one in selectors.beneficiaries(desk.user, company)],
        "may_pay": may_pay(desk),
        **repeated(desk.user, company),
    }
    return desk.show(request, "payees.html", **context)


@require_POST
@at_desk
def remove(request: HttpRequest, desk: Desk, payee_id: int) -> HttpResponseBase:
    """Lets go of a payee; payments already sent to them stay as they are."""
    services.remove_beneficiary(user=desk.user, beneficiary_id=payee_id)
    messages.success(request, gettext("The payee was removed."))
    return redirect(f"{desk.root}payees/")


@require_POST
@at_desk
def forget_template(request: HttpRequest, desk: Desk, template_id: int) -> HttpResponseBase:
    services.remove_template(user=desk.user, cif_number=desk.owner.cif, template_id=template_id)
    messages.success(request, gettext("The template was removed."))
    return redirect(f"{desk.root}payees/")


@_get_or_post
@at_desk
def new_group(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Puts payees together, each with what they usually get."""
    owner = desk.owner
    kept = selectors.beneficiaries(desk.user, owner)
    form = GroupForm(posted(request), payees=kept, accounts=desk.payable)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            group = services.keep_group(
                user=desk.user, cif_number=owner.cif, name=given["name"], members=given["members"]
            )
            return redirect(f"{desk.root}groups/{group.pk}/")
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "group_new.html", form=form, refusals=refusals, has_payees=bool(kept))


@_get_or_post
@at_desk
def group(request: HttpRequest, desk: Desk, group_id: int) -> HttpResponseBase:
    """Who gets what, and the total; sent, it becomes a payment file to be confirmed with one code."""
    owner = desk.owner
    known = selectors.group_of(desk.user, owner, group_id)
    accounts = [one for one in desk.payable if one.currency == known.currency]
    form = FromForm(posted(request), accounts=accounts, initial={"key": ids.uuid7().hex})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            file = services.pay_group(
                user=desk.user, cif_number=owner.cif, group_id=known.pk,
                debtor_number=form.cleaned_data["account"], key=form.cleaned_data["key"],
            )  # fmt: skip
            if desk.company is not None:
                return redirect(f"{desk.root}files/{file.reference}/")
            return redirect(grouping.begin(request, desk, file))
        except BankError as error:
            refusals = [spoken(error)]
    context = {"form": form, "refusals": refusals, **_group_row(known), "may_pay": may_pay(desk)}
    return desk.show(request, "group.html", **context)


@require_POST
@at_desk
def forget_group(request: HttpRequest, desk: Desk, group_id: int) -> HttpResponseBase:
    services.remove_group(user=desk.user, cif_number=desk.owner.cif, group_id=group_id)
    messages.success(request, gettext("The group was removed; its payees stay."))
    return redirect(f"{desk.root}payees/")


def repeated(user: User, owner: Customer | None) -> dict[str, Any]:
    """What a customer keeps to pay again, for the page of the payees; nothing for who is none."""
    if owner is None:
        return {"groups": [], "templates": []}
    groups = [_group_row(one) for one in selectors.groups_of(user, owner)]
    return {"groups": groups, "templates": selectors.templates_of(user, owner)}


def _company(desk: Desk) -> Customer:
    assert desk.company is not None
    return desk.company


def _places(at: str) -> list[dict[str, Any]]:
    labels = {HERE: settings.BANK_NAME, BANK: gettext("Another bank"), PHONE: gettext("Mobile money")}
    return [
        {"label": label, "url": f"?at={place}", "current": place == at} for place, label in labels.items()
    ]


def _row(payee: Any) -> dict[str, Any]:
    is_here = selectors.is_own_agent(payee.agent)
    number = formats.account_number(payee.number) if is_here else f"{payee.number} · {payee.agent}"
    return {"payee": payee, "number": number}


def _group_row(group: PayeeGroup) -> dict[str, Any]:
    members = selectors.members(group)
    total = sum((one.amount for one in members), start=Money.zero(group.currency).amount)
    return {
        "group": group,
        "total": Money(total, group.currency),
        "members": [{**_row(one.payee), "money": Money(one.amount, group.currency)} for one in members],
    }


def _asked(desk: Desk, answers: Answers) -> dict[str, Any]:
    place = answers["place"]
    to = Elsewhere(place["agent"], place["country"]) if place else None
    return {
        "cif_number": desk.owner.cif, "name": answers["name"], "number": answers["number"], "to": to,
    }  # fmt: skip


def _ask(desk: Desk, answers: Answers) -> Asked:
    challenge = services.start_beneficiary(user=desk.user, **_asked(desk, answers))
    place = answers["place"]
    number = answers["number"] if place else formats.account_number(answers["number"])
    rows = [
        (gettext("Name"), answers["name"]),
        (gettext("Account"), number),
        (gettext("Bank"), place.get("bank") or settings.BANK_NAME),
    ]
    until = _until(answers)
    if until is not None:
        said = gettext("The account is tried without money; nothing can be paid to it until %(day)s")
        rows.append((gettext("Before the first payment"), said % {"day": formats.day(until)}))
    says = gettext("Make sure of the account number before you send.")
    unchecked = (("note", gettext("The name could not be checked"), says),) if place else ()
    return Asked(challenge, rows, gettext("Add the payee"), unchecked)


def _do(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    added = services.add_beneficiary(
        user=desk.user, challenge_id=proof["challenge_id"], code=proof["code"],
        is_tried=_until(answers) is not None, account_type="SVGS" if answers.get("is_savings") else "",
        **_asked(desk, answers),
    )  # fmt: skip
    said = gettext("%(name)s is among your payees now.") % {"name": added.name}
    return f"{desk.root}payees/", said


def _until(answers: Answers) -> date | None:
    """When money may follow where the account is to be tried and can be."""
    place = answers["place"]
    if not place or not answers.get("is_tried"):
        return None
    return services.trial_until(place["agent"], place["country"])


@require_POST
@at_desk
def correct(request: HttpRequest, desk: Desk, payee_id: int) -> HttpResponseBase:
    """What the payee's bank says is right, to be taken over with a code."""
    try:
        return redirect(confirming.begin(request, desk, CORRECT, f"{desk.root}payees/", payee=payee_id))
    except NotFound:
        raise
    except BankError as error:
        messages.error(request, spoken(error))
        return redirect(f"{desk.root}payees/")


def _ask_right(desk: Desk, answers: Answers) -> Asked:
    challenge = services.start_correction(user=desk.user, beneficiary_id=answers["payee"])
    payee = next(one for one in selectors.beneficiaries(desk.user) if one.pk == answers["payee"])
    number, agent, _kind = right(payee.trial)
    rows = [
        (gettext("Name"), payee.name),
        (gettext("Until now"), f"{payee.number} · {directory.name_of(payee.agent)}"),
        (gettext("From now on"), f"{number} · {directory.name_of(agent)}"),
    ]
    says = gettext("For a day little can be paid to a payee whose number changed.")
    return Asked(challenge, rows, gettext("Take over the number"), (("note", "", says),))


def _do_right(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    payee = services.correct_payee(
        user=desk.user, beneficiary_id=answers["payee"], challenge_id=proof["challenge_id"],
        code=proof["code"],
    )  # fmt: skip
    said = gettext("%(name)s is paid on the new number from now on.") % {"name": payee.name}
    return f"{desk.root}payees/", said


CORRECT = confirming.register(
    Kind("payee-right", lambda: gettext("Check what is right now"), _ask_right, _do_right)
)
ADD = confirming.register(Kind("payee", lambda: gettext("Check the payee"), _ask, _do))
