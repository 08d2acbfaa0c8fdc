"""A person's group of payees paid in one act: who gets what and the total, one code, a result for each."""

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import selectors, services
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rules import FileStatus, LineStatus
from bank.payments.services.repeating import MOST_MEMBERS
from bank.runtime import formats
from bank.web.companies import wording
from bank.web.orders import confirming
from bank.web.orders.confirming import Answers, Asked, Kind, Row
from bank.web.orders.desk import Desk, at_desk

_ALL: Final = MOST_MEMBERS
_SEEN: Final = "The payer was shown the earlier payment of the same group."


def begin(request: HttpRequest, desk: Desk, file: PaymentFile) -> str:
    """The address of the page that checks the group once more; of one paid already, that of its results.

    Raises what paying it would be refused for.
    """
    if file.status != FileStatus.CHECKED:
        return f"{desk.root}groups/paid/{file.reference}/"
    return confirming.begin(request, desk, GROUP, f"{desk.root}payees/", file=file.reference)


@require_GET
@at_desk
def paid(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """What became of each payee of the group."""
    file = _file(desk, reference)
    lines = selectors.file_lines(file, limit=_ALL)
    reached = [one for one in lines if one.status in {LineStatus.SETTLED, LineStatus.SENT}]
    context = {
        "file": file,
        "lines": [wording.line_row(one) | {"number": _number(one)} for one in lines],
        "verdict": wording.verdict(file),
        "faults": [wording.fault_row(fault) for fault in file.faults],
        "money": _sum(reached) if reached else None,
        "has_unpaid": len(reached) < len(lines),
    }
    return desk.show(request, "group_paid.html", **context)


def _file(desk: Desk, reference: str) -> PaymentFile:
    """Raises ``NotFound`` for a file that is not the person's own."""
    file = selectors.file_for(desk.user, reference)
    if file.customer_id is not None and file.customer_id != desk.owner.pk:
        raise NotFound(what="payment")
    return file


def _number(line: PaymentFileLine) -> str:
    """The payee's account as people read it; elsewhere with its bank."""
    if line.creditor_account_id is not None:
        return formats.account_number(line.creditor_number)
    return f"{line.creditor_number} · {line.creditor_agent}".strip(" ·")


def _sum(lines: list[PaymentFileLine]) -> Money:
    start = Money.zero(lines[0].currency)
    return sum((Money(one.amount, one.currency) for one in lines if one.amount is not None), start)


def _ask(desk: Desk, answers: Answers) -> Asked:
    """Every payee with their sum, those that cannot be paid with why not, the charges and the total."""
    file = _file(desk, answers["file"])
    challenge = services.start_file_confirmation(user=desk.user, file=file)
    lines = selectors.file_lines(file, limit=_ALL)
    valid = wording.valid_part(file)
    (amount,), (charges,) = valid["amounts"], valid["charges"]
    total = formats.money(amount + charges)
    rows: list[Row] = [
        (gettext("From"), formats.account_number(lines[0].debtor_number)),
        *(_row(one) for one in lines),
        (gettext("Fee"), gettext("None") if charges.is_zero else formats.money(charges)),
        (gettext("In total"), total),
    ]
    send = gettext("Send %(amount)s") % {"amount": total}
    return Asked(challenge, rows, send, tuple(_warnings(file)))


def _row(line: PaymentFileLine) -> Row:
    if line.status == LineStatus.VALID:
        assert line.amount is not None
        return line.creditor_name, formats.money(Money(line.amount, line.currency))
    why = " ".join(wording.fault_row(one)["says"] for one in line.faults if not one["is_warning"])
    return line.creditor_name, f"{gettext('Not paid')}: {why}"


def _warnings(file: PaymentFile) -> list[tuple[str, str, str]]:
    found = []
    if file.similar_to is not None:
        says = gettext("You sent the same sums to the same payees on %(day)s. Send them only if you mean to.")
        said = says % {"day": formats.day(file.similar_to.uploaded_at)}
        found.append(("warning", gettext("Is this a second payment?"), said))
    found.append(("note", "", gettext("Once sent, payments inside the bank cannot be recalled.")))
    return found


def _do(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    file = _file(desk, answers["file"])
    services.confirm_payment_file(
        user=desk.user, file=file, only_valid=True, override_reason=_SEEN if file.similar_to else "", **proof
    )
    return f"{desk.root}groups/paid/{file.reference}/", ""


GROUP = confirming.register(Kind("group", lambda: gettext("Check before you pay"), _ask, _do))
