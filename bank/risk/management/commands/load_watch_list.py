"""``manage.py load_watch_list SOURCE TOPIC FILE...``: puts a version of a watch list in force."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.kernel.errors import BankError
from bank.risk.rules import Topic
from bank.risk.screening import lists


class Command(BaseCommand):
    help = (
        "Loads SDN.CSV [ALT.CSV ADD.CSV] as OFAC publishes them, a CSV with a heading, or JSON "
        "(docs/screening.md). Whole or not at all; the same files again change nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="what the list is called, such as OFAC-SDN")
        parser.add_argument("topic", choices=[topic.value for topic in Topic])
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--shrunk", action="store_true", help="it really has a fifth fewer entries")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entries, digest = lists.read_files(options["files"])
            loaded = lists.load(
                source=options["source"],
                topic=Topic(options["topic"]),
                entries=entries,
                digest=digest,
                may_shrink=options["shrunk"],
            )
        except BankError as error:
            raise CommandError(error.message) from error
        version = loaded.version
        changes = f"{version.added} new, {version.changed} changed, {version.removed} removed"
        self.stdout.write(
            f"{version.source}: {version.entries} entries, "
            f"{changes if loaded.is_new else 'in force already, nothing changed'}."
        )
