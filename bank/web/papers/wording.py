"""How documents and subscriptions are said in lists."""

from typing import Any, BinaryIO

from django.http import FileResponse
from django.utils.translation import gettext, gettext_noop

from bank.runtime import formats as written
from bank.statements import formats, rules
from bank.statements.models import Statement, Subscription
from bank.statements.rules import Kind, State

#: Why the bank ended a subscription; the service knows no other language.
END_REASONS = (
    gettext_noop("Whoever subscribed may no longer see the account."),
    gettext_noop("The account was closed."),
    gettext_noop("The deposit has ended."),
    gettext_noop("The deposit was renewed; the statements of the new one follow."),
)


def answer(found: Statement, file: BinaryIO) -> FileResponse:
    """The document, always as an attachment under a plain name."""
    format, period = formats.named(found.format), (found.from_date, found.to_date)
    name = rules.download_name(found.kind, found.kept.number, *period, format.extension)
    return FileResponse(file, as_attachment=True, filename=name, content_type=format.content_type)


def period_of(found: Statement) -> str:
    """``1 October 2026 – 31 October 2026``, or the day a balance is certified for."""
    if found.from_date == found.to_date:
        return written.day(found.to_date)
    return f"{written.day(found.from_date)} – {written.day(found.to_date)}"


def as_task(one: Statement, url: str) -> dict[str, Any]:
    """A row of the list of documents."""
    number = written.account_number(one.kept.number)
    words = {"account": one.label, "number": number, "format": one.format}
    certified = "" if one.kind == Kind.STATEMENT else f"{one.get_kind_display()} · "
    return {
        "label": period_of(one),
        "note": certified + gettext("%(account)s · %(number)s · %(format)s") % words,
        "url": url,
        "status": one.status,
    }


def as_row(one: Subscription) -> dict[str, Any]:
    """A subscription as the page of subscriptions shows it."""
    return {
        "id": one.pk,
        "title": f"{one.label} · {written.account_number(one.kept.number)}",
        "note": f"{one.format} · {one.get_frequency_display()} · {one.get_channel_display()}",
        "target": one.target,
        "status": one.state,
        "label": one.get_state_display(),
        "next_from": one.next_from,
        "is_active": one.state == State.ACTIVE,
        "is_over": one.state == State.ENDED,
        "end_reason": gettext(one.end_reason) if one.end_reason else "",
    }
