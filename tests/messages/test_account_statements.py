"""Statements of accounts: signs, days, references and texts as sent; what does not add up is said."""

import io
import time
from datetime import date
from decimal import Decimal

import mt940 as other_reader
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank.messages import camt, errors, mt940, structured
from bank.messages.statements import EntryStatus, Statement
from bank.messages.swift import to_mt
from tests import vectors
from tests.messages.test_pain001 import REFUSED

MT940 = """{1:F01UMOJKENAAXXX0000000000}{2:I940SAVAKENAXXXXN}{4:
:20:STMT-1
:25:UMOJKENA/1000000000009
:28C:17/2
:60F:C261126KES1000,00
:61:2611271127D250,50NTRFRENT-11//BK-1
PAID IN BRANCH
:86:166?00STANDING ORDER?20EREF+E2E-77?21SVWZ+Rent Nov
ember?30UMOJKENA?31KE1234?32Amina ?33Otieno
:61:2612310102RD100,NMSCNONREF
:86:/TRTP/SEPA/EREF/E2E-9/NAME/Baraka Ltd/IBAN/DE89370400440532013000/REMI/Invoice 7
and 8/
:61:261127RC49,50NCHGNONREF
:86:charge taken back
:12:00 noon
:61:261127C1,00S103NONREF
:62F:C261127KES801,00
:64:C261127KES700,00
:86:All the best
-}{5:{CHK:0123456789AB}}
"""


def only(statements: object) -> Statement:
    (statement,) = statements
    return statement


def test_every_field_of_an_mt940_is_read() -> None:
    statement = only(mt940.read(MT940))
    assert (statement.message, statement.identification) == ("940", "STMT-1")
    assert (statement.account.number, statement.servicer.bic) == ("UMOJKENA/1000000000009", "UMOJKENA")
    assert (statement.number, statement.page, statement.currency) == ("17", "2", "KES")
    assert (statement.opening.amount, statement.closing.amount) == (Decimal("1000"), Decimal("801"))
    assert statement.information == "All the best"
    assert [balance.kind for balance in statement.balances] == ["OPBD", "CLBD", "CLAV"]
    rent, back, charge, last = statement.entries
    assert (rent.amount, rent.currency, rent.line, rent.kind) == (Decimal("-250.50"), "KES", 6, "NTRF")
    assert (rent.customer_reference, rent.bank_reference, rent.narrative) == (
        "RENT-11",
        "BK-1",
        "PAID IN BRANCH",
    )
    assert (rent.end_to_end_id, rent.counterparty.name) == ("E2E-77", "Amina Otieno")
    assert (rent.counterparty_agent.bic, rent.counterparty_account.number) == ("UMOJKENA", "KE1234")
    assert rent.remittance == "EREF+E2E-77SVWZ+Rent November"
    assert (back.amount, back.is_reversal) == (Decimal(100), True)
    assert (back.value_date, back.booking_date) == (date(2026, 12, 31), date(2027, 1, 2))
    assert (back.counterparty.name, back.end_to_end_id) == ("Baraka Ltd", "E2E-9")
    assert back.counterparty_account.iban == "DE89370400440532013000"
    assert back.remittance == "Invoice 7and 8"
    assert (charge.amount, charge.remittance) == (Decimal("-49.50"), "charge taken back\n:12:00 noon")
    assert (last.amount, last.kind, last.remittance) == (Decimal(1), "S103", "")
    assert statement.is_sound, statement.faults


@pytest.mark.parametrize(
    "source", [MT940.replace("\n", "\r\n"), MT940.encode("utf-16"), b"\xef\xbb\xbf" + MT940.encode()]
)
def test_line_ends_encodings_and_streams_do_not_matter(source: str | bytes) -> None:
    content = source if isinstance(source, str) else io.BytesIO(source)
    assert only(mt940.read(content)).booked_sum == Decimal("-199.00")


def test_a_file_of_many_statements_keeps_each_apart() -> None:
    statements = list(mt940.read(MT940 + MT940.replace("STMT-1", "STMT-2")))
    assert [statement.identification for statement in statements] == ["STMT-1", "STMT-2"]
    assert [len(statement.entries) for statement in statements] == [4, 4]


MT942 = """:20:INTERIM
:25:1000000000009
:28C:17/1
:34F:KESD0,
:34F:KESC0,
:13D:2611271200+0300
:61:261127D250,50NTRFRENT
:61:261127EC10,00NTRFSOON
:90D:1KES250,50
:90C:1KES10,00
"""


def test_an_interim_report_has_sums_instead_of_balances() -> None:
    statement = only(mt940.read(MT942))
    assert (statement.message, statement.currency, statement.opening) == ("942", "KES", None)
    assert [entry.status for entry in statement.entries] == [EntryStatus.BOOKED, EntryStatus.PENDING]
    assert statement.is_sound
    off = only(mt940.read(MT942.replace("1KES250,50", "2KES250,50")))
    assert [(fault.code, fault.line) for fault in off.faults] == [("SUM_MISMATCH", 9)]


FAULTS = {
    "closing balance": ("KES801,00", "KES801,01", "BALANCE_MISMATCH", 2),
    "opening balance": (":60F:C261126KES1000,00\n", "", "FIELD_MISSING", 2),
    "reference": (":20:STMT-1\n", "", "FIELD_MISSING", 2),
    "account": (":25:UMOJKENA/1000000000009\n", "", "FIELD_MISSING", 2),
    "grouped amount": ("D250,50", "D1.250,50", "ENTRY_UNREADABLE", 6),
    "full-width digits": ("D250,50", "D２50,50", "ENTRY_UNREADABLE", 6),
    "amount without digits": ("C1,00S103", "C,S103", "ENTRY_UNREADABLE", 16),
    "no direction": (":61:2611271127D250", ":61:2611271127X250", "ENTRY_UNREADABLE", 6),
    "day": (":61:2611271127D", ":61:2613271127D", "DAY_UNREADABLE", 6),
    "balance": ("C261126KES1000,00", "C261126KES1e3", "BALANCE_UNREADABLE", 5),
    "two currencies": ("C261127KES801,00", "C261127USD801,00", "CURRENCIES_DIFFER", 2),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_with_a_statement_is_said_with_its_line(name: str) -> None:
    before, after, code, line = FAULTS[name]
    statement = only(mt940.read(MT940.replace(before, after, 1)))
    assert (code, line) in [(fault.code, fault.line) for fault in statement.faults]
    assert not statement.is_sound


def test_a_thirtieth_of_february_is_the_last_of_the_month_with_a_warning() -> None:
    statement = only(mt940.read(MT940.replace(":61:2611271127D", ":61:2602300301D")))
    assert (statement.entries[0].value_date, statement.entries[0].booking_date) == (
        date(2026, 2, 28),
        date(2026, 3, 1),
    )
    assert [(fault.code, fault.is_warning) for fault in statement.faults] == [("DAY_IMPOSSIBLE", True)]
    assert statement.is_sound


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", errors.ContentEmpty),
        (b" \r\n", errors.ContentEmpty),
        ("1\n2\n3", errors.MessageUnsupported),
        ("{1:F01}{4:\n-}", errors.MessageUnsupported),
        (MT940.replace("RENT", "R\x00NT"), errors.EncodingBroken),
        (b"\xff\xfe:", errors.EncodingBroken),
        (MT940 * 5, errors.ContentTooLarge),
    ],
)
def test_what_is_no_statement_is_refused(content: str | bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        list(mt940.read(content, max_bytes=2_000))


@settings(max_examples=60)
@given(st.text(alphabet=":0123456789FMC{}-\n,DRNTEUR/?+6028", max_size=200))
def test_no_text_raises_anything_but_a_coded_refusal(text: str) -> None:
    list(mt940.read(":20:X\n" + text))
    structured.told(text)


def test_a_hundred_thousand_lines_are_read_in_seconds() -> None:
    line = ":61:2611271127D250,50NTRFRENT-11//BK-1\n:86:166?00STANDING ORDER?20EREF+E2E-77?21SVWZ+Rent\n"
    started = time.process_time()
    statement = only(mt940.read(":20:X\n:25:1\n:28C:1\n:60F:C261126KES0,\n" + line * 20_000))
    assert len(statement.entries) == 20_000
    assert time.process_time() - started < 4


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr>
<MsgId>M-1</MsgId><CreDtTm>2026-11-27T18:00:00</CreDtTm></GrpHdr><Stmt><Id>S-1</Id><ElctrncSeqNb>17</ElctrncSeqNb>
<CreDtTm>2026-11-27T18:00:00</CreDtTm><Acct><Id><Othr><Id>1000000000009</Id></Othr></Id><Ccy>KES</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="KES">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-11-26</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="KES">850.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-11-27</Dt></Dt></Bal>
<Ntry><NtryRef>N-1</NtryRef><Amt Ccy="KES">250.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{booked}</Sts>
<BookgDt><Dt>2026-11-27</Dt></BookgDt><ValDt><DtTm>2026-11-28T00:00:00+03:00</DtTm></ValDt>
<AcctSvcrRef>BK-1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>
</Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId></Refs>
<RltdPties><Cdtr>{creditor}</Cdtr><CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct></RltdPties>
<RmtInf><Ustrd>Rent</Ustrd><Ustrd>November</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="KES">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts>{booked}</Sts>
<BookgDt><Dt>2026-11-27</Dt></BookgDt><BkTxCd><Prtry><Cd>NRTI</Cd></Prtry></BkTxCd><NtryDtls>
<TxDtls><Amt Ccy="KES">60.00</Amt>{credit}</TxDtls><TxDtls><Amt Ccy="KES">40.00</Amt>{credit}</TxDtls>
</NtryDtls></Ntry>
<Ntry><Amt Ccy="KES">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{pending}</Sts><BkTxCd/></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def camt053(version: str) -> str:
    modern = int(version) >= 8
    return CAMT.format(
        version=version,
        booked="<Cd>BOOK</Cd>" if modern else "BOOK",
        pending="<Cd>PDNG</Cd>" if modern else "PDNG",
        creditor="<Pty><Nm>Amina Otieno</Nm></Pty>" if modern else "<Nm>Amina Otieno</Nm>",
        credit="<CdtDbtInd>CRDT</CdtDbtInd>",
    )


@pytest.mark.parametrize("version", ["02", "04", "08", "13"])
def test_every_field_of_a_camt053_is_read(version: str) -> None:
    statement = only(camt.read(io.BytesIO(camt053(version).encode())))
    assert (statement.message, statement.identification) == (f"camt.053.001.{version}", "S-1")
    assert (statement.account.number, statement.currency, statement.number) == ("1000000000009", "KES", "17")
    assert (statement.opening.amount, statement.closing.amount) == (Decimal(1000), Decimal(850))
    rent, back, later = statement.entries
    assert (rent.amount, rent.booking_date, rent.value_date) == (-250, date(2026, 11, 27), date(2026, 11, 28))
    assert (rent.customer_reference, rent.bank_reference, rent.end_to_end_id) == ("N-1", "BK-1", "E2E-1")
    assert (rent.kind, rent.remittance) == ("PMNT/ICDT/ESCT", "Rent\nNovember")
    assert (rent.counterparty.name, rent.counterparty_account.iban) == (
        "Amina Otieno",
        "DE89370400440532013000",
    )
    assert (back.amount, back.is_reversal, back.kind) == (100, True, "NRTI")
    assert [detail.amount for detail in back.details] == [60, 40]
    assert (later.status, statement.booked_sum) == (EntryStatus.PENDING, -150)
    assert statement.is_sound, statement.faults


def test_what_does_not_add_up_in_a_camt053_is_a_fault_of_the_statement() -> None:
    def faults(before: str, after: str) -> list[tuple[str, int]]:
        statement = only(camt.read(camt053("02").replace(before, after, 1)))
        assert not statement.is_sound
        return [(fault.code, fault.line) for fault in statement.faults]

    assert faults("850.00", "851.00") == [("BALANCE_MISMATCH", 3)]
    assert ("ENTRY_UNREADABLE", 9) in faults("250.00", "250,00")
    assert ("ENTRY_UNREADABLE", 9) in faults("<CdtDbtInd>DBIT</CdtDbtInd>", "")
    assert ("BALANCE_UNREADABLE", 5) in faults("1000.00", "1e3")
    assert ("FIELD_MISSING", 3) in faults("<Othr><Id>1000000000009</Id></Othr>", "")


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - {"another message"}))
def test_hostile_content_is_refused_here_too(name: str) -> None:
    with pytest.raises(errors.FormatError) as refusal:
        list(camt.read(REFUSED[name][0]))
    assert "root:" not in str(refusal.value)


def test_half_a_camt_breaks_off_with_a_refusal_and_another_message_is_named() -> None:
    statements = camt.read(camt053("02")[:-60])
    with pytest.raises(errors.NotWellFormed):
        list(statements)
    with pytest.raises(errors.MessageUnsupported, match=r"camt\.099"):
        list(camt.read(camt053("02").replace("camt.053", "camt.099")))
    with pytest.raises(errors.MessageUnsupported):
        list(camt.read("<Document/>"))


def test_junk_is_refused_before_it_fills_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt, "MAX_PARTS", 5_000)
    head, tail = camt053("02").split("<Ntry>", 1)
    with pytest.raises(errors.TooManyParts):
        list(camt.read(head + "<Ntry><Amt/>" + "<TxDtls/>" * (camt.MAX_PARTS + 1) + "</Ntry><Ntry>" + tail))


def test_real_files_of_banks_say_what_they_say() -> None:
    index = vectors.load("iso20022/give/index.json")
    folder = vectors.folder("iso20022/give/xml")
    told = {row["file"]: row["facts"] for row in index["files"] if row["facts"].get("statements")}
    for name, facts in told.items():
        for statement, fact in zip(camt.read((folder / name).read_bytes()), facts["statements"], strict=True):
            assert statement.account.number == fact["account"], name
            assert len(statement.entries) == fact["n_entries"], name
            if fact.get("sum_booked") is not None:
                assert statement.booked_sum == Decimal(fact["sum_booked"]), name


def test_another_reader_of_mt940_finds_the_same_entries() -> None:
    """``mt-940`` of other authors, on real files and on what the bank itself translates."""
    others = [case["text"] for case in vectors.load("swift_mt/give/mt940.json")["cases"]]
    made = to_mt.translate(camt053("08"))
    agreed = 0
    for text in [*others, made]:
        theirs = [each.data for each in other_reader.parse(text)]
        if not theirs or "amount" not in theirs[0]:
            continue
        ours = [entry for statement in mt940.read(text) for entry in statement.entries]
        assert [entry.amount for entry in ours] == [each["amount"].amount for each in theirs]
        assert [entry.value_date for entry in ours] == [each["date"] for each in theirs]
        agreed += len(ours)
    assert agreed > 40
