"""What two of the staff agree on: a rate of value added tax and from which day it holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.audit import services as audit
from bank.identity.models import User
from bank.invoicing import selectors
from bank.invoicing.errors import VatRateUnusable
from bank.invoicing.models import VatRate
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows import services as workflows
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

MAKER_RIGHT: Final = "invoicing.change_vatrate"


@dataclass(frozen=True, slots=True)
class SetVatRate:
    """A rate by its code, in per cent, from ``valid_from`` on (ISO 8601)."""

    code: str
    title: str
    percent: str
    valid_from: str


def propose(
    *, code: str, title: str, percent: Decimal, valid_from: date, reason: str, maker: User
) -> Command:
    """Proposes it; invoices issued on that day or later bear it once it is approved, issued ones stay."""
    payload = SetVatRate(code.strip().upper(), title.strip(), f"{percent:f}", valid_from.isoformat())
    return workflows.propose(kind=SET_RATE.name, payload=payload, reason=reason, maker=maker)


def _percent(asked: SetVatRate) -> Decimal:
    plain = asked.percent
    if not plain.isascii() or not plain.replace(".", "", 1).isdecimal() or len(plain) > 6:
        raise VatRateUnusable(problem=f"{plain[:20]} is no percentage.")
    if Decimal(plain) > 100 or Decimal(plain) != round(Decimal(plain), 2):
        raise VatRateUnusable(problem="A rate is 0 to 100 per cent, with two decimals at most.")
    return Decimal(plain)


def _check(asked: SetVatRate) -> None:
    """Raises ``VatRateUnusable`` for a rate that is none, and for a day that is not to come."""
    if not (asked.code.isascii() and asked.code.isalnum() and len(asked.code) <= 12 and asked.title):
        raise VatRateUnusable(problem="A rate has a code of up to 12 letters and digits, and a title.")
    percent = _percent(asked)
    since = date.fromisoformat(asked.valid_from)
    if since <= selectors.today():
        raise VatRateUnusable(problem="It holds from a day to come: invoices of today are being issued.")
    known = VatRate.objects.filter(code=asked.code, valid_from=since).first()
    if known is not None and (known.percent, known.title) == (percent, asked.title):
        raise VatRateUnusable(problem="This rate holds from that day already.")


def _difference(asked: SetVatRate) -> list[Change]:
    since = date.fromisoformat(asked.valid_from)
    rows = VatRate.objects.filter(code=asked.code, valid_from__lte=since)
    before = rows.order_by("-valid_from").first()
    label = gettext("%(code)s from %(day)s") % {"code": asked.code, "day": formats.day(since)}
    old = f"{before.title}, {formats.percent(before.percent)}" if before else ""
    return [Change(label, old, f"{asked.title}, {formats.percent(_percent(asked))}")]


def _apply(asked: SetVatRate, deed: Deed) -> None:
    VatRate.objects.update_or_create(
        code=asked.code,
        valid_from=date.fromisoformat(asked.valid_from),
        defaults={"title": asked.title[:60], "percent": _percent(asked)},
    )
    audit.record(
        "VAT_RATE_SET", actor=deed.checker, subject_type="VAT_RATE", subject_id=asked.code,
        detail={"from": asked.valid_from, "percent": asked.percent, "command": deed.reference},
    )  # fmt: skip


SET_RATE = kinds.command(
    "invoicing.set_vat_rate",
    _("Rate of value added tax"),
    SetVatRate,
    maker_right=MAKER_RIGHT,
    checker_role="ADMINISTRATOR",
    lifetime=timedelta(days=7),
    about=("VAT_RATE", "code"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
