"""What may be paid, what is usual, and payments that are held: changed and decided by two of the staff.

Whoever decides sees each figure as it is and as it would be, and for whom. Whoever proposes sees first how
many customers that concerns.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel import currencies
from bank.kernel.errors import Conflict, InvalidInput, NotAllowed
from bank.kernel.money import Money
from bank.payments import rail, selectors
from bank.payments.models import DOORS, PACES, PaymentLimit, VelocityRule
from bank.payments.rules import Door, Pace
from bank.payments.services import limits, waiting, watching
from bank.products.models import SEGMENTS
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

SET_LIMIT: Final = "payments.set_limit"
SET_PACE: Final = "payments.set_velocity_rule"
DECIDE_HELD: Final = "payments.decide_held"
LIMIT_RIGHT: Final = "payments.change_paymentlimit"
PACE_RIGHT: Final = "payments.change_velocityrule"
HELD_RIGHT: Final = "payments.change_paymentreview"
_LIFETIME = timedelta(days=2)
_LONGEST_MINUTES: Final = 43_200


@dataclass(frozen=True, slots=True)
class SetLimit:
    """What may be paid in a currency: by one customer (its CIF), a segment, or, with neither, anybody; by one
    rail or channel, or, with neither, altogether. None: not bounded. ``remove``: the wider limit holds.
    """

    cif: str
    segment: str
    currency: str
    rail: str
    channel: str
    single: Decimal
    daily: Decimal | None
    ceiling: Decimal | None
    monthly: Decimal | None
    remove: bool


@dataclass(frozen=True, slots=True)
class SetPace:
    """What is usual within ``minutes``; ``most`` is a number, or a sum in ``currency``. ``channel`` is FILE
    for the lines of payment files, else empty."""

    kind: str
    segment: str
    currency: str
    minutes: int
    most: Decimal
    remove: bool
    channel: str = ""


@dataclass(frozen=True, slots=True)
class DecideHeld:
    """A held payment, by its reference, is let go or refused."""

    reference: str
    let_go: bool


def _about_limit(asked: SetLimit) -> tuple[str, str]:
    whose = asked.cif or asked.segment or "ALL"
    return "PAYMENT_LIMIT", " ".join(filter(None, (whose, asked.currency, asked.rail, asked.channel)))


def _check_limit(asked: SetLimit) -> None:
    if asked.cif and asked.segment:
        raise InvalidInput(problem="Name a customer or a segment, not both.")
    _check_segment(asked.segment)
    if not currencies.is_currency(asked.currency):
        raise InvalidInput(problem=f"{asked.currency[:10]} is not a currency the bank knows.")
    if asked.rail and asked.rail not in rail.every():
        raise InvalidInput(problem=f"The bank has no rail {asked.rail[:20]}.")
    if asked.channel and asked.channel not in {code for code, _name in DOORS}:
        raise InvalidInput(problem="The channel is PORTAL, API or FILE.")
    if asked.cif:
        selectors.customer_of(asked.cif)
    row = limits.row_of(asked.cif, asked.segment, asked.currency, asked.rail, asked.channel)
    if asked.remove:
        _check_removal(asked, row)
    else:
        _check_figures(asked, row)


def _check_removal(asked: SetLimit, row: PaymentLimit | None) -> None:
    if row is None:
        raise Conflict(problem="There is no such limit.")
    if not (asked.cif or asked.rail or asked.channel):
        raise InvalidInput(
            problem="Without this limit nothing could be paid in the currency. Propose another figure."
        )


def _check_figures(asked: SetLimit, row: PaymentLimit | None) -> None:
    figures = (asked.single, asked.daily, asked.ceiling, asked.monthly)
    for figure in figures:
        if figure is not None and not (figure.is_finite() and 0 <= figure < Decimal(10**15)):
            raise InvalidInput(problem="A limit is a sum from zero up to a thousand billion.")
        if figure is not None:
            Money.of(figure, asked.currency)
    if asked.single <= 0:
        raise InvalidInput(problem="A single payment must be allowed more than nothing.")
    if asked.daily is not None and asked.ceiling is not None and asked.daily > asked.ceiling:
        raise InvalidInput(problem="The day must not be above what the customer may raise it to.")
    if row is not None and figures == _figures(row):
        raise Conflict(problem="These limits hold already.")


def _check_segment(segment: str) -> None:
    if segment and segment not in SEGMENTS:
        raise InvalidInput(problem=f"There is no segment {segment[:12]}.")


def _figures(row: PaymentLimit) -> tuple[Decimal | None, ...]:
    return row.single_maximum, row.daily_maximum, row.daily_ceiling, row.monthly_maximum


def _limit_difference(asked: SetLimit) -> list[Change]:
    row = limits.row_of(asked.cif, asked.segment, asked.currency, asked.rail, asked.channel)
    labels = (
        gettext("Single payment at most"),
        gettext("In a day at most"),
        gettext("The customer may raise the day to"),
        gettext("In a month at most"),
    )
    before = _figures(row) if row else (None,) * len(labels)
    after = (None,) * 4 if asked.remove else (asked.single, asked.daily, asked.ceiling, asked.monthly)
    changes = [
        Change(label, _said(old, row is not None), _said(new, not asked.remove))
        for label, old, new in zip(labels, before, after, strict=True)
        if old != new or (row is None) != asked.remove
    ]
    return [*changes, *_for_whom(asked)]


def _said(figure: Decimal | None, is_there: bool) -> str:
    if not is_there:
        return gettext("As the wider limit")
    return gettext("Not bounded") if figure is None else formats.number(figure)


def _for_whom(asked: SetLimit) -> list[Change]:
    """For whom, in words: how many they are changes by the hour and is shown to who proposes."""
    whose = asked.cif or asked.segment or gettext("Everybody")
    narrow = ", ".join(filter(None, (asked.rail, asked.channel))) or gettext("Every way")
    return [Change(gettext("For"), "", f"{whose}, {asked.currency}, {narrow}")]


def affected_by_limit(asked: SetLimit) -> list[tuple[str, str]]:
    """How many customers a limit holds for, and how many of them it would have stopped. Raises as
    proposing it does."""
    _check_limit(asked)
    reach = limits.reach(asked.cif, asked.segment, asked.currency, asked.rail, asked.channel, asked.daily)
    found = [
        (gettext("Holds for so many active customers"), formats.number(reach.customers)),
        (gettext("Keep a limit of their own"), formats.number(reach.with_own)),
    ]
    if asked.daily is not None and not asked.remove:
        label = gettext("Paid more than that on a day of the last 30")
        found.append((label, formats.number(reach.above)))
    return found


def affected_by_pace(asked: SetPace) -> list[tuple[str, str]]:
    """How many customers a rule would look at now. Raises as proposing it does."""
    _check_pace(asked)
    found = watching.stopped_by(
        asked.kind, asked.segment, asked.currency, asked.minutes, asked.most, asked.channel
    )
    label = gettext("Customers above that within the last %(minutes)s minutes") % {"minutes": asked.minutes}
    return [(label, gettext("Not counted") if found is None else formats.number(found))]


def _not_ones_own(asked: SetLimit, user: User) -> None:
    """Nobody sets a limit of a customer they act for. Raises ``NotAllowed``."""
    if asked.cif and cif.may_view(user, selectors.customer_of(asked.cif)):
        raise NotAllowed(what="set a limit of your own")


def _apply_limit(asked: SetLimit, deed: Deed) -> None:
    """Who proposed it may not act for the customer either. Raises ``NotAllowed``."""
    _not_ones_own(asked, deed.maker)
    limits.set_row(
        asked.cif, asked.segment, asked.currency, asked.rail, asked.channel,
        None if asked.remove else (asked.single, asked.daily, asked.ceiling, asked.monthly),
    )  # fmt: skip


def _about_pace(asked: SetPace) -> tuple[str, str]:
    parts = (asked.kind, asked.segment or "ALL", asked.currency, asked.channel)
    return "VELOCITY_RULE", " ".join(filter(None, parts))


def _check_pace(asked: SetPace) -> None:
    if asked.kind not in set(Pace):
        raise InvalidInput(problem=f"What is counted is one of {', '.join(Pace)}.")
    if asked.channel not in {"", Door.FILE}:
        raise InvalidInput(problem="The channel is FILE, for the lines of payment files, or none.")
    _check_segment(asked.segment)
    is_sum = asked.kind in {Pace.SUM, Pace.COOLING}
    if is_sum and not currencies.is_currency(asked.currency):
        raise InvalidInput(problem="A sum needs a currency the bank knows.")
    if not is_sum and asked.currency:
        raise InvalidInput(problem="A number of payments or payees has no currency.")
    if not 1 <= asked.minutes <= _LONGEST_MINUTES:
        raise InvalidInput(problem="The time is between one minute and thirty days (43200 minutes).")
    if not (asked.most.is_finite() and 0 <= asked.most < Decimal(10**15)):
        raise InvalidInput(problem="The most is a number from zero.")
    if is_sum:
        Money.of(asked.most, asked.currency)
    elif asked.most != int(asked.most):
        raise InvalidInput(problem="Payments and payees are counted in whole numbers.")
    row = watching.rule_of(asked.kind, asked.segment, asked.currency, asked.channel)
    if asked.remove and row is None:
        raise Conflict(problem="There is no such rule.")
    if row is not None and not asked.remove and (row.window_minutes, row.most) == (asked.minutes, asked.most):
        raise Conflict(problem="This rule holds already.")


def _pace_difference(asked: SetPace) -> list[Change]:
    row = watching.rule_of(asked.kind, asked.segment, asked.currency, asked.channel)
    before = _pace_said(row.most, row.window_minutes) if row else gettext("Not watched")
    after = gettext("Not watched") if asked.remove else _pace_said(asked.most, asked.minutes)
    label = dict(PACES)[asked.kind]
    whose = " ".join(filter(None, (asked.segment or gettext("Everybody"), asked.currency, asked.channel)))
    return [Change(f"{label}, {whose}", before, after)]


def _pace_said(most: Decimal, minutes: int) -> str:
    return gettext("%(most)s in %(minutes)s minutes") % {"most": formats.number(most), "minutes": minutes}


def _apply_pace(asked: SetPace, deed: Deed) -> None:
    rule = {name: getattr(asked, name) for name in ("kind", "segment", "currency", "channel")}
    if asked.remove:
        VelocityRule.objects.filter(**rule).delete()
        return
    VelocityRule.objects.update_or_create(
        **rule, defaults={"window_minutes": asked.minutes, "most": asked.most}
    )


def _held_money(asked: DecideHeld) -> Money:
    return selectors.held(asked.reference).order.money


def _check_held(asked: DecideHeld) -> None:
    selectors.held(asked.reference)


def _held_difference(asked: DecideHeld) -> list[Change]:
    review = selectors.held(asked.reference)
    order = review.order
    said = gettext("Paid") if asked.let_go else gettext("Refused")
    return [
        Change(gettext("Payment"), gettext("Held"), said),
        Change(gettext("Amount"), "", str(order.money)),
        Change(gettext("From"), "", f"{order.debtor_name} {order.debtor_number}"),
        Change(gettext("To"), "", f"{order.creditor_name} {order.creditor_number} {order.creditor_agent}"),
        *(Change(gettext("Why it is held"), "", one["sentence"]) for one in review.reasons),
    ]


def _no_party(asked: DecideHeld, user: User) -> None:
    """Nobody decides on a payment of their own, or to themselves. Raises ``NotAllowed``."""
    order = selectors.held(asked.reference).order
    theirs = [one.customer for one in (order.debtor_account, order.creditor_account) if one is not None]
    if order.initiated_by_id == user.pk or any(cif.may_view(user, one) for one in theirs):
        raise NotAllowed(what="decide on a payment of your own")


def _apply_held(asked: DecideHeld, deed: Deed) -> None:
    """Who proposed it may be no party either. Raises ``NotAllowed``."""
    _no_party(asked, deed.maker)
    if asked.let_go:
        waiting.release_held(reference=asked.reference, by=deed.checker)
    else:
        waiting.refuse_held(reference=asked.reference, by=deed.checker, reason=deed.reason)


kinds.command(
    SET_LIMIT,
    _("Payment limit"),
    SetLimit,
    maker_right=LIMIT_RIGHT,
    about=_about_limit,
    check=_check_limit,
    difference=_limit_difference,
    apply=_apply_limit,
    allows=_not_ones_own,
    amount=lambda asked: Money(asked.single, asked.currency),
)
kinds.command(
    SET_PACE,
    _("Velocity rule"),
    SetPace,
    maker_right=PACE_RIGHT,
    about=_about_pace,
    check=_check_pace,
    difference=_pace_difference,
    apply=_apply_pace,
    checker_role="COMPLIANCE",
    lifetime=_LIFETIME,
)
kinds.command(
    DECIDE_HELD,
    _("Held payment"),
    DecideHeld,
    maker_right=HELD_RIGHT,
    about=("PAYMENT", "reference"),
    check=_check_held,
    difference=_held_difference,
    apply=_apply_held,
    amount=_held_money,
    allows=_no_party,
)
