"""A small bank for the staff to look at, and a browser for each of their roles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from bank import ledger
from bank.accounts import postings
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.audit.models import AuditRecord
from bank.cases import services as cases
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity import services as identity
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.money import Money
from bank.ledger.models import Proof
from bank.payments import services as payments
from bank.payments.models import Beneficiary, PaymentFile, PaymentFileLine, PaymentOrder, PaymentPermit
from bank.payments.services import Operator
from bank.products import services as products
from bank.runtime.models import OutboxMessage
from bank.statements.models import Statement
from tests.identity import open_browser
from tests.worlds import Standing, once_a_module

HOSTILE = '"><img src=x onerror=alert(1)>'
Seen = Callable[[str], list[AuditRecord]]
ROLES = ("TELLER", "OFFICER", "COMPLIANCE", "AUDITOR", "ADMINISTRATOR")


@dataclass
class SmallBank:
    """What there is to look at."""

    user: User
    customer: Customer
    account: Account
    order: PaymentOrder
    file: PaymentFile
    statement: Statement


@pytest.fixture
def small_bank(standing_small_bank: Standing[SmallBank], db: None) -> SmallBank:
    return standing_small_bank.visit()


def _small_bank() -> SmallBank:
    """Two customers, one with a hostile name, who paid the other; a file, a statement, a hold, a proof."""
    products.seed_catalogue()
    payments.seed_limits()
    identity.seed_roles()
    user = identity.create_user(email="amina@example.test", full_name=f"Amina {HOSTILE}", password=None)
    customer = cif.create_organisation(
        registered_name=f"Savanna {HOSTILE} Ltd",
        registration_number="PVT-1",
        legal_form="Private limited company",
        segment="CORPORATE",
    )
    other = cif.create_person(
        given_names="Brian", family_name="Barasa", birth_date=clock.today() - timedelta(9999)
    )
    cif.grant_mandate(user=user, customer=customer, role="OWNER", can_pay=True)
    account = fund(customer, "CORPORATE", "one")
    creditor = fund(other, "SAVINGS", "two")
    order = _pay(user, account, creditor, other.display_name)
    ledger.place_hold(key="hold", account=account.number, amount=Money.of("250.00", "KES"), narrative=HOSTILE)
    accounts.freeze(account=creditor, scope="DEBIT", reason=HOSTILE, authority="High Court")
    ledger.seal()
    _rest(user, customer, account, creditor)
    return SmallBank(user, customer, account, order, _file(user, customer), _statement(user, account))


standing_small_bank = once_a_module(_small_bank)


@pytest.fixture
def as_role(client: Client, db: None) -> Callable[[str], Client]:
    """Signs the browser in as a member of staff with one role; ``SUPERUSER`` has every right, ``""`` none."""

    def sign_in(role: str) -> Client:
        open_browser(client, employ(role))
        return client

    return sign_in


def employ(role: str) -> User:
    identity.seed_roles()
    name = role.lower() or "nobody"
    user = identity.create_user(
        email=f"{name}@umoja.example", full_name=name.title(), password=None, is_staff=True
    )
    if role == "SUPERUSER":
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
    elif role:
        user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def seen(db: None) -> Seen:
    """The trail's new records of an action; refusals of earlier tests outlive them, as they should."""
    last = AuditRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return lambda action: list(AuditRecord.objects.filter(action=action, id__gt=last).order_by("id"))


def fund(customer: Customer, product: str, key: str) -> Account:
    """An account with half a million shillings paid in."""
    account = accounts.open_account(customer=customer, product_code=product, key=key)
    deposit = Money.of("500000.00", "KES")
    ledger.post(
        postings.cash_deposited(
            key=f"cash:{key}",
            account=account.number,
            amount=deposit,
            gl=ledger.gl,
            narrative=f"Cash {HOSTILE}",
        )
    )
    return account


def _pay(user: User, debtor: Account, creditor: Account, name: str) -> PaymentOrder:
    return payments.pay(
        user=user,
        debtor_number=debtor.number,
        creditor_number=creditor.number,
        creditor_name=name,
        amount=Money.of("1250.00", "KES"),
        key="pay",
        authorisation=Operator("test"),
        remittance=HOSTILE,
    )


def _rest(user: User, customer: Customer, account: Account, creditor: Account) -> None:
    now = clock.now()
    cases.open_case(
        kind="COMPLAINT",
        subject=HOSTILE,
        text=HOSTILE,
        contact_name=HOSTILE,
        contact_email="amina@example.test",
        customer=customer,
        opened_by=user,
    )
    Beneficiary.objects.create(
        customer=customer,
        name=HOSTILE,
        number=creditor.number,
        agent="UMOJKENA",
        name_check="MATCH",
        added_by=user,
    )
    PaymentPermit.objects.create(
        user=user, account=account, single_maximum=100, daily_maximum=200, valid_until=clock.today()
    )
    Proof.objects.create(started_at=now, finished_at=now, entries=3, postings=9, fault="")
    OutboxMessage.objects.create(
        id=ids.uuid7(), topic="test.said", payload={}, last_error=HOSTILE, attempts=2
    )


def _file(user: User, customer: Customer) -> PaymentFile:
    file = PaymentFile.objects.create(
        reference="FILE-0000-0000-0001", uploaded_by=user, channel="API", customer=customer,
        message="pain.001",
        message_id=HOSTILE[:35], digest=b"x" * 32, idempotency_key="file", status="CHECKED", line_count=1,
        faulty_count=1, totals={"KES": "10.00"}, faults=[{"code": "BAD_SUM", "sentence": HOSTILE}],
    )  # fmt: skip
    PaymentFileLine.objects.create(
        file=file, line=1, part="P1", reference="PAY-0000-0000-0001", uetr=ids.uuid7(), status="FAULTY",
        debtor_number="1", creditor_number="2", creditor_name=HOSTILE, creditor_agent="UMOJKENA",
        name_check="UNAVAILABLE", amount_text="10.00", currency="KES", charge_bearer="SHAR", end_to_end_id="",
        instruction_id="", remittance="", faults=[{"code": "NO_ACCOUNT", "sentence": HOSTILE}],
    )  # fmt: skip
    return file


def _statement(user: User, account: Account) -> Statement:
    day = ledger.business_date()
    return Statement.objects.create(
        reference="S-0000-0000-0001", account=account, from_date=day, to_date=day, format="PDF",
        language="en",
        status="FAILED", requested_by=user, file_name="x", failure=HOSTILE,
    )  # fmt: skip
