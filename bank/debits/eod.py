"""Direct debits in the close: taken at the opening of the day they fall on, each once; mandates that are over
or lapsed end.
"""

from django.utils.translation import gettext_lazy as _

from bank.debits import selectors, services
from bank.runtime.steps import Day, Part, Phase, Step


def open_day(day: Day, cursor: str) -> Part:
    """Takes what falls on the day that opens, and on days before it that were missed."""
    looked_at, after = services.run_due(on=day.next_date, after=int(cursor or 0))
    return Part(looked_at, None if after is None else str(after))


def end_over(day: Day, cursor: str) -> Part:
    """Ends mandates whose last day is over, and those nothing was collected on for 36 months."""
    looked_at, after = services.end_over(today=day.next_date, after=int(cursor or 0))
    return Part(looked_at, None if after is None else str(after))


STEPS = [
    Step(
        "DIRECT_DEBITS", _("Direct debits"), Phase.OPEN, open_day,
        count=lambda day: selectors.due(day.next_date).count(),
    ),
    Step(
        "DIRECT_DEBIT_MANDATES", _("Direct debit mandates that are over"), Phase.OPEN, end_over,
        count=lambda day: selectors.over(day.next_date).count(),
    ),
]  # fmt: skip
