"""A copy of everything: asked for with a code, sealed, whole, one's own, gone after a week."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from bank.cif import services as cif
from bank.identity.errors import StepUpFailed
from bank.kernel import clock
from bank.kernel.errors import NotAllowed, NotFound
from bank.privacy import services
from bank.privacy.errors import ExportExpired, ExportNotReady
from bank.privacy.models import DataExport
from tests.portals import town as streets
from tests.portals.town import Town
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(standing_town: Standing[Town], db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(settings, "FILES_DIR", tmp_path)
    return standing_town.visit()


def ask(town: Town) -> DataExport:
    asked = {"user": town.amina.user, "cif_number": town.amina.customer.cif}
    challenge = services.start_export(**asked)
    code = streets.newest_code(town.amina.user)
    return services.request_export(**asked, challenge_id=challenge.pk, code=code)


def test_the_copy_has_everything_and_lies_sealed(town: Town) -> None:
    cif.record_document(customer=town.amina.customer, kind="NATIONAL_ID", number="23456789")
    cif.relate(customer=town.amina.customer, role="SPOUSE", name="=HYPERLINK(1)")
    export = ask(town)
    with pytest.raises(ExportNotReady):
        services.open_export(user=town.amina.user, export_id=export.pk)
    services.make_export(export_id=export.pk)
    services.make_export(export_id=export.pk)
    _export, packed = services.open_export(user=town.amina.user, export_id=export.pk)
    bundle = zipfile.ZipFile(io.BytesIO(packed))
    held = json.loads(bundle.read("data.json"))
    assert held["customer"][0]["cif"] == town.amina.customer.cif
    assert held["identity_documents"][0]["number"] == "23456789"
    assert {row["number"] for row in held["accounts"]} == {one.number for one in town.amina.accounts}
    assert "Amina Wanjiru Otieno" in bundle.read("data.html").decode()
    sheet = bundle.read(f"account-{town.amina.number}.csv").decode().splitlines()
    assert [line.split(",")[2] for line in sheet] == ["description", "Cash deposit"]
    (lying,) = Path(settings.FILES_DIR, "exports").iterdir()
    assert b"23456789" not in lying.read_bytes()
    assert lying.read_bytes()[:2] != b"PK"


def test_who_only_acts_for_somebody_takes_and_changes_nothing_of_theirs(town: Town) -> None:
    """Brian may look at Amina's accounts: his profile is his own, and she alone is asked about hers."""
    cif.grant_mandate(user=town.brian.user, customer=town.amina.customer, role="VIEWER")
    cif.grant_mandate(user=town.bookkeeper, customer=town.amina.customer, role="SIGNATORY", can_pay=True)
    before, contact = town.amina.customer.email, cif.Contact("m@example.test", "+254700000009", "A", "B")
    for user in (town.brian.user, town.bookkeeper):
        asked = {"user": user, "cif_number": town.amina.customer.cif}
        for act in (services.start_export, services.request_erasure):
            with pytest.raises(NotAllowed):
                act(**asked)
        with pytest.raises(NotAllowed):
            cif.start_contact_change(user=user, cif=town.amina.customer.cif, contact=contact)
    page = streets.browser(town.brian.user).get("/personal/profile/").content.decode()
    assert town.brian.customer.cif in page
    assert town.amina.customer.cif not in page
    stranger = streets.browser(town.bookkeeper)
    assert stranger.get("/personal/profile/data/").status_code == 404
    assert town.amina.customer.cif not in stranger.get("/personal/profile/").content.decode()
    town.amina.customer.refresh_from_db()
    assert town.amina.customer.email == before


def test_no_code_no_copy_and_nobody_elses(town: Town) -> None:
    asked = {"user": town.amina.user, "cif_number": town.amina.customer.cif}
    challenge = services.start_export(**asked)
    with pytest.raises(StepUpFailed):
        services.request_export(**asked, challenge_id=challenge.pk, code="000000x")
    with pytest.raises(NotFound):
        services.start_export(user=town.brian.user, cif_number=town.amina.customer.cif)
    assert not DataExport.objects.exists()
    export = ask(town)
    services.make_export(export_id=export.pk)
    with pytest.raises(NotFound):
        services.open_export(user=town.brian.user, export_id=export.pk)


def test_a_copy_is_gone_after_a_week(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    export = ask(town)
    services.make_export(export_id=export.pk)
    assert services.drop_expired() == 0
    later = clock.now() + timedelta(days=7, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(ExportExpired):
        services.open_export(user=town.amina.user, export_id=export.pk)
    assert services.drop_expired() == 1
    assert list(Path(settings.FILES_DIR, "exports").iterdir()) == []
    with pytest.raises(ExportExpired):
        services.open_export(user=town.amina.user, export_id=export.pk)


def test_the_pages_lead_to_the_file_and_to_nobody_elses(town: Town) -> None:
    amina, brian = streets.browser(town.amina.user), streets.browser(town.brian.user)
    check = amina.post("/personal/profile/data/").headers["Location"]
    code = streets.newest_code(town.amina.user)
    asked = _hidden(amina, check)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert amina.post(check, {"code": wrong, "asked": asked}).status_code == 200
    assert not DataExport.objects.exists()
    assert amina.post(check, {"code": code, "asked": asked}).status_code == 302
    streets.let_the_worker_work()
    export = DataExport.objects.get()
    address = f"/personal/profile/data/{export.pk}/"
    assert address in amina.get("/personal/profile/data/").content.decode()
    answer = amina.get(address)
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert brian.get(address).status_code == 404


def test_contact_details_change_by_the_pages_with_a_code(town: Town) -> None:
    amina = streets.browser(town.amina.user)
    given = {"email": "new@example.test", "phone": "0712 345678", "street": "Moi Avenue 1", "town": "Nairobi"}
    bad = amina.post("/personal/profile/contact/", given | {"country": "Kenya"}).content.decode()
    assert "Enter the two letters of the country" in bad
    check = amina.post("/personal/profile/contact/", given | {"country": "KE"}).headers["Location"]
    code, asked = streets.newest_code(town.amina.user), _hidden(amina, check)
    assert amina.post(check, {"code": code, "asked": asked}).status_code == 302
    page = amina.get("/personal/profile/").content.decode()
    assert "new@example.test" in page
    assert "Moi Avenue 1" in page
    nobody = streets.browser(town.bookkeeper)
    assert "You act for others here" in nobody.get("/personal/profile/").content.decode()
    assert nobody.get("/personal/profile/contact/").status_code == 404


def _hidden(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return page.split('name="asked" value="')[1].split('"')[0]
