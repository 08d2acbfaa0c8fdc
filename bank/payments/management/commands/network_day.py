"""``manage.py network_day RAIL [DATE]``: compares a network's record of a day with ours."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from bank.kernel.errors import BankError
from bank.payments import selectors
from bank.payments.services import networks


class Command(BaseCommand):
    help = "Compares a network's own record of a day with ours; what differs waits for staff."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rail", help="such as EFT, RTGS, MPESA")
        parser.add_argument("day", nargs="?", default="", help="YYYY-MM-DD; today where it is left out")

    def handle(self, *args: Any, **options: Any) -> None:
        day = _day(options["day"])
        try:
            made = networks.reconcile(options["rail"], day)
        except BankError as refusal:
            raise CommandError(str(refusal)) from refusal
        print(f"{made.rail} {made.day}: {made.matched} matched, {made.differing} differ")
        for one in made.differences.all():
            name = one.reference or one.network_reference
            print(f"  {one.get_kind_display()}: {name} ours {one.ours} theirs {one.theirs} {one.currency}")


def _day(text: str) -> Any:
    if not text:
        return selectors.today()
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{text!r} is no date; write it as 2026-11-27.")
    return day
