"""A company that invoices, and whom it invoices."""

from datetime import date
from typing import Final

from django.db import IntegrityError, transaction

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.identity.models import User
from bank.invoicing import selectors
from bank.invoicing.errors import InvoiceUnusable
from bank.invoicing.models import Debtor, ReminderRule, Seller, VatRate
from bank.invoicing.services import trail
from bank.kernel import clock
from bank.payments import rules as texts

#: Kenya's rates of value added tax (VAT Act 2013); the bank's staff add rows when they change.
RATES: Final = (("STANDARD", "Standard", 16), ("ZERO", "Zero-rated", 0), ("EXEMPT", "Exempt", 0))
FIRST_REMINDERS: Final = (-3, 7, 21)
_SINCE: Final = date(2021, 1, 1)


def seed_rates() -> None:
    """The rates of value added tax the bank begins with. Adds what is missing, changes nothing."""
    for code, title, percent in RATES:
        VatRate.objects.get_or_create(
            code=code, valid_from=_SINCE, defaults={"title": title, "percent": percent}
        )


@transaction.atomic
def set_up(
    *,
    user: User,
    customer: Customer,
    account_number: str,
    tax_number: str = "",
    terms_days: int = 30,
    footer: str = "",
) -> Seller:
    """Says which account invoices are paid to, and on what terms; again to change it. Invoices issued
    before keep their account. Raises ``NotFound``, ``NotAllowed``, ``InvoiceUnusable``.
    """
    selectors.require_write(user, customer)
    account = accounts.account_for(user, account_number)
    if account.customer_id != customer.pk:
        raise InvoiceUnusable(problem="Choose an account of the company.")
    if not 0 <= terms_days <= 180:
        raise InvoiceUnusable(problem="Let your customers pay within 0 to 180 days.")
    seed_rates()
    seller, is_new = Seller.objects.select_for_update().get_or_create(
        customer=customer, defaults={"account": account, "seen_version": _latest(account)}
    )
    if seller.account_id != account.pk:
        seller.account, seller.seen_version = account, _latest(account)
    seller.tax_number, seller.terms_days = texts.clean_text("Name", tax_number)[:20], terms_days
    seller.footer = texts.clean_text("Remittance", footer)
    seller.save()
    if is_new:
        ReminderRule.objects.bulk_create(ReminderRule(customer=customer, days=one) for one in FIRST_REMINDERS)
    trail.record("INVOICING_SET_UP", customer, user, account.number, terms_days=terms_days)
    return seller


@transaction.atomic
def add_debtor(
    *, user: User, customer: Customer, name: str, email: str = "", address: str = "", tax_number: str = ""
) -> Debtor:
    """Keeps a customer of the company. Raises ``NotAllowed``, ``InvoiceUnusable``."""
    selectors.require_write(user, customer)
    name = texts.clean_text("Name", name)
    if not name:
        raise InvoiceUnusable(problem="Enter the customer's name.")
    given = {
        "email": email.strip(),
        "address": texts.clean_text("Name", address),
        "tax_number": tax_number[:20],
    }
    try:
        with transaction.atomic():
            debtor = Debtor.objects.create(customer=customer, name=name, **given)
    except IntegrityError:
        raise InvoiceUnusable(problem="You have a customer of this name already.") from None
    trail.record("DEBTOR_ADDED", customer, user, str(debtor.pk))
    return debtor


@transaction.atomic
def remove_debtor(*, user: User, customer: Customer, debtor_id: int) -> None:
    """Takes a customer off the list; their invoices stay."""
    selectors.require_write(user, customer)
    debtor = selectors.debtor_for(customer, debtor_id)
    debtor.removed_at = clock.now()
    debtor.save(update_fields=["removed_at"])
    trail.record("DEBTOR_REMOVED", customer, user, str(debtor.pk))


def _latest(account: Account) -> int:
    """Where the account's lines stand now: what came in before is not looked at."""
    lines = accounts.statement_lines(account, limit=1)
    return lines[0].version if lines else 0
