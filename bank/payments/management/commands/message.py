"""``manage.py message parse|render|convert FILE``: reads a message of another bank and shows or turns it.

Exit codes: 0 done and sound, 1 done but the message has faults, 2 refused.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.messages import canonical_json, catalogue

SOUND, FAULTY, REFUSED = range(3)


class Command(BaseCommand):
    help = "Shows a message as JSON (parse), writes it anew (render) or in another format (convert)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["parse", "render", "convert"])
        parser.add_argument("file", type=Path, help="the message; - reads standard input")
        parser.add_argument("--from", dest="source", required=True, choices=catalogue.FORMATS)
        parser.add_argument("--to", dest="target", default="", help="for convert: pacs.008, mt103 …")

    def handle(self, *args: Any, **options: Any) -> None:
        content = _read(options["file"])
        try:
            self._show(options["act"], options["source"], options["target"], content)
            found = list(catalogue.faults(options["source"], content))
        except BankError as refusal:
            self.stderr.write(f"{refusal.code}: {refusal}")
            sys.exit(REFUSED)
        for fault in found:
            word = "warning " if fault.is_warning else ""
            place = f" [{fault.field} {fault.value}]" if fault.field else ""
            self.stderr.write(f"line {fault.line}: {word}{fault.code} {fault.sentence}{place}")
        sys.exit(SOUND if all(fault.is_warning for fault in found) else FAULTY)

    def _show(self, act: str, source: str, target: str, content: bytes) -> None:
        if act == "parse":
            for line in canonical_json.lines(catalogue.parse(source, content)):
                self.stdout.write(line)
        elif act == "render":
            self.stdout.write(catalogue.render(source, content), ending="")
        else:
            converted = catalogue.convert(source, target or source, content, created_at=clock.now())
            self.stdout.write(converted)


def _read(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
