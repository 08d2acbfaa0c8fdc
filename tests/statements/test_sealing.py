"""Issued documents: chained, signed, and checked by whoever was handed one."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from bank import ledger
from bank.runtime import signing
from bank.statements import selectors, services
from bank.statements.models import IssuedDocument, Statement
from portals.public.views import verify
from tests.statements.world import World


def made(bank: World, key: str, format: str) -> Statement:
    today = ledger.business_date()
    statement = services.request_statement(
        user=bank.alice.user,
        account=bank.alice.current,
        from_date=today,
        to_date=today,
        format=format,
        key=key,
    )
    services.make_statement(statement_id=statement.pk)
    statement.refresh_from_db()
    return statement


def judged(pdf: bytes) -> Any:
    """What pyHanko says of the one signature in ``pdf``, trusting the bank's own certificate."""
    (certificate, *_others) = load_certs_from_pemder_data(signing.certificates_pem().encode())
    (signature,) = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[certificate]))


def test_pdfs_bear_a_signature_that_an_altered_byte_breaks(bank: World, files_dir: Path) -> None:
    pdf = (files_dir / made(bank, "k", "PDF").file_name).read_bytes()
    verdict = judged(pdf)
    assert (verdict.bottom_line, verdict.trusted, verdict.intact) == (True, True, True)
    assert verdict.coverage.name == "ENTIRE_FILE"
    at = pdf.index(b"/MediaBox")
    assert not judged(pdf[:at] + b"/mediaBox" + pdf[at + 9 :]).bottom_line
    assert b"ETSI.CAdES.detached" in pdf


def test_the_chain_is_proved_and_every_tampering_named(bank: World, files_dir: Path, capsys: Any) -> None:
    statements = [made(bank, f"k{number}", "CSV") for number in range(3)]
    call_command("statements_verify", "--files")
    assert "3 documents in one unbroken chain, 3 files compared" in capsys.readouterr().out
    head = selectors.verify_chain().head
    path = files_dir / statements[1].file_name
    whole = path.read_bytes()
    path.write_bytes(whole + b"x")
    with pytest.raises(CommandError, match=f"the file of {statements[1].reference} was altered"):
        call_command("statements_verify", "--files")
    path.write_bytes(whole)
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedDocument.objects.filter(position=2).update(digest="0" * 64)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE statements_issueddocument DISABLE TRIGGER USER")
    document = IssuedDocument.objects.get(position=2)
    IssuedDocument.objects.filter(position=2).update(facts={**document.facts, "closing": "9999999.00"})
    assert f"{document.code} (position 2) was altered" in str(selectors.verify_chain().fault)
    IssuedDocument.objects.filter(position=2).update(facts=document.facts)
    assert selectors.verify_chain(head=head).fault is None
    IssuedDocument.objects.filter(position=3).delete()
    assert "is not in the chain" in str(selectors.verify_chain().fault)
    assert "the noted head" in str(selectors.verify_chain(head=head).fault)
    IssuedDocument.objects.filter(position=1).delete()
    assert "document 1 of the chain is missing" in str(selectors.verify_chain().fault)


def test_whoever_has_the_document_can_check_it(bank: World, files_dir: Path, client: Client) -> None:
    statement = made(bank, "k", "CSV")
    whole = (files_dir / statement.file_name).read_bytes()

    def asked(code: str = "", content: bytes = b"") -> str:
        file = SimpleUploadedFile("statement.csv", content) if content else ""
        return client.post("/verify/", {"code": code, "file": file}).content.decode()

    page = client.get("/verify/", {"code": statement.reference.lower().replace("-", " ")}).content.decode()
    assert "We issued a document with this code" in page
    assert "10,000.00" in page
    assert bank.alice.current.number[-4:] in page
    assert bank.alice.current.number not in page
    assert "Achieng" not in page
    assert "Genuine and unaltered" in asked(statement.reference, whole)
    assert "Genuine and unaltered" in asked("", whole)
    assert "This file is not as we issued it" in asked(statement.reference, whole + b" ")
    assert "We know no such document" in asked("S-0000-0000-0000")
    assert "We know no such document" in asked("", b"something else")
    assert "Enter the code, or choose the file." in asked()
    assert not list(files_dir.parent.rglob("*.csv.tmp"))


def test_codes_cannot_be_tried_out(bank: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "MOST", 2)
    caller = {"REMOTE_ADDR": "203.0.113.77"}
    answers = [
        client.get("/verify/", {"code": f"S-0000-0000-000{n}"}, **caller).status_code for n in range(3)
    ]
    assert answers == [200, 200, 429]
