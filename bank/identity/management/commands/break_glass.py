"""``manage.py break_glass EMAIL --reason TEXT --minutes N``: every right for a while, or ``--end``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.identity import duty, selectors
from bank.kernel.errors import BankError


class Command(BaseCommand):
    help = (
        "Gives a member of staff every right, for a reason and four hours at most, when nobody else can help."
        " It is on the audit trail, and every administrator is told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", default="")
        parser.add_argument("--minutes", type=int, default=60)
        parser.add_argument("--end", action="store_true", help="takes the rights back before their time")

    def handle(self, *args: Any, **options: Any) -> None:
        user = selectors.user_by_email(options["email"])
        if user is None:
            raise CommandError(f"There is no user {options['email']}.")
        if options["end"]:
            duty.end(user=user)
            self.stdout.write(f"{user.email} has no more than the rights of their roles")
            return
        try:
            opened = duty.break_glass(user=user, reason=options["reason"], minutes=options["minutes"])
        except BankError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{user.email} has every right until {opened.expires_at:%Y-%m-%d %H:%M} UTC")
