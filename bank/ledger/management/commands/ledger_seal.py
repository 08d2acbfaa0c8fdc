"""``manage.py ledger_seal``: seals what has been posted into the hash chain."""

from typing import Any

from django.core.management.base import BaseCommand

from bank import ledger


class Command(BaseCommand):
    help = "Seals every settled entry into the hash chain and rolls up its turnover."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = ledger.seal()
        state = ledger.seal_state()
        self.stdout.write(f"{sealed} entries sealed; {state.blocks} blocks, {state.behind} entries behind.")
