"""What paying someone and moving money between own accounts have in common."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from bank.identity.errors import StepUpFailed
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments import selectors, services
from bank.payments.rules import NameCheck
from bank.runtime import formats
from bank.web.orders.ways import chosen
from bank.web.views import confirmation, drafts, holdings, pricing
from bank.web.views.confirmation import ConfirmForm
from bank.web.views.drafts import Draft
from bank.web.views.holdings import Holding
from bank.web.views.pages import renew_session, spoken, user_of

JOURNEY = "pay"


def order(draft: Draft) -> dict[str, Any]:
    """The payment a draft describes, in the words of the payments services."""
    answers = draft.answers
    return {
        "debtor_number": answers["debtor"],
        "creditor_number": answers["payee"]["number"],
        "creditor_name": answers["payee"]["name"],
        "amount": money(draft),
        "to": _elsewhere(answers),
    }


def _elsewhere(answers: dict[str, Any]) -> services.Elsewhere | None:
    """Where a payee is who has no account here."""
    payee = answers["payee"]
    if not payee.get("agent"):
        return None
    return services.Elsewhere(payee["agent"], payee["country"], answers.get("speed", "FASTEST"))


def money(draft: Draft) -> Money:
    return Money.of(draft.answers["amount"], draft.answers["currency"])


def ask_code(request: HttpRequest, draft: Draft) -> None:
    """Quotes the draft and sends a code for exactly that; a code sent before is void.

    The quote is kept, so that looking at the page again tries no name and costs nothing.
    Raises what the payment would be refused for.
    """
    user = user_of(request)
    quoted = services.quote(user=user, **order(draft))
    draft.answers["quote"] = {
        "fee": str(quoted.fee.amount),
        "excise": str(quoted.excise.amount),
        "free": pricing.free(quoted),
        "total": str(quoted.total.amount),
        "name_check": quoted.name_check,
        "hint": quoted.matched_name_hint,
        "is_own": quoted.is_own,
        "recallable": quoted.recallable,
        "known": is_known(request, draft),
        "same": _same(request, draft),
        "ways": [one.as_json() for one in quoted.considered],
        "cooling": _cooling(quoted),
    }
    confirmation.note(request, draft, services.start_payment(user=user, **order(draft)))


def _cooling(quoted: services.Quote) -> dict[str, str]:
    """What may still go to a payee who is new after this payment, and until when; nothing to any other."""
    if quoted.cooling is None:
        return {}
    left = quoted.cooling.left - quoted.amount
    return {"left": formats.money(left), "until": formats.moment(quoted.cooling.until)}


def _same(request: HttpRequest, draft: Draft) -> str:
    """When the same was sent a few minutes ago, or nothing. The account is the user's: it was quoted."""
    asked = order(draft)
    same = selectors.same_just_now(
        user_of(request),
        asked["debtor_number"],
        asked["creditor_number"],
        asked["amount"],
        draft.answers["message"],
    )
    return formats.clock_time(same.initiated_at) if same else ""


def is_known(request: HttpRequest, draft: Draft) -> bool:
    """Whether this account was paid before."""
    number = draft.answers["payee"]["number"]
    return selectors.payments_for(user_of(request)).filter(creditor_number=number).exists()


def way(draft: Draft) -> dict[str, Any] | None:
    """The rail a payment to another bank takes, as the page shows it; None within the bank."""
    return chosen(draft.answers["quote"].get("ways", []))


def sent(draft: Draft) -> str:
    """The reference of the payment the draft became, or nothing yet."""
    return str(draft.answers.get("sent", ""))


def send(request: HttpRequest, draft: Draft, form: ConfirmForm, refusals: list[str]) -> str:
    """Pays what the draft says, once. Returns the reference, or says in the form or ``refusals`` why not."""
    try:
        paid = services.pay(
            user=user_of(request), key=draft.id, challenge_id=form.challenge_id,
            code=form.cleaned_data["code"], remittance=draft.answers["message"], **order(draft),
        )  # fmt: skip
    except StepUpFailed as error:
        form.add_error("code", spoken(error))
        return ""
    except BankError as error:
        refusals.append(spoken(error))
        return ""
    draft.answers["sent"] = paid.reference
    drafts.keep(request, draft)
    renew_session(request)
    return str(paid.reference)


def priced(draft: Draft) -> dict[str, Any]:
    """Amount, charges and total of the quoted draft, as money."""
    currency, quoted = draft.answers["currency"], draft.answers["quote"]
    return {
        "money": money(draft),
        **{name: Money.of(quoted[name], currency) for name in ("fee", "excise", "total")},
    }


def warnings(draft: Draft) -> list[dict[str, str]]:
    """What the payer should think of before sending."""
    quoted = draft.answers["quote"]
    if quoted["is_own"]:
        return []
    found = []
    if quoted.get("same"):
        says = gettext("You sent the same amount to the same payee at %(time)s. Send it only if you mean to.")
        title = gettext("Is this a second payment?")
        found.append({"tone": "warning", "title": title, "says": says % {"time": quoted["same"]}})
    if quoted["name_check"] in _NAME_WARNINGS:
        title, says = _name_warning(quoted["name_check"], quoted["hint"])
        found.append({"tone": "danger", "title": title, "says": says})
    if cooling := quoted.get("cooling"):
        says = gettext("After this payment at most %(left)s more can go to this payee until %(until)s.")
        found.append({"tone": "note", "title": gettext("A new payee"), "says": says % cooling})
    recall = "" if quoted["recallable"] else gettext("Once sent, it cannot be recalled.")
    if not quoted["known"]:
        found.append(
            {"tone": "warning", "title": gettext("First payment to this account"), "says": _first(recall)}
        )
    elif recall:
        found.append({"tone": "note", "title": "", "says": recall})
    return found


_NAME_WARNINGS = {NameCheck.CLOSE_MATCH, NameCheck.NO_MATCH, NameCheck.UNAVAILABLE}


def _name_warning(result: str, hint: str) -> tuple[str, str]:
    if result == NameCheck.CLOSE_MATCH:
        says = gettext("The account is held by %(name)s. If that is not whom you mean, do not send.")
        return gettext("The name is close, but not the same"), says % {"name": hint}
    if result == NameCheck.NO_MATCH:
        says = gettext(
            "The account belongs to someone else than you wrote. Ask the payee again before you send."
        )
        return gettext("The name does not match the account"), says
    return gettext("The name could not be checked"), gettext(
        "Make sure of the account number before you send."
    )


def _first(recall: str) -> str:
    advice = gettext("If somebody hurried you to pay or gave you new details, ask them in person first.")
    return f"{recall} {advice}".strip()


def payable(request: HttpRequest) -> list[Holding]:
    """The own accounts money can leave from: neither frozen nor dormant."""
    return [one for one in holdings.own(user_of(request)) if one.may_send]


def matching(payees: Sequence[Any], query: str) -> list[Any]:
    """The payees whose name or account number holds what was typed."""
    words, digits = query.casefold(), "".join(query.split())
    return [
        one for one in payees if words in one.name.casefold() or (digits.isdigit() and digits in one.number)
    ]
