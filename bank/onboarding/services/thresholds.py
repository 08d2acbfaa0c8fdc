"""How much of an organisation's owners must be known: agreed by two of the staff, on the audit trail."""

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.onboarding import rules
from bank.onboarding.models import OwnershipThreshold
from bank.onboarding.rules import Threshold


@transaction.atomic
def set_threshold(*, kind: str, threshold: Threshold, by: User) -> OwnershipThreshold:
    """From which share on an owner is named, and what all named reach together, in per cent.

    Holds for applications not sent yet. Called for two people by ``onboarding.set_threshold``.
    Raises ``InvalidInput``.
    """
    rules.check_threshold(kind, threshold)
    figures = {"named_from_pct": threshold.named_from_pct, "together_pct": threshold.together_pct}
    row, _created = OwnershipThreshold.objects.update_or_create(kind=kind, defaults=figures)
    audit.record(
        "OWNERSHIP_THRESHOLD_SET",
        actor=by,
        subject_type="THRESHOLD",
        subject_id=kind,
        detail={name: str(figure) for name, figure in figures.items()},
    )
    return row
