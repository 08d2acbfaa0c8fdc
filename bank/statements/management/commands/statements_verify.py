"""``manage.py statements_verify [--head POSITION:LINK] [--files]``: proves the chain of issued documents."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.statements import selectors


class Command(BaseCommand):
    help = (
        "Recomputes the hash chain of issued documents and names the first fault; with --files the files too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", help="position:link noted earlier, to be found in the chain")
        parser.add_argument("--files", action="store_true", help="compare the files that are kept, too")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = selectors.verify_chain(head=options["head"], with_files=options["files"])
        if proof.fault:
            raise CommandError(f"The issued documents are not intact: {proof.fault}.")
        self.stdout.write(
            f"{proof.documents} documents in one unbroken chain, {proof.files} files compared; "
            f"head {proof.head}"
        )
