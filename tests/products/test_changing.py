"""Changing the catalogue: proposed by one, decided by another who sees what changes for whom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from bank import ledger
from bank.identity.models import User
from bank.kernel.errors import BankError, InvalidInput, NotAllowed
from bank.kernel.money import Money
from bank.ledger.errors import UnknownRole
from bank.products import selectors
from bank.products import services as products
from bank.products.commands import ChangeDeposit, ChangeTerms, SetFee, SetGlRole, SetTax
from bank.products.errors import EffectiveDateUnusable, NothingChanges, UnusableTerms
from bank.products.models import FeeRule, ProductGlRole, ProductVersion, TaxRule, TermRate
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def maker(db: None) -> User:
    products.seed_catalogue()
    return employ("maker", "OPERATIONS")


@pytest.fixture
def checker(db: None) -> User:
    return employ("checker", "TREASURY")


def terms() -> ChangeTerms:
    return ChangeTerms(
        product="SAVINGS", currency="KES", segment="", effective_from=ledger.business_date() + timedelta(10),
        minimum_opening=D(100), minimum_balance=D(500), monthly_fee=D(50), below_minimum_fee=D(20),
        waived_from_balance=D(10_000), waived_from_payments=None, fee_bearer="CUSTOMER", dormancy_days=365,
        single_debit_limit=None, tiers="0 3\n50,000 4.25", tier_method="MARGINAL", day_count="ACT_365F",
        balance_basis="DAILY", capitalisation_frequency="MONTHLY", debit_rate_pct=D(18),
    )  # fmt: skip


def fee() -> SetFee:
    return SetFee(
        event="RTGS", currency="KES", segment="", kind="FLAT", flat=D(250), rate_pct=D(0), minimum=None,
        maximum=None, bands="", effective_from=ledger.business_date() + timedelta(10),
    )  # fmt: skip


def propose(kind: str, payload: object, maker: User) -> Command:
    return workflows.propose(kind=kind, payload=payload, reason="Asset and liability committee", maker=maker)


def said(command: Command) -> dict[str, tuple[str, str]]:
    return {
        one["label"]: (one["before"].replace("\xa0", " "), one["after"].replace("\xa0", " "))
        for one in command.difference
    }


def test_terms_change_by_two_people_from_a_day_on(maker: User, checker: User) -> None:
    command = propose("products.change_terms", terms(), maker)
    shown = said(command)
    assert shown["Monthly fee"] == ("0", "50")
    assert shown["Balance to keep"] == ("0", "500")
    assert shown["A year's interest on 100,000"] == ("KES 3500.00", "KES 3625.00")
    assert shown["For"][0].startswith("0 open accounts keep")
    assert ProductVersion.objects.filter(product__code="SAVINGS").count() == 1
    done = workflows.approve(command=command, checker=checker)
    assert done.state == "APPROVED", done.decision_reason
    day = terms().effective_from
    product = selectors.product("SAVINGS")
    before = selectors.terms(selectors.current_version(product, day - timedelta(1)), "KES", "RETAIL")
    new = selectors.current_version(product, day)
    after = selectors.terms(new, "KES", "RETAIL")
    assert (before.monthly_fee, after.monthly_fee, after.minimum_opening) == (0, 50, 100)
    assert selectors.tiers_as_text(before).startswith("0 3.5\n")
    assert selectors.tiers_as_text(after) == "0 3\n50000 4.25"
    assert selectors.gl_role(new, "CONTROL") == "SAVINGS_DEPOSITS"
    with pytest.raises(EffectiveDateUnusable):
        propose("products.change_terms", terms(), maker)
    later = replace(terms(), effective_from=day + timedelta(1))
    with pytest.raises(NothingChanges):
        propose("products.change_terms", later, maker)


def test_other_terms_of_the_version_are_kept(maker: User, checker: User) -> None:
    asked = replace(terms(), product="CURRENT", segment="SME", tiers="", accrual_frequency="MONTHLY")
    workflows.approve(command=propose("products.change_terms", asked, maker), checker=checker)
    version = selectors.current_version(selectors.product("CURRENT"), asked.effective_from)
    assert version.terms.count() == 14
    changed = selectors.terms(version, "KES", "SME")
    assert (changed.monthly_fee, changed.accrual_frequency) == (50, "MONTHLY")
    assert selectors.terms(version, "KES", "RETAIL").monthly_fee == 0


def test_a_price_and_a_tax_change_by_two_people(maker: User, checker: User) -> None:
    command = propose("products.set_fee", replace(fee(), free_per_month=2), maker)
    assert said(command)["Free each month, by account"] == ("0", "2")
    assert said(command)["Real-time gross settlement of 10,000"] == ("KES 200.00", "KES 250.00")
    workflows.approve(command=command, checker=checker)
    tax = SetTax("EXCISE", D(20), fee().effective_from)
    workflows.approve(command=propose("products.set_tax", tax, maker), checker=checker)
    amount = Money.of(1000, "KES")
    days = (fee().effective_from - timedelta(1), fee().effective_from)
    quotes = [selectors.quote_fee(event="RTGS", amount=amount, on=day) for day in days]
    assert [str(one.total) for one in quotes] == ["KES 230.00", "KES 300.00"]
    assert quotes[1].income_role == "FEE_INCOME"
    assert [one.free_per_month for one in quotes] == [0, 2]


WRONG: list[tuple[Callable[[], ChangeTerms], type[BankError]]] = [
    (lambda: replace(terms(), effective_from=ledger.business_date() - timedelta(1)), EffectiveDateUnusable),
    (
        lambda: replace(terms(), effective_from=ledger.business_date() + timedelta(9999)),
        EffectiveDateUnusable,
    ),
    (lambda: replace(terms(), tiers="0 -1"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 101"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 NaN"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 3\n0 4"), UnusableTerms),
    (lambda: replace(terms(), tiers="0 3\n500 4\n400 5"), UnusableTerms),
    (lambda: replace(terms(), tiers="100 3"), UnusableTerms),
    (lambda: replace(terms(), tiers="three per cent"), UnusableTerms),
    (lambda: replace(terms(), monthly_fee=D(-1)), UnusableTerms),
    (lambda: replace(terms(), monthly_fee=D("NaN")), UnusableTerms),
    (lambda: replace(terms(), monthly_fee=D("1e20")), UnusableTerms),
    (lambda: replace(terms(), minimum_balance=D(0)), UnusableTerms),
    (lambda: replace(terms(), dormancy_days=3), UnusableTerms),
    (lambda: replace(terms(), single_debit_limit=D(0)), UnusableTerms),
    (lambda: replace(terms(), segment="FRIENDS"), InvalidInput),
    (lambda: replace(terms(), product="MWANANCHI_LOAN"), BankError),
    (lambda: replace(terms(), currency="CHF"), UnknownRole),
    (lambda: replace(terms(), fee_bearer="NOBODY"), InvalidInput),
    (lambda: replace(terms(), day_count="ACT_ACT_OF_GOD"), InvalidInput),
    (lambda: replace(terms(), accrual_frequency="NOW_AND_THEN"), InvalidInput),
    (lambda: replace(terms(), debit_rate_pct=D(101)), UnusableTerms),
]


def test_terms_that_make_no_sense_are_refused_and_change_nothing(maker: User, checker: User) -> None:
    for make, refusal in WRONG:
        with pytest.raises(refusal):
            propose("products.change_terms", make(), maker)
    for wrong in (
        replace(fee(), flat=D(-1)),
        replace(fee(), kind="PERCENT", rate_pct=D(101)),
        replace(fee(), kind="TIERED", bands="100 5 0\n50 6 0\n- 7 0"),
        replace(fee(), kind="TIERED", bands="100 5 0"),
        replace(fee(), kind="TIERED", bands="a lot"),
        replace(fee(), minimum=D(9), maximum=D(8)),
    ):
        with pytest.raises(UnusableTerms):
            propose("products.set_fee", wrong, maker)
    for count in (-1, 1_001):
        with pytest.raises(UnusableTerms):
            propose("products.set_fee", replace(fee(), free_per_month=count), maker)
    for wrong in (replace(fee(), event="SMILE"), replace(fee(), kind="FREE")):
        with pytest.raises(InvalidInput):
            propose("products.set_fee", wrong, maker)
    for rate in (D(-1), D(101), D("NaN")):
        with pytest.raises(UnusableTerms):
            propose("products.set_tax", SetTax("EXCISE", rate, fee().effective_from), maker)
    with pytest.raises(NotAllowed):
        propose("products.set_fee", fee(), checker)
    assert not Command.objects.exists()


def test_a_product_without_its_gl_roles_or_with_a_gap_is_refused(maker: User) -> None:
    ProductVersion.objects.filter(product__code="SAVINGS").update(effective_until=ledger.business_date())
    with pytest.raises(EffectiveDateUnusable):
        propose("products.change_terms", terms(), maker)
    ProductVersion.objects.update(effective_until=None)
    ProductGlRole.objects.filter(purpose="INTEREST_EXPENSE").delete()
    with pytest.raises(UnusableTerms):
        propose("products.change_terms", terms(), maker)


def test_what_changed_meanwhile_is_looked_at_again(maker: User, checker: User) -> None:
    """The checker decides on what they see, not on what the maker saw."""
    command = propose("products.set_fee", fee(), maker)
    FeeRule.objects.filter(event="RTGS").update(flat=210)
    with pytest.raises(BankError):
        workflows.approve(command=command, checker=checker)
    assert FeeRule.objects.filter(event="RTGS").count() == 1


def deposit() -> ChangeDeposit:
    return ChangeDeposit(
        product="FIXED", currency="KES", effective_from=ledger.business_date() + timedelta(10),
        rates="3 50,000 8.5\n6 50,000 9\n12 50,000 10.5\n24 100,000 11", minimum=None,
        modes="AT_MATURITY, MONTHLY", convention="MODIFIED_FOLLOWING", cooling_days=7,
        early_steps="12 2\n6 1.5\n0 0.75", early_share_pct=D(100), grace_days=0, missed_pct=D(0),
        notice_days=0, early_withdrawal=True,
    )  # fmt: skip


def call() -> ChangeDeposit:
    return replace(
        deposit(), product="CALL", rates="0 5\n1,000,000 6", minimum=D(20_000), modes="MONTHLY",
        convention="FOLLOWING", cooling_days=0, early_steps="",
    )  # fmt: skip


def test_the_rates_and_rules_of_a_deposit_change_by_two_people(maker: User, checker: User) -> None:
    command = propose("products.change_deposit", deposit(), maker)
    shown = said(command)
    assert shown["12 months"] == ("10.00% from KES 50,000.00", "10.50% from KES 50,000.00")
    assert shown["Interest of 12 months on 100,000"] == ("KES 10,000.00", "KES 10,500.00")
    assert shown["36 months"][1] == "Not offered"
    assert "3 months" not in shown
    assert shown["Points off the rate, by months left"] == ("12 2; 6 1.5; 3 1; 0 0.5", "12 2; 6 1.5; 0 0.75")
    assert shown["Business-day rule"] == (
        "Following business day", "Following, unless in the next month",
    )  # fmt: skip
    assert shown["For"][0] == "0 running deposits keep what they were opened under"
    TermRate.objects.create(
        version=selectors.product("FIXED").versions.get(), currency="USD", tenor_months=6, minimum=500,
        annual_rate_pct=3,
    )  # fmt: skip
    command.refresh_from_db()
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    day = deposit().effective_from
    old, new = (selectors.offer("FIXED", on).version for on in (day - timedelta(1), day))
    rates = {(row.currency, row.tenor_months): row.annual_rate_pct for row in new.term_rates.all()}
    assert rates == {
        ("KES", 3): D("8.5"),
        ("KES", 6): 9,
        ("KES", 12): D("10.5"),
        ("KES", 24): 11,
        ("USD", 6): 3,
    }
    assert old.term_rates.filter(currency="KES").count() == 5
    assert selectors.deposit_rules(new.deposit_terms).early_points(4) == D("0.75")
    assert selectors.deposit_rules(old.deposit_terms).early_points(4) == 1
    assert selectors.gl_role(new, "CONTROL") == "FIXED_DEPOSITS"

    command = propose("products.change_deposit", call(), maker)
    shown = said(command)
    assert shown["Smallest deposit"] == ("50,000", "20,000")
    assert shown["Interest tiers"] == ("0 5\n1000000 5.5", "0 5\n1000000 6")
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    terms_then = selectors.offer("CALL", day).terms
    assert [(row.minimum_opening, selectors.tiers_as_text(row)) for row in terms_then] == [
        (20_000, "0 5\n1000000 6")
    ]
    again = replace(call(), effective_from=day + timedelta(1))
    with pytest.raises(NothingChanges):
        propose("products.change_deposit", again, maker)


def test_deposits_that_make_no_sense_are_refused_and_change_nothing(maker: User) -> None:
    wrong: list[tuple[ChangeDeposit, type[BankError]]] = [
        (replace(deposit(), rates="3 50,000 -1"), UnusableTerms),
        (replace(deposit(), rates="3 50,000 101"), UnusableTerms),
        (replace(deposit(), rates="3 50,000 NaN"), UnusableTerms),
        (replace(deposit(), rates="6 50,000 9\n3 50,000 8"), UnusableTerms),
        (replace(deposit(), rates="3 50,000 8\n3 60,000 9"), UnusableTerms),
        (replace(deposit(), rates="3 0 8"), UnusableTerms),
        (replace(deposit(), rates="99999 50000 8"), UnusableTerms),
        (replace(deposit(), rates="a lot"), UnusableTerms),
        (replace(deposit(), rates=""), UnusableTerms),
        (replace(deposit(), early_steps="3 1\n6 2"), UnusableTerms),
        (replace(deposit(), early_steps="-1 1"), UnusableTerms),
        (replace(deposit(), early_share_pct=D(101)), UnusableTerms),
        (replace(deposit(), missed_pct=D("NaN")), UnusableTerms),
        (replace(deposit(), notice_days=5_000), UnusableTerms),
        (replace(deposit(), modes="SOMETIMES"), UnusableTerms),
        (replace(deposit(), convention="TOMORROW"), BankError),
        (replace(deposit(), product="SAVINGS"), InvalidInput),
        (replace(deposit(), currency="CHF"), UnknownRole),
        (replace(deposit(), effective_from=ledger.business_date() - timedelta(1)), EffectiveDateUnusable),
        (replace(call(), minimum=None), UnusableTerms),
        (replace(call(), rates=""), UnusableTerms),
        (replace(call(), rates="0 5\n0 6"), UnusableTerms),
    ]
    for asked, refusal in wrong:
        with pytest.raises(refusal):
            propose("products.change_deposit", asked, maker)
    day = deposit().effective_from
    roles: list[tuple[SetGlRole, type[BankError]]] = [
        (SetGlRole("SAVINGS", "CONTROL", "CASH", day), UnusableTerms),
        (SetGlRole("SAVINGS", "CONTROL", "INTEREST_EXPENSE", day), UnusableTerms),
        (SetGlRole("SAVINGS", "INTEREST_EXPENSE", "SAVINGS_DEPOSITS", day), UnusableTerms),
        (SetGlRole("SAVINGS", "CONTROL", "NOWHERE", day), UnknownRole),
        (SetGlRole("SAVINGS", "SMILES", "CURRENT_DEPOSITS", day), InvalidInput),
        (SetGlRole("MORTGAGE", "CONTROL", "CURRENT_DEPOSITS", day), InvalidInput),
        (SetGlRole("SAVINGS", "CONTROL", "SAVINGS_DEPOSITS", day), NothingChanges),
    ]
    for role, refusal in roles:
        with pytest.raises(refusal):
            propose("products.set_gl_role", role, maker)
    assert not Command.objects.exists()


def test_a_gl_role_changes_by_two_people_for_what_is_opened_afterwards(maker: User, checker: User) -> None:
    day = deposit().effective_from
    command = propose(
        "products.set_gl_role", SetGlRole("FIXED", "INTEREST_EXPENSE", "OPERATING_EXPENSE", day), maker
    )
    shown = said(command)
    assert shown["Interest the bank pays"] == ("INTEREST_EXPENSE", "OPERATING_EXPENSE")
    assert shown["Account of the chart"] == (
        "5101.KES Interest expense, KES", "5900.KES Operating expense, KES",
    )  # fmt: skip
    assert workflows.approve(command=command, checker=checker).state == "APPROVED"
    old, new = (selectors.offer("FIXED", on).version for on in (day - timedelta(1), day))
    assert [selectors.gl_role(one, "INTEREST_EXPENSE") for one in (old, new)] == [
        "INTEREST_EXPENSE", "OPERATING_EXPENSE",
    ]  # fmt: skip
    assert selectors.gl_role(new, "CONTROL") == "FIXED_DEPOSITS"
    assert new.term_rates.count() == old.term_rates.count() == 5


def test_staff_propose_from_the_pages_of_the_catalogue(maker: User, as_role: Callable[[str], Client]) -> None:
    """Each form begins with what holds, says what is wrong, and what it asks for waits."""
    desk, day = as_role("OPERATIONS"), str(deposit().effective_from)
    pages = {
        f"productversion/{selectors.product('FIXED').versions.get().pk}": {
            "deposit": {"rates": "3 50000 8.5\n6 50000 9.25", "early_steps": "0 1"},
            "role": {"purpose": "INTEREST_EXPENSE", "role": "OPERATING_EXPENSE"},
        },
        f"productversion/{selectors.product('NOTICE').versions.get().pk}": {"deposit": {"minimum": "60000"}},
        f"productterms/{selectors.offer('SAVINGS', deposit().effective_from).terms[0].pk}": {
            "change": {"minimum_opening": "250"}
        },
        f"feerule/{FeeRule.objects.get(event='EFT', currency='KES').pk}": {"change": {"free_per_month": "3"}},
        f"taxrule/{TaxRule.objects.get(kind='EXCISE').pk}": {"change": {"rate_pct": "16"}},
    }
    made = []
    for record, acts in pages.items():
        assert desk.get(f"/admin/products/{record}/change/").status_code == 200
        for act, changed in acts.items():
            address = f"/admin/products/{record}/do/{act}/"
            form = desk.get(address).context["form"]
            given = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
            answers = {**given, "effective_from": day, "reason": "Committee", **changed}
            assert desk.post(address, {**answers, "effective_from": "2001-01-01"}).status_code == 200
            sent = desk.post(address, answers)
            assert sent.status_code == 302, (address, sent.context["form"].errors)
            command = Command.objects.latest("id")
            made.append(command.kind)
            workflows.withdraw(command=command, maker=command.maker)
    assert made == [
        "products.change_deposit", "products.set_gl_role", "products.change_deposit", "products.change_terms",
        "products.set_fee", "products.set_tax",
    ]  # fmt: skip
    assert as_role("AUDITOR").get(address).status_code == 403


def test_no_accounts_of_a_deposit_are_moved_whatever_address_is_typed(
    maker: User, as_role: Callable[[str], Client]
) -> None:
    """The form is not shown but said why not; what is sent all the same is refused with its reason."""
    desk, version = as_role("OPERATIONS"), selectors.product("FIXED").versions.get()
    address = f"/admin/products/productversion/{version.pk}/do/migrate/"
    assert address not in desk.get(f"/admin/products/productversion/{version.pk}/change/").content.decode()
    shown = desk.get(address, follow=True)
    assert shown.redirect_chain == [(f"/admin/products/productversion/{version.pk}/change/", 302)]
    assert "is not possible for this one as it stands" in shown.content.decode()
    given = {"to_version": "1", "on_date": str(deposit().effective_from), "reason": "Committee"}
    sent = desk.post(address, given)
    assert sent.status_code == 200
    assert not Command.objects.exists()
    current = selectors.product("CURRENT").versions.get()
    assert desk.get(f"/admin/products/productversion/{current.pk}/do/migrate/").status_code == 200
