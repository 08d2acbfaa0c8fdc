"""How much of an organisation's owners must be known: set by staff, on the audit trail."""

from decimal import Decimal, InvalidOperation

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel.errors import InvalidInput
from bank.onboarding.models import OwnershipThreshold
from bank.onboarding.rules import Kind


@transaction.atomic
def set_threshold(*, kind: str, named_from_pct: str, together_pct: str, by: User) -> OwnershipThreshold:
    """From which share on an owner is named, and what all named reach together, in per cent.

    Holds for applications not sent yet. Raises ``InvalidInput``.
    """
    if kind not in (Kind.SME, Kind.CORPORATE):
        raise InvalidInput(problem="Thresholds are set for small businesses and for companies.")
    figures = {"named_from_pct": _percent(named_from_pct), "together_pct": _percent(together_pct)}
    row, _created = OwnershipThreshold.objects.update_or_create(kind=kind, defaults=figures)
    audit.record(
        "OWNERSHIP_THRESHOLD_SET",
        actor=by,
        subject_type="THRESHOLD",
        subject_id=kind,
        detail={name: str(figure) for name, figure in figures.items()},
    )
    return row


def _percent(text: str) -> Decimal:
    try:
        figure = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(problem="Enter a figure in per cent, such as 25.") from None
    if not figure.is_finite() or not 0 < figure <= 100 or figure != figure.quantize(Decimal("0.01")):
        raise InvalidInput(problem="Enter a figure above 0 and up to 100, with two decimals at most.")
    return figure
