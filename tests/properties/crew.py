"""Processes that work for a test, all at one moment, and may be killed in the middle of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
HEAD_START_S = 0.05

Order = dict[str, Any]


class Worker:
    """One process and the pipe to it."""

    def __init__(self, url: str) -> None:
        environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.properties.bare"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.properties.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def send(self, order: Order) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Order:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the worker ended with {self._process.wait()}"
        return json.loads(line)

    def kill(self) -> None:
        """SIGKILL: no last words, its connection breaks wherever it is."""
        self._process.send_signal(signal.SIGKILL)
        self.leave()

    def leave(self) -> None:
        self._process.communicate()


class Crew:
    """Workers on one database, connected and waiting."""

    def __init__(self, url: str, *, size: int) -> None:
        self.url = url
        self.workers = [Worker(url) for _ in range(size)]

    def __enter__(self) -> Self:
        self.at_once([{"do": "ping"}] * len(self.workers))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self.workers:
            worker.leave()

    def send(self, orders: Iterable[Order]) -> list[Worker]:
        """One order to each worker, to begin at the same moment."""
        orders, at = list(orders), time.monotonic() + HEAD_START_S
        for worker, order in zip(self.workers, orders, strict=False):
            worker.send({"at": at, **order})
        return self.workers[: len(orders)]

    def at_once(self, orders: Iterable[Order]) -> list[Order]:
        """The answers to orders carried out at once, in the order of the orders; none may be an error."""
        answers = [worker.answer() for worker in self.send(orders)]
        assert [answer["error"] for answer in answers if "error" in answer] == []
        return answers

    def replace(self, lost: Worker) -> None:
        """Kills a worker and puts another one in its place."""
        lost.kill()
        self.workers[self.workers.index(lost)] = Worker(self.url)
