"""A RabbitMQ server of one test's own: its name, ports, cookie and files; nothing of it outlives the test."""

import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kombu import Connection, Consumer, Exchange, Queue

from bank.runtime import services

_DEBIANS: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself; the command of the same name changes the user first."""
_PORTS: Final = range(20_000, 32_000)
"""Below those the system hands out by itself; drawn, for two runs on one machine look at the same moment."""
_START_S: Final = 120
EVENTS: Final = Exchange("umoja.events", type="topic")


def is_installed() -> bool:
    return _DEBIANS.exists() and shutil.which("epmd") is not None


def wait_for(condition: Callable[[], bool], what: str, seconds: float = _START_S) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.02)


class Node:
    """Started when made; ``kill`` is SIGKILL, and ``start`` brings it back with what it had written."""

    def __init__(self, folder: Path) -> None:
        self.port, distribution, names = _free_ports(3)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        (folder / "plugins").write_text("[].\n")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(names),
            "RABBITMQ_NODENAME": f"umoja{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "no-configuration"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-environment"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +S 1:1",
        }
        self._processes = [self._run(["epmd", "-address", "127.0.0.1", "-port", str(names)])]
        self.begin()

    def begin(self) -> None:
        self._processes.append(self._run([str(_DEBIANS)]))

    def start(self) -> None:
        self.begin()
        self.wait()

    def wait(self) -> None:
        wait_for(self.answers, "RabbitMQ")

    def answers(self) -> bool:
        with suppress(OSError), Connection(self.url, connect_timeout=2) as connection:
            connection.connect()
            return True
        return False

    def kill(self) -> None:
        self._end(self._processes.pop())

    def pause(self, number: signal.Signals) -> None:
        os.killpg(self._processes[-1].pid, number)

    def end(self) -> None:
        while self._processes:
            self.kill()

    def _run(self, command: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Listener:
    """Another system: reads every event in order, says it has each, and comes back by itself."""

    def __init__(self, url: str) -> None:
        self.url, self.heard = url, list[Any]()
        self._ended = threading.Event()
        self._queue = Queue(
            "others", EVENTS, routing_key="#", durable=True, queue_arguments=services.rabbitmq_queue()
        )
        with Connection(url) as connection:
            self._queue(connection).declare()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join(10)

    def _listen(self) -> None:
        while not self._ended.is_set():
            with suppress(Exception), Connection(self.url, connect_timeout=2) as connection:
                self._hear(connection)
            self._ended.wait(0.1)

    def _hear(self, connection: Connection) -> None:
        with Consumer(connection, [self._queue], callbacks=[self._note], prefetch_count=50):
            while not self._ended.is_set():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=0.2)

    def _note(self, body: Any, message: Any) -> None:
        self.heard.append(body)
        message.ack()


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in random.SystemRandom().sample(_PORTS, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")
