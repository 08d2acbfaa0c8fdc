"""``manage.py ledger_verify``: proves the whole book, or names the first fault and fails."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from bank.ledger import proof


class Command(BaseCommand):
    help = "Proves the whole book: entries, running balances, holds, control accounts, hash chain."

    def handle(self, *args: Any, **options: Any) -> None:
        finding = proof.prove_and_record(each=self._tell)
        entries, postings = proof.size()
        if finding:
            self.stderr.write(self.style.ERROR(f"FAULT  {finding.check}: {finding.fault}"))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS(f"The book is proven: {entries} entries, {postings} postings."))

    def _tell(self, finding: proof.Finding) -> None:
        verdict = "FAULT" if finding.fault else "ok"
        self.stdout.write(f"{verdict:6} {finding.seconds:7.2f} s  {finding.check}")
