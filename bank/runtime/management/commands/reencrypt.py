"""``manage.py reencrypt [--batch N]``: seals everything under the newest key; stop and repeat it freely."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.runtime import reencryption
from bank.runtime.errors import Unreadable


class Command(BaseCommand):
    help = (
        "Seals again, under the first key of FIELD_KEYS, what an older key sealed. Safe to stop and repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=200, help="how many in one database transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        for name, step in reencryption.steps():
            try:
                done = sum(reencryption.run(step, batch=max(1, options["batch"])))
            except Unreadable as error:
                raise CommandError(f"{name}: {error.message} Nothing unreadable was changed.") from error
            self.stdout.write(f"{name}: {done} sealed again")
        self.stdout.write("Everything is under the newest key; older ones may leave FIELD_KEYS.")
