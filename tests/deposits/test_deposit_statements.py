"""Statements of deposits: balances that chain from period to period, the same in every format, sealed."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from bank import ledger
from bank.accounts.models import Account
from bank.audit.models import AuditRecord
from bank.deposits import postings
from bank.deposits.models import Deposit
from bank.identity.models import User
from bank.kernel.errors import BankError
from bank.messages import camt, mt940
from bank.statements import formats, selectors
from bank.statements.deposit_statements import Document, statement
from bank.statements.models import IssuedDocument
from tests.deposits.conftest import MONDAY, booked, books_untouched, kes, opened, skip_to

pytestmark = pytest.mark.django_db


def _moved(account: Account, deposit: Deposit) -> None:
    """50,000 goes in on the first day, 30,000 leaves on the Thursday, 0.05 comes in the same day."""
    told = {"deposit": deposit.number, "narrative": "=Moved"}
    ledger.post(postings.funded(key="in", source=account.number, amount=kes("50000"), **told))
    skip_to(MONDAY + timedelta(days=3))
    ledger.post(postings.returned(key="out", target=account.number, amount=kes("30000"), **told))
    ledger.post(postings.funded(key="cents", source=account.number, amount=kes("0.05"), **told))


def _made(user: User, deposit: Deposit, since: date, until: date, format: str = "JSON") -> Document:
    return statement(user=user, deposit=deposit, from_date=since, to_date=until, format=format)


def _check_chain(said: dict[str, str], lines: list[dict[str, str]]) -> None:
    balance = kes(said["opening_balance"])
    for line in lines:
        balance += kes(line["amount"])
        assert kes(line["balance"]) == balance
    assert kes(said["closing_balance"]) == balance


def test_periods_chain_and_every_format_says_the_same(account: Account, user: User) -> None:
    deposit = opened(account, "NOTICE", "200000")
    _moved(account, deposit)
    thursday = ledger.business_date()
    days = [(MONDAY, MONDAY), (MONDAY + timedelta(1), thursday - timedelta(1)), (thursday, thursday)]
    with books_untouched():
        parts = [json.loads(_made(user, deposit, *period).content) for period in days]
        whole = json.loads(_made(user, deposit, MONDAY - timedelta(9), thursday).content)
    for said in [*parts, whole]:
        _check_chain(said, said["lines"])
        assert (said["account"], said["holder"], said["currency"]) == (deposit.number, "Amina Otieno", "KES")
    assert [len(said["lines"]) for said in parts] == [2, 0, 2]
    edges = [(said["opening_balance"], said["closing_balance"]) for said in parts]
    assert edges == [("0.00", "250000.00"), ("250000.00", "250000.00"), ("250000.00", "220000.05")]
    assert whole["lines"] == [line for said in parts for line in said["lines"]]
    assert kes(whole["closing_balance"]) == booked(deposit.number)
    assert whole["account_name"] == deposit.product.name

    made = {code: _made(user, deposit, MONDAY, thursday, code) for code in formats.CODES}
    assert made["PDF"].content.startswith(b"%PDF")
    assert made["XLSX"].content.startswith(b"PK")
    assert made["CSV"].name == f"statement-{deposit.number}-{MONDAY}-{thursday}.csv"
    assert b"<ACCTTYPE>CD</ACCTTYPE>" in made["OFX"].content
    rows = list(csv.DictReader(io.StringIO(made["CSV"].content.decode())))
    assert [row["balance"] for row in (rows[0], rows[-1])] == ["0.00", "220000.05"]
    assert rows[2]["description"] == "'=Moved"
    for read, code in ((mt940.read, "MT940"), (camt.read, "CAMT053")):
        (taken,) = read(made[code].content)
        assert [str(entry.amount) for entry in taken.entries] == [line["amount"] for line in whole["lines"]]


def test_each_is_sealed_and_who_made_it_is_known(account: Account, user: User) -> None:
    deposit = opened(account)
    document = _made(user, deposit, MONDAY, MONDAY, "CSV")
    (issued,) = IssuedDocument.objects.all()
    assert selectors.issued_file(issued.digest) == issued
    assert issued.size == len(document.content)
    assert issued.facts["closing"] == "100000.00"
    assert deposit.number not in str(issued.facts)
    assert selectors.verify_chain(with_files=True).fault is None
    record = AuditRecord.objects.get(action="DEPOSIT_STATEMENT_MADE")
    assert (record.actor, record.subject_id) == (user, deposit.number)


@pytest.mark.parametrize(
    ("since", "until", "format", "code"),
    [
        (1, 0, "CSV", "STATEMENT_PERIOD_REVERSED"),
        (0, 1, "CSV", "STATEMENT_PERIOD_IN_FUTURE"),
        (-9, -1, "CSV", "STATEMENT_BEFORE_OPENING"),
        (-9000, 0, "CSV", "STATEMENT_PERIOD_TOO_LONG"),
        (0, 0, "csv", "STATEMENT_FORMAT_UNKNOWN"),
    ],
)
def test_a_refusal_issues_nothing(
    account: Account, user: User, since: int, until: int, format: str, code: str
) -> None:
    deposit = opened(account)
    period = MONDAY + timedelta(since), MONDAY + timedelta(until)
    with books_untouched(), pytest.raises(BankError) as refused:
        _made(user, deposit, *period, format)
    assert refused.value.code == code
    assert not IssuedDocument.objects.exists()
