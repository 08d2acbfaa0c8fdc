"""A company's single payments: made to anybody, here, at another bank or on a phone; followed; taken back."""

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif import selectors as mandates
from bank.kernel.errors import BankError, NotFound
from bank.payments import directory, selectors, services
from bank.payments.models import PaymentOrder
from bank.payments.rules import PaymentStatus
from bank.payments.services import Elsewhere, Quote
from bank.runtime import formats
from bank.signing import selectors as signing
from bank.signing.rules import PaymentType
from bank.web.orders import confirming, naming
from bank.web.orders.confirming import Answers, Asked, Kind, Row
from bank.web.orders.desk import Desk, at_desk
from bank.web.orders.paying_forms import BANK, HERE, PAYMENTS, PHONE, PLACES, PaymentSearch, TemplateForm
from bank.web.orders.ways import chosen, ways
from bank.web.templatetags.bank import rail as rail_name
from bank.web.views import paging, pricing
from bank.web.views.pages import posted, spoken

_PAGE: Final = 30
_ACTS: Final = {"cancel": services.cancel, "recall": services.recall}


@require_GET
@at_desk
def payments(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The company's single payments, newest first; lines of files stand with their file."""
    search = PaymentSearch(request.GET or None)
    given = search.cleaned_data if search.is_valid() else {}
    page = paging.by_id(request, _filtered(desk, given), size=_PAGE)
    context = {
        "search": search,
        "payments": page.rows,
        "newer": page.newer,
        "older": page.older,
        "is_filtered": any(given.values()),
        "reset": request.path if any(given.values()) else "",
        "may_pay": may_pay(desk),
    }
    return desk.show(request, "payments.html", **context)


@require_http_methods(["GET", "POST"])
@at_desk
def pay(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """To whom, how much, from where; then the check with the fee, the way and why, and the code."""
    filled = _filled(request, desk)
    at = filled.pop("at")
    form = PAYMENTS[at](posted(request), accounts=desk.payable, initial=filled)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_begin(request, desk, form))
        except BankError as error:
            refusals = [spoken(error)]
    company = desk.company
    assert company is not None
    context = {
        "form": form,
        "refusals": refusals,
        "places": _places(request, at),
        "banks": directory.names() if at == BANK else [],
        "payees": selectors.beneficiaries(desk.user, company),
        "templates": selectors.templates_of(desk.user, company),
    }
    return desk.show(request, "payment_new.html", **context)


@require_http_methods(["GET", "POST"])
@at_desk
def payment(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """The receipt with every step; sent as a form it keeps the payment as a template."""
    known = _known(desk, reference)
    form = TemplateForm(posted(request), initial={"name": known.creditor_name[:60]})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            _keep(desk, known, form.cleaned_data["name"])
            messages.success(request, gettext("It is kept as a template."))
            return redirect(f"{desk.root}payments/new/")
        except BankError as error:
            refusals = [spoken(error)]
    context = {
        "payment": known,
        "steps": selectors.timeline(known),
        "ways": ways(known.routing or []),
        "form": form,
        "refusals": refusals,
        "may_cancel": may_pay(desk) and selectors.may_cancel(known),
        "may_recall": may_pay(desk) and selectors.is_recallable(known),
        "may_keep": may_pay(desk),
        "is_held": selectors.is_held(known),
    }
    return desk.show(request, "payment.html", **context)


@require_POST
@at_desk
def act(request: HttpRequest, desk: Desk, reference: str, act: str) -> HttpResponseBase:
    """Cancels a payment that has not left, or asks the other bank for the money."""
    known = _known(desk, reference)
    if act not in _ACTS:
        raise Http404
    said = {
        "cancel": gettext("The payment was cancelled."),
        "recall": gettext("The other bank was asked to send the money back."),
    }
    try:
        _ACTS[act](user=desk.user, reference=known.reference)
        messages.success(request, said[act])
    except NotFound:
        raise
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect(f"{desk.root}payments/{known.reference}/")


def may_pay(desk: Desk) -> bool:
    """Whether who reads the page may pay for the company, or the person."""
    return mandates.may_pay(desk.user, desk.owner)


def _known(desk: Desk, reference: str) -> PaymentOrder:
    known = selectors.payment_for(desk.user, reference)
    desk.require(known.debtor_account, "payment")
    return known


def _filtered(desk: Desk, given: dict[str, Any]) -> Any:
    found = selectors.payments_for(desk.user).filter(debtor_account__customer=desk.company, file_line=None)
    if words := given.get("q"):
        named = Q(creditor_name__icontains=words) | Q(remittance__icontains=words)
        found = found.filter(named | Q(reference__iexact=words) | Q(creditor_number=words.replace(" ", "")))
    return found.filter(status=given["status"]) if given.get("status") else found


def _places(request: HttpRequest, at: str) -> list[dict[str, Any]]:
    labels = {HERE: settings.BANK_NAME, BANK: gettext("Another bank"), PHONE: gettext("Mobile money")}
    return [
        {"label": label, "url": f"?{urlencode({'at': place})}", "current": place == at}
        for place, label in labels.items()
    ]


def _filled(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """What the address fills the form with: a saved payee, or a template; else only where the payee is."""
    company, given = desk.company, request.GET
    assert company is not None
    for payee in selectors.beneficiaries(desk.user, company) if given.get("payee") else []:
        if str(payee.pk) == given["payee"]:
            return _who(payee.name, payee.number, payee.agent)
    for kept in selectors.templates_of(desk.user, company) if given.get("template") else []:
        if str(kept.pk) == given["template"]:
            who = _who(kept.creditor_name, kept.creditor_number, kept.creditor_agent)
            amount = formats.amount(kept.money)
            more = {"account": kept.debtor_account.number, "amount": amount, "remittance": kept.remittance}
            return who | more
    return {"at": given.get("at") if given.get("at") in PLACES else HERE}


def _who(name: str, number: str, agent: str) -> dict[str, Any]:
    place = HERE if selectors.is_own_agent(agent) or not agent else PHONE if agent == "MPESA" else BANK
    return {"at": place, "name": name, "number": number, "bank": agent}


def _begin(request: HttpRequest, desk: Desk, form: Any) -> str:
    given = form.cleaned_data
    answers = {
        "debtor": given["account"].number,
        "name": given["name"],
        "number": given["number"],
        "text": given["remittance"],
        "speed": given.get("speed") or "FASTEST",
        "place": form.place,
    }
    return confirming.begin(request, desk, PAY, request.get_full_path(), sum=form.sum, **answers)


def _parties(answers: Answers) -> dict[str, Any]:
    place = answers["place"]
    to = Elsewhere(place["agent"], place["country"], answers["speed"]) if place else None
    return {
        "debtor_number": answers["debtor"],
        "creditor_number": answers["number"],
        "creditor_name": answers["name"],
        "amount": confirming.money_of(answers),
        "to": to,
    }


def _ask(desk: Desk, answers: Answers) -> Asked:
    asked = _parties(answers)
    quoted = services.quote(user=desk.user, **asked)
    same = selectors.same_just_now(
        desk.user, quoted.debtor_number, quoted.creditor_number, quoted.amount, answers["text"]
    )
    send = gettext("Send %(amount)s") % {"amount": formats.money(quoted.amount)}
    challenge = services.start_payment(user=desk.user, **asked)
    return Asked(challenge, _rows(desk, answers, quoted), send, tuple(_warnings(quoted, same)))


def _rows(desk: Desk, answers: Answers, quoted: Quote) -> list[Row]:
    place = answers["place"].get("bank") or settings.BANK_NAME
    is_here = not answers["place"]
    number = formats.account_number(quoted.creditor_number) if is_here else quoted.creditor_number
    rows = [
        (gettext("To"), quoted.creditor_name),
        (gettext("Account"), f"{number}, {place}"),
        (gettext("From"), formats.account_number(quoted.debtor_number)),
        (gettext("Amount"), formats.money(quoted.amount)),
        (gettext("Fee"), pricing.fee(quoted)),
        (gettext("In total"), formats.money(quoted.total)),
        *_way_rows([one.as_json() for one in quoted.considered]),
    ]
    if answers["text"]:
        rows.append((gettext("Message"), answers["text"]))
    needed = _signatures(desk, quoted)
    return [*rows, (gettext("Signatures needed"), str(needed))] if needed > 1 else rows


def _way_rows(considered: list[dict[str, Any]]) -> list[Row]:
    """Which way it goes, when it leaves, and why not another."""
    way = chosen(considered)
    if way is None:
        return [(gettext("When"), gettext("Now, arrives in seconds"))]
    leaves = formats.moment(way["leaves_at"]) if way["leaves_at"] else gettext("Now")
    others = "; ".join(f"{rail_name(one['rail'])}: {one['says']}" for one in ways(considered))
    return [
        (gettext("Way"), rail_name(way["rail"])),
        (gettext("Leaves"), leaves),
        (gettext("Why this way"), others),
    ]


def _signatures(desk: Desk, quoted: Quote) -> int:
    assert desk.company is not None
    if quoted.is_own:
        return 1
    kind = PaymentType.INTERNAL if quoted.chosen is None else PaymentType.EXTERNAL
    return signing.needed(
        desk.company, [quoted.amount], maker=desk.user, payment_type=kind, accounts=[quoted.debtor_number]
    )


def _warnings(quoted: Quote, same: PaymentOrder | None) -> list[naming.Warning_]:
    found: list[naming.Warning_] = []
    if same is not None:
        says = gettext("You sent the same amount to the same payee at %(time)s. Send it only if you mean to.")
        said = says % {"time": formats.clock_time(same.initiated_at)}
        found.append(("warning", gettext("Is this a second payment?"), said))
    if quoted.cooling is not None:
        says = gettext("After this payment at most %(left)s more can go to this payee until %(until)s.")
        left, until = quoted.cooling.left - quoted.amount, quoted.cooling.until
        said = says % {"left": formats.money(left), "until": formats.moment(until)}
        found.append(("note", gettext("A new payee"), said))
    if not quoted.is_own:
        found += naming.warnings(quoted.name_check, quoted.matched_name_hint)
    if not quoted.recallable:
        found.append(("note", "", gettext("Once sent, it cannot be recalled.")))
    return found


def _do(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    paid = services.pay(user=desk.user, remittance=answers["text"], **_parties(answers), **proof)
    said = ""
    if paid.status == PaymentStatus.AWAITING_APPROVAL and not selectors.is_held(paid):
        said = gettext("It waits for the others' signatures.")
    return f"{desk.root}payments/{paid.reference}/", said


def _keep(desk: Desk, known: PaymentOrder, name: str) -> None:
    assert desk.company is not None
    to = Elsewhere(known.creditor_agent, known.creditor_country) if known.creditor_country else None
    services.keep_template(
        user=desk.user, cif_number=desk.company.cif, name=name, debtor_number=known.debtor_number,
        creditor_name=known.creditor_name, creditor_number=known.creditor_number, amount=known.money,
        remittance=known.remittance, to=to,
    )  # fmt: skip


PAY = confirming.register(Kind("payment", lambda: gettext("Check before you pay"), _ask, _do))
