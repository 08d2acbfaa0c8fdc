"""One field that finds customers, accounts, payments and entries. Every look-up is bounded and by index
first; what the reader may not open is not looked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.kernel import ids
from bank.ledger.models import Account as LedgerAccount
from bank.ledger.models import Entry
from bank.payments.models import PaymentFile, PaymentOrder
from bank.web import cells
from bank.web.cells import Words

_SHORTEST_NAME = 3
_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found; ``is_exact`` where its number or reference was typed in full."""

    kind: Words
    title: str
    note: str
    address: str
    is_exact: bool = True


def find(request: HttpRequest, text: str) -> list[Hit]:
    """What the text names, exact hits alone where there are any, else customers by a part of the name."""
    asked = text.replace("\x00", "").strip()
    if not asked:
        return []
    exact = [hit for table, look in _EXACT if cells.may_look(request, table) for hit in look(asked)]
    if exact or len(asked) < _SHORTEST_NAME or not cells.may_look(request, "cif_customer"):
        return exact
    return list(_customers_by_name(asked))


def _customers(text: str) -> Iterator[Hit]:
    for customer in Customer.objects.filter(cif=text):
        yield _hit(_("Customer"), customer.display_name, customer.cif, "cif_customer", customer.pk)


def _customers_by_name(text: str) -> Iterator[Hit]:
    for customer in Customer.objects.filter(display_name__icontains=text).order_by("display_name")[:_AT_MOST]:
        yield Hit(
            _("Customer"),
            customer.display_name,
            customer.cif,
            _address("cif_customer", customer.pk),
            is_exact=False,
        )


def _accounts(text: str) -> Iterator[Hit]:
    number = "".join(text.split()).replace("-", "")
    for account in Account.objects.select_related("customer").filter(number=number):
        yield _hit(
            _("Account"), account.number, account.customer.display_name, "accounts_account", account.pk
        )


def _ledger_accounts(text: str) -> Iterator[Hit]:
    for line in LedgerAccount.objects.filter(code=text.upper(), guarded=False):
        yield _hit(_("Ledger account"), line.code, line.name, "ledger_account", line.pk)


def _payments(text: str) -> Iterator[Hit]:
    for order in PaymentOrder.objects.filter(reference=ids.read_reference(text)):
        yield _hit(_("Payment"), order.reference, order.creditor_name, "payments_paymentorder", order.pk)


def _files(text: str) -> Iterator[Hit]:
    for file in PaymentFile.objects.filter(reference=ids.read_reference(text)):
        yield _hit(_("Payment file"), file.reference, file.initiating_party, "payments_paymentfile", file.pk)


def _entries(text: str) -> Iterator[Hit]:
    if text.isascii() and text.isdigit() and len(text) < len(str(2**63)):
        for entry in Entry.objects.filter(pk=int(text)):
            yield _hit(_("Journal entry"), str(entry.pk), entry.narrative, "ledger_entry", entry.pk)


_EXACT: tuple[tuple[str, Callable[[str], Iterator[Hit]]], ...] = (
    ("cif_customer", _customers),
    ("accounts_account", _accounts),
    ("ledger_account", _ledger_accounts),
    ("payments_paymentorder", _payments),
    ("payments_paymentfile", _files),
    ("ledger_entry", _entries),
)


def _hit(kind: Words, title: str, note: str, table: str, pk: int) -> Hit:
    return Hit(kind, title, note, _address(table, pk))


def _address(table: str, pk: int) -> str:
    return reverse(f"admin:{table}_change", args=(pk,))
