"""``manage.py mpesa_register``: tells M-Pesa where payments to the pay bill number are told to the bank."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from bank.kernel.errors import BankError
from bank.payments.rails.mpesa import pushing


class Command(BaseCommand):
    help = "Registers the addresses at which M-Pesa asks about and tells of customers' payments (C2B)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pushing.register()
        except BankError as refusal:
            self.stderr.write(f"{refusal.code}: {refusal}")
            sys.exit(1)
        self.stdout.write("M-Pesa tells payments to the pay bill number from now on.")
