"""Cash at the counter as a banker reads it: T-accounts, limits to the cent, books that stay on refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts import services as contracts
from bank.accounts.errors import AccountIsDormant
from bank.accounts.models import Account
from bank.accounts.rules import Signing, account_number
from bank.audit.models import AuditRecord
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.counter import commands, selectors, services
from bank.counter.errors import (
    AboveEveryLimit,
    CashDayExceeded,
    CashUnusable,
    DrawerFull,
    DrawerShort,
    DrawerUnknown,
    IdentityNotShown,
    NoSessionOpen,
    OtherHolderMissing,
    OutsideDrawerLimits,
    OwnAccount,
    SessionOfAnotherDay,
    SessionOpenAlready,
    VaultShort,
)
from bank.counter.models import CashRule, Drawer, DrawerSession, Slip
from bank.counter.rules import Move, Shown
from bank.identity.errors import OverLimit
from bank.identity.models import RoleLimit
from bank.kernel.errors import BankError, NotAllowed, NotFound
from bank.kernel.money import Money
from bank.ledger.errors import AccountClosed, AccountFrozen, InsufficientFunds
from bank.runtime.errors import IdempotencyConflict
from bank.workflows import services as workflows
from bank.workflows.errors import MakerIsChecker, NotYourCommand, PayloadUnusable
from bank.workflows.models import Command
from tests.accounts.conftest import Opening, books_untouched, kes
from tests.accounts.test_worked_examples import n, t_accounts
from tests.counter.conftest import ID, Counter, fund_vault
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db
IN, OUT = Move.DEPOSIT, Move.WITHDRAWAL


@contextmanager
def refused(error: type[BankError]) -> Iterator[None]:
    """Refused, with the books, the slips and the drawers as they were."""
    before = (Slip.objects.count(), list(DrawerSession.objects.values_list("pk", "held")))
    with books_untouched(), pytest.raises(error):
        yield
    assert (Slip.objects.count(), list(DrawerSession.objects.values_list("pk", "held"))) == before


def test_a_day_at_the_counter_in_the_books(counter: Counter, account: Account) -> None:
    """Float 100,000 (booked by the fixture), 30,000 paid in, 20,000 taken out, 50,000 more from the vault,
    40,000 handed in: the drawer should hold 120,000, and the books say so."""
    with t_accounts(**{"TELLER_CASH": "-30000", n(account): "30000"}):
        paid_in = counter.ask(IN, account, "30000")
    assert isinstance(paid_in, Slip)
    assert (paid_in.held_after, counter.held()) == (kes("130000").amount, kes("130000"))
    with t_accounts(**{"TELLER_CASH": "20000", n(account): "-20000"}):
        counter.ask(OUT, account, "20000", key="2")
    with t_accounts(TELLER_CASH="-50000", CASH="50000"):
        services.move_vault_cash(teller=counter.teller, move=Move.FROM_VAULT, amount=kes("50000"), key="3")
    with t_accounts(TELLER_CASH="40000", CASH="-40000"):
        services.move_vault_cash(teller=counter.teller, move=Move.TO_VAULT, amount=kes("40000"), key="4")
    assert counter.held() == kes("120000") == selectors.tie().by_books
    line = accounts.statement_lines(account)[1]
    assert (line.description, line.reference) == ("Cash at the counter", paid_in.reference)
    entry = ledger.entry(paid_in.entry_id)
    assert entry.booking_date == entry.value_date == ledger.business_date()
    noted = AuditRecord.objects.filter(action="CASH_DEPOSIT", subject_id=paid_in.reference)
    assert noted.get().actor == counter.teller


def test_the_same_page_sent_twice_is_booked_once(counter: Counter, account: Account) -> None:
    with t_accounts(**{"TELLER_CASH": "-1000", n(account): "1000"}):
        assert counter.ask(IN, account, "1000") == counter.ask(IN, account, "1000")
    with refused(IdempotencyConflict):
        counter.ask(IN, account, "1001")
    with books_untouched():
        asked = [counter.ask(OUT, account, "25000.01", key="big") for _twice in range(2)]
        assert asked[0] == asked[1]
        assert (
            services.open_session(teller=counter.teller, drawer="HQ-1", amount=kes("100000"), key="open")
            == counter.session
        )
    assert Command.objects.count() == 1


def test_limits_hold_to_the_cent(counter: Counter, account: Account) -> None:
    """A teller alone takes 50,000 in and pays 25,000 out; one cent more waits for a role that reaches it."""
    assert isinstance(counter.ask(IN, account, "50000", key="a"), Slip)
    assert isinstance(counter.ask(OUT, account, "25000", key="b"), Slip)
    services.move_vault_cash(teller=counter.teller, move=Move.FROM_VAULT, amount=kes("500000"), key="v")
    with books_untouched():
        for move, amount, role in (
            (IN, "50000.01", "HEAD_TELLER"),
            (OUT, "25000.01", "HEAD_TELLER"),
            (IN, "200000.01", "BRANCH_MANAGER"),
            (OUT, "100000.01", "BRANCH_MANAGER"),
        ):
            asked = counter.ask(move, account, amount, key=amount)
            assert isinstance(asked, Command)
            assert (asked.required_role, asked.money) == (role, kes(amount))
    RoleLimit.objects.filter(role__name="BRANCH_MANAGER", act="CASH_IN").update(maximum=300_000)
    with refused(AboveEveryLimit):
        counter.ask(IN, account, "300000.01", key="c")
    assert AuditRecord.objects.filter(action="LIMIT_REACHED", actor=counter.teller).exists()
    with refused(PayloadUnusable):
        counter.ask(IN, account, "60000", key="d", why=" ")


def test_above_the_limit_two_people_do_it(counter: Counter, account: Account) -> None:
    asked = counter.ask(OUT, account, "60000")
    assert isinstance(asked, Command)
    with refused(MakerIsChecker):
        workflows.approve(command=asked, checker=counter.teller)
    colleague = employ("colleague", "TELLER")
    with refused(NotYourCommand):
        workflows.approve(command=asked, checker=colleague)
    RoleLimit.objects.filter(role__name="HEAD_TELLER", act="CASH_OUT").update(maximum=59_999)
    with refused(OverLimit):
        workflows.approve(command=asked, checker=counter.head)
    with t_accounts(**{"TELLER_CASH": "60000", n(account): "-60000"}):
        done = workflows.approve(command=asked, checker=counter.manager)
    assert done.state == "APPROVED"
    slip = Slip.objects.get(approved_by=counter.manager)
    assert (slip.session.teller, slip.money, slip.paper_ending) == (counter.teller, kes("60000"), "4956")
    assert counter.held() == kes("40000")


def test_a_head_teller_does_not_approve_their_own(counter: Counter, account: Account) -> None:
    services.open_session(teller=counter.head, drawer="HQ-2", amount=kes("300000"), key="h")
    assert isinstance(counter.ask(OUT, account, "100000", key="x", teller=counter.head), Slip)
    asked = counter.ask(OUT, account, "100001", key="y", teller=counter.head)
    assert isinstance(asked, Command)
    with refused(MakerIsChecker):
        workflows.approve(command=asked, checker=counter.head)


def test_what_became_impossible_while_it_waited_is_not_booked(counter: Counter, account: Account) -> None:
    """The account is frozen, or the money gone, between the asking and the yes."""
    first, second = counter.ask(OUT, account, "60000", key="a"), counter.ask(OUT, account, "70000", key="b")
    assert isinstance(first, Command)
    assert isinstance(second, Command)
    workflows.approve(command=first, checker=counter.manager)
    with books_untouched():
        assert workflows.approve(command=second, checker=counter.manager).state == "FAILED"
        third = counter.ask(IN, account, "60000", key="c")
        assert isinstance(third, Command)
        contracts.freeze(account=account, scope="ALL", reason="Court order")
        assert workflows.approve(command=third, checker=counter.manager).state == "FAILED"
    assert counter.held() == kes("40000")


def test_a_customer_takes_half_a_million_a_day(counter: Counter, account: Account, opened: Opening) -> None:
    """Over all accounts in their name; deposits do not give it back, and tomorrow is another day."""
    CashRule.objects.filter(bound="CUSTOMER_DAY").update(amount=40_000)
    RoleLimit.objects.filter(role__name="TELLER", act="CASH_OUT").update(maximum=40_000)
    second = opened(account.customer, deposit="100000", key="2")
    counter.ask(OUT, account, "25000", key="a")
    counter.ask(IN, account, "30000", key="b")
    with refused(CashDayExceeded):
        counter.ask(OUT, second, "15000.01", key="c")
    counter.ask(OUT, second, "15000", key="d")
    with refused(CashDayExceeded):
        counter.ask(OUT, account, "0.01", key="e")
    assert selectors.taken_out(account.customer, ledger.business_date()) == kes("40000")
    assert selectors.taken_out(account.customer, ledger.business_date() + timedelta(1)) == kes("0")


def test_what_the_counter_refuses_changes_nothing(
    counter: Counter, account: Account, opened: Opening, customer: Customer
) -> None:
    for amount in ("0", "-5"):
        with refused(CashUnusable):
            counter.ask(IN, account, amount)
    with refused(CashUnusable):
        commands.ask(
            teller=counter.teller, move=IN, number=account.number, amount=Money.of("5", "USD"), key="u"
        )
    for shown in (Shown(), Shown("LIBRARY_CARD", "4956"), Shown("PASSPORT", "49"), Shown("PASSPORT", "4 56")):
        with refused(IdentityNotShown):
            counter.ask(OUT, account, "5", shown=shown)
    with refused(NotFound):
        commands.ask(
            teller=counter.teller,
            move=IN,
            number=account_number("001", 999_999_999),
            amount=kes("5"),
            key="n",
        )
    poor = opened(customer, deposit="1000", key="poor")
    ledger.place_hold(key="hold", account=poor.number, amount=kes("400"), narrative="Card")
    with refused(InsufficientFunds):
        counter.ask(OUT, poor, "600.01", key="p")
    counter.ask(OUT, poor, "600", key="q")
    contracts.freeze(account=account, scope="DEBIT", reason="Court order")
    with refused(AccountFrozen):
        counter.ask(OUT, account, "5")
    with refused(AccountFrozen):
        counter.ask(OUT, account, "30000")
    counter.ask(IN, account, "5", key="still in")
    asleep = opened(customer, deposit="1000", key="asleep")
    Account.objects.filter(pk=asleep.pk).update(status="DORMANT")
    with refused(AccountIsDormant):
        counter.ask(OUT, asleep, "5", key="w")
    counter.ask(IN, asleep, "5", key="into it")
    ended = opened(customer, deposit="", key="ended")
    contracts.close_account(account=ended, reason="Done")
    with refused(AccountClosed):
        counter.ask(IN, ended, "5", key="z")
    with refused(NoSessionOpen):
        counter.ask(IN, account, "5", teller=counter.head)
    with refused(NotAllowed):
        counter.ask(IN, account, "5", teller=counter.manager)
    account.refresh_from_db()
    contracts.unfreeze(account=account, reason="Lifted")
    Account.objects.filter(pk=account.pk).update(single_debit_limit=100)
    with refused(BankError):
        counter.ask(OUT, account, "100.01", key="s")


def test_nobody_serves_themselves(counter: Counter, account: Account) -> None:
    """Neither who stands at the counter nor who approves may act for the account."""
    asked = counter.ask(OUT, account, "60000", key="a")
    assert isinstance(asked, Command)
    cif.grant_mandate(user=counter.head, customer=account.customer, role="OWNER")
    cif.grant_mandate(user=counter.teller, customer=account.customer, role="VIEWER")
    with refused(OwnAccount):
        workflows.approve(command=asked, checker=counter.head)
    for move in (IN, OUT):
        with refused(OwnAccount):
            counter.ask(move, account, "5", key=move)


def test_both_holders_show_who_they_are(counter: Counter, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(signing=Signing.BOTH.value)
    for other in (Shown(), ID):
        with refused(OtherHolderMissing):
            counter.ask(OUT, account, "5", other=other)
    slip = counter.ask(OUT, account, "5", other=Shown("PASSPORT", "77XZ"))
    assert isinstance(slip, Slip)
    assert (slip.paper_ending, slip.other_ending) == ("4956", "77XZ")


def test_a_drawer_neither_overflows_nor_runs_dry(counter: Counter, account: Account) -> None:
    """At most a million: 100,000 are in it, the vault may give a teller 500,000 at once."""
    take, hand_in = Move.FROM_VAULT, Move.TO_VAULT

    def vault(move: Move, amount: str, key: str) -> None:
        services.move_vault_cash(teller=counter.teller, move=move, amount=kes(amount), key=key)

    with refused(OverLimit):
        vault(take, "500000.01", "a")
    vault(take, "500000", "b")
    with refused(DrawerFull):
        vault(take, "400000.01", "c")
    vault(take, "400000", "d")
    with refused(DrawerFull):
        counter.ask(IN, account, "0.01", key="e")
    vault(hand_in, "999000", "f")
    with refused(DrawerShort):
        vault(hand_in, "1000.01", "g")
    with refused(DrawerShort):
        counter.ask(OUT, account, "1000.01", key="h")
    counter.ask(OUT, account, "1000", key="i")
    assert counter.held() == kes("0")


def test_sessions_begin_within_bounds_one_a_teller_and_a_drawer(counter: Counter) -> None:
    def begin(drawer: str, amount: str, key: str) -> None:
        services.open_session(teller=counter.head, drawer=drawer, amount=kes(amount), key=key)

    for amount in ("9999.99", "1000000.01"):
        with refused(OutsideDrawerLimits):
            begin("HQ-2", amount, "a")
    with refused(DrawerUnknown):
        begin("HQ-99", "10000", "b")
    with refused(SessionOpenAlready):
        begin("HQ-1", "10000", "c")
    with refused(SessionOpenAlready):
        services.open_session(teller=counter.teller, drawer="HQ-2", amount=kes("10000"), key="d")
    with refused(OverLimit):
        services.open_session(teller=employ("new", "TELLER"), drawer="HQ-3", amount=kes("500000.01"), key="e")
    services.open_session(teller=counter.head, drawer="HQ-2", amount=kes("1000000"), key="f")
    free = {"teller": employ("free", "TELLER"), "drawer": Drawer.objects.get(code="HQ-3")}
    for taken in ({"teller": counter.teller}, {"drawer": counter.session.drawer}):
        twin = free | taken
        with pytest.raises(IntegrityError), transaction.atomic():
            DrawerSession.objects.create(
                reference="TIL-X", business_date=ledger.business_date(), currency="KES", held=0, **twin
            )


def test_the_vault_gives_what_it_has(account: Account) -> None:
    """500,000 from the customer's opening deposit are all there is."""
    assert selectors.vault_holds() == kes("500000")
    head = employ("head", "HEAD_TELLER")
    with refused(VaultShort):
        services.open_session(teller=head, drawer="HQ-1", amount=kes("500000.01"), key="a")
    services.open_session(teller=head, drawer="HQ-1", amount=kes("500000"), key="b")
    fund_vault("1")
    with refused(VaultShort):
        services.move_vault_cash(teller=head, move=Move.FROM_VAULT, amount=kes("1.01"), key="c")


def test_a_drawer_of_yesterday_only_closes(counter: Counter, account: Account) -> None:
    ledger.roll_business_date()
    with refused(SessionOfAnotherDay):
        counter.ask(IN, account, "5")
    with refused(SessionOfAnotherDay):
        services.move_vault_cash(teller=counter.teller, move=Move.TO_VAULT, amount=kes("5"), key="v")
