"""Who signs for the company: its rules, classes and delegations, and how its owners have them changed."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.accounts import selectors as accounts
from bank.identity.attempts import Scope
from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.onboarding.services import invitations
from bank.runtime import formats
from bank.signing import differences, rules, selectors, services
from bank.signing.differences import Handover, Wanted
from bank.signing.rules import State
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.signing import REMOVE, ChangeForm, DelegateForm, PersonForm, RuleForm
from bank.web.views import confirmation, drafts
from bank.web.views.drafts import Draft
from bank.web.views.pages import paced, posted, renew_session, spoken, user_of

JOURNEY = "signing"


@at_desk
@require_GET
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The rules that hold, who signs in which class, who signs for whom."""
    known, user = desk.company, desk.user
    is_owner = invitations.may_administer(user, known)
    own = [_rule(one) for one in selectors.rules_of(known)]
    context = {
        "own": own,
        "general": [] if own else _general(known),
        "people": [_person(one) for one in differences.mandates_of(known)],
        "delegations": [_delegation(one, user, is_owner) for one in selectors.delegations_of(known)],
        "needs": [rules.write_ways(terms.ways) for terms in selectors.strictest(known)],
        "is_owner": is_owner,
        "waiting": list(
            selectors.approvals_of(user, known).filter(kind=selectors.RULES, state=State.WAITING)
        ),
    }
    return desk.show(request, "signing.html", **context)


@at_desk
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, desk: Desk, pk: int | None = None) -> HttpResponse:
    """One rule: a new one, or another in place of one that holds, or none."""
    known = _administered(desk)
    held = selectors.rules_of(known).filter(pk=pk).first() if pk else None
    if pk and held is None:
        raise NotFound(what="rule")
    form = RuleForm(posted(request), **_choices(known), initial=_as_asked(held))

    def wanted() -> Wanted:
        step = None if REMOVE in request.POST else form.step()
        return _with_rule(known, held, step, form.cleaned_data["currency"])

    return _form_page(request, desk, form, wanted, gettext("Signing rule"), may_remove=held is not None)


@at_desk
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Somebody's signature class and limit."""
    known = _administered(desk)
    held = differences.mandates_of(known).filter(pk=pk, can_pay=True).first()
    if held is None:
        raise NotFound(what="person")
    limit = f"{held.single_limit:.2f}" if held.single_limit else ""
    initial = {"signature_class": held.signature_class, "single_limit": limit}
    form = PersonForm(posted(request), initial=initial)
    email = held.user.email

    def wanted() -> Wanted:
        given = form.cleaned_data
        return Wanted(classes={email: given["signature_class"]}, limits={email: given["single_limit"]})

    return _form_page(request, desk, form, wanted, held.user.full_name)


@at_desk
@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Lets one person sign for another for a while."""
    known = _administered(desk)
    there = list(differences.mandates_of(known))
    named = [(one.user.email, f"{one.user.full_name}, {one.user.email}") for one in there]
    signers = [name for name, one in zip(named, there, strict=True) if one.can_pay]
    form = DelegateForm(posted(request), signers=signers, people=named)

    def wanted() -> Wanted:
        given = form.cleaned_data
        one = Handover(given["of"], given["to"], given["valid_from"], given["valid_until"])
        return Wanted(delegations=(one,))

    return _form_page(request, desk, form, wanted, gettext("Sign for somebody"))


@at_desk
@require_POST
def end_delegation(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    known, user = desk.company, desk.user
    services.end_delegation(user=user, delegation=selectors.delegation_for(user, known, pk))
    messages.success(request, gettext("The delegation has ended."))
    return desk.go("signing")


@at_desk
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def confirm(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    """Before and after side by side, and the code that asks for it."""
    known = _administered(desk)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or draft.answers["company"] != known.cif or "challenge" not in draft.answers:
        return desk.go("signing")
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        to = _change(request, desk, draft, form, refusals)
        if to is not None:
            return to
    wanted = differences.from_json(draft.answers["wanted"])
    context = {
        "form": form,
        "refusals": refusals,
        "draft": draft,
        "challenge": draft.answers["challenge"],
        "changes": differences.lines(known, wanted),
        "needs": [rules.write_ways(terms.ways) for terms in selectors.strictest(known)],
    }
    return desk.show(request, "signing_confirm.html", **context)


@at_desk
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, desk: Desk, draft_id: str) -> HttpResponse:
    known = _administered(desk)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or draft.answers["company"] != known.cif:
        return desk.go("signing")
    confirmation.ask_again(request, lambda: _ask_code(request, known, draft))
    return desk.go("signing-confirm", draft.id)


def _administered(desk: Desk) -> Any:
    services.require_administrator(desk.user, desk.company)
    return desk.company


def _form_page(
    request: HttpRequest, desk: Desk, form: ChangeForm, wanted: Any, title: str, *, may_remove: bool = False
) -> HttpResponse:
    refusals: list[str] = []
    known = desk.company
    if request.method == "POST" and form.is_valid():
        asked = differences.as_json(wanted())
        draft = drafts.begin(
            request, JOURNEY, company=known.cif, wanted=asked, reason=form.cleaned_data["reason"]
        )
        try:
            _ask_code(request, known, draft)
            return desk.go("signing-confirm", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    context = {"form": form, "refusals": refusals, "title": title, "may_remove": may_remove}
    return desk.show(request, "signing_form.html", **context)


def _ask_code(request: HttpRequest, known: Any, draft: Draft) -> None:
    challenge = services.start_change(
        user=user_of(request), customer=known, wanted=differences.from_json(draft.answers["wanted"]),
        reason=draft.answers["reason"],
    )  # fmt: skip
    confirmation.note(request, draft, challenge)


def _change(
    request: HttpRequest, desk: Desk, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]
) -> HttpResponse | None:
    known = desk.company
    try:
        _made, approval = services.change(
            user=user_of(request), customer=known, wanted=differences.from_json(draft.answers["wanted"]),
            reason=draft.answers["reason"], challenge_id=form.challenge_id, code=form.cleaned_data["code"],
        )  # fmt: skip
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return None
    except BankError as error:
        refusals.append(spoken(error))
        return None
    renew_session(request)
    if approval is None:
        messages.success(request, gettext("It is changed."))
        return desk.go("signing")
    messages.success(request, gettext("The change waits for others to sign it. Until then nothing changes."))
    return desk.go("approval", approval.reference)


def _with_rule(known: Any, held: Any, step: Any, currency: str) -> Wanted:
    """The whole rules of the currencies concerned, with one of them changed."""
    currencies = {currency, held.currency} if held else {currency}
    there = selectors.rules_of(known).filter(currency__in=currencies)
    kept = [row for row in there if held is None or row.pk != held.pk]
    asked: dict[str, list[Any]] = {one: [] for one in sorted(currencies)}
    for row in kept:
        asked[row.currency].append(row.step)
    if step is not None:
        asked[currency].append(step)
    return Wanted(rules=asked)


def _choices(known: Any) -> dict[str, Any]:
    numbers = [one.account.number for one in accounts.accounts_of(known)]
    return {
        "currencies": list(rules.DEFAULT_STEPS),
        "accounts": [(number, formats.account_number(number)) for number in numbers],
    }


def _as_asked(held: Any) -> dict[str, Any]:
    """A rule as its form shows it."""
    if held is None:
        return {}
    step = held.step
    return {
        "currency": held.currency, "above": formats.amount(Money.of(step.above, held.currency)),
        "ways": rules.write_ways(step.terms.ways), "account": step.account,
        "payment_type": step.payment_type, "hours": step.hours, "in_order": step.in_order,
        "maker_counts": step.maker_counts,
    }  # fmt: skip


def _rule(row: Any) -> dict[str, Any]:
    where, said = differences.where(row.currency, row.step), differences.said(row.step)
    return {"pk": row.pk, "where": where, "said": said}


def _general(known: Any) -> list[dict[str, Any]]:
    """The bank's rules in its own currency, where the company has none of its own."""
    steps = selectors.steps_of(known, ["KES"]).get("KES", [])
    found = sorted(steps, key=lambda step: step.above or Decimal(0))
    return [{"where": differences.where("KES", one), "said": differences.said(one)} for one in found]


def _person(mandate: Any) -> dict[str, Any]:
    limit = Money(mandate.single_limit, mandate.limit_currency) if mandate.single_limit else None
    return {
        "pk": mandate.pk, "name": mandate.user.full_name, "can_pay": mandate.can_pay,
        "letter": mandate.signature_class, "limit": limit,
    }  # fmt: skip


def _delegation(one: Any, reader: Any, is_owner: bool) -> dict[str, Any]:
    words = {"to": one.delegate.full_name, "of": one.delegator.full_name}
    since: date = one.valid_from
    return {
        "pk": one.pk,
        "label": gettext("%(to)s signs for %(of)s") % words,
        "days": f"{formats.day(since)} – {formats.day(one.valid_until)}",
        "may_end": is_owner or reader.pk in (one.delegator_id, one.delegate_id),
    }
