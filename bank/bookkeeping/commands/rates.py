"""A rate of exchange entered or corrected by two people."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping.errors import RateUnusable
from bank.bookkeeping.exchange import Quote
from bank.bookkeeping.models import FxRate
from bank.bookkeeping.services import rates as entering
from bank.identity.models import User
from bank.workflows import kinds
from bank.workflows import services as workflows
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

RATE = "bookkeeping.fx_rate"


@dataclass(frozen=True, slots=True)
class EnterRate:
    """One unit of ``base`` is worth ``rate`` of ``quote`` on ``day``."""

    base: str
    quote: str
    day: date
    rate: Decimal
    source: str


def propose(*, quote: Quote, source: str, reason: str, maker: User) -> Command:
    """Proposes a rate; it counts once somebody else has approved it."""
    payload = EnterRate(quote.base, quote.quote, quote.day, quote.rate, source.strip().upper())
    return workflows.propose(kind=RATE, payload=payload, reason=reason, maker=maker)


def _quote(asked: EnterRate) -> Quote:
    return Quote(asked.base, asked.quote, asked.rate, asked.day)


def _check(asked: EnterRate) -> None:
    entering.check_quote(_quote(asked))
    if not asked.source or len(asked.source) > 20 or not asked.source.isprintable():
        raise RateUnusable(problem="Name the source in up to 20 letters, such as CBK.")
    if _standing(asked) == f"{asked.rate.normalize():f}":
        raise RateUnusable(problem="This rate stands already.")


def _standing(asked: EnterRate) -> str:
    newest = FxRate.objects.filter(base=asked.base, quote=asked.quote, day=asked.day).order_by("-id").first()
    return "" if newest is None else f"{newest.rate.normalize():f}"


def _difference(asked: EnterRate) -> list[Change]:
    label = f"{asked.base}/{asked.quote} {asked.day.isoformat()}"
    rate = f"{asked.rate.normalize():f}"
    return [
        Change(label, _standing(asked), f"{rate} ({asked.source})"),
        Change(gettext("Reads"), "", f"1 {asked.base} = {rate} {asked.quote}"),
    ]


def _apply(asked: EnterRate, deed: Deed) -> None:
    entering.enter(quote=_quote(asked), source=asked.source, actor=deed.checker, command=deed.reference)


kinds.command(
    RATE,
    _("Rate of exchange"),
    EnterRate,
    maker_right="bookkeeping.add_fxrate",
    checker_role="TREASURY",
    lifetime=timedelta(hours=24),
    about=lambda asked: ("FX_RATE", f"{asked.base}/{asked.quote} {asked.day}"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
