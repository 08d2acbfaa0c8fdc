"""The set-based SQL of the close and the rules in plain Python come to the same, to the last decimal.

10,000 accounts under 300 sets of terms, a fifth with a rate of their own for what is overdrawn, with
postings that have value on random days over the turn of a year and a leap day, in currencies of none,
two and three decimals; all of them accrued at once, and again some days later, when most of them go the
short way. Then all are paid, taxed and charged, some of them frozen or allowed to go below zero: the
entries are those of the plain rules, posting by posting.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from django.db import connection

from bank import ledger
from bank.accounts.models import Account, Overdraft
from bank.accounts.rules import account_number
from bank.interest import accrual, capitalisation, postings, rules, staging
from bank.interest.models import Period, Position
from bank.kernel import clock, currencies
from bank.kernel.money import Money
from bank.products.models import InterestTier, Product, ProductGlRole, ProductTerms, ProductVersion
from bank.products.rules import BalanceBasis, TierMethod
from tests.interest.conftest import ROLES, Bank

CASES = 10_000
TERMS = 300
TODAY = date(2028, 3, 2)
LATER = TODAY + timedelta(days=3)
DAY_COUNTS = (
    *("ACT_365F", "ACT_360", "ACT_ACT_ISDA", "THIRTY_U_360", "THIRTY_E_360", "THIRTY_E_360_ISDA"),
    "THIRTY_360_ISDA",
)


@dataclass
class Case:
    number: str
    terms: rules.Terms
    since: date
    moves: list[tuple[date, int]] = field(default_factory=list)

    def balances(self, last: date) -> list[int]:
        days = rules.days_between(self.since, last)
        return [sum(amount for value, amount in self.moves if value <= day) for day in days]


@pytest.fixture
def start() -> date:
    return TODAY


def test_ten_thousand_random_cases(bank: Bank) -> None:
    dice = random.Random(20280302)
    cases = _cases(bank, dice)
    accrual.accrue(after=0, upto=2**62, first=TODAY, through=TODAY)
    _agree(cases, TODAY)
    ledger.roll_business_date(to=LATER)
    accrual.accrue(after=0, upto=2**62, first=TODAY + timedelta(days=1), through=LATER)
    _agree(cases, LATER)
    assert bank.ties()
    _restrict(cases, dice)
    expected = _payments(cases)
    capitalisation.capitalise(after=0, upto=2**62, last=LATER, terms=[row.pk for row in _rows()])
    _booked_as(expected)
    assert bank.ties()


def _rows() -> list[ProductTerms]:
    return list(ProductTerms.objects.filter(version__product__code="RANDOM"))


def _restrict(cases: list[Case], dice: random.Random) -> None:
    """Some accounts are frozen, wholly or for payments; some may go below zero, up to a limit."""
    standing = {
        status: [case.number for case in cases if dice.random() < share]
        for status, share in (("FROZEN_DEBIT", 0.1), ("FROZEN", 0.03))
    }
    with connection.cursor() as cursor:
        for status, numbers in standing.items():
            cursor.execute("UPDATE ledger_balance SET status = %s WHERE code = ANY (%s)", [status, numbers])
        cursor.execute(
            "UPDATE ledger_balance SET overdraft = greatest(-booked, 0) + account_id %% 7"
            " WHERE code = ANY (%s)",
            [[case.number for case in cases if dice.random() < 0.3]],
        )


def _payments(cases: list[Case]) -> dict[str, rules.Payment]:
    """What the plain rules make of the positions before anything is booked, of accounts not frozen wholly."""
    rate = capitalisation.withholding(ledger.business_date()).rate_pct
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.code, p.credit_posted, p.debit_posted + p.debit_owed,"
            " b.booked - b.held + b.overdraft, b.status FROM interest_position p"
            " JOIN ledger_balance b ON b.account_id = p.ledger_id WHERE b.status <> 'FROZEN'"
        )
        return {
            number: rules.payment(
                gross=gross, due=due, available=available, rate_pct=rate, may_not_pay=status == "FROZEN_DEBIT"
            )
            for number, gross, due, available, status in cursor.fetchall()
        }


def _booked_as(expected: dict[str, rules.Payment]) -> None:
    """The entries in the ledger are those the plain rules make, posting by posting, and no others."""
    kept = {row.account.number: row for row in Period.objects.select_related("account")}
    assert set(kept) == set(expected)
    booked = _entries()
    wrong, seen = [], set()
    gl = cache(ledger.gl)
    tax_role = capitalisation.withholding(ledger.business_date()).role
    for number, paid in expected.items():
        period = kept[number]
        entry = postings.capitalised(
            key=f"interest:{number}:{LATER}",
            account=number,
            paid=paid,
            currency=period.account.currency,
            tax_role=tax_role,
            gl=gl,
            last_day=LATER,
        )
        seen.add((bool(paid.gross), bool(paid.tax), bool(paid.charged), paid.net))
        ours = [(line.account, line.amount.minor) for line in entry.postings]
        theirs, value_date, narrative = booked.get(period.entry_id, ([], entry.value_date, entry.narrative))
        sums = (period.credit_paid, period.tax_withheld)
        if (ours, entry.value_date, entry.narrative) != (theirs, value_date, narrative) or sums != (
            paid.gross,
            paid.tax,
        ):
            wrong.append((number, ours, theirs))
    assert not wrong, f"{len(wrong)} of {len(expected)}, the first: {wrong[0]}"
    assert len(seen) >= 8, "interest, tax, cost and a freeze are met together and apart"


def _entries() -> dict[int | None, tuple[list[tuple[str, int]], date, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, array_agg(a.code ORDER BY p.leg), array_agg(p.amount ORDER BY p.leg),"
            " e.value_date, e.narrative FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id"
            " JOIN ledger_account a ON a.id = p.account_id"
            " WHERE e.code = 'INTEREST_CAPITALISED' GROUP BY e.id"
        )
        return {
            key: (list(zip(codes, amounts, strict=True)), value, narrative)
            for key, codes, amounts, value, narrative in cursor.fetchall()
        }


def _agree(cases: list[Case], last: date) -> None:
    found = {
        row["account__number"]: row
        for row in Position.objects.values(
            "account__number", "credit_accrued", "debit_accrued", "credit_posted", "debit_posted"
        )
    }
    wrong = []
    for case in cases:
        ours = rules.accrue(case.terms, case.since, case.balances(last))
        theirs = found[case.number]
        booked = (theirs["credit_posted"], theirs["debit_posted"])
        if (ours.credit, ours.debit) != (theirs["credit_accrued"], theirs["debit_accrued"]) or booked != (
            ours.credit_minor,
            ours.debit_minor,
        ):
            wrong.append((case, ours, theirs))
    assert not wrong, f"{len(wrong)} of {len(cases)}, the first: {wrong[0]}"
    assert sum(row["credit_accrued"] > 0 for row in found.values()) > CASES / 2
    assert sum(row["debit_accrued"] > 0 for row in found.values()) > CASES / 20


def _cases(bank: Bank, dice: random.Random) -> list[Case]:
    rows = _terms(dice)
    terms = [staging.terms_of(row) for row in rows]
    chosen = [dice.randrange(TERMS) for _ in range(CASES)]
    own = [Decimal(rate) for rate in ("0", "9.5", "21.333333")]
    agreed = [dice.choice(own) if dice.random() < 0.2 else None for _ in chosen]
    numbers = [account_number("777", n) for n in range(CASES)]
    _open(bank, numbers, [rows[n] for n in chosen])
    cases = [
        Case(number, _at(terms[n], rate), TODAY - timedelta(days=min(int(dice.expovariate(0.12)), 75)))
        for number, n, rate in zip(numbers, chosen, agreed, strict=True)
    ]
    for currency in ("KES", "JPY", "KWD"):
        ledger.post(list(_postings([case for case in cases if case.terms.currency == currency], dice)))
    ids = dict(Account.objects.values_list("number", "pk"))
    Overdraft.objects.bulk_create(
        Overdraft(
            account_id=ids[case.number], limit=1, expires_date=LATER + timedelta(days=90),
            arranged_date=TODAY, annual_rate_pct=rate,
        )
        for case, rate in zip(cases, agreed, strict=True) if rate is not None
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM ledger_account WHERE guarded")
        ledger_ids = dict(cursor.fetchall())
    Position.objects.bulk_create(
        Position(
            account_id=ids[case.number],
            ledger_id=ledger_ids[case.number],
            terms=rows[n],
            agreed_rate_pct=rate,
            since=case.since,
            accrued_through=case.since - timedelta(days=1),
        )
        for case, n, rate in zip(cases, chosen, agreed, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE interest_position, ledger_entry, ledger_posting")
    return cases


def _at(terms: rules.Terms, rate: Decimal | None) -> rules.Terms:
    """The terms at a rate agreed for one account's overdraft."""
    return terms if rate is None else replace(terms, earning=replace(terms.earning, debit_rate_pct=rate))


def _terms(dice: random.Random) -> list[ProductTerms]:
    """Sets of terms, each of a version of its own."""
    product = Product.objects.create(code="RANDOM", name="Random", kind="SAVINGS")
    versions = ProductVersion.objects.bulk_create(
        ProductVersion(product=product, number=n + 1, effective_from=date(2020, 1, 1) + timedelta(days=n))
        for n in range(TERMS)
    )
    ProductGlRole.objects.bulk_create(
        ProductGlRole(version=version, purpose=purpose, role=role)
        for version in versions
        for purpose, role in ROLES.items()
    )
    rows = ProductTerms.objects.bulk_create(
        ProductTerms(
            version=version,
            currency=dice.choice(("KES", "JPY", "KWD")),
            day_count=dice.choice(DAY_COUNTS),
            tier_method=dice.choice(list(TierMethod)),
            balance_basis=dice.choice(list(BalanceBasis)),
            debit_rate_pct=dice.choice((0, "13", "17.25", "8.333333")),
        )
        for version in versions
    )
    InterestTier.objects.bulk_create(tier for row in rows for tier in _tiers(row, dice))
    return list(ProductTerms.objects.order_by("pk").filter(version__product=product))


def _tiers(row: ProductTerms, dice: random.Random) -> list[InterestTier]:
    """A ladder of tiers; now and then none, as an account has that only costs where it is overdrawn."""
    if dice.random() < 0.05:
        return []
    steps = sorted(dice.sample(range(1, 2_000), dice.randrange(4)))
    odd = dice.choice(("", ".5", ".125"))
    return [
        InterestTier(terms=row, from_balance=start, annual_rate_pct=f"{dice.uniform(0, 20):.{digits}f}")
        for start in ("0", *(f"{step}{odd}" for step in steps))
        for digits in (dice.choice((0, 2, 6)),)
    ]


def _open(bank: Bank, numbers: list[str], rows: list[ProductTerms]) -> None:
    Account.objects.bulk_create(
        Account(
            number=number,
            customer=bank.customer,
            product_id=row.version.product_id,
            product_version_id=row.version_id,
            currency=row.currency,
            opened_date=TODAY,
        )
        for number, row in zip(numbers, rows, strict=True)
    )
    money = [row.currency for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s, %s, %s) AS a (code, currency, digits) WHERE ledger_open_account("
            " a.code, a.code, a.currency, a.digits::smallint, 'LIABILITY', true, NULL, NULL, %s)",
            [numbers, money, [currencies.exponent(code) for code in money], clock.now()],
        )
        cursor.execute("ANALYZE ledger_account, ledger_balance, accounts_account")


def _postings(cases: list[Case], dice: random.Random) -> Iterator[ledger.Entry]:
    cash = ledger.gl("CASH", cases[0].terms.currency)
    for case in cases:
        for n in range(dice.randrange(5)):
            value = TODAY if dice.random() < 0.5 else TODAY + timedelta(days=dice.randrange(-80, 6))
            amount = int(dice.choice((-1, 1, 1, 1)) * 10 ** dice.uniform(0, 6))
            case.moves.append((value, amount))
            yield ledger.transfer(
                key=f"{case.number}:{n}",
                debit=cash,
                credit=case.number,
                amount=Money.from_minor(amount, case.terms.currency),
                code="CASH",
                value_date=value,
            )
