"""Section G: payment files made to read, fetch or swallow what they must not."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from bank.payments.models import PaymentFile
from tests.identity import bearer
from tests.portals.town import Town, pain001

UTF7 = {"<": "+ADw-", "!": "+ACE-"}
LONG_DECLARATION = '<?xml version="1.0"' + " " * 300 + 'encoding="{}"?>'
Forge = Callable[[bytes, str], bytes]


class Ear:
    """Listens on a loopback port and keeps who called."""

    def __init__(self) -> None:
        self.callers: list[object] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, caller = self._socket.accept()
            except OSError:
                return
            self.callers.append(caller)
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.close()


def dtd(body: bytes, url: str) -> bytes:
    """The message with a document type that asks for a file and for our ear, and uses both."""
    entities = f'<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY n SYSTEM "{url}/e">'
    told = f'<!DOCTYPE Document SYSTEM "{url}/x.dtd" [{entities}]>'.encode()
    return told + body.replace(b"Salary 1", b"&f;&n;Salary 1")


def seven_bits(text: str) -> bytes:
    return "".join(UTF7.get(letter, letter) for letter in text).encode()


FORGED: dict[str, Forge] = {
    "plain": dtd,
    "after blanks": lambda body, url: b"\n \n" + dtd(body, url),
    "after a comment": lambda body, url: b"<!-- - --><?a b?>" + dtd(body, url),
    "two byte order marks": lambda body, url: b"\xef\xbb\xbf" * 2 + dtd(body, url),
    "UTF-16": lambda body, url: dtd(body, url).decode().encode("utf-16"),
    "UTF-7 far behind": lambda body, url: (
        LONG_DECLARATION.format("UTF-7").encode() + seven_bits(dtd(body, url).decode())
    ),
    "UTF-7 inside UTF-16": lambda body, url: (
        LONG_DECLARATION.format("UTF-7") + seven_bits(dtd(body, url).decode()).decode()
    ).encode("utf-16"),
    "EBCDIC": lambda body, url: (
        '<?xml version="1.0" encoding="IBM037"?>' + dtd(body, url).decode()
    ).encode("cp037"),
    "UCS-4": lambda body, url: dtd(body, url).decode().encode("utf-32"),
    "billion laughs": lambda body, _url: laughs(10, 12) + body.replace(b"Salary 1", b"&l11;"),
    "quadratic": lambda body, _url: (
        b'<!DOCTYPE Document [<!ENTITY q "' + b"x" * 100_000 + b'">]>'
        + body.replace(b"Salary 1", b"&q;" * 10_000)
    ),
    "parameter entities": lambda body, url: (
        f'<!DOCTYPE Document [<!ENTITY % p SYSTEM "{url}/p"> %p;]>'.encode() + body
    ),
}  # fmt: skip


def laughs(times: int, levels: int) -> bytes:
    steps = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * times}">' for n in range(1, levels))
    return f'<!DOCTYPE Document [<!ENTITY l0 "ha">{steps}]>'.encode()


def send(town: Town, content: bytes, key: str):
    headers = {"HTTP_IDEMPOTENCY_KEY": key, **bearer(town.firm.user)}
    return Client().post("/api/v1/payment-files", content, content_type="application/xml", **headers)


def body_of(town: Town) -> bytes:
    content = pain001(town.firm, [(town.brian.name, town.brian.number, "100.00")])
    return content.partition(b"?>")[2].strip()


@pytest.mark.parametrize("forged", FORGED)
def test_row_48_no_document_type_reaches_the_parser(town: Town, ear: Ear, forged: str) -> None:
    before, began = town.books(), time.perf_counter()
    answer = send(town, FORGED[forged](body_of(town), ear.url), "x1")
    assert time.perf_counter() - began < 2
    assert answer.status_code in {400, 422}, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b"root:" not in answer.content
    assert ear.callers == []
    assert not PaymentFile.objects.exists()
    assert town.books() == before


def test_row_48_inclusions_and_stylesheets_are_left_alone(town: Town, ear: Ear) -> None:
    include = (
        f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{ear.url}/i" parse="text"/>'.encode()
    )
    sheet = f'<?xml-stylesheet href="{ear.url}/s"?>'.encode()
    for n, content in enumerate((body_of(town).replace(b"Salary 1", include), sheet + body_of(town))):
        assert send(town, content, f"i{n}").status_code < 500
    hint = (
        f'xsi:schemaLocation="urn:iso {ear.url}/s.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    assert (
        send(town, body_of(town).replace(b"<Document ", f"<Document {hint} ".encode()), "i9").status_code
        < 500
    )
    assert ear.callers == []


SWALLOW = r"""
import re
from bank.messages import xml
content = b"<?xml version='1.0'?>" + {filler} + b"<a/>"
xml.prepared(content)
print(int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.parametrize(
    "filler", ['b"<!---->" * 8_000_000', 'b"<?a?>" * 10_000_000', 'b" \\n" * 30_000_000']
)
def test_row_47_memory_stays_bounded_however_the_file_is_filled(filler: str) -> None:
    began = time.perf_counter()
    code = SWALLOW.format(filler=filler)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert int(run.stdout) < 300
    assert time.perf_counter() - began < 5


def test_row_49_a_comment_inside_an_amount_changes_no_amount(town: Town) -> None:
    """One reader must not see 1 where another sees 100."""
    content = body_of(town).replace(b">100.00</InstdAmt>", b">1<!-- -->00<?a?>.00</InstdAmt>")
    answer = send(town, content, "c1")
    assert answer.json()["totals"] in ([{"amount": "100.00", "currency": "KES"}], []), answer.content
