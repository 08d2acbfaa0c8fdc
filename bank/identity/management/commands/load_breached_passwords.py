"""``manage.py load_breached_passwords FILE``: refuses, from now on, the passwords on this list too."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.identity import passwords
from bank.identity.errors import BreachedListUnfit


class Command(BaseCommand):
    help = (
        "Loads a list of breached passwords: one SHA-1 a line in ascending order, as Have I Been Pwned"
        " publishes them (HASH:COUNT). It takes the place of the list loaded before."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with open(options["file"], encoding="ascii", errors="replace") as lines:
                count = passwords.load(lines)
        except (OSError, BreachedListUnfit) as error:
            raise CommandError(f"{error} The list loaded before is still in use.") from error
        self.stdout.write(f"{count} breached passwords are refused from now on")
