"""``manage.py audit_verify [--head POSITION:DIGEST]``: proves the trail, or names the first fault."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.audit import selectors, services


class Command(BaseCommand):
    help = "Seals what waits, then recomputes the hash chain of the audit trail and names the first fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", help="position:digest noted earlier, to be found in the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        while services.seal():
            pass
        proof = selectors.verify(head=options["head"])
        if proof.fault:
            raise CommandError(f"The audit trail is not intact: {proof.fault}.")
        self.stdout.write(f"{proof.sealed} audit records in one unbroken chain; head {proof.head}")
