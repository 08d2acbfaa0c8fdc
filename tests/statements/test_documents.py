"""The documents: the same content in each, whole, safe against what customers write into them."""

import csv
import io
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from pypdf import PdfReader

from bank.kernel.money import Money
from bank.statements import documents, errors
from bank.statements.documents import designed_pdf
from tests.statements.papers import lines, paper, printed

PDF, CSV = "PDF", "CSV"
LONG = documents.MOST_DESIGNED_LINES + 1


def text_of(pdf: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_balances_chain_from_opening_to_closing() -> None:
    content = paper(lines(40))
    assert content.opening == Money.of("10000", "KES")
    assert content.opening + content.money_in + content.money_out == content.closing


def test_without_lines_the_balance_before_is_both() -> None:
    content = paper([], balance_before=Money.of("12.50", "KES"))
    assert content.opening == content.closing == Money.of("12.50", "KES")


def test_csv_reads_back_and_adds_up() -> None:
    content = paper(lines(30))
    rows = rows_of(printed(content, CSV))
    assert [rows[0]["kind"], rows[-1]["kind"]] == ["OPENING_BALANCE", "CLOSING_BALANCE"]
    amounts = [Decimal(row["amount"]) for row in rows[1:-1]]
    assert Decimal(rows[0]["balance"]) + sum(amounts) == Decimal(rows[-1]["balance"])
    assert [row["reference"] for row in rows[1:-1]] == [line.reference for line in content.lines]


def test_csv_is_rfc_4180() -> None:
    raw = printed(paper(lines(2, description='He said "hi", twice')), CSV)
    assert raw.count(b"\r\n") == 5
    assert b'"He said ""hi"", twice"' in raw
    assert not raw.replace(b"\r\n", b"").count(b"\n")


def test_row_50_csv_cells_are_no_formulas() -> None:
    hostile = {"description": '=HYPERLINK("http://evil","x")', "counterparty": "@SUM(1)", "reference": "\t=1"}
    for row in rows_of(printed(paper(lines(3, **hostile)), CSV))[1:-1]:
        assert all(row[name].startswith("'") for name in hostile)
        Decimal(row["amount"])


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("KES", 2), ("KWD", 3)])
def test_csv_amounts_have_the_decimals_of_their_currency(currency: str, decimals: int) -> None:
    rows = rows_of(printed(paper(lines(5, currency=currency), currency=currency), CSV))
    assert {-Decimal(row["balance"]).as_tuple().exponent for row in rows} == {decimals}


@pytest.mark.parametrize("count", [0, 1, 60])
def test_pdf_says_what_the_paper_says(count: int) -> None:
    content = paper(lines(count))
    text = text_of(printed(content, PDF))
    for said in ("Statement of account", content.holder, content.reference, "1100 0000 00015", "UMOJKENA"):
        assert said in text
    assert all(line.reference in text for line in content.lines)


def test_long_pdf_says_the_same() -> None:
    content = paper(lines(LONG))
    text = text_of(printed(content, PDF))
    assert "Statement of account" in text
    assert content.holder in text
    assert all(line.reference in text for line in content.lines)


@pytest.mark.parametrize("count", [60, LONG])
def test_pages_are_numbered_to_the_last(count: int) -> None:
    reader = PdfReader(io.BytesIO(printed(paper(lines(count)), PDF)))
    pages = len(reader.pages)
    assert pages > 1
    for number, page in enumerate(reader.pages, 1):
        assert f"{number} / {pages}" in " ".join(page.extract_text().split())


def test_the_designed_pdf_is_tagged_and_names_its_language() -> None:
    root = PdfReader(io.BytesIO(printed(paper(lines(3), language="sw"), PDF))).root_object
    assert root["/Lang"] == "sw"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


@pytest.mark.parametrize("count", [3, LONG])
def test_the_banks_typefaces_are_embedded(count: int) -> None:
    pdf = printed(paper(lines(count)), PDF)
    fonts: set[str] = set()
    for page in PdfReader(io.BytesIO(pdf)).pages[:2]:
        for font in page["/Resources"]["/Font"].values():
            fonts.add(str(font.get_object()["/BaseFont"]))
    assert any("UmojaSerif" in font.replace("-", "") for font in fonts)
    assert any("UmojaSans" in font.replace("-", "") for font in fonts)


@pytest.mark.parametrize("count", [2, LONG])
def test_long_words_and_names_stay_on_the_page(count: int) -> None:
    wide = "W" * 300
    content = paper(lines(count, description=wide, counterparty=wide), holder="The Registered Trustees " * 8)
    for page in PdfReader(io.BytesIO(printed(content, PDF))).pages[:2]:
        places: list[float] = []
        page.extract_text(
            visitor_text=lambda text, cm, tm, font, size, to=places: to.append(tm[4] * cm[0] + cm[4])
        )
        assert max(places) < float(page.mediabox.width)


HOSTILE = (
    '<script>alert(1)</script><img src="{url}/img"><link rel="attachment" href="file:///etc/passwd">'
    '<style>@import url("{url}/css"); body {{ background: url({url}/bg) }}</style>'
    '<iframe src="{url}/frame"></iframe>"><a href="file:///etc/hosts">x</a>{{{{ 7|add:7 }}}} {{% now "Y" %}}'
)


@contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address of this machine, and what was asked of it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                heard.append(caller.recv(1000))
                caller.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("count", [2, LONG])
def test_row_51_nothing_written_by_customers_is_fetched_or_attached(count: int) -> None:
    with listener() as (url, heard):
        hostile = HOSTILE.format(url=url)
        content = paper(lines(count, description=hostile, counterparty=hostile), holder=hostile)
        pdf = printed(content, PDF)
        time.sleep(0.3)
    reader = PdfReader(io.BytesIO(pdf))
    assert heard == []
    assert not reader.attachments
    assert b"root:" not in pdf
    assert not any("/Annots" in page for page in reader.pages)
    text = "".join(text_of(pdf).split())
    assert "<script>alert(1)</script>" in text
    assert "{{7|add:7}}" in text


def test_row_51_the_fetcher_knows_the_banks_typefaces_only() -> None:
    fetcher = designed_pdf._closed_fetcher(designed_pdf._engine())
    assert fetcher.fetch("typeface:Umoja-Sans").read()[:4] == b"\x00\x01\x00\x00"
    for url in (
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "data:text/css,a",
        "typeface:../../etc/passwd",
        "Umoja-Sans",
        "ftp://127.0.0.1/",
    ):
        with pytest.raises(ValueError, match="fetches nothing"):
            fetcher.fetch(url)


def test_without_weasyprint_the_pdf_is_refused_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(errors.PdfUnavailable, match="Ask for the statement as CSV"):
        printed(paper(lines(1)), PDF)


def test_customers_words_do_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    printed(paper(lines(1, description="王小明 secret memo")), PDF)
    assert "王" not in caplog.text
