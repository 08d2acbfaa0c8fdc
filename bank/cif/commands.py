"""What needs a second pair of eyes about customers: another name, another segment, two made one."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.cif import rules, selectors
from bank.cif.errors import MergeRefused
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind, CustomerStatus, Segment
from bank.cif.services import changing, merging
from bank.cif.services.customers import named
from bank.kernel.errors import Conflict, InvalidInput
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

_DAY = timedelta(hours=24)


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
