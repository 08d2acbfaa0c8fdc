"""Applications nobody goes on with come to their end."""

from django.db import transaction
from django.db.models import Q

from bank.kernel import clock
from bank.onboarding import rules
from bank.onboarding.models import Application
from bank.onboarding.rules import State
from bank.onboarding.services import steps
from bank.runtime import outbox

EXPIRED = "onboarding.expired"
_AT_ONCE = 500


@transaction.atomic
def expire_stale() -> int:
    """Ends drafts untouched for thirty days, and those whose applicant was asked for more a fortnight ago."""
    now = clock.now()
    stale = Application.objects.filter(
        Q(state=State.DRAFT, changed_at__lt=now - rules.DRAFT_KEPT)
        | Q(state=State.MORE_NEEDED, changed_at__lt=now - rules.ANSWER_AWAITED)
    ).select_for_update(skip_locked=True)
    found = list(stale.order_by("changed_at")[:_AT_ONCE])
    for application in found:
        steps.move(application, State.EXPIRED)
        steps.note(application, "EXPIRED", None)
        outbox.emit(EXPIRED, {"application_id": str(application.pk)})
    return len(found)
