"""What the customer's own screen shows of accounts: the accounts, and what was lent on them."""

from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.accounts.models import Account, Overdraft
from bank.kernel.money import Money
from bank.products.models import ProductTerms
from bank.runtime.formats import percent
from bank.web import cells
from bank.web.staff import Column, Panel, adds_panel

_POSITIONS: Final = "accounts_and_balances"


@adds_panel("cif_customer", rank=4)
def _accounts(request: HttpRequest, customer: Any) -> Panel | None:
    """The customer's accounts with what is on them, closed ones too."""
    if not cells.may_look(request, "accounts_account"):
        return None
    found, balances = _read_once(customer)
    columns = (
        *(Column(_("Number")), Column(_("Product")), Column(_("Status")), Column(_("Opened"))),
        *(Column(_("Booked"), figures=True), Column(_("Available"), figures=True)),
    )
    rows = [
        (
            cells.record_link(request, "accounts_account", account.pk, account.number),
            account.product.name,
            cells.state(account.status),
            cells.day(account.opened_date),
            cells.money(balances[account.number].booked),
            cells.money(balances[account.number].available),
        )
        for account in found
    ]
    return Panel(_("Accounts"), columns, rows, empty=_("No accounts."))


@adds_panel("cif_customer", rank=6)
def _lending(request: HttpRequest, customer: Any) -> Panel | None:
    """Overdrafts that are agreed or being paid back; nothing where nothing was lent."""
    if not cells.may_look(request, "accounts_account"):
        return None
    lent = list(_overdrafts(customer))
    if not lent:
        return None
    _found, balances = _read_once(customer)
    columns = (
        *(Column(_("Lent as")), Column(_("Account")), Column(_("Agreed"), figures=True)),
        *(Column(_("Used"), figures=True), Column(_("Rate a year"), figures=True), Column(_("Until"))),
    )
    rows = [_row(request, one, balances[one.account.number].booked) for one in lent]
    return Panel(_("Lending"), columns, rows)


def _row(request: HttpRequest, lent: Overdraft, booked: Money) -> tuple[object, ...]:
    account, rate = lent.account, lent.costs_pct  # type: ignore[attr-defined]
    return (
        gettext("Overdraft"),
        cells.record_link(request, "accounts_account", account.pk, account.number),
        cells.money(Money(lent.limit, account.currency)),
        cells.money(-booked if booked.is_negative else Money.zero(account.currency)),
        cells.NOTHING if rate is None else percent(rate / 100),
        gettext("ended, being paid back") if lent.runs_down else cells.day(lent.expires_date),
    )


def _overdrafts(customer: Any) -> QuerySet[Overdraft]:
    """Each with what it costs a year: what was agreed, else what the product's terms say. One query."""
    listed = ProductTerms.objects.filter(
        version=OuterRef("account__product_version"), currency=OuterRef("account__currency"),
        segment__in=("", customer.segment),
    ).order_by("-segment")  # fmt: skip
    alive = Q(ended_date__isnull=True) | Q(runs_down=True)
    found = Overdraft.objects.filter(alive, account__customer=customer).select_related("account")
    terms = Subquery(listed.values("debit_rate_pct")[:1])
    return found.annotate(costs_pct=Coalesce(F("annual_rate_pct"), terms)).order_by("account_id", "-id")


def _read_once(customer: Any) -> tuple[list[Account], dict[str, ledger.AccountBalance]]:
    """The accounts and what is on each, for both panels. Two queries."""
    if not hasattr(customer, _POSITIONS):
        found = list(customer.accounts.select_related("product").order_by("id"))
        setattr(customer, _POSITIONS, (found, ledger.balances(account.number for account in found)))
    held: tuple[list[Account], dict[str, ledger.AccountBalance]] = getattr(customer, _POSITIONS)
    return held
