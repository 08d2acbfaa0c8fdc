"""What is not taken in: a coded refusal, nothing kept, a trace on the audit trail."""

import io
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from pypdf import PdfWriter
from pypdf.generic import NullObject

from bank.audit.models import AuditRecord
from bank.documents import errors, rules, services
from bank.documents.models import Document
from bank.identity.models import User
from bank.kernel.errors import BankError
from tests.documents import files

pytestmark = pytest.mark.django_db(transaction=True)


def refused(content: bytes, filename: str, by: User, vault_dir: Path) -> type[BankError]:
    with pytest.raises(BankError) as caught:
        services.store(
            owner="application:1",
            purpose="IDENTITY",
            upload=io.BytesIO(content),
            filename=filename,
            uploaded_by=by,
        )
    assert not Document.objects.exists()
    assert [path for path in vault_dir.rglob("*") if path.is_file()] == []
    trace = AuditRecord.objects.get(action="DOCUMENT_STORED", result="REFUSED", subject_id="application:1")
    assert trace.detail["reason"] == caught.value.code
    return caught.type


def with_attachment() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("x.exe", b"MZ")
    return files.written(writer)


def with_script() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer._add_object(files.script())
    return files.written(writer)


def encrypted() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="AES-256")
    return files.written(writer)


CASES: dict[str, tuple[bytes | Callable[[], bytes], str, type[BankError]]] = {
    "nothing": (b"", "a.pdf", errors.DocumentEmpty),
    "too large": (b"%PDF-" + bytes(rules.MAX_BYTES), "a.pdf", errors.DocumentTooLarge),
    "EICAR": (files.EICAR, "a.pdf", errors.DocumentInfected),
    "EICAR after a picture": (files.picture() + files.EICAR, "a.jpg", errors.DocumentInfected),
    "EICAR in a packed stream": (files.pdf_with_stream(files.EICAR), "a.pdf", errors.DocumentInfected),
    "HTML": (b"<html><script>alert(1)</script>", "a.pdf", errors.DocumentTypeRefused),
    "SVG": (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "a.png",
        errors.DocumentTypeRefused,
    ),
    "a program": (b"MZ" + bytes(100), "passport.jpg", errors.DocumentTypeRefused),
    "GIF": (b"GIF89a" + bytes(100), "a.gif", errors.DocumentTypeRefused),
    "a ZIP": (files.archive(), "a.pdf", errors.DocumentTypeRefused),
    "HTML before a PDF": (b"<html>" + files.pdf(), "a.pdf", errors.DocumentTypeRefused),
    "a PDF called a program": (files.pdf(), "a.pdf.exe", errors.DocumentMislabelled),
    "a picture called a page": (files.picture(), "a.html", errors.DocumentMislabelled),
    "a picture cut off": (files.picture()[:2000], "a.jpg", errors.DocumentUnreadable),
    "only a picture's head": (b"\xff\xd8\xff\xe0" + bytes(50), "a.jpg", errors.DocumentUnreadable),
    "a PDF cut off": (files.pdf()[:300], "a.pdf", errors.DocumentUnreadable),
    "only a PDF's head": (b"%PDF-1.7\n%%EOF\n", "a.pdf", errors.DocumentUnreadable),
    "a pixel bomb": (files.pixel_bomb, "a.png", errors.DocumentTooComplex),
    "a packed bomb": (lambda: files.pdf_with_stream(bytes(300_000_000)), "a.pdf", errors.DocumentTooComplex),
    "51 pages": (lambda: files.pdf(51), "a.pdf", errors.DocumentTooManyPages),
    "10,000 pages": (lambda: files.pdf(10_000), "a.pdf", errors.DocumentTooManyPages),
    "pages in a circle": (files.pdf_that_goes_in_circles(), "a.pdf", errors.DocumentTooManyPages),
    "a password": (encrypted(), "a.pdf", errors.DocumentEncrypted),
    "a script": (with_script(), "a.pdf", errors.DocumentActive),
    "a script when opened": (files.pdf(OpenAction=files.script()), "a.pdf", errors.DocumentActive),
    "an address when opened": (files.pdf(OpenAction=files.action("URI")), "a.pdf", errors.DocumentActive),
    "a program to start": (files.pdf(X=files.action("Launch")), "a.pdf", errors.DocumentActive),
    "an attachment": (with_attachment(), "a.pdf", errors.DocumentActive),
    "a form with a program": (files.pdf(XFA=NullObject()), "a.pdf", errors.DocumentActive),
    "a page behind a PDF": (files.pdf() + b"<html>", "a.pdf", errors.DocumentHasTrailingContent),
    "an archive behind a PDF": (files.pdf() + files.archive(), "a.pdf", errors.DocumentHasTrailingContent),
    "an archive that ends like a PDF": (
        files.pdf() + files.archive()[:-2] + struct.pack("<H", 6) + b"%%EOF\n",
        "a.pdf",
        errors.DocumentHasTrailingContent,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_and_leaves_only_a_trace(case: str, amina: User, vault_dir: Path) -> None:
    made, filename, expected = CASES[case]
    content = made() if callable(made) else made
    started = time.monotonic()
    assert refused(content, filename, amina, vault_dir) is expected
    assert time.monotonic() - started < 20


def test_a_name_hidden_by_escapes_is_still_a_script(amina: User, vault_dir: Path) -> None:
    hidden = files.pdf(X=files.action("Launch")).replace(b"/Launch", b"/#4caunch")
    assert b"/#4caunch" in hidden
    assert refused(hidden, "a.pdf", amina, vault_dir) is errors.DocumentActive


def test_opening_at_a_page_is_no_action(amina: User) -> None:
    services.store(
        owner="application:1",
        purpose="X",
        upload=io.BytesIO(files.pdf_opening_at_a_page()),
        filename="a.pdf",
        uploaded_by=amina,
    )


@pytest.fixture
def clamd(settings: LazySettings) -> Iterator[list[bytes]]:
    """A daemon that speaks INSTREAM and finds everything infected that says so."""
    door = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD_ADDRESS = f"127.0.0.1:{door.getsockname()[1]}"
    seen: list[bytes] = []

    def serve() -> None:
        line, _address = door.accept()
        with line, line.makefile("rwb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack("!L", stream.read(4))[0]:
                content += stream.read(length)
            seen.append(content)
            verdict = b"stream: Worm.Test FOUND\0" if b"worm" in content else b"stream: OK\0"
            stream.write(verdict)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield seen
    door.close()


def test_what_clamd_finds_is_refused(amina: User, vault_dir: Path, clamd: list[bytes]) -> None:
    sent = files.picture() + b"worm"
    assert refused(sent, "a.jpg", amina, vault_dir) is errors.DocumentInfected
    assert clamd == [sent]


def test_what_clamd_finds_clean_is_taken(amina: User, clamd: list[bytes]) -> None:
    sent = files.picture()
    services.store(owner="a:1", purpose="X", upload=io.BytesIO(sent), filename="a.jpg", uploaded_by=amina)
    assert clamd == [sent]


def test_without_an_answer_of_clamd_nothing_is_taken(
    amina: User, vault_dir: Path, settings: LazySettings
) -> None:
    settings.CLAMD_ADDRESS = str(vault_dir / "no-such.sock")
    assert refused(files.picture(), "a.jpg", amina, vault_dir) is errors.ScannerUnavailable
