"""``manage.py eod``: closes the business date, or shows how far its close has come.

Exit codes: 0 closed, or nothing to close; 1 a step stopped it; 2 refused; 3 another is closing.
"""

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from bank import ledger
from bank.eod import selectors
from bank.eod import services as eod
from bank.eod.models import Run, RunStep
from bank.eod.rules import RunState, StepState
from bank.kernel.errors import BankError
from bank.runtime import context

CLOSED, STOPPED, REFUSED, BUSY = range(4)
_BAR = 24


class Command(BaseCommand):
    help = "Closes the business date and every earlier one that is open; goes on where a close was cut off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        last = parser.add_mutually_exclusive_group()
        last.add_argument(
            "--date", type=date.fromisoformat, help="the business date to close, such as 2026-11-27"
        )
        last.add_argument(
            "--through", type=date.fromisoformat, help="close every business date up to this day"
        )
        last.add_argument("--status", action="store_true", help="show the latest close and change nothing")
        parser.add_argument(
            "--ahead", action="store_true", help="also days that have not come, to try them out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with context.use(channel="OPERATOR"):
            outcome = self._status() if options["status"] else self._close(options)
        if outcome:
            sys.exit(outcome)

    def _close(self, options: dict[str, Any]) -> int:
        shown = _Progress(self)
        try:
            last = {"date": options["date"], "through": options["through"]}
            closing = eod.close(**last, wait=True, ahead=options["ahead"], watch=shown)
        except BankError as refusal:
            self.stderr.write(f"{refusal.code}: {refusal.message}")
            return REFUSED
        shown.end()
        return self._outcome(closing)

    def _outcome(self, closing: eod.Closing) -> int:
        for run in closing.runs:
            self.stdout.write(_sentence(run))
        if closing.stopped:
            self.stderr.write(f"STOPPED  {closing.stopped.fault}")
            return STOPPED
        if closing.is_busy:
            return BUSY
        if not closing.runs:
            self.stdout.write(f"Nothing to close; the business date is {ledger.business_date()}.")
        return CLOSED

    def _status(self) -> int:
        run = selectors.latest()
        self.stdout.write(f"The business date is {ledger.business_date()}.")
        if run is None:
            self.stdout.write("No business date was closed yet.")
            return CLOSED
        self.stdout.write(_sentence(run))
        for step in selectors.steps_of(run):
            self.stdout.write(f"  {_line(step)}")
            for note in step.notes.all():
                self.stdout.write(f"      {note}")
        return STOPPED if run.state == RunState.FAILED else CLOSED


class _Progress:
    """A bar that moves on a terminal; elsewhere a line when a step ends or stops."""

    def __init__(self, command: BaseCommand) -> None:
        self.out = command.stdout
        self.moves = bool(getattr(command.stdout, "isatty", lambda: False)())
        self.is_open = False
        self.run_pk = 0

    def __call__(self, step: RunStep) -> None:
        if step.run_id != self.run_pk:
            self.run_pk = step.run_id
            self._write(f"{step.run.business_date} closes, {step.run.next_date} is next")
        if step.state != StepState.RUNNING:
            self._write(f"  {_line(step)}")
        elif self.moves:
            self.out.write(f"\r\x1b[K  {_bar(step)} {_line(step)}", ending="")
            self.out.flush()
            self.is_open = True

    def end(self) -> None:
        if self.is_open:
            self.out.write("\r\x1b[K", ending="")
            self.is_open = False

    def _write(self, line: str) -> None:
        self.end()
        self.out.write(line)


def _bar(step: RunStep) -> str:
    filled = min(_BAR, _BAR * (step.done + step.failed) // step.total) if step.total else 0
    return "█" * filled + "░" * (_BAR - filled)


def _line(step: RunStep) -> str:
    """A step's state, code, counts, time and error."""
    counts = f"{step.done:,}" + (f" of {step.total:,}" if step.total else "")
    refused = f", {step.failed:,} refused" if step.failed else ""
    since, until = step.started_at, step.finished_at or step.worked_at
    took = f"  {(until - since).total_seconds():.1f} s" if since and until else ""
    said = f"  {step.last_error}" if step.last_error else ""
    return f"{step.state:8} {step.code:28} {counts}{refused}{took}{said}"


def _sentence(run: Run) -> str:
    if run.state == RunState.DONE and run.finished_at:
        took = (run.finished_at - run.started_at).total_seconds()
        return f"{run.business_date} is closed ({took:.1f} s); the next business date is {run.next_date}."
    if run.state == RunState.FAILED:
        return f"{run.business_date} is not closed: its close stopped and waits to be gone on with."
    return f"The close of {run.business_date} is under way."
