"""What is taken in, and how it is kept."""

import io
import os
import time
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from PIL import Image

from bank.audit.models import AuditRecord
from bank.documents import errors, rules, selectors, services, serving, vault
from bank.documents.models import Document
from bank.identity.models import User
from bank.kernel.errors import InvalidInput, NotFound
from bank.runtime import secrets
from tests.documents import files

OWNER = "application:0b6f"


def store(content: bytes, by: User, filename: str = "passport.jpg", owner: str = OWNER) -> Document:
    return services.store(
        owner=owner, purpose="IDENTITY", upload=io.BytesIO(content), filename=filename, uploaded_by=by
    )


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("format", "name", "kind"),
    [("JPEG", "p.jpg", "image/jpeg"), ("PNG", "p.png", "image/png"), ("WEBP", "p.webp", "image/webp")],
)
def test_a_picture_is_kept_as_the_same_kind_of_picture(
    format: str, name: str, kind: str, amina: User
) -> None:
    document = store(files.picture(format), amina, name)
    content = selectors.content_of(document)
    assert (document.media_type, document.pages, document.size) == (kind, 1, len(content))
    assert Image.open(io.BytesIO(content)).size == (320, 200)


def test_a_pdf_is_kept_to_the_byte(amina: User) -> None:
    sent = files.pdf(pages=3)
    document = store(sent, amina, "deed.pdf")
    assert (document.pages, document.media_type) == (3, "application/pdf")
    assert selectors.content_of(document) == sent


def test_nothing_hidden_beside_the_pixels_survives(amina: User) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8298] = "PhoneMaker", "taken at -1.2921, 36.8219"
    sent = files.picture(exif=exif, comment=b"remember me") + b"<script>alert(1)</script>" + files.archive()
    content = selectors.content_of(store(sent, amina))
    for trace in (b"PhoneMaker", b"36.8219", b"remember", b"<script", b"PK\x03\x04", b"Exif"):
        assert trace in sent
        assert trace not in content


def test_a_picture_lying_on_its_side_is_kept_upright(amina: User) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = selectors.content_of(store(files.picture(exif=exif), amina))
    assert Image.open(io.BytesIO(content)).size == (200, 320)


def test_a_large_picture_is_kept_smaller(amina: User) -> None:
    content = selectors.content_of(store(files.picture(size=(6000, 3000)), amina))
    assert Image.open(io.BytesIO(content)).size == (4000, 2000)


def test_what_lies_on_the_disk_is_sealed_and_says_nothing(amina: User, vault_dir: Path) -> None:
    sent = files.pdf()
    document = store(sent, amina, "amina otieno.pdf")
    (path,) = kept(vault_dir)
    assert b"%PDF" not in path.read_bytes()
    assert "amina" not in path.name
    assert path.name == document.stored_name
    assert path.stat().st_mode & 0o077 == 0


def test_two_sealed_files_cannot_be_swapped(amina: User, vault_dir: Path) -> None:
    one, two = store(files.pdf(1), amina, "a.pdf"), store(files.pdf(2), amina, "b.pdf")
    place = {path.name: path for path in kept(vault_dir)}
    os.replace(place[two.stored_name], place[one.stored_name])
    with pytest.raises(errors.DocumentDamaged):
        selectors.content_of(one)


def test_a_file_altered_or_gone_is_told(amina: User, vault_dir: Path) -> None:
    document = store(files.pdf(), amina, "a.pdf")
    (path,) = kept(vault_dir)
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))
    with pytest.raises(errors.DocumentDamaged):
        selectors.content_of(document)
    path.unlink()
    with pytest.raises(errors.DocumentDamaged):
        selectors.content_of(document)


def test_files_follow_when_keys_are_rotated(amina: User, settings: LazySettings) -> None:
    document = store(files.pdf(), amina, "a.pdf")
    old = list(settings.FIELD_KEYS)
    settings.FIELD_KEYS = [secrets.kept_field_key("another_key_for_a_test"), *old]
    assert (vault.seal_again(10), vault.seal_again(10)) == (1, 0)
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert selectors.content_of(document).startswith(b"%PDF")


def test_a_wrong_ending_is_put_right_and_noted(amina: User) -> None:
    document = store(files.picture("PNG"), amina, "passport.PDF")
    assert (document.filename, document.claimed_ending) == ("passport.png", "pdf")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\amina\\card.jpeg", "card.jpeg"),
        ("pass\u202egpj.exe\u202c.jpg", "passgpj.exe.jpg"),
        ("pass\u200b\u2060port\ufeff.jpg", "passport.jpg"),
        ("a\r\nContent-Type: text/html.jpg", "html.jpg"),
        ("\x00.jpg", "document.jpg"),
        ("", "document.jpg"),
        ("=cmd|' /C calc'!A0.jpg", "C calc'!A0.jpg"),
        ('"><img src=x onerror=alert(1)>.jpg', "img src=x onerror=alert(1).jpg"),
        ("e\u0301tat.jpg", "\u00e9tat.jpg"),
        ("x" * 400 + ".jpg", "x" * 120 + ".jpg"),
    ],
)
def test_names_are_made_harmless(given: str, shown: str) -> None:
    name, _claimed = rules.display_name(given, rules.MediaType.JPEG)
    assert name == shown


def test_file_and_row_come_together_or_not_at_all(amina: User, vault_dir: Path) -> None:
    with pytest.raises(Exception, match="document_has_owner"):
        store(files.pdf(), amina, "a.pdf", owner="")
    assert kept(vault_dir) == []
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_later_rollback_leaves_is_swept_up(amina: User, vault_dir: Path) -> None:
    document = store(files.pdf(), amina, "a.pdf")
    with transaction.atomic():
        store(files.pdf(), amina, "b.pdf")
        transaction.set_rollback(True)
    assert len(kept(vault_dir)) == 2
    assert services.sweep_orphans() == 0, "young files may belong to work still going on"
    for path in kept(vault_dir):
        os.utime(path, (time.time() - 7200,) * 2)
    assert (services.sweep_orphans(), services.sweep_orphans()) == (1, 0)
    assert [path.name for path in kept(vault_dir)] == [document.stored_name]


@pytest.mark.django_db(transaction=True)
def test_a_discarded_document_leaves_who_and_why(amina: User, vault_dir: Path) -> None:
    document = store(files.pdf(), amina, "a.pdf")
    with pytest.raises(InvalidInput):
        services.discard(document=document, by=amina, reason=" ")
    services.discard(document=document, by=amina, reason="Wrong person")
    services.discard(document=document, by=amina, reason="Again")
    row = Document.objects.get()
    assert (row.state, row.discard_reason, row.discarded_by) == ("DISCARDED", "Wrong person", amina)
    assert kept(vault_dir) == []
    with pytest.raises(NotFound):
        selectors.document_for(OWNER, document.pk)
    assert AuditRecord.objects.filter(action="DOCUMENT_DISCARDED").count() == 1


def test_another_owners_document_is_not_there(amina: User) -> None:
    document = store(files.pdf(), amina, "a.pdf")
    assert selectors.document_for(OWNER, str(document.pk)) == document
    for owner, wanted in (("application:other", str(document.pk)), (OWNER, "../1"), (OWNER, "")):
        with pytest.raises(NotFound):
            selectors.document_for(owner, wanted)


def test_documents_follow_their_owner(amina: User) -> None:
    document = store(files.pdf(), amina, "a.pdf")
    store(files.pdf(), amina, "b.pdf", owner="application:other")
    assert services.move_owner(old=OWNER, new="customer:1000001") == 1
    assert list(selectors.documents_of("customer:1000001")) == [document]
    assert not selectors.documents_of(OWNER).exists()


def test_validity_is_noted_and_found_when_it_runs_out(amina: User) -> None:
    document = store(files.pdf(), amina, "a.pdf")
    services.set_validity(document=document, valid_until=date(2027, 1, 31), by=amina)
    assert list(selectors.running_out(date(2027, 2, 1))) == [document]
    assert not selectors.running_out(date(2027, 1, 31)).exists()


def test_a_picture_is_shown_as_nothing_but_a_picture(amina: User) -> None:
    response = serving.respond(document=store(files.picture(), amina, "karte \u00e4.jpg"), viewer=amina)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''karte%20%C3%A4.jpg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert AuditRecord.objects.filter(action="DOCUMENT_VIEWED", actor=amina).exists()


def test_a_pdf_is_saved_and_never_shown_in_the_banks_own_place(amina: User) -> None:
    response = serving.respond(document=store(files.pdf(), amina, "deed.pdf"), viewer=amina)
    assert response["Content-Disposition"] == 'attachment; filename="deed.pdf"'


def test_an_owner_has_only_so_many(amina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_KEPT", 2)
    store(files.pdf(), amina, "a.pdf")
    store(files.pdf(), amina, "b.pdf")
    with pytest.raises(errors.DocumentQuotaReached):
        store(files.pdf(), amina, "c.pdf")
    assert selectors.documents_of(OWNER).count() == 2
