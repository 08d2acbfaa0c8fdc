"""Many collections as one pain.008: all or none, every fault by its line, never twice. And the pain.002."""

from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest
from django.test import Client
from lxml import etree

from bank.debits import errors, services
from bank.debits.models import Collection, Creditor, DebitFile
from bank.debits.reports import status_report
from bank.kernel.errors import NotFound
from bank.messages import pain008, schemas
from bank.messages.errors import DoctypeForbidden, FormatError, MessageUnsupported
from tests.debits.conftest import admit, confirmed, terms
from tests.identity import bearer
from tests.payments.conftest import Bank, kes
from tests.vectors import folder


def row(bank: Bank, own: str, amount: str, mandate: str, *, extra: str = "", debtor: str = "") -> str:
    return (
        f"<DrctDbtTxInf><PmtId><EndToEndId>{own}</EndToEndId></PmtId>"
        f'<InstdAmt Ccy="KES">{amount}</InstdAmt>'
        f"<DrctDbtTx><MndtRltdInf><MndtId>{mandate}</MndtId><DtOfSgntr>2026-03-02</DtOfSgntr>{extra}"
        f"</MndtRltdInf></DrctDbtTx>"
        f"<DbtrAgt><FinInstnId><BIC>UMOJKENA</BIC></FinInstnId></DbtrAgt><Dbtr><Nm>Amina</Nm></Dbtr>"
        f"<DbtrAcct><Id><Othr><Id>{debtor or bank.alice.number}</Id></Othr></Id></DbtrAcct>"
        f"<RmtInf><Ustrd>Water, March</Ustrd></RmtInf></DrctDbtTxInf>"
    )


def message(
    bank: Bank, rows: Iterable[str], own: str = "M-1", *, count: int | None = None, version: str = "02"
) -> bytes:
    """A pain.008 as companies send it; the schema of 08 calls a BIC BICFI."""
    body = "".join(rows)
    held = body.count("<DrctDbtTxInf>") if count is None else count
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:'
        f'pain.008.001.{version}"><CstmrDrctDbtInitn><GrpHdr><MsgId>{own}</MsgId>'
        f"<CreDtTm>2026-03-02T09:00:00</CreDtTm><NbOfTxs>{held}</NbOfTxs><InitgPty><Nm>Savanna</Nm></InitgPty>"
        f"</GrpHdr><PmtInf><PmtInfId>P1</PmtInfId><PmtMtd>DD</PmtMtd><PmtTpInf><LclInstrm><Cd>CORE</Cd>"
        f"</LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf><ReqdColltnDt>2026-03-09</ReqdColltnDt>"
        f"<Cdtr><Nm>Savanna</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{bank.firm.number}</Id></Othr></Id></CdtrAcct>"
        f"<CdtrAgt><FinInstnId><BIC>UMOJKENA</BIC></FinInstnId></CdtrAgt>{body}</PmtInf>"
        f"</CstmrDrctDbtInitn></Document>"
    )
    return (text if version < "03" else text.replace("BIC>", "BICFI>")).encode()


@pytest.fixture
def send(bank: Bank) -> Callable[..., DebitFile]:
    def sent(content: bytes, **more: object) -> DebitFile:
        given = {"user": bank.firm.user, "number": bank.firm.customer.cif, "content": content}
        return services.take_file(**(given | more))

    return sent


def codes(file: DebitFile) -> list[str]:
    return [" ".join(fault["code"] for fault in one["faults"]) for one in file.rows]


def test_all_or_none_and_every_fault_by_its_line(bank: Bank, send: Callable[..., DebitFile]) -> None:
    confirmed(bank)
    services.propose(user=bank.firm.user, terms=_other(bank))
    before = bank.positions()
    amended = "<AmdmntInd>true</AmdmntInd>"
    rows = [
        row(bank, "A", "1000.00", "WATER-1"),
        row(bank, "A", "1000.00", "WATER-1"),
        row(bank, "B", "5000.01", "WATER-1"),
        row(bank, "C", "10.00", "NO-SUCH"),
        row(bank, "D", "10.00", "WATER-2"),
        row(bank, "E", "10.00", "WATER-1", extra=amended),
        row(bank, "F", "10.00", "WATER-1", debtor=bank.bob.number),
        row(bank, "G", "10.005", "WATER-1"),
        row(bank, "H", "1e2", "WATER-1"),
        row(bank, "I", "1.000,00", "WATER-1"),
        row(bank, "K", "-1.00", "WATER-1"),
        row(bank, "L", "10.00", "WATER-1").replace('Ccy="KES"', 'Ccy="USD"'),
        row(bank, "M", "2000.00", "WATER-1"),
    ]
    file = send(message(bank, rows))
    found = codes(file)
    assert found[:7] == [
        "", "COLLECTION_REFERENCE_USED", "ABOVE_MANDATE", "MANDATE_UNUSABLE", "MANDATE_UNUSABLE",
        "MANDATE_UNUSABLE", "COLLECTION_UNUSABLE",
    ]  # fmt: skip
    assert all(found[7:12])
    assert (found[12], file.accepted_count, Collection.objects.count()) == ("", 0, 0)
    assert {one["collection"] for one in file.rows} == {""}
    again = send(message(bank, rows), only_valid=True)
    assert (again.accepted_count, again.count) == (2, 13)
    assert [one["collection"] != "" for one in again.rows] == [code == "" for code in found]
    assert send(message(bank, rows), only_valid=True) == again
    with pytest.raises(errors.DebitFileUsed):
        send(message(bank, rows[:1]))
    assert codes(send(message(bank, rows[:1], "M-2"))) == ["COLLECTION_REFERENCE_USED"]
    assert (Collection.objects.count(), bank.positions()) == (2, before)
    services.run_due(on=Collection.objects.first().run_date)
    assert bank.alice.booked == kes("47000.00")
    _report(again, ["ACSC", *["RJCT"] * 11, "ACSC"], "PART")
    _report(file, ["RJCT"] * 13, "RJCT")


def _other(bank: Bank) -> services.Terms:
    return terms(bank, reference="WATER-2")


def _report(file: DebitFile, statuses: list[str], group: str) -> None:
    """Read with lxml alone, and valid under the published schema; refused lines say why."""
    raw = status_report(file)
    assert schemas.is_valid(raw)
    root = etree.fromstring(raw)
    assert root.findtext(".//{*}GrpSts") == group
    assert root.findtext(".//{*}CdtrAgt//{*}BIC")
    assert [one.text for one in root.iterfind(".//{*}TxSts")] == statuses
    refused = [one for one in root.iterfind(".//{*}TxInfAndSts") if one.findtext("{*}TxSts") == "RJCT"]
    reasons = [one for one in refused if one.findtext(".//{*}Rsn/{*}Cd")]
    assert len(reasons) == sum(bool(one["faults"]) for one in file.rows)


def test_what_is_no_file_of_ours(bank: Bank, send: Callable[..., DebitFile]) -> None:
    confirmed(bank)
    good = message(bank, [row(bank, "A", "10.00", "WATER-1")])
    for content, refusal in (
        (b"", FormatError),
        (b"PK\x03\x04", FormatError),
        (good[:-40], FormatError),
        (good.replace(b"<Document", b'<!DOCTYPE x [<!ENTITY e "x">]><Document'), DoctypeForbidden),
        (good.replace(b"pain.008.001.02", b"pain.001.001.03"), MessageUnsupported),
        (good.replace(b"pain.008.001.02", b"pain.008.001.99"), MessageUnsupported),
        (message(bank, []), errors.DebitFileUnusable),
    ):
        with pytest.raises(refusal):
            send(content)
    with pytest.raises(NotFound):
        send(good, user=bank.alice.user)
    wrong = send(message(bank, [row(bank, "A", "10.00", "WATER-1")], count=2), only_valid=True)
    assert ([one["code"] for one in wrong.faults], wrong.accepted_count) == (["COUNT_MISMATCH"], 0)
    assert not Collection.objects.exists()
    Creditor.objects.update(status="SUSPENDED", reason="Many returns")
    with pytest.raises(errors.CreditorStopped):
        send(good)
    Creditor.objects.update(status="ADMITTED")
    newer = send(message(bank, [row(bank, "A", "10.00", "WATER-1")], version="08"))
    assert (newer.accepted_count, newer.message, newer.faults) == (1, "pain.008.001.08", [])
    assert etree.QName(etree.fromstring(status_report(newer))).namespace.endswith("pain.002.001.10")
    assert schemas.is_valid(status_report(newer))


def test_hundreds_with_faults(bank: Bank, send: Callable[..., DebitFile]) -> None:
    """Every fifth asks too much; the others are announced."""
    admit(bank.firm.customer, bank.bob.user, month=Decimal("1000000.00"))
    confirmed(bank, limit=kes("10.00"), month_limit=kes("8000.00"))
    rows = [row(bank, f"R{n}", "9000.00" if n % 5 == 0 else "10.00", "WATER-1") for n in range(250)]
    file = send(message(bank, rows), only_valid=True)
    assert file.accepted_count == 200
    assert codes(file).count("ABOVE_MANDATE") == 50
    assert Collection.objects.count() == 200


def test_over_rest(bank: Bank, client: Client) -> None:
    confirmed(bank)
    firm, alice = (bearer(one.user) for one in (bank.firm, bank.alice))
    url = f"/api/v1/direct-debits/creditors/{bank.firm.customer.cif}/files"
    content = message(bank, [row(bank, "A", "10.00", "WATER-1"), row(bank, "B", "9000.00", "WATER-1")])
    xml = {"content_type": "application/xml"}
    assert client.post(url, content, **xml, **alice).status_code == 404
    assert client.post(url, b"<x", **xml, **firm).status_code == 400
    answer = client.post(f"{url}?only_valid=true", content, **xml, **firm)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["count"], told["accepted_count"], told["lines"][1]["faults"][0]["code"]) == (
        2, 1, "ABOVE_MANDATE",
    )  # fmt: skip
    one = f"/api/v1/direct-debits/files/{told['reference']}"
    assert client.get(one, **firm).json() == told
    assert client.get(one, **alice).status_code == client.get(f"{one}/pain002", **alice).status_code == 404
    report = client.get(f"{one}/pain002", **firm)
    assert (report.status_code, report.headers["Content-Type"]) == (200, "application/xml")
    assert schemas.is_valid(report.content)


def test_a_published_file_is_read() -> None:
    """One of the Swiss scheme, without mandates."""
    path = folder("iso20022/give/xml") / "moov__pain008-musterfile.xml"
    file = pain008.Initiation(path.read_bytes())
    debits = list(file.collections())
    assert [(one.end_to_end_id, str(one.amount), one.currency) for one in debits] == [
        ("E2EId-CHDD-1", "1.5", "CHF"), ("E2EId-CHDD-2", "3.0", "CHF"),
    ]  # fmt: skip
    assert file.control_faults() == []
    assert {one.creditor_identifier for one in debits} == {"41100000000872849"}
