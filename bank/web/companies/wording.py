"""Payment files in words: what they are worth, what is wrong with their lines."""

from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext

from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments import services
from bank.payments.rules import FileStatus, LineStatus
from bank.runtime import formats
from bank.web.companies import fault_words
from bank.web.companies.desk import Desk

ALL, FAULTS, PAID, REFUSED, SENT, LEFT_OUT = "all", "faults", "paid", "refused", "sent", "left-out"


def sums(file: Any) -> list[Money]:
    """What the file says it pays, per currency. A currency the bank does not know has no sum."""
    found = []
    for currency, total in file.totals.items():
        try:
            found.append(Money.of(total, currency))
        except BankError:
            continue
    return found


def title(file: Any) -> str:
    """What a company calls the file: its message id, or its name where the format has none."""
    if file.message.startswith("pain"):
        return str(file.message_id or file.name or file.reference)
    return str(file.name or file.reference)


def file_task(file: Any, desk: Desk) -> dict[str, Any]:
    """A file as a row of a list: message id, sums and when; its status beside it."""
    lines = ngettext("%(n)s line", "%(n)s lines", file.line_count) % {"n": formats.number(file.line_count)}
    words = [formats.moment(file.uploaded_at), lines, *(formats.money(sum_) for sum_ in sums(file))]
    return {
        "label": title(file),
        "note": " · ".join(words),
        "url": desk.at("file", file.reference),
        "status": file.status,
    }


def approval_task(approval: Any, desk: Desk) -> dict[str, Any]:
    """An act that waits, or waited, as a row of a list: what it is, who made it, how many have signed."""
    signed = len(approval.signatures.all())
    words = gettext("%(signed)s of %(needed)s signatures") % {"signed": signed, "needed": approval.needed}
    changes = [f"{one['label']}: {one['after']}" for one in approval.difference[:3]]
    return {
        "reference": approval.reference,
        "label": approval.summary,
        "note": " · ".join((approval.maker.full_name, formats.moment(approval.made_at), words, *changes)),
        "url": desk.at("approval", approval.reference),
        "status": approval.state,
        "status_label": approval.get_state_display(),
    }


def result_task(approval: Any, desk: Desk) -> dict[str, Any]:
    """What became of one that was signed with others: why not, where the bank refused it."""
    task = approval_task(approval, desk)
    why = approval.decision_reason or ", ".join(formats.money(sum_) for sum_ in approval.moneys)
    return {**task, "note": " · ".join(filter(None, (approval.reference, why)))}


def signature(one: Any) -> dict[str, Any]:
    """Who signed, when, in which class and for whom."""
    words = [gettext("Class %(letter)s") % {"letter": one.signature_class}] if one.signature_class else []
    if one.delegation_id:
        words.append(gettext("for %(who)s") % {"who": one.holder.full_name})
    return {"name": one.user.full_name, "at": one.signed_at, "words": " · ".join(words)}


def totals_of(approvals: list[Any]) -> list[Money]:
    """What several acts come to, per currency."""
    found: dict[str, Money] = {}
    for money in (money for one in approvals for money in one.moneys):
        found[money.currency] = found.get(money.currency, Money.zero(money.currency)) + money
    return list(found.values())


_WORKING = {
    FileStatus.RECEIVED: gettext_noop("Say what the columns of the table mean; then every line is checked."),
    FileStatus.VALIDATING: gettext_noop(
        "Every line is being checked. You may leave this page and come back."
    ),
    FileStatus.RELEASING: gettext_noop("The file is confirmed and is being paid."),
}


def _unpaid(file: Any) -> int:
    return int(file.line_count - file.settled_count - file.sent_count - file.excluded_count)


def verdict(file: Any) -> str:
    """What became of the file, in a sentence."""
    if file.status in _WORKING:
        return gettext(_WORKING[file.status])
    if file.status == FileStatus.PAID:
        settled, refused = file.settled_count, _unpaid(file)
        words = ngettext("%(n)s payment was made.", "%(n)s payments were made.", settled)
        more = ngettext("%(n)s line was not paid.", "%(n)s lines were not paid.", refused)
        going = ngettext("%(n)s line is under way.", "%(n)s lines are under way.", file.sent_count)
        parts = [(words, settled, True), (going, file.sent_count, False), (more, refused, False)]
        return " ".join(said % {"n": formats.number(n)} for said, n, always in parts if n or always)
    if file.status == FileStatus.REJECTED:
        return gettext("The file cannot be paid. Correct what is listed here and send it again.")
    if file.status == FileStatus.WAITING:
        return gettext("The file is confirmed and waits for others to sign it. Nothing is paid until then.")
    if file.status == FileStatus.CANCELLED:
        return gettext("The file was given up before it was paid.")
    return gettext("The file was checked. Nothing is paid until you confirm it with a code.")


def first_view(file: Any) -> str:
    """Faults first where there are any and nothing is paid yet."""
    has_faults = file.faulty_count or file.warning_count
    return FAULTS if has_faults and file.status != FileStatus.PAID else ALL


def views(path: str, file: Any, shown: str) -> list[dict[str, Any]]:
    """The tabs over the lines: all, those with faults, and once paid those paid and those not."""
    rows = [(ALL, gettext("All lines"), file.line_count)]
    if file.faulty_count or file.warning_count:
        rows.append((FAULTS, gettext("With remarks"), file.faulty_count + file.warning_count))
    if file.status == FileStatus.PAID:
        rows.append((PAID, gettext("Paid"), file.settled_count))
        if file.sent_count:
            rows.append((SENT, gettext("Under way"), file.sent_count))
        rows.append((REFUSED, gettext("Not paid"), _unpaid(file)))
    if file.excluded_count:
        rows.append((LEFT_OUT, gettext("Left out"), file.excluded_count))
    return [
        {"label": label, "url": f"{path}?lines={code}", "current": code == shown, "count": count}
        for code, label, count in rows
    ]


def valid_part(file: Any) -> dict[str, Any]:
    """What would be paid: how many lines, what they come to, what that costs."""
    act, _summary = services.file_act(file)
    amounts, charges = _moneys(act["amounts"]), _moneys(act["charges"])
    send = gettext("Send %(sums)s") % {"sums": ", ".join(formats.money(sum_) for sum_ in amounts)}
    return {"count": int(act["lines"]), "amounts": amounts, "charges": charges, "send": send}


def _moneys(text: str) -> list[Money]:
    """``EUR 5.00, KES 12.34`` as the act writes sums."""
    pairs = (part.split(" ") for part in text.split(", ") if part)
    return [Money.of(amount, currency) for currency, amount in pairs]


def line_row(line: Any) -> dict[str, Any]:
    """A line with its amount, status and everything that is wrong with it."""
    return {
        "line": line.line,
        "name": line.creditor_name,
        "number": line.creditor_number,
        "money": Money(line.amount, line.currency) if line.amount is not None else None,
        "as_sent": f"{line.amount_text} {line.currency}".strip(),
        "status": "ON_HOLD" if line.status == LineStatus.HELD else line.status,
        "reference": line.reference if line.status == LineStatus.SETTLED else "",
        "faults": [fault_row(fault) for fault in line.faults],
    }


def fault_row(fault: dict[str, Any]) -> dict[str, Any]:
    """A fault or a warning: its sentence, and which field with what in it."""
    where = gettext("%(field)s: %(value)s") % fault if fault["field"] and fault["value"] else fault["field"]
    return {
        "says": fault_words.spoken(fault["sentence"]),
        "where": where,
        "is_warning": fault["is_warning"],
        "code": fault["code"],
    }
