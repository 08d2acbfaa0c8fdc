"""What interest says before a month is closed in the books."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from bank.bookkeeping.selectors import checklist
from bank.bookkeeping.selectors.checklist import Point
from bank.interest.models import Position


def _not_accrued(last: date) -> str:
    behind = Position.objects.filter(accrued_through__lt=last, account__closed_date__isnull=True).count()
    return f"{behind} accounts" if behind else ""


def add_points() -> None:
    """Interest of every open account is accrued, and so booked, to the month's end."""
    checklist.add(Point("INTEREST", _("Interest is accrued to the end"), _not_accrued))
