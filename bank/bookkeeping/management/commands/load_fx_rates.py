"""``manage.py load_fx_rates FILE``: adds reference rates as the ECB publishes them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.bookkeeping.services import rates
from bank.kernel.errors import BankError


class Command(BaseCommand):
    help = (
        "Adds the rates of a CSV (Date,USD,JPY,... for one unit of the base currency). What stands "
        "already stays; a file that says otherwise is refused whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="ECB", help="whose rates they are")
        parser.add_argument("--base", default="EUR", help="the currency one unit of which they price")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            new, known = rates.import_reference_rates(
                content=options["file"].read_bytes(), source=options["source"], base=options["base"]
            )
        except (BankError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{new} rates are new, {known} were there already.")
