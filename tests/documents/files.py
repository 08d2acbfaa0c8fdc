"""Files as honest people and others send them."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(format: str = "JPEG", size: tuple[int, int] = (320, 200), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, format, **options)
    return out.getvalue()


def pdf(pages: int = 1, **root: Any) -> bytes:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    for key, value in root.items():
        writer.root_object[NameObject(f"/{key}")] = value
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(kind: str, **more: Any) -> DictionaryObject:
    entries = {"/S": NameObject(f"/{kind}"), **{f"/{key}": value for key, value in more.items()}}
    return DictionaryObject({NameObject(key): value for key, value in entries.items()})


def script() -> DictionaryObject:
    return action("JavaScript", JS=TextStringObject("app.alert(1)"))


def pdf_with_stream(content: bytes) -> bytes:
    """A PDF with one packed stream that no page uses."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    stream = StreamObject()
    stream.set_data(content)
    writer._add_object(stream.flate_encode())
    return written(writer)


def pdf_opening_at_a_page() -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    place = ArrayObject([page.indirect_reference, NameObject("/Fit")])  # type: ignore[list-item]
    writer.root_object[NameObject("/OpenAction")] = place
    return written(writer)


def pdf_that_goes_in_circles() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    pages: Any = writer.root_object["/Pages"]
    pages[NameObject("/Kids")] = ArrayObject([writer.root_object.raw_get("/Pages")])
    pages[NameObject("/Count")] = NumberObject(1)
    return written(writer)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../../etc/cron.d/x", "* * * * * root true")
    return out.getvalue()


def pixel_bomb(side: int = 30_000) -> bytes:
    """A few kilobytes of PNG that claim ``side`` × ``side`` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
