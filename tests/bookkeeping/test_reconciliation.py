"""Matching a nostro: suggestions, parts, many to one, undoing, and the proof that always adds up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bank import ledger
from bank.bookkeeping import commands, matching
from bank.bookkeeping.importing import Line, Statement
from bank.bookkeeping.models import ImportedStatement, Match, OpenItem
from bank.bookkeeping.rules import ItemSide
from bank.bookkeeping.selectors import reconciliation
from bank.bookkeeping.services import reconciling
from bank.identity.models import User
from bank.kernel.errors import BankError
from tests.bookkeeping.conftest import EXPENSE, NOSTRO, SUSPENSE, People, book, debits
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def line(amount: str, reference: str = "", narrative: str = "", days_ago: int = 0) -> Line:
    day = ledger.business_date() - timedelta(days=days_ago)
    return Line(day, day, Decimal(amount), reference, narrative)


def statement(opening: str, *lines: Line, number: str = "1", **other: object) -> Statement:
    """One that adds up, unless ``closing`` is given."""
    day = ledger.business_date()
    given = {
        "closing": Decimal(opening) + sum((one.amount for one in lines), Decimal(0)),
        "currency": "KES",
        "to_date": day,
    }
    return Statement(
        identification=number, their_account="001", from_date=day, opening=Decimal(opening), lines=lines,
        format="TEST", **(given | other),
    )  # fmt: skip


def take_in(given: Statement, by: User, content: bytes = b"") -> ImportedStatement:
    return reconciling.import_statement(
        account=NOSTRO, statement=given, file_name="s.xml", content=content or given.identification.encode(),
        actor=by,
    )  # fmt: skip


def item(amount: str, side: str = "BOOK") -> OpenItem:
    return OpenItem.objects.get(account=NOSTRO, side=side, amount=Decimal(amount))


def state() -> list[object]:
    return [
        list(OpenItem.objects.order_by("pk").values_list("pk", "open_amount")),
        Match.objects.count(),
        ImportedStatement.objects.count(),
    ]


def refused(code: str, work: object) -> None:
    before = state()
    with pytest.raises(BankError) as raised:
        work()  # type: ignore[operator]
    assert raised.value.code == code
    assert state() == before


def test_a_nostro_is_reconciled_to_the_last_cent(people: People) -> None:
    """Opening 1,000; they credit 700 for our 300 and 400, debit 250 of our 600, and 12.50 nobody knows."""
    by = people.accountant
    book(NOSTRO, "3001.KES", 1_000, "opening")
    book(NOSTRO, SUSPENSE, 300, "a", reference="PAY-AAAA")
    book(NOSTRO, SUSPENSE, 400, "b", reference="PAY-BBBB")
    book(SUSPENSE, NOSTRO, 600, "c", reference="PAY-CCCC")
    kept = take_in(
        statement(
            "1000.00", line("700.00", "", "batch pay aaaa and PAY-BBBB"), line("-250.00", "PAY-CCCC"),
            line("-12.50", "", "CHARGES"),
        ),
        by,
    )  # fmt: skip
    assert kept.line_count == 3
    proof = reconciliation.proof(NOSTRO)
    assert proof.holds
    assert (str(proof.theirs.amount), str(proof.ours.amount)) == ("1437.50", "1100.00")

    batch, opening, *_ = reconciling.suggestions(NOSTRO)
    assert (batch.score, opening.score) == (90, 70)
    assert len(opening.items) == 2
    assert set(batch.items) == {item("700.00", "STATEMENT").pk, item("-300.00").pk, item("-400.00").pk}
    assert "2 items sum to the amount, same reference" in batch.why
    for one in (opening, batch):
        reconciling.match(account=NOSTRO, items=one.items, actor=by, why=one.why, score=one.score)

    reconciling.match(
        account=NOSTRO, items=[item("-250.00", "STATEMENT").pk, item("600.00").pk], actor=by,
        parts={item("600.00").pk: Decimal(250)},
    )  # fmt: skip
    assert item("600.00").open_amount == 350
    assert reconciliation.proof(NOSTRO).holds
    ages = reconciliation.ages(list(reconciliation.open_items(NOSTRO)), "KES", ledger.business_date())
    assert (ages[0].count, str(ages[0].theirs.amount), str(ages[0].ours.amount)) == (2, "-12.50", "350.00")

    written_off = commands.journals.propose_write_off(
        item=item("-12.50", "STATEMENT").pk,
        against=EXPENSE,
        narrative="Bank charges",
        reason="Small",
        maker=by,
    )
    people.approve(written_off, people.supervisor)
    assert debits(EXPENSE) == "12.50"
    assert [one.amount for one in reconciliation.open_items(NOSTRO)] == [600]

    undone = reconciling.unmatch(match=Match.objects.get(score=70), reason="Wrong opening", actor=by)
    assert undone.undone_at is not None
    assert reconciliation.open_items(NOSTRO).count() == 3
    assert reconciliation.proof(NOSTRO).holds
    refused("MATCH_REFUSED", lambda: reconciling.unmatch(match=undone, reason="Again", actor=by))


def test_what_does_not_belong_together_is_refused_and_nothing_changes(people: People) -> None:
    by = people.accountant
    book(NOSTRO, SUSPENSE, 100, "a")
    book(NOSTRO, SUSPENSE, 30, "b")
    take_in(statement("0", line("100.00"), line("31.00")), by)
    ours, theirs = item("-100.00").pk, item("100.00", "STATEMENT").pk
    small = item("-30.00").pk

    def match(*items: int, **parts: Decimal) -> Match:
        taken = {int(pk[1:]): part for pk, part in parts.items()}
        return reconciling.match(account=NOSTRO, items=items, actor=by, parts=taken)

    refused("MATCH_UNBALANCED", lambda: match(theirs, small))
    refused("MATCH_REFUSED", lambda: match(theirs))
    refused("MATCH_REFUSED", lambda: match(theirs, 10**9))
    refused("MATCH_REFUSED", lambda: match(theirs, small, **{f"p{theirs}": Decimal(101)}))
    refused("MATCH_REFUSED", lambda: match(theirs, small, **{f"p{theirs}": Decimal(-30)}))
    refused("TOO_MANY_DECIMALS", lambda: match(theirs, small, **{f"p{theirs}": Decimal("0.001")}))
    match(theirs, ours)
    refused("MATCH_REFUSED", lambda: match(theirs, ours))


def test_statements_that_cannot_be_believed_are_refused_whole(people: People) -> None:
    by = people.accountant
    good = statement("0", line("5.00"), number="N1")
    take_in(good, by, b"the file")
    for code, given, content in (
        ("STATEMENT_DUPLICATE", good, b"the same in another wrapping"),
        ("STATEMENT_REFUSED", statement("4.00", number="N2"), b""),
        ("STATEMENT_REFUSED", statement("5.00", line("1.00"), number="N3", closing=Decimal(7)), b""),
        ("STATEMENT_REFUSED", statement("5.00", number="N4", currency="USD"), b""),
        ("STATEMENT_REFUSED", statement("5.00", number="N5", to_date=date(2001, 1, 1)), b""),
        ("STATEMENT_REFUSED", statement("5.00", line("0.001"), number="N6"), b""),
        ("STATEMENT_REFUSED", statement("5.00", *[line("0.00")] * 50_001, number="N7"), b""),
    ):
        refused(code, lambda given=given, content=content: take_in(given, by, content))
    for account in ("2001.KES", "nowhere", ""):
        with pytest.raises(BankError, match="no account of the chart"):
            reconciling.import_statement(account=account, statement=good, file_name="", content=b"", actor=by)
    assert take_in(statement("5.00", line("1.00"), number="N8"), by).closing == 6


def test_suggestions_weigh_amount_reference_and_date() -> None:
    day = date(2026, 10, 15)

    def one(pk: int, amount: str, reference: str = "", narrative: str = "", after: int = 0) -> matching.Item:
        when = day + timedelta(days=after)
        return matching.Item(pk, ItemSide.BOOK, when, when, Decimal(amount), reference, narrative)

    exact, near, far = matching.suggest(
        [
            one(1, "50"), one(2, "-50", "INV-2026-77", after=1), one(3, "50", "", "for inv 2026 77", after=1),
            one(4, "-80", after=3), one(5, "80"), one(6, "-7", after=40), one(7, "7"),
            one(8, "-9", "ORDER-1", after=40), one(9, "9", "", "order1"),
        ]
    )  # fmt: skip
    assert (exact.items, exact.score) == ((3, 2), 100)
    assert (near.items, near.score, near.why) == (
        (9, 8),
        80,
        "Equal amounts, same reference ORDER-1, 40 days apart",
    )
    assert (far.items, far.score, far.why) == ((5, 4), 58, "Equal amounts, 3 days apart")
    many = [one(n, "-1", after=n % 9) for n in range(400)] + [one(900, "4"), one(901, "1000")]
    assert {len(found.items) for found in matching.suggest(many)} == {5}


@pytest.mark.django_db(transaction=True)
def test_of_many_matches_at_once_one_takes_the_item() -> None:
    ledger.seed_chart()
    by = employ("matcher", "ACCOUNTANT")
    book(NOSTRO, SUSPENSE, 100, "a")
    book(NOSTRO, SUSPENSE, 100, "b")
    take_in(statement("0", line("100.00")), by)
    theirs = item("100.00", "STATEMENT").pk
    ours = list(OpenItem.objects.filter(side="BOOK").values_list("pk", flat=True))

    def match(pk: int) -> str:
        try:
            reconciling.match(account=NOSTRO, items=[theirs, pk], actor=by)
            return "MATCHED"
        except BankError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(match, ours * 2))
    assert answers == sorted(["MATCHED", *["MATCH_REFUSED"] * 3])
    assert reconciliation.proof(NOSTRO).holds


MT940 = """{1:F01UMOJKENAXXXX0000000000}{2:I940UMOJKENAXXXXN}{4:
:20:STMT1
:25:001
:28C:1/1
:60F:C261001KES1000,00
:61:2610021002C250,50NTRFPAY-AAAA//THEIRS1
:86:From Amina, invoice 7
:61:2610021002D0,50NCHGNONREF
:86:CHARGES
:62F:C261002KES1250,00
-}
"""


def test_a_swift_file_is_taken_in_once_and_hostile_files_not_at_all(people: People) -> None:
    def take(content: bytes) -> list[ImportedStatement]:
        return reconciling.import_file(
            account=NOSTRO, file_name="s\u202etxt.940", content=content, actor=people.accountant
        )

    (kept,) = take(MT940.encode())
    assert (kept.opening, kept.closing, kept.line_count, kept.their_account) == (1000, 1250, 2, "001")
    assert kept.file_name == "s txt.940"
    paid = item("250.50", "STATEMENT")
    assert (paid.reference, paid.booking_date) == ("PAY-AAAA", date(2026, 10, 2))
    assert "invoice 7" in paid.narrative
    assert item("-0.50", "STATEMENT").reference == ""
    assert reconciliation.proof(NOSTRO).holds

    following = MT940.replace("STMT1", "STMT2").replace("C261001KES1000,00", "C261002KES1250,00")
    following = following.replace("C261002KES1250,00\n-}", "C261003KES1500,00\n-}")
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><Document>&b;</Document>'
    for code, content in (
        ("STATEMENT_DUPLICATE", MT940.encode()),
        ("STATEMENT_DUPLICATE", MT940.encode() + b"\n"),
        ("STATEMENT_REFUSED", MT940.replace("1250,00", "1250,01").encode()),
        ("STATEMENT_REFUSED", following.replace(":25:001", ":25:002").encode()),
        ("STATEMENT_REFUSED", bomb),
        ("STATEMENT_REFUSED", b"<html>"),
        ("STATEMENT_REFUSED", b"\x00" * 10),
        ("STATEMENT_REFUSED", b""),
        ("STATEMENT_REFUSED", b" " * 20_000_001),
        ("STATEMENT_REFUSED", b"%PDF-1.7 hello"),
    ):
        refused(code, lambda content=content: take(content))
    assert take(following.encode())[0].closing == 1500


CAMT = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-10-02T20:00:00</CreDtTm></GrpHdr><Stmt><Id>C1</Id>
<Acct><Id><Othr><Id>001</Id></Othr></Id><Ccy>KES</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="KES">0</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-10-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="KES">70.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Dt><Dt>2026-10-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="KES">70.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-10-02</Dt></BookgDt><ValDt><Dt>2026-10-02</Dt></ValDt><NtryDtls><TxDtls>
<Refs><EndToEndId>PAY-9999</EndToEndId></Refs><RmtInf><Ustrd>Water bill</Ustrd></RmtInf></TxDtls></NtryDtls>
</Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_a_camt_053_is_taken_in(people: People) -> None:
    interim = CAMT.replace("camt.053", "camt.052").replace("BkToCstmrStmt", "BkToCstmrAcctRpt")
    interim = interim.replace("<Stmt>", "<Rpt>").replace("</Stmt>", "</Rpt>").encode()
    refused(
        "STATEMENT_REFUSED",
        lambda: reconciling.import_file(
            account=NOSTRO, file_name="c.xml", content=interim, actor=people.accountant
        ),
    )
    (kept,) = reconciling.import_file(
        account=NOSTRO, file_name="c.xml", content=CAMT.encode(), actor=people.accountant
    )
    assert (kept.format, kept.closing, kept.their_account) == ("camt.053", -70, "001")
    paid = item("-70.00", "STATEMENT")
    assert (paid.reference, paid.narrative) == ("PAY-9999", "Water bill")
    assert reconciliation.proof(NOSTRO).holds
