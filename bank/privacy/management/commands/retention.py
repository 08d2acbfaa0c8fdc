"""``manage.py retention [--apply]``: counts what is to be erased today; erases it when told to.

Every night the schedule erases what is due; the command shows it beforehand.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from bank.privacy import retention, selectors


class Command(BaseCommand):
    help = "Shows the rules and how many rows of each kind are due; with --apply erases them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="erase what is due, for good")

    def handle(self, *args: Any, **options: Any) -> None:
        plan, led_nowhere = retention.due(), retention.due_applications()
        if options["apply"]:
            counts = retention.erase(plan=plan) | retention.erase_applications(led_nowhere)
        else:
            counts = retention.count(plan) | {kind: len(found) for kind, found in led_nowhere.items()}
        for rule in selectors.retention_rules().values():
            kept = f"{rule.years} years after the end" if rule.years is not None else "for good"
            self.stdout.write(f"{rule.kind:22} {kept:24} {counts.get(rule.kind, 0):6} due   {rule.basis}")
        done = "erased" if options["apply"] else "would be erased (dry run; --apply erases)"
        self.stdout.write(f"{len(plan)} customers, {sum(counts.values())} rows {done}")
