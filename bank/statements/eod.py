"""Close of business: the subscribed statements whose period ended are asked for; workers make them.

A part asks for some hundred statements and leaves the rest to the next. Making them takes longer than
a close may, so Celery does it afterwards; how far it is shows at ``/admin/statements/statementrun/``.
"""

from django.utils.translation import gettext_lazy as _

from bank.runtime.steps import Day, Part, Phase, Step
from bank.statements import rules, services
from bank.statements.models import StatementRun, Subscription
from bank.statements.rules import Frequency, State

_AT_ONCE = 500


def ask_for_statements(day: Day, cursor: str) -> Part:
    """The next subscriptions in the order of their ids; ``cursor`` is the last one looked at."""
    found = services.due_subscriptions(_ending(day), cursor, _AT_ONCE)
    if not found:
        return Part(0)
    run, _made = StatementRun.objects.get_or_create(business_date=day.business_date)
    asked = sum(services.request_due(subscription=one, days=day.days, run=run) for one in found)
    return Part(asked, cursor=str(found[-1].pk) if len(found) == _AT_ONCE else None)


def count(day: Day) -> int:
    """How many subscriptions there are to look at."""
    return Subscription.objects.filter(state=State.ACTIVE.value, frequency__in=_ending(day)).count()


def _ending(day: Day) -> list[Frequency]:
    return [one for one in Frequency if rules.period_ends(one, day.days)]


STEPS = [
    Step(
        code="STATEMENTS_REQUEST",
        title=_("Ask for the subscribed statements"),
        phase=Phase.OPEN,
        work=ask_for_statements,
        count=count,
    )
]
