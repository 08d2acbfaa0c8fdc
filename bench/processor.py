"""Processor time by process: what a piece of work costs, however much else the machine has to do."""

import os
from pathlib import Path

import psutil

from bank.runtime import services


def seconds() -> float | None:
    """What the embedded database, this program, and all they started have used so far. None where the
    database runs elsewhere: then nobody here can tell."""
    pid_file = services.database_dir() / "postmaster.pid"
    if not services.database_is_embedded() or not pid_file.exists():
        return None
    server = int(Path(pid_file).read_text().split("\n")[0])
    return sum(_used(psutil.Process(pid)) for pid in (server, os.getpid()))


def _used(process: psutil.Process) -> float:
    """By a process, and by those it started: the living, and the gone that it has heard the end of."""
    try:
        times = process.cpu_times()
        own = times.user + times.system + times.children_user + times.children_system
        return own + sum(_used(child) for child in process.children())
    except psutil.NoSuchProcess:
        return 0.0
