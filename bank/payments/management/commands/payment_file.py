"""``manage.py payment_file FILE``: takes a payment file in, shows every fault, and pays it when told to.

Exit codes: 0 all lines valid (or paid), 1 some lines faulty, 2 file refused or rejected, 3 not paid.
"""

import hashlib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.cif.models import Mandate
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.messages import pain001
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.models import PaymentFile
from bank.payments.rules import FileStatus
from bank.payments.services import Operator
from bank.runtime import context

VALID, FAULTY, REFUSED, NOT_PAID = range(4)
_SHOWN = 1000


class Command(BaseCommand):
    help = "Checks a pain.001 payment file line by line; with --confirm, pays it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a pain.001.001.03 or .09 file (other versions too)")
        parser.add_argument(
            "--user", help="e-mail of the user it is sent for; by default who may pay from it"
        )
        parser.add_argument("--confirm", action="store_true", help="pay it, if no line is faulty")
        parser.add_argument(
            "--only-valid", action="store_true", help="with --confirm: leave faulty lines out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with context.use(channel="OPERATOR"):
            sys.exit(self._run(options))

    def _run(self, options: dict[str, Any]) -> int:
        content = _read(options["file"])
        try:
            user = _user(options["user"], content)
            key = f"cli:{hashlib.sha256(content).hexdigest()}"
            file = payments.submit_payment_file(user=user, content=content, key=key)
        except BankError as refusal:
            self.stderr.write(f"{refusal.code}: {refusal}")
            return REFUSED
        self._show(file)
        if file.status == FileStatus.REJECTED:
            return REFUSED
        if options["confirm"]:
            return self._pay(user, file, only_valid=options["only_valid"])
        return FAULTY if file.faulty_count else VALID

    def _pay(self, user: User, file: PaymentFile, *, only_valid: bool) -> int:
        try:
            paid = payments.confirm_payment_file(
                user=user,
                file=file,
                only_valid=only_valid,
                key="cli",
                authorisation=Operator("confirmed on the command line"),
            )
        except BankError as refusal:
            self.stderr.write(f"{refusal.code}: {refusal}")
            return NOT_PAID
        rejected = paid.line_count - paid.settled_count
        self.stdout.write(f"Paid: {paid.settled_count} settled, {rejected} rejected.")
        for line in paid.lines.filter(status="REJECTED").order_by("line")[:_SHOWN]:
            reason = line.faults[-1] if line.faults else {"code": "", "sentence": ""}
            self.stdout.write(f"line {line.line}: REJECTED {reason['code']} {reason['sentence']}")
        return FAULTY if rejected else VALID

    def _show(self, file: PaymentFile) -> None:
        for fault in file.faults:
            self.stdout.write(f"file: {fault['code']} {fault['sentence']}")
        for line in selectors.lines_with_faults(file, limit=_SHOWN):
            for fault in line.faults:
                word = "warning " if fault["is_warning"] else ""
                place = f" [{fault['field']} {fault['value']}]" if fault["field"] else ""
                self.stdout.write(f"line {line.line}: {word}{fault['code']} {fault['sentence']}{place}")
        totals = ", ".join(f"{currency} {total}" for currency, total in file.totals.items())
        self.stdout.write(
            f"{file.reference} {file.message} {file.message_id}: {file.status}; {file.line_count} lines,"
            f" {file.faulty_count} faulty, {file.warning_count} with warnings; {totals};"
            f" hash total {file.hash_total}"
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def _user(email: str | None, content: bytes) -> User:
    """The named user, else one who may pay from the file's first debtor account."""
    if email:
        found = User.objects.filter(email=email.strip().lower()).first()
        if found is None:
            raise CommandError(f"There is no user {email}.")
        return found
    transfer = next(iter(pain001.Initiation(content).transfers()), None)
    number = "".join(transfer.information.debtor_account.number.split()) if transfer else ""
    payers = Mandate.objects.in_force(selectors.today()).filter(
        customer__accounts__number=number, can_pay=True, user__is_active=True
    )
    mandate = payers.select_related("user").order_by("pk").first()
    if mandate is None:
        raise CommandError(f"Nobody may pay from account {number or '(none)'}; name a user with --user.")
    return mandate.user
