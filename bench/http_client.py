"""A client that costs little: keep-alive connections over plain sockets, one request in flight on each.

Requests are bytes made beforehand and answers are read only as far as needed to know where they
end and what their status is, so that the machine's time goes to the servers.
"""

import heapq
import random
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_CHUNK = 1 << 16


@dataclass
class Load:
    """What a run came to: answers by status, and how long each took."""

    seconds: float = 0
    statuses: dict[int, int] = field(default_factory=dict)
    hung_up: int = 0
    latencies_ms: list[float] = field(default_factory=list)

    def rate(self, status: int) -> float:
        return self.statuses.get(status, 0) / self.seconds

    def percentile_ms(self, share: float) -> float:
        return sorted(self.latencies_ms)[int(len(self.latencies_ms) * share)]


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = self.request = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.sent_at, self.request = time.perf_counter(), request
        self.socket.sendall(request)

    def again(self, port: int) -> None:
        """On a new connection, as browsers do when the server let an idle one go; the clock runs on."""
        self.socket.close()
        self.socket, self.received = _Connection(port).socket, b""
        self.socket.sendall(self.request)

    def receive(self) -> int | None:
        """The status, once the whole answer is there."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise ConnectionError("the server hung up")
        self.received += chunk
        head, mark, body = self.received.partition(b"\r\n\r\n")
        if not mark or len(body) < _length(head):
            return None
        self.received = b""
        return int(head[9:12])


def drive(port: int, request: Callable[[int], bytes], *, connections: int, seconds: float) -> Load:
    """Sends ``request(n)`` for n = 0, 1, … on as many connections, one after the other, for ``seconds``."""
    load, selector, number = Load(), selectors.DefaultSelector(), 0
    for _ in range(connections):
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request(number))
        number += 1
    started = time.perf_counter()
    in_flight, until = connections, started + seconds
    while in_flight:
        for key, _events in selector.select():
            connection = key.data
            try:
                status = connection.receive()
            except ConnectionError:
                load.hung_up += 1
                selector.unregister(connection.socket)
                connection.again(port)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                continue
            if status is None:
                continue
            now = time.perf_counter()
            load.statuses[status] = load.statuses.get(status, 0) + 1
            load.latencies_ms.append((now - connection.sent_at) * 1000)
            if now < until:
                connection.send(request(number))
                number += 1
            else:
                in_flight -= 1
    load.seconds = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return load


def read(
    port: int, request: Callable[[int, str], bytes], pages: list[str], *, people: int, seconds: float
) -> dict[str, Load]:
    """``people`` go from page to page, each reading a page for half a second to a second and a half
    before asking for the next; what each page took. The pauses are drawn from a fixed seed."""
    dice, loads, selector = random.Random(7), {page: Load() for page in pages}, selectors.DefaultSelector()
    started = time.perf_counter()
    waiting = [(started + dice.random(), person, person, _Connection(port)) for person in range(people)]
    heapq.heapify(waiting)
    in_flight, until = 0, started + seconds
    while in_flight or waiting:
        now = time.perf_counter()
        while waiting and (waiting[0][0] <= now or now > until):
            _, person, turn, connection = heapq.heappop(waiting)
            if now > until:
                connection.socket.close()
                continue
            connection.send(request(person, pages[turn % len(pages)]))
            selector.register(connection.socket, selectors.EVENT_READ, (person, turn, connection))
            in_flight += 1
        if not in_flight and not waiting:
            break
        pause = max(0.0, waiting[0][0] - now) if waiting else None
        for key, _events in selector.select(pause):
            person, turn, connection = key.data
            load = loads[pages[turn % len(pages)]]
            try:
                status = connection.receive()
            except ConnectionError:
                load.hung_up += 1
                selector.unregister(connection.socket)
                connection.again(port)
                selector.register(connection.socket, selectors.EVENT_READ, key.data)
                continue
            if status is None:
                continue
            selector.unregister(connection.socket)
            in_flight, now = in_flight - 1, time.perf_counter()
            load.statuses[status] = load.statuses.get(status, 0) + 1
            load.latencies_ms.append((now - connection.sent_at) * 1000)
            heapq.heappush(waiting, (now + 0.5 + dice.random(), person, turn + 1, connection))
    for load in loads.values():
        load.seconds = time.perf_counter() - started
    return loads


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0
