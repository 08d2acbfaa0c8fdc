"""What a small firm of the demonstration keeps: invoices of every state, a bill, people, wages and claims."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.cif.rules import Segment
from bank.demo import claims
from bank.demo.habits import Community
from bank.demo.population import NJERI
from bank.identity import selectors as identity
from bank.identity.models import User
from bank.invoicing import services as invoicing
from bank.invoicing.models import Debtor, Invoice, Seller
from bank.invoicing.services import LineAsked
from bank.invoicing.services.issuing import issue_on
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.payroll import services as payroll

_REASON: Final = "The demonstration's own people, before anybody can hold their phone"
_SALARIES: Final = ("28000", "24500", "22000")
#: How many days ago each was issued, and what for.
_INVOICES: Final = (
    (70, "Catering of a wedding, 60 guests", "60", "350"),
    (45, "Lunch for the site office, October", "22", "420"),
    (12, "Cakes and tea, board meeting", "15", "280"),
    (3, "Lunch for the site office, November", "20", "420"),
)


@transaction.atomic
def fill(community: Community) -> None:
    """Once, however often it is called, and as a whole; with too few customers there is nothing to tell."""
    kitchens = [one for one in community.organisations if one.plan.segment == Segment.SME]
    owner = identity.user_by_email(NJERI)
    if not kitchens or owner is None or len(community.people) < len(_SALARIES) + 1:
        return
    account = accounts.find_by_number(kitchens[0].current)
    if Seller.objects.filter(customer=account.customer).exists():
        return
    people = [accounts.find_by_number(one.current) for one in community.people[: len(_SALARIES) + 1]]
    builder = accounts.find_by_number(community.organisations[0].current)
    _invoice(account, owner, builder, people[0])
    _owe(account, owner, builder)
    _employ(account, owner, people[1:])
    claims.fill(account, owner, people[2:], _REASON)


def _invoice(account: Account, owner: User, builder: Account, guest: Account) -> None:
    mine: dict[str, Any] = {"user": owner, "customer": account.customer}
    invoicing.set_up(**mine, account_number=account.number, tax_number="P051482913K", terms_days=30)
    firm = invoicing.add_debtor(**mine, name=builder.customer.display_name, email="accounts@tujenge.example")
    person = invoicing.add_debtor(**mine, name=guest.customer.display_name, email=guest.customer.email)
    made = [
        _issued(account, owner, person if place == 0 else firm, asked)
        for place, asked in enumerate(_INVOICES)
    ]
    _pay(made[1], builder, made[1].open_money)
    _pay(made[2], builder, Money.of("2000.00", account.currency))
    invoicing.collect(customer=account.customer)
    invoicing.draft_invoice(**mine, debtor=firm, lines=[_line("Christmas party", "120", "450")])


def _issued(account: Account, owner: User, debtor: Debtor, asked: tuple[int, str, str, str]) -> Invoice:
    ago, what, n, price = asked
    draft = invoicing.draft_invoice(
        user=owner, customer=account.customer, debtor=debtor, lines=[_line(what, n, price)]
    )
    return issue_on(draft, ledger.business_date() - timedelta(days=ago), owner)


def _line(what: str, n: str, price: str) -> LineAsked:
    return LineAsked(what, Decimal(n), Money.of(price, "KES"))


def _pay(invoice: Invoice, payer: Account, money: Money) -> None:
    """By whoever acts for the payer; what they cannot afford stays open."""
    mandate = payer.customer.mandates.filter(can_pay=True, revoked_at=None).select_related("user").first()
    if mandate is None or accounts.position(payer).available < money:
        return
    payments.pay(
        user=mandate.user, debtor_number=payer.number, creditor_number=invoice.account_number,
        creditor_name=invoice.seller_name, amount=money, key=f"demo:{invoice.number}",
        remittance=f"Invoice {invoice.number}", authorisation=payments.Operator(_REASON),
    )  # fmt: skip


def _owe(account: Account, owner: User, landlord: Account) -> None:
    mine: dict[str, Any] = {"user": owner, "customer": account.customer}
    vendor = invoicing.add_vendor(**mine, name=landlord.customer.display_name, number=landlord.number)
    today = ledger.business_date()
    for number, amount, days in (("R-118", "15000.00", 9), ("R-119", "2400.00", -2)):
        invoicing.add_bill(
            **mine, vendor=vendor, number=number, amount=Money.of(amount, account.currency),
            bill_date=today - timedelta(days=14), due_date=today + timedelta(days=days),
        )  # fmt: skip


def _employ(account: Account, owner: User, people: list[Account]) -> None:
    """Three people, last month paid, this month's run in draft."""
    mine: dict[str, Any] = {"user": owner, "customer": account.customer}
    for number, (person, salary) in enumerate(zip(people, _SALARIES, strict=True), 1):
        payroll.add_employee(
            **mine, staff_number=f"MN-{number}", name=person.customer.display_name,
            account_number=person.number, salary=Money.of(salary, "KES"), joined=date(2024, 3, 1),
            email=person.customer.email,
        )  # fmt: skip
    month = ledger.business_date().replace(day=1)
    last = payroll.prepare(**mine, month=month - timedelta(days=1))
    if accounts.position(account).available > last.money("net"):
        file = payroll.send_to_pay(user=owner, run=last, account_number=account.number)
        paid = payments.confirm_payment_file(
            user=owner, file=file, only_valid=True, key="demo:payroll",
            authorisation=payments.Operator(_REASON),
        )  # fmt: skip
        payroll.note_outcome(paid)
    payroll.prepare(**mine, month=month)
