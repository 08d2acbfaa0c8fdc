"""``manage.py demo``: builds the demonstration bank, or finishes one whose building was interrupted."""

from datetime import date
from time import monotonic
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bank.demo import services as demo
from bank.kernel.errors import BankError


class Command(BaseCommand):
    help = "Builds a demonstration bank: customers, accounts, and a year of their money, the same for a seed."
    requires_system_checks: list[str] = []
    """Every start of the demonstration waits for this; ``script/test`` has the checks."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--days", type=int, default=demo.DAYS_OF_HISTORY, help="days of history")
        parser.add_argument("--add", action="store_true", help="add customers to a bank that has some")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["migrate"] and _is_behind():
            call_command("migrate", interactive=False, verbosity=0)
        if demo.is_built() and not options["add"]:
            self.stdout.write("The demonstration bank is here already; --add adds customers to it.")
        else:
            self._build(options)
        self.stdout.write("\n".join(demo.login_lines()))

    def _build(self, options: dict[str, Any]) -> None:
        began = monotonic()
        try:
            built = demo.build(
                customers=options["customers"],
                seed=options["seed"],
                days=options["days"],
                add=options["add"],
                progress=self._show,
            )
        except BankError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{built.customers} customers, {built.posted} journal entries posted, "
            f"business date {built.business_date}, {monotonic() - began:.1f} s"
        )
        call_command("ledger_verify", stdout=self.stdout)

    def _show(self, day: date) -> None:
        if day.day == 1:
            self.stderr.write(f"{day:%B %Y}")


def _is_behind() -> bool:
    """Whether a migration is to be run. To ask takes a tenth of what a run that finds nothing to do takes."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
