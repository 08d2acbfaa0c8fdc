"""``manage.py retention [--apply]``: counts what is to be erased today; erases it only when told to."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from bank.privacy import retention
from bank.privacy.rules import RULES


class Command(BaseCommand):
    help = "Shows the rules and how many rows of each kind are due; with --apply erases them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="erase what is due, for good")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = retention.due()
        counts = retention.erase(plan=plan) if options["apply"] else retention.count(plan)
        for rule in RULES:
            kept = f"{rule.years} years after the end" if rule.years else "for good"
            self.stdout.write(f"{rule.kind:18} {kept:24} {counts.get(rule.kind, 0):6} due   {rule.basis}")
        done = "erased" if options["apply"] else "would be erased (dry run; --apply erases)"
        self.stdout.write(f"{len(plan)} customers, {sum(counts.values())} rows {done}")
