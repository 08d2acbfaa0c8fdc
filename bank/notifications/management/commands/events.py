"""``manage.py events``: every event with its schema; ``--write`` brings ``docs/events.md`` up to date."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bank.notifications import catalogue


class Command(BaseCommand):
    help = "Prints every event with its JSON Schema, or writes docs/events.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/events.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            catalogue.PLACE.write_text(catalogue.written())
        else:
            self.stdout.write(catalogue.written())
