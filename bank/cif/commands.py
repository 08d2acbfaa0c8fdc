"""What needs a second pair of eyes about customers: another name, another segment, two made one, a legal
hold, and another rule of the risk rating."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.cif import rating, rules, selectors
from bank.cif.errors import MergeRefused, RatingRuleUnusable
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind, CustomerStatus, Segment
from bank.cif.services import changing, merging, ruling
from bank.cif.services.customers import named
from bank.kernel.errors import Conflict, InvalidInput
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

_DAY = timedelta(hours=24)
_TRIED = 20_000
"""On how many customers a change of the rating is tried before it is decided on."""


@dataclass(frozen=True, slots=True)
class ChangeName:
    """The name a customer's papers show: a person's in two parts, an organisation's as registered."""

    cif: str
    given_names: str = ""
    family_name: str = ""
    registered_name: str = ""


@dataclass(frozen=True, slots=True)
class OverrideSegment:
    cif: str
    segment: str


@dataclass(frozen=True, slots=True)
class MergeCustomers:
    """``duplicate`` becomes part of ``survivor``."""

    survivor: str
    duplicate: str


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Nothing of the customer is erased for ``order``, such as a court's; an empty one lifts the hold."""

    cif: str
    order: str


@dataclass(frozen=True, slots=True)
class SetRatingRule:
    """One rule of the risk rating: its figure, and the codes it is about."""

    code: str
    figure: int
    members: list[str]


def _check_name(asked: ChangeName) -> None:
    customer = _open(asked.cif)
    if customer.kind == CustomerKind.PERSON:
        named(asked.given_names, "Given names", 100)
        named(asked.family_name, "A family name", 60)
    else:
        named(asked.registered_name, "A registered name", 140)
    if _new_name(asked) == customer.display_name:
        raise Conflict(problem="This is the customer's name already.")


def _new_name(asked: ChangeName) -> str:
    whole = asked.registered_name or f"{asked.given_names} {asked.family_name}"
    return " ".join(whole.split())


def _name_difference(asked: ChangeName) -> list[Change]:
    return [Change(gettext("Name"), selectors.by_cif(asked.cif).display_name, _new_name(asked))]


def _apply_name(asked: ChangeName, deed: Deed) -> None:
    changing.change_name(
        customer=selectors.by_cif(asked.cif),
        given_names=asked.given_names,
        family_name=asked.family_name,
        registered_name=asked.registered_name,
        actor=deed.checker,
    )


def _check_segment(asked: OverrideSegment) -> None:
    customer = _open(asked.cif)
    if asked.segment not in set(Segment):
        raise InvalidInput(problem=f"{asked.segment} is no segment; use RETAIL, SME or CORPORATE.")
    if customer.kind == CustomerKind.ORGANISATION and asked.segment == Segment.RETAIL:
        raise InvalidInput(problem="An organisation belongs to the SME or the corporate segment.")
    if customer.segment == asked.segment:
        raise Conflict(problem="The customer is in this segment already.")


def _segment_difference(asked: OverrideSegment) -> list[Change]:
    return [Change(gettext("Segment"), selectors.by_cif(asked.cif).segment, asked.segment)]


def _apply_segment(asked: OverrideSegment, deed: Deed) -> None:
    changing.override_segment(
        customer=selectors.by_cif(asked.cif), segment=asked.segment, reason=deed.reason, actor=deed.checker
    )


def _check_merge(asked: MergeCustomers) -> None:
    """Both of one kind, both open, neither under an order the other would escape."""
    survivor, duplicate = selectors.by_cif(asked.survivor), selectors.by_cif(asked.duplicate)
    if survivor.pk == duplicate.pk:
        raise MergeRefused(problem="A customer cannot be merged with itself.")
    if survivor.kind != duplicate.kind:
        raise MergeRefused(problem="A person and an organisation are never one customer.")
    if CustomerStatus.CLOSED in {survivor.status, duplicate.status}:
        raise MergeRefused(problem="A closed customer cannot be merged.")
    if survivor.status != duplicate.status:
        raise MergeRefused(problem="One of the two is blocked. Block or unblock both first.")


def _merge_difference(asked: MergeCustomers) -> list[Change]:
    survivor, duplicate = selectors.by_cif(asked.survivor), selectors.by_cif(asked.duplicate)
    merged = gettext("Closed, merged into %(cif)s") % {"cif": survivor.cif}
    changes = [Change(str(duplicate), duplicate.get_status_display(), merged)]
    for label, kept, given in _compared(survivor, duplicate):
        if kept != given:
            changes.append(Change(label, given, gettext("%s stays") % (kept or gettext("Nothing"))))
    return changes


def _compared(survivor: Customer, duplicate: Customer) -> list[tuple[str, str, str]]:
    return [
        (gettext("Name"), survivor.display_name, duplicate.display_name),
        (gettext("E-mail address"), survivor.email, duplicate.email),
        (gettext("Phone"), survivor.phone, duplicate.phone),
        (gettext("Segment"), survivor.segment, duplicate.segment),
    ]


def _apply_merge(asked: MergeCustomers, deed: Deed) -> None:
    merging.merge_customers(
        survivor=selectors.by_cif(asked.survivor),
        duplicate=selectors.by_cif(asked.duplicate),
        reason=deed.reason,
        actor=deed.checker,
    )


def _check_hold(asked: LegalHold) -> None:
    """A closed customer's data is what a hold is for, so any customer may be under one."""
    if ruling.hold_reason(asked.order) == _held(asked.cif):
        raise Conflict(problem="That is so already." if asked.order else "There is no hold to lift.")


def _held(cif: str) -> str:
    return selectors.profile_of(selectors.by_cif(cif)).legal_hold


def _hold_difference(asked: LegalHold) -> list[Change]:
    lifted, held = gettext("Erased when its time is over"), gettext("Kept until the hold is lifted")
    kept = [held if order else lifted for order in (_held(asked.cif), asked.order)]
    return [
        Change(gettext("Legal hold"), _held(asked.cif), ruling.hold_reason(asked.order)),
        Change(gettext("Personal data"), *kept),
    ]


def _apply_hold(asked: LegalHold, deed: Deed) -> None:
    ruling.hold(customer=selectors.by_cif(asked.cif), reason=asked.order, actor=deed.checker)


def _rule(asked: SetRatingRule) -> rating.Rule:
    """Raises ``RatingRuleUnusable`` where there is no rule of that code."""
    if asked.code not in rating.DEFAULTS:
        raise RatingRuleUnusable(problem=f"The rating has no rule {asked.code[:40]}.")
    return replace(rating.DEFAULTS[asked.code], figure=asked.figure, members=frozenset(asked.members))


def _check_rule(asked: SetRatingRule) -> None:
    rule, now = _rule(asked), selectors.rating_scheme()
    rating.check({**now, rule.code: rule})
    if rule == now[rule.code]:
        raise Conflict(problem="This rule holds already.")


def _rule_difference(asked: SetRatingRule) -> list[Change]:
    """The figure, the codes that come and go, and how many customers would be rated otherwise."""
    rule, now = _rule(asked), selectors.rating_scheme()
    before = now[rule.code]
    changes = [Change(rule.code, str(before.figure), str(rule.figure))]
    if gone := sorted(before.members - rule.members):
        changes.append(Change(gettext("No longer about"), ", ".join(gone), ""))
    if new := sorted(rule.members - before.members):
        changes.append(Change(gettext("Also about"), "", ", ".join(new)))
    return [*changes, *_moved(now, {**now, rule.code: rule})]


def _moved(now: rating.Scheme, then: rating.Scheme) -> list[Change]:
    """How many of the customers not closed move from which rating to which; bounded to be soon said."""
    open_ones = Customer.objects.exclude(status=CustomerStatus.CLOSED).order_by("pk")[:_TRIED]
    moves: Counter[tuple[str, str]] = Counter()
    for _pk, facts in selectors.facts_of_all(open_ones):
        moves[rating.assess(facts, now).rating, rating.assess(facts, then).rating] += 1
    said = gettext("Customers rated otherwise, of %d") % moves.total()
    moved = {move: count for move, count in sorted(moves.items()) if move[0] != move[1]}
    lines = [Change(said, f"{count} {move[0]}", move[1], is_forecast=True) for move, count in moved.items()]
    return lines or [Change(said, gettext("None"), gettext("None"), is_forecast=True)]


def _apply_rule(asked: SetRatingRule, deed: Deed) -> None:
    ruling.set_rating_rule(rule=_rule(asked), actor=deed.checker)


def _open(cif: str) -> Customer:
    """The customer, if nothing about them is finished. Raises ``NotFound``, ``Conflict``."""
    customer = selectors.by_cif(cif)
    if customer.status == rules.CustomerStatus.CLOSED:
        raise Conflict(problem=f"Customer {cif} is closed.")
    return customer


CHANGE_NAME = kinds.command(
    "cif.change_name",
    _("Change of a customer's name"),
    ChangeName,
    maker_right="cif.change_customer",
    checker_role="COMPLIANCE",
    lifetime=_DAY,
    about=("CUSTOMER", "cif"),
    check=_check_name,
    difference=_name_difference,
    apply=_apply_name,
)
OVERRIDE_SEGMENT = kinds.command(
    "cif.override_segment",
    _("Another segment for a customer"),
    OverrideSegment,
    maker_right="cif.change_customer",
    checker_role="COMPLIANCE",
    lifetime=_DAY * 2,
    about=("CUSTOMER", "cif"),
    check=_check_segment,
    difference=_segment_difference,
    apply=_apply_segment,
)
MERGE_CUSTOMERS = kinds.command(
    "cif.merge_customers",
    _("Two customers made one"),
    MergeCustomers,
    maker_right="cif.change_customer",
    checker_role="COMPLIANCE",
    lifetime=_DAY * 3,
    about=("CUSTOMER", "duplicate"),
    check=_check_merge,
    difference=_merge_difference,
    apply=_apply_merge,
)
LEGAL_HOLD = kinds.command(
    "cif.legal_hold",
    _("Legal hold on a customer"),
    LegalHold,
    maker_right="cif.change_customer",
    checker_role="COMPLIANCE",
    lifetime=_DAY * 3,
    about=("CUSTOMER", "cif"),
    check=_check_hold,
    difference=_hold_difference,
    apply=_apply_hold,
)
SET_RATING_RULE = kinds.command(
    "cif.set_rating_rule",
    _("Another rule of the risk rating"),
    SetRatingRule,
    maker_right="cif.change_ratingrule",
    checker_role="COMPLIANCE",
    lifetime=_DAY * 3,
    about=("RATING_RULE", "code"),
    check=_check_rule,
    difference=_rule_difference,
    apply=_apply_rule,
)
