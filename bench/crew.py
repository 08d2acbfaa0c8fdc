"""Several client processes that begin together, work for a while and say how much they did."""

import json
import subprocess
import sys
from typing import Any

from bench.http_world import ROOT


class Crew:
    """``size`` processes of ``python -m <module> <arguments> <number>``, connected and waiting.

    Each prints ``ready`` when it could begin, begins when it is told for how many seconds, and
    prints one JSON object with the number ``done``.
    """

    def __init__(self, module: str, arguments: list[str], size: int, environment: dict[str, str]) -> None:
        self._members = [
            subprocess.Popen(
                [sys.executable, "-m", module, *arguments, str(number)],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(size)
        ]
        for member in self._members:
            self._expect(member, "ready")

    def work(self, seconds: int) -> float:
        """What all of them did a second."""
        for member in self._members:
            self._tell(member, str(seconds))
        return sum(self._answer(member)["done"] for member in self._members) / seconds

    def dismiss(self) -> None:
        for member in self._members:
            self._tell(member, "")
            member.communicate(timeout=30)

    @staticmethod
    def _tell(member: "subprocess.Popen[str]", line: str) -> None:
        assert member.stdin
        member.stdin.write(f"{line}\n")
        member.stdin.flush()

    @staticmethod
    def _expect(member: "subprocess.Popen[str]", line: str) -> None:
        assert member.stdout
        if (said := member.stdout.readline().strip()) != line:
            raise RuntimeError(f"a client said {said!r} instead of {line!r}")

    @staticmethod
    def _answer(member: "subprocess.Popen[str]") -> dict[str, Any]:
        assert member.stdout
        answer: dict[str, Any] = json.loads(member.stdout.readline())
        return answer
