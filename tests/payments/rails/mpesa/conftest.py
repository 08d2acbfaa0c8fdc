"""M-Pesa played on a port of its own, and a door that hears what it calls back."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bank.kernel.money import Money
from bank.payments import sandbox
from bank.payments.network import Received
from bank.payments.rail import Instruction
from bank.payments.rails.mpesa import RAIL, connection
from bank.payments.rails.mpesa.sandbox import Daraja

Order = Callable[..., Instruction]


class Door:
    """The bank's side of callbacks: keeps each with its address, and answers validations."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.answer: dict[str, Any] = {"ResultCode": "0", "ResultDesc": "Accepted"}

    def next(self) -> tuple[str, bytes]:
        return self.heard.get(timeout=10)

    def ingested(self) -> Received:
        path, body = self.next()
        return RAIL.ingest(body, {":path": path})


@pytest.fixture
def daraja() -> Daraja:
    return Daraja()


@pytest.fixture
def door(daraja: Daraja, settings: Any) -> Iterator[Door]:
    heard = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.heard.put((self.path, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(heard.answer).encode())

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler), sandbox.server([daraja])]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.RAIL_MPESA_CALLBACK_URL = f"http://127.0.0.1:{servers[0].server_address[1]}"
    settings.NETWORKS_URL = f"http://127.0.0.1:{servers[1].server_port}"
    connection.forget()
    yield heard
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def order() -> Order:
    def made(reference: str = "PAY-7K3M-9QXD-4TRH", amount: str = "1250", phone: str = "0708 374 149") -> Any:
        return Instruction(
            reference=reference,
            debtor_number="0010000100012",
            debtor_name="Amina Otieno",
            creditor_number=phone,
            creditor_name="Juma Mwangi",
            amount=Money.of(amount, "KES"),
            fee=Money.of("29", "KES"),
            excise=Money.of("4.35", "KES"),
            fee_account="",
            excise_account="",
            remittance="Rent – November",
        )

    return made
