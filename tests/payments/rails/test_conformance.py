"""What every rail with a network promises, tried on every rail folder there is, against its own sandbox.

A rail that needs other details than a thousand shillings to Savanna Bank says so in its folder here:
``EXAMPLE`` in ``tests/payments/rails/<folder>/__init__.py``, with any of the keys of ``_EXAMPLE``.
"""

import importlib
import importlib.util
import pkgutil
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.kernel import clock
from bank.kernel.calendars import calendar
from bank.kernel.money import Money
from bank.payments import rail, rails, sandbox, selectors, transport
from bank.payments import services as payments
from bank.payments.models import IncomingPayment, NetworkEvent, NetworkMessage, PaymentOrder
from bank.payments.network import NetworkRail, Rejected, Settled
from bank.payments.rail import Destination
from bank.payments.rails.mpesa import pushing
from bank.payments.rules import EventOutcome, PaymentStatus
from bank.payments.sandbox import Behaviour, Sandbox, What
from bank.payments.services import Elsewhere, Operator, networks
from bank.products.rules import FeeEvent
from tests.payments.conftest import Bank, fund
from tests.payments.rails.mpesa.test_rail import paid
from tests.payments.rails.served import served

FOLDERS = sorted(
    one.name
    for one in pkgutil.iter_modules(rails.__path__)
    if isinstance(importlib.import_module(f"{rails.__name__}.{one.name}").RAIL, NetworkRail)
)
_EXAMPLE: dict[str, str] = {
    "agent": "SAVNKENA",
    "country": "KE",
    "number": "0110987654321",
    "name": "Achieng Otieno",
    "amount": "1000.00",
    "currency": "KES",
    "reason": "AC04",
}
_EXAMPLES: dict[str, dict[str, str]] = {
    "rtgs": {"amount": "1000000.00"},
    "ach": {
        "agent": "021000021",
        "country": "US",
        "number": "123456789",
        "name": "Dana Whitfield",
        "amount": "100.00",
        "currency": "USD",
        "reason": "R03",
    },
    "swift": {
        "agent": "RHEIDEFF",
        "country": "DE",
        "number": "DE89370400440532013000",
        "name": "Erika Mustermann",
        "amount": "100.00",
        "currency": "USD",
    },
    "mpesa": {"agent": "MPESA", "number": "0708374149", "name": "Juma Mwangi", "reason": ""},
}
_BECOMES = {
    What.ACCEPT: "SETTLED",
    What.REJECT: "REJECTED",
    What.DELAY: "SETTLED",
    What.DUPLICATE: "SETTLED",
    What.RETURN: "RETURNED",
    What.TIMEOUT: "SETTLED",
    What.DOWN: "SETTLED",
}
_ROUNDS = 40
NOBODY = "0019999999990"


def example(folder: str) -> dict[str, str]:
    name = f"tests.payments.rails.{folder}"
    has_folder = importlib.util.find_spec(name) is not None
    own = getattr(importlib.import_module(name), "EXAMPLE", {}) if has_folder else {}
    return _EXAMPLE | _EXAMPLES.get(folder, {}) | own


def rail_of(folder: str) -> NetworkRail:
    found: NetworkRail = importlib.import_module(f"{rails.__name__}.{folder}").RAIL
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_shape_of_a_rail(folder: str, settings: Any) -> None:
    way, played = rail_of(folder), sandbox.found()
    can = way.capabilities
    assert rail.every()[way.code] is way
    assert can.fee_event in set(FeeEvent)
    assert calendar(can.calendar or "NONE")
    assert (can.opens is None) == (can.cut_off is None)
    assert way.settlement_role.startswith("NOSTRO")
    assert played[way.code].code == way.code
    assert not way.reaches(Destination(settings.BANK_BIC, "KE", "KES", is_internal=True))
    assert way.__doc__ or type(way).__doc__


class Door:
    """Where a network calls back, and what it was heard to say."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, bytes, dict[str, str]]] = queue.Queue()

    def hand_over(self, way: NetworkRail, *, patience_s: float) -> None:
        """Everything heard, to the hub; waits a moment where nothing was."""
        try:
            while True:
                path, body, headers = self.heard.get(timeout=patience_s)
                networks.answer(way.code, body, headers | {":path": path, ":remote": "127.0.0.1"})
        except queue.Empty:
            return


@pytest.fixture
def door(settings: Any) -> Iterator[Door]:
    heard = Door()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = {name.lower(): value for name, value in self.headers.items()}
            heard.heard.put((self.path, body, told))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ResultCode": "0", "ResultDesc": "Accepted"}')

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    for way in map(rail_of, FOLDERS):
        setattr(settings, f"RAIL_{way.code}_CALLBACK_URL", f"http://127.0.0.1:{server.server_address[1]}")
    yield heard
    server.shutdown()
    server.server_close()


class Trial:
    """One rail, its sandbox, a company that pays."""

    def __init__(self, bank: Bank, folder: str, played: Sandbox, door: Door) -> None:
        self.bank, self.way, self.played, self.door = bank, rail_of(folder), played, door
        self.asked = example(folder)
        self.debtor = self._debtor()
        self.charges = Money.zero(self.asked["currency"])

    def _debtor(self) -> Account:
        currency, firm = self.asked["currency"], self.bank.firm
        account = firm.account
        if currency != "KES":
            account = accounts.open_account(
                customer=firm.customer, product_code="CORPORATE", key=f"open-{currency}", currency=currency
            )
        amount = Money.of(self.asked["amount"], currency)
        fund(account, str((amount * 20).amount), currency)
        return account

    def pay(self, what: What) -> PaymentOrder:
        asked = self.asked
        if what != What.ACCEPT:
            self.played.behave(Behaviour(what, asked["reason"] if what in {What.REJECT, What.RETURN} else ""))
        order = payments.pay(
            user=self.bank.firm.user,
            debtor_number=self.debtor.number,
            creditor_number=asked["number"],
            creditor_name=asked["name"],
            amount=self.amount(what),
            remittance=f"Trial {what.value}",
            key=f"{self.way.code}-{what.value}",
            to=Elsewhere(asked["agent"], asked["country"], self.way.code),
            authorisation=Operator("conformance"),
        )
        assert (order.rail, order.status in {"RELEASED", "ACCEPTED"}) == (self.way.code, True)
        return order

    def amount(self, what: What) -> Money:
        """A unit more for each, so that no two files or messages look alike."""
        more = Money.of(list(_BECOMES).index(what), self.asked["currency"])
        return Money.of(self.asked["amount"], self.asked["currency"]) + more

    def until(self, order: PaymentOrder, wanted: str) -> None:
        for turn in range(_ROUNDS):
            self.round(patience_s=0.01 if turn < 3 else 0.1)
            order.refresh_from_db()
            if order.status == wanted:
                return
        steps = [(one.status, one.reason, one.sentence) for one in selectors.timeline(order)]
        messages = NetworkMessage.objects.values_list("key", "status", "last_error")
        raise AssertionError(f"{self.way.code}: {order.status}, not {wanted}: {steps} {list(messages)}")

    def hear_nothing_of(self, order: PaymentOrder) -> None:
        """The network keeps silent: the money stays in transit, even after the bank has asked."""
        for _ in range(3):
            self.round()
        told = self.way.query(order.reference, order.network_reference)
        assert not any(isinstance(one, Settled | Rejected) for one in told)
        self.round()
        order.refresh_from_db()
        assert order.status == PaymentStatus.SENT
        transit = ledger.balance(networks.transit(order.money)).booked
        assert transit == order.money

    def round(self, *, patience_s: float = 0.01) -> None:
        now = clock.now()
        PaymentOrder.objects.filter(status=PaymentStatus.ACCEPTED).update(release_at=now)
        NetworkMessage.objects.filter(next_try_at__isnull=False).update(next_try_at=now)
        networks.tend()
        self.door.hand_over(self.way, patience_s=patience_s)
        networks.apply_waiting()

    def standing(self) -> dict[str, Money]:
        currency = self.asked["currency"]
        roles = ("IN_TRANSIT", "SUSPENSE", self.way.settlement_role)
        return {role: ledger.balance(ledger.gl(role, currency)).booked for role in roles}


@pytest.fixture
def trial(bank: Bank, settings: Any, door: Door, request: pytest.FixtureRequest) -> Iterator[Trial]:
    folder = request.param
    everybody = {code: kind() for code, kind in sandbox.found().items()}
    played = everybody[rail_of(folder).code]
    with served(*everybody.values()) as url:
        settings.NETWORKS_URL = url
        yield Trial(bank, folder, played, door)


@pytest.mark.parametrize("trial", FOLDERS, indirect=True)
def test_whatever_the_network_does_each_order_is_paid_once(trial: Trial) -> None:
    before = trial.standing()
    orders = {}
    for what, becomes in _BECOMES.items():
        orders[what] = trial.pay(what)
        if what == What.DELAY:
            trial.hear_nothing_of(orders[what])
            trial.played.behave(Behaviour(What.ACCEPT))
        trial.until(orders[what], becomes)
    _comes_for_nobody(trial)
    settled = [one for one in orders.values() if one.status == "SETTLED"]
    sent = sum((one.money for one in settled), Money.zero(trial.asked["currency"]))
    after = trial.standing()
    assert after["IN_TRANSIT"] == before["IN_TRANSIT"]
    assert after["SUSPENSE"] == before["SUSPENSE"]
    role = trial.way.settlement_role
    assert after[role] == before[role] + sent
    assert not NetworkEvent.objects.filter(outcome=EventOutcome.PARKED).exists()
    made = networks.reconcile(trial.way.code, selectors.today())
    assert [str(one) for one in made.differences.all()] == []
    assert made.matched >= len(settled) + 2
    assert all(line.debit == line.credit for line in _totals())


def _comes_for_nobody(trial: Trial) -> None:
    """Money from elsewhere for an account there is not: it goes back, and both sides have both movements."""
    way, url = trial.way, transport.address(trial.way.code)
    if way.code == "MPESA":
        pushing.register()
        paid(trial.played, NOBODY, 100)
    elif way.code == "SWIFT":
        asked = {"account": NOBODY, "amount": "100,", "currency": "USD", "to": "UMOJKENA"}
        httpx.post(f"{url}/_pay", json=asked).raise_for_status()
    else:
        asked = {"creditor_number": NOBODY, "amount": trial.asked["amount"]}
        httpx.post(f"{url}/_incoming", json=asked).raise_for_status()
    for _ in range(_ROUNDS):
        trial.round(patience_s=0.1)
        if IncomingPayment.objects.filter(rail=way.code, status="RETURNED").exists():
            break
    (payment,) = IncomingPayment.objects.all()
    assert (payment.status, payment.creditor_number) == ("RETURNED", NOBODY)


def _totals() -> list[Any]:
    """The trial balance by currency: level, or the book is wrong."""
    sums: dict[str, Any] = {}
    for line in ledger.trial_balance():
        known = sums.get(line.debit.currency)
        sums[line.debit.currency] = (
            (line.debit, line.credit) if known is None else (known[0] + line.debit, known[1] + line.credit)
        )
    return [type("Sum", (), {"debit": debit, "credit": credit}) for debit, credit in sums.values()]
