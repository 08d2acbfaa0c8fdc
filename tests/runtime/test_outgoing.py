"""Where the bank calls when a customer names the address, and how long it waits there."""

import socket
import threading
import time
from contextlib import suppress
from ipaddress import ip_network

import pytest

from bank.runtime import outgoing
from bank.runtime.errors import AddressRefused, CallFailed


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "[::1]", "[::127.0.0.1]", "[fe80::1]",
        "[fec0::1]", "[fc00::1]", "[ff0e::1]", "[::ffff:10.0.0.1]", "[::ffff:0:10.0.0.1]",
        "[64:ff9b::a00:1]", "[64:ff9b:1::a00:1]", "[2002:a00:1::]", "[2001:0:a00:1::]",
    ],
)  # fmt: skip
def test_row_52_no_address_beside_the_internets_is_called(host: str) -> None:
    """Also those by which IPv6 says an IPv4 address, and those that are of a site alone."""
    with pytest.raises(AddressRefused):
        outgoing.check_url(f"https://{host}/hook")


def test_row_52_the_internets_addresses_are() -> None:
    for host in ("8.8.8.8", "[2606:4700::1111]", "hooks.example.com"):
        outgoing.check_url(f"https://{host}/hook")


def test_row_52_an_answer_a_byte_at_a_time_is_cut_off(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, the whole never would; the caller is free again all the same."""
    monkeypatch.setattr(settings, "OUTGOING_TRUSTED", [ip_network("127.0.0.0/8")])
    monkeypatch.setattr(outgoing, "WHOLE_CALL_S", 0.3)
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as ear:

        def drip() -> None:
            with suppress(OSError), ear.accept()[0] as caller:
                caller.recv(4096)
                caller.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not done.wait(0.05):
                    caller.sendall(b"a")

        server = threading.Thread(target=drip)
        server.start()
        began = time.monotonic()
        guard = threading.Timer(4, done.set)
        guard.start()
        try:
            with pytest.raises(CallFailed):
                outgoing.post(f"http://127.0.0.1:{ear.getsockname()[1]}/", b"{}", {})
        finally:
            done.set()
            guard.cancel()
            server.join()
    assert time.monotonic() - began < 3
