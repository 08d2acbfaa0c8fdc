"""MT and ISO 20022 into each other: the published schema takes what is made, and nothing said is lost."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from lxml import etree

from bank.messages import camt, catalogue, errors, mt940, schemas, xml
from bank.messages.swift import blocks, checks, parties, to_mt, to_mx
from bank.messages.swift.blocks import Field, Message
from tests.messages.test_account_statements import MT940, camt053
from tests.messages.test_swift import GOOD, UETR

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
PAYMENT = Message(
    "103",
    "UMOJKENAAXXX",
    "SAVAKENAXXXX",
    (
        Field("20", "REF-1"),
        Field("13C", "/SNDTIME/0809+0300"),
        Field("23B", "CRED"),
        Field("32A", "261127KES1250,5"),
        Field("33B", "USD10,"),
        Field("36", "125,05"),
        Field("50F", "/1000000000009\n1/AMINA OTIENO\n2/MOI AVENUE 1\n3/KE/NAIROBI"),
        Field("52A", "UMOJKENA"),
        Field("56A", "BARCKENX"),
        Field("57D", "//SC123456\nSAVANNA BANK\nKIMATHI STREET"),
        Field("59", "/DE89370400440532013000\nBARAKA LTD\nMOMBASA"),
        Field("70", "/ROC/E2E-7///URI/INVOICE 7"),
        Field("71A", "SHA"),
        Field("71F", "KES50,"),
        Field("72", "/ACC/CREDIT TODAY"),
    ),
    uetr=UETR,
    priority="N",
)
COVER = Message(
    "202",
    "UMOJKENAAXXX",
    "SAVAKENAXXXX",
    (
        Field("20", "REF-2"),
        Field("21", "REF-1"),
        Field("32A", "261127KES1250,5"),
        Field("52A", "UMOJKENA"),
        Field("58A", "SAVAKENA"),
        Field("50K", "/1000000000009\nAMINA OTIENO"),
        Field("57A", "SAVAKENA"),
        Field("59", "/2000000000008\nBARAKA LTD"),
        Field("70", "INVOICE 7"),
    ),
    uetr=UETR,
)


def schema_faults(translated: str) -> list[str]:
    element, message = schemas.document(xml.prepared(translated))
    return [fault.sentence for fault in schemas.faults(etree.tostring(element), message)]


def there_and_back(message: Message) -> dict[str, str]:
    made = to_mx.translate(blocks.render(message), created_at=NOW)
    assert schema_faults(made) == []
    back = blocks.one(to_mt.translate(made))
    assert (back.type, back.sender, back.receiver, back.uetr) == (
        message.type,
        message.sender,
        message.receiver,
        message.uetr,
    )
    return {field.tag: field.value for field in back.fields}


def test_a_payment_comes_back_as_it_went() -> None:
    back = there_and_back(PAYMENT)
    assert back == {field.tag: field.value for field in PAYMENT.fields}


def test_what_the_pacs_says_of_a_payment() -> None:
    made = to_mx.translate(blocks.render(PAYMENT), created_at=NOW, target="pacs.008.001.09")
    assert schema_faults(made) == []
    root = etree.fromstring(made)

    def said(path: str) -> list[str]:
        return [element.text for element in root.iterfind(".//{*}" + path.replace("/", "/{*}"))]

    assert said("CdtTrfTxInf/PmtId/EndToEndId") == ["E2E-7"]
    assert said("CdtTrfTxInf/IntrBkSttlmAmt") == ["1250.5"]
    assert said("CdtTrfTxInf/IntrBkSttlmDt") == ["2026-11-27"]
    assert said("CdtTrfTxInf/ChrgBr") == ["SHAR"]
    assert said("Dbtr/PstlAdr/Ctry") == ["KE"]
    assert said("CdtrAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd") == ["GBDSC"]
    assert said("CdtrAcct/Id/IBAN") == ["DE89370400440532013000"]
    assert said("SttlmTmIndctn/DbtDtTm") == ["2026-11-27T08:09:00+03:00"]
    assert said("MsgDefIdr") == ["pacs.008.001.09"]


def test_a_cover_comes_back_with_the_payment_it_covers() -> None:
    assert there_and_back(COVER) == {field.tag: field.value for field in COVER.fields}
    cover = blocks.one(to_mt.translate(to_mx.translate(blocks.render(COVER), created_at=NOW)))
    assert dict(cover.user_header)["119"] == "COV"


def test_a_statement_comes_back_with_its_sums() -> None:
    made = to_mx.translate(MT940, created_at=NOW)
    assert schema_faults(made) == []
    (there,) = camt.read(made)
    (before,) = mt940.read(MT940)
    (back,) = mt940.read(to_mt.translate(made))
    for statement in (there, back):
        assert [entry.amount for entry in statement.entries] == [entry.amount for entry in before.entries]
        assert (statement.opening.amount, statement.closing.amount) == (1000, 801)
        assert [entry.value_date for entry in statement.entries] == [e.value_date for e in before.entries]
        assert statement.is_sound, statement.faults
    assert [entry.is_reversal for entry in back.entries] == [entry.is_reversal for entry in before.entries]


def test_what_does_not_fit_is_cut_with_a_sign_and_letters_lose_their_accents() -> None:
    pacs = to_mx.translate(blocks.render(PAYMENT), created_at=NOW)
    long = pacs.replace("AMINA OTIENO", "ÄMÏNA ŌTIENO €" + "X" * 100)
    long = long.replace("<InstrId>REF-1", "<InstrId>" + "R" * 30)
    message = blocks.one(to_mt.translate(long))
    assert message.value("20") == "R" * 15 + "+"
    assert message.value("50F").split("\n")[1].startswith("1/AMINA OTIENO .X")
    assert [fault.code for fault in checks.faults(message)] == []


def test_pairs_without_a_translation_are_refused() -> None:
    with pytest.raises(errors.MessageUnsupported):
        to_mx.translate(blocks.render(GOOD), created_at=NOW, target="camt.053.001.08")
    refused = replace(PAYMENT, fields=(*PAYMENT.fields[:-1], Field("72", "/REJT/59\n/AC01/\n/MREF/REF-1")))
    with pytest.raises(errors.MessageUnsupported):  # no payment, though it looks like one
        to_mx.translate(blocks.render(refused), created_at=NOW)
    with pytest.raises(errors.MessageUnsupported):
        catalogue.convert("ach", "mt103", b"", created_at=NOW)
    with pytest.raises(errors.FormatError):
        to_mt.translate(b"<!DOCTYPE x><x/>")


@pytest.mark.parametrize(
    ("option", "value", "bic", "name", "account"),
    [
        ("A", "/C/123\nUMOJKENA", "UMOJKENA", "", "123"),
        ("A", "UMOJKENA", "UMOJKENA", "", ""),
        ("D", "//FW021000021\nBANK\nSTREET", "", "BANK", ""),
        ("K", "/1\nAMINA\nSTREET", "", "AMINA", "1"),
        ("", "BARAKA LTD", "", "BARAKA LTD", ""),
        ("F", "/1\n1/AMINA\n1/OTIENO\n3/KE/NAIROBI", "", "AMINA OTIENO", "1"),
    ],
)
def test_parties_of_every_option(option: str, value: str, bic: str, name: str, account: str) -> None:
    party = parties.read(option, value)
    assert (party.bic, party.name, party.account) == (bic, name, account)


def test_the_command_parses_renders_and_converts(tmp_path: Path) -> None:
    def run(*arguments: str) -> SimpleNamespace:
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("message", *arguments, stdout=out, stderr=err)
        return SimpleNamespace(returncode=left.value.code, stdout=out.getvalue(), stderr=err.getvalue())

    statement, payment = tmp_path / "statement.xml", tmp_path / "payment.txt"
    statement.write_text(camt053("08"))
    payment.write_bytes(blocks.render(PAYMENT).encode())
    parsed = run("parse", str(statement), "--from", "camt.053")
    assert parsed.returncode == 0, parsed.stderr
    assert json.loads(parsed.stdout)["entries"][0]["amount"] == "-250.00"
    converted = run("convert", str(payment), "--from", "mt103", "--to", "pacs.008")
    assert converted.returncode == 0, converted.stderr
    assert schema_faults(converted.stdout) == []
    statement.write_text(camt053("08").replace("850.00", "851.00"))
    faulty = run("parse", str(statement), "--from", "camt.053")
    assert (faulty.returncode, "BALANCE_MISMATCH" in faulty.stderr) == (1, True)
    refused = run("parse", str(payment), "--from", "camt.053")
    assert (refused.returncode, refused.stderr.split(":")[0]) == (2, "XML_NOT_WELL_FORMED")


def test_what_has_a_place_in_iso_20022_comes_back_to_its_field() -> None:
    """Numbers and birth of option F, kind of operation, later bank, levels, purpose, parties behind, 77B."""
    said = {
        "23B": "SPRI",
        "26T": "K90",
        "50F": "CUST/KE/UMOJA BANK/12345\n1/AMINA OTIENO\n3/KE/NAIROBI\n4/19900517\n5/KE/KISUMU",
        "70": "/ULTB/PONY LTD///ULTD/SIS\nCO///ROC/E2E-7///URI/INVOICE 7",
        "72": "/INS/BARCKENX\n/INTA/CITIUS33\n/SVCLVL/URGP\n/CATPURP/SUPP",
        "77B": "/ORDERRES/KE//MEILAAN 1 NAIROBI\n/BENEFRES/DE",
    }
    fields = [Field(one.tag, said.get(one.tag, one.value)) for one in PAYMENT.fields]
    order = ["20", "13C", "23B", "26T", "32A", "33B", "36", "50F"]
    whole = {field.tag: field for field in fields} | {tag: Field(tag, said[tag]) for tag in ("26T", "77B")}
    rest = [tag for tag in whole if tag not in order]
    message = replace(PAYMENT, fields=tuple(whole[tag] for tag in [*order, *rest]))
    back = there_and_back(message)
    assert {tag: back[tag].replace("\n", "") for tag in said} == {
        tag: value.replace("\n", "") for tag, value in said.items() if tag != "70"
    } | {"70": said["70"].replace("\n", " ")}
    made = etree.fromstring(to_mx.translate(blocks.render(message), created_at=NOW))
    found = {
        path: [one.text for one in made.iterfind(".//{*}" + path.replace("/", "/{*}"))] for path in PLACES
    }
    assert found == PLACES


PLACES = {
    "Dbtr/Id/PrvtId/Othr/Id": ["12345"],
    "Dbtr/Id/PrvtId/Othr/SchmeNm/Cd": ["CUST"],
    "Dbtr/Id/PrvtId/DtAndPlcOfBirth/BirthDt": ["1990-05-17"],
    "Dbtr/CtryOfRes": ["KE"],
    "Cdtr/CtryOfRes": ["DE"],
    "UltmtDbtr/Nm": ["SIS CO"],
    "UltmtCdtr/Nm": ["PONY LTD"],
    "PmtTpInf/LclInstrm/Prtry": ["SPRI"],
    "PmtTpInf/SvcLvl/Cd": ["URGP"],
    "PmtTpInf/CtgyPurp/Cd": ["SUPP"],
    "IntrmyAgt2/FinInstnId/BICFI": ["CITIUS33"],
    "PrvsInstgAgt1/FinInstnId/BICFI": ["BARCKENX"],
    "Purp/Prtry": ["K90"],
}


def test_a_form_of_address_becomes_lines_and_a_document_its_number() -> None:
    """StrtNm and BldgNb stand together, a post code with its town (50F), a document's number after /INV/."""
    pacs = to_mx.translate(blocks.render(PAYMENT), created_at=NOW)
    structured = "<StrtNm>Moi Avenue</StrtNm><BldgNb>1</BldgNb><PstCd>00100</PstCd><TwnNm>"
    pacs = re.sub("<AdrLine>MOI AVENUE 1</AdrLine>", "", pacs, count=1).replace("<TwnNm>", structured, 1)
    document = "<Strd><RfrdDocInf><Nb>4711</Nb></RfrdDocInf></Strd></RmtInf>"
    pacs = pacs.replace("</RmtInf>", document).replace("/ROC/E2E-7///URI/", "")
    back = blocks.one(to_mt.translate(pacs))
    assert back.value("50F").split("\n")[1:] == ["1/AMINA OTIENO", "2/Moi Avenue,1", "3/KE/NAIROBI,00100"]
    assert back.value("70").replace("\n", "") == "/ROC/E2E-7///URI/INVOICE 7 /INV/4711"
    assert [fault.code for fault in checks.faults(back)] == []


def test_an_mt200_moves_the_senders_own_money_and_categories_keep_their_numbers() -> None:
    own = Message("200", "UMOJKENAAXXX", "SAVAKENAXXXX", (
        Field("20", "REF-3"), Field("32A", "261127USD100,"), Field("57A", "CITIUS33"),
    ), uetr=UETR)  # fmt: skip
    made = to_mx.translate(blocks.render(own), created_at=NOW)
    assert schema_faults(made) == []
    assert made.count("<BICFI>UMOJKENA</BICFI>") == 4
    asked = Message("292", "UMOJKENAAXXX", "SAVAKENAXXXX", (
        Field("20", "CASE-1"), Field("21", "REF-2"), Field("11S", "202\n261127"), Field("79", "/DUPL/TWICE"),
        Field("32A", "261127KES10,"),
    ), uetr=UETR)  # fmt: skip
    assert there_and_back(asked)["11S"] == "202\n261127"


RETURNED = Message("103", "SAVAKENAAXXX", "UMOJKENAXXXX", (
    Field("20", "RT-1"), Field("23B", "CRED"), Field("32A", "261128USD95,"), Field("33B", "USD100,"),
    Field("50K", "/2000000000008\nBARAKA LTD"), Field("52A", "SAVAKENA"),
    Field("59", "/1000000000009\nAMINA OTIENO"), Field("71A", "SHA"), Field("71F", "USD5,"),
    Field("72", "/RETN/59\n/AC04/ACCOUNT CLOSED\n/MREF/REF-1"),
), uetr=UETR)  # fmt: skip
RETURNED_COVER = Message("202", "SAVAKENAAXXX", "UMOJKENAXXXX", (
    Field("20", "RT-2"), Field("21", "REF-1"), Field("32A", "261128USD95,"), Field("52A", "SAVAKENA"),
    Field("58A", "UMOJKENA"), Field("72", "/RETN/58\n/RC01/BANK UNKNOWN\n/MREF/REF-2"),
), uetr=UETR)  # fmt: skip


@pytest.mark.parametrize("message", [RETURNED, RETURNED_COVER], ids=["MT103", "MT202"])
def test_a_return_is_a_pacs_004_and_comes_back(message: Message) -> None:
    """Field 72 with /RETN/: why, and the reference of the original."""
    assert there_and_back(message) == {field.tag: field.value for field in message.fields}
    made = to_mx.translate(blocks.render(message), created_at=NOW)
    assert "urn:iso:std:iso:20022:tech:xsd:pacs.004.001.10" in made
    assert all(said in made for said in (f"<Cd>{message.value('72').split('/')[3]}</Cd>", f">{UETR}<"))
