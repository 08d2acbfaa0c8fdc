"""A sandbox served on loopback for as long as a test needs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bank.payments.sandbox import Sandbox, server


@contextmanager
def served(*sandboxes: Sandbox) -> Iterator[str]:
    """The address under which the sandboxes answer, each under its code."""
    serving = server(sandboxes)
    thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{serving.server_port}"
    finally:
        serving.shutdown()
        serving.server_close()
