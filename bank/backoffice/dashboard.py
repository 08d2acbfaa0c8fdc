"""What the staff see first: the day, whether the books hold, and what waits."""

from typing import Any

from django.db.models import Count, Min, Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bank import ledger
from bank.accounts.models import Account
from bank.accounts.rules import AccountStatus
from bank.backoffice import trial_balance
from bank.cif.models import Customer
from bank.kernel import clock
from bank.ledger.models import Proof
from bank.payments.models import IncomingRecall, PaymentOrder
from bank.payments.rules import RecallStatus
from bank.runtime import formats
from bank.runtime.models import OutboxMessage
from bank.statements.models import Statement
from bank.statements.rules import Status
from bank.web import cells

Tile = dict[str, Any]


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """Tiles and the state of the book, as far as the reader may see the tables behind them."""
    shown: dict[str, Any] = {"tiles": [_business_date(), *_counts(request)]}
    if cells.may_look(request, "ledger_entry"):
        shown |= {
            "seal": ledger.seal_state(),
            "proof": Proof.objects.order_by("-id").first(),
            "sheets": trial_balance.sheets(),
        }
    return shown


def _business_date() -> Tile:
    day = ledger.business_date()
    return {
        "label": _("Business date"),
        "value": formats.day(day),
        "note": formats.long_day(day).split(",")[0],
    }


def _counts(request: HttpRequest) -> list[Tile]:
    """The tiles with counts; each is one query, and stands only where its table may be seen."""
    makers = {
        "cif_customer": _customers,
        "accounts_account": _accounts,
        "payments_paymentorder": _payments,
        "payments_incomingrecall": _recalls,
        "runtime_outboxmessage": _outbox,
        "statements_statement": _statements,
    }
    return [make() for table, make in makers.items() if cells.may_look(request, table)]


def _customers() -> Tile:
    return _tile(_("Customers"), _count(Customer))


def _accounts() -> Tile:
    return _tile(_("Open accounts"), Account.objects.exclude(status=AccountStatus.CLOSED.value).count())


def _payments() -> Tile:
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return _tile(_("Payments today"), PaymentOrder.objects.filter(initiated_at__gte=midnight).count())


def _recalls() -> Tile:
    """What other banks want back and nobody answered yet, with the nearest day to answer by."""
    waiting = IncomingRecall.objects.filter(status=RecallStatus.OPEN.value)
    found = waiting.aggregate(count=Count("pk"), first=Min("answer_by"))
    note = _("Answer by %(day)s") % {"day": formats.day(found["first"])} if found["first"] else ""
    return _tile(_("Recalls to answer"), found["count"], note)


def _outbox() -> Tile:
    waiting = OutboxMessage.objects.filter(delivered_at__isnull=True)
    failing = waiting.filter(attempts__gt=0).count()
    note = ngettext("%d was tried in vain", "%d were tried in vain", failing) % failing if failing else ""
    return _tile(_("Messages waiting"), waiting.count(), note)


def _statements() -> Tile:
    return _tile(_("Failed statements"), Statement.objects.filter(status=Status.FAILED.value).count())


def _tile(label: str, count: int, note: str = "") -> Tile:
    return {"label": label, "value": formats.number(count), "note": note}


def _count(model: type[Model]) -> int:
    return model._default_manager.count()
