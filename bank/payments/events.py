"""What follows from facts: what a customer merged had for paying passes to the survivor; a message stored
for a network wakes the worker that sends it, news from one the worker that applies it; a long payment
file is checked and paid by a worker."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from bank.cif.models import Customer
from bank.cif.services import merging
from bank.kernel import clock
from bank.payments import tasks
from bank.payments.models import (
    Beneficiary,
    DailyUse,
    PayeeGroup,
    PaymentFile,
    PaymentLimit,
    PaymentTemplate,
)
from bank.payments.models.file_sources import ColumnMapping, PayrollReader
from bank.payments.rules import IncomingStatus, PaymentStatus
from bank.payments.services import networks
from bank.payments.services.file_intake import RECEIVED_TOPIC
from bank.payments.services.file_payment import CONFIRMED_TOPIC
from bank.payments.services.file_release import LINE_TOPIC, PAID_TOPIC, follow
from bank.payments.services.limits import scope_of
from bank.payments.services.networks import arrivals, store
from bank.payments.services.payees import ADDED_TOPIC
from bank.payments.services.transfers import SETTLED_TOPIC
from bank.runtime import outbox, topics

topics.declare(
    SETTLED_TOPIC,
    "A payment order came to a state the customer hears of, such as settled.",
    order=("payment", "reference"),
    reference=topics.TEXT,
    status={"enum": [status.value for status in PaymentStatus]},
)
topics.declare(
    networks.CHANGED_TOPIC,
    "A payment order over a network came to another state.",
    order=("payment", "reference"),
    reference=topics.TEXT,
    status={"enum": [status.value for status in PaymentStatus]},
)
topics.declare(
    arrivals.RECEIVED_TOPIC,
    "Money came over a network for an account, or for nobody the bank knows.",
    order=("incoming", "reference"),
    reference=topics.TEXT,
    status={"enum": [status.value for status in IncomingStatus]},
)
topics.declare(
    networks.GIVEN_BACK_TOPIC,
    "Money that came over a network was taken from its account again: the payer's bank asked for it.",
    order=("incoming", "reference"),
    reference=topics.TEXT,
    recall=topics.NUMBER,
)
topics.declare(store.TO_SEND, "A message waits to be sent to a network.", kept_inside=True, rail=topics.TEXT)
topics.declare(
    store.TO_APPLY, "News of a network waits to be applied.", kept_inside=True, message=topics.NUMBER
)
topics.declare(RECEIVED_TOPIC, "A payment file waits to be checked.", kept_inside=True, reference=topics.TEXT)
topics.declare(
    CONFIRMED_TOPIC, "A confirmed payment file waits to be paid.", kept_inside=True, reference=topics.TEXT
)
topics.declare(
    PAID_TOPIC,
    "A payment file was paid, with as many payments as `settled` says.",
    order=("file", "reference"),
    reference=topics.TEXT,
    settled=topics.NUMBER,
)
topics.declare(
    LINE_TOPIC,
    "A line of a paid file that was under way is paid, or will not be.",
    kept_inside=True,
    reference=topics.TEXT,
)
topics.declare(ADDED_TOPIC, "A customer keeps another payee.", kept_inside=True, payee_id=topics.NUMBER)


@outbox.subscriber(store.TO_SEND)
def wake_sender(_message_id: UUID, _payload: dict[str, Any]) -> None:
    """After this database transaction: nothing calls a network inside one. Beat sweeps up what is lost."""
    transaction.on_commit(lambda: _wake(tasks.send_to_networks), robust=True)


@outbox.subscriber(store.TO_APPLY)
def wake_applier(_message_id: UUID, _payload: dict[str, Any]) -> None:
    transaction.on_commit(lambda: _wake(tasks.apply_news), robust=True)


def _wake(task: Any) -> None:
    task.apply_async(retry=False, expires=60)


@outbox.subscriber(networks.CHANGED_TOPIC)
def line_follows(_message_id: UUID, payload: dict[str, Any]) -> None:
    """A line of a file has the result its order has."""
    follow(payload["reference"], payload["status"])


@outbox.subscriber(RECEIVED_TOPIC)
def check_received(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Hands the work to Celery; should the broker be away, the outbox tries again."""
    tasks.check_file.apply_async(args=[payload["reference"]], retry=False)


@outbox.subscriber(CONFIRMED_TOPIC)
def release_confirmed(_message_id: UUID, payload: dict[str, Any]) -> None:
    tasks.release_file.apply_async(args=[payload["reference"]], retry=False)


@merging.mover
def move_payments(old: Customer, new: Customer) -> dict[str, int]:
    """Payees both have are kept once; of two limits the survivor's holds; what was paid today counts on."""
    held = Beneficiary.objects.filter(customer=new, removed_at=None, agent=OuterRef("agent"))
    twice = Beneficiary.objects.filter(customer=old, removed_at=None).annotate(
        ours=Subquery(held.filter(number=OuterRef("number")).values("pk")[:1])
    )
    Beneficiary.objects.filter(pk__in=twice.filter(ours__isnull=False).values("pk")).update(
        removed_at=clock.now()
    )
    ours = PaymentLimit.objects.filter(
        customer=new, currency=OuterRef("currency"), rail=OuterRef("rail"), channel=OuterRef("channel")
    )
    PaymentLimit.objects.filter(Exists(ours), customer=old).delete()
    _carry_use(old, new)
    known = ColumnMapping.objects.filter(customer=new).values("heading")
    ColumnMapping.objects.filter(customer=old, heading__in=known).delete()
    readers = PayrollReader.objects.filter(customer=new).values("user_id")
    PayrollReader.objects.filter(customer=old, user_id__in=readers).delete()
    for kept in (PaymentTemplate, PayeeGroup):
        _rename_taken(kept, old, new)
    return {
        "payment_templates": PaymentTemplate.objects.filter(customer=old).update(customer=new),
        "payee_groups": PayeeGroup.objects.filter(customer=old).update(customer=new),
        "column_mappings": ColumnMapping.objects.filter(customer=old).update(customer=new),
        "payroll_readers": PayrollReader.objects.filter(customer=old).update(customer=new),
        "payees": Beneficiary.objects.filter(customer=old).update(customer=new),
        "payment_limits": PaymentLimit.objects.filter(customer=old).update(customer=new),
        "payment_files": PaymentFile.objects.filter(customer=old).update(customer=new),
    }


def _rename_taken(kept: type[PaymentTemplate] | type[PayeeGroup], old: Customer, new: Customer) -> None:
    """What both keep under one name is told apart by whose it was."""
    taken = kept.objects.filter(customer=new, removed_at=None).values("name")
    for one in kept.objects.filter(customer=old, removed_at=None, name__in=taken):
        kept.objects.filter(pk=one.pk).update(name=f"{one.name[:40]} {old.cif}")


def _carry_use(old: Customer, new: Customer) -> None:
    """Or a merge would open the day's limit a second time."""
    past = scope_of(old)
    kept = Q(scope=past) | Q(scope__startswith=f"{past}:") | Q(scope__startswith=f"{past}@")
    for used in DailyUse.objects.filter(kept):
        ours, _new = DailyUse.objects.get_or_create(
            scope=scope_of(new) + used.scope.removeprefix(past),
            day=used.day,
            currency=used.currency,
            defaults={"amount": 0},
        )
        DailyUse.objects.filter(pk=ours.pk).update(amount=F("amount") + used.amount)
