"""What of letting people in needs more than one: whoever signs for a company is let in by its signatures,
and how much of an organisation's owners must be known is changed by two of the staff."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import Conflict
from bank.onboarding import rules, selectors, services
from bank.onboarding.rules import Threshold
from bank.onboarding.services import invitations
from bank.runtime import formats
from bank.signing import kinds as signing
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

signing.register(
    signing.Kind(invitations.KIND, _("Invitation"), invitations.send_signed, invitations.give_up)
)


@dataclass(frozen=True, slots=True)
class SetThreshold:
    """From which share an owner of such an organisation is named, and what all named reach, in per cent."""

    kind: str
    named_from_pct: Decimal
    together_pct: Decimal


def _check(asked: SetThreshold) -> None:
    rules.check_threshold(asked.kind, _threshold(asked))
    if _threshold(asked) == selectors.threshold(asked.kind):
        raise Conflict(problem="These thresholds hold already.")


def _threshold(asked: SetThreshold) -> Threshold:
    return Threshold(asked.named_from_pct, asked.together_pct)


def _difference(asked: SetThreshold) -> list[Change]:
    """The figures, and how many applications not sent yet would have owners to name."""
    now, then = selectors.threshold(asked.kind), _threshold(asked)
    figures = [(now.named_from_pct, then.named_from_pct), (now.together_pct, then.together_pct)]
    labels = (gettext("Owners named from, per cent"), gettext("All named together, per cent"))
    changes = [
        Change(label, formats.number(before), formats.number(after))
        for label, (before, after) in zip(labels, figures, strict=True)
    ]
    lacking = [str(selectors.lacking_owners(asked.kind, one)) for one in (now, then)]
    said = gettext("Applications with their applicants that lack owners")
    return [*changes, Change(said, *lacking, is_forecast=True)]


def _apply(asked: SetThreshold, deed: Deed) -> None:
    services.set_threshold(kind=asked.kind, threshold=_threshold(asked), by=deed.checker)


SET_THRESHOLD = kinds.command(
    "onboarding.set_threshold",
    _("How much of an organisation's owners must be known"),
    SetThreshold,
    maker_right="onboarding.change_ownershipthreshold",
    checker_role="COMPLIANCE",
    lifetime=timedelta(days=3),
    about=("THRESHOLD", "kind"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
