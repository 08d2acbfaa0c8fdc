"""``manage.py rotate_jwt_keys [--compromised]``: the next key signs API tokens from now on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.identity import rotation
from bank.kernel.errors import BankError


class Command(BaseCommand):
    help = (
        "Moves the keys that sign API tokens one step on; no token dies. The first run publishes a next "
        "key, later ones make it sign, an hour after it was published at the earliest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="the present key is known to strangers: every token it signed dies now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        step = rotation.replace_compromised if options["compromised"] else rotation.rotate
        try:
            found = step()
        except BankError as refusal:
            raise CommandError(refusal.message) from refusal
        for key in found:
            until = f", verifies until {key.counts_until:%Y-%m-%d %H:%M} UTC" if key.counts_until else ""
            self.stdout.write(f"{key.kid}  {key.state}{until}")
