"""A PostgreSQL of a test's own, to be killed: the bank's embedded one, in a folder of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psutil

ROOT: Final = Path(__file__).resolve().parents[2]


class OwnServer:
    """Running inside ``with``; in between it can be killed and started again on what is left of it."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="bank-"))
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.var)

    def start(self) -> None:
        """Starts it, which after a crash includes its recovery."""
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        command = [sys.executable, "-m", "bank.runtime.embedded", "up"]
        done = subprocess.run(
            command,
            check=True,
            cwd=ROOT,
            env=environment | {"BANK_VAR": str(self.var)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = done.stdout.strip()

    def kill(self) -> None:
        """SIGKILL to the postmaster and everything it started, which is all gone afterwards."""
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _, alive = psutil.wait_procs(processes, timeout=10)
        assert alive == []

    def _processes(self) -> Sequence[psutil.Process]:
        pid_file = self.var / "postgres" / "postmaster.pid"
        if not pid_file.exists():
            return []
        try:
            postmaster = psutil.Process(int(pid_file.read_text().split("\n")[0]))
            return [postmaster, *postmaster.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
