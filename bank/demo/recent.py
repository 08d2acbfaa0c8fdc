"""Payments of the last day, each made by the person themselves through the payment service, so that
they have orders, receipts and a timeline."""

from typing import Final, NamedTuple

from bank import ledger
from bank.accounts import selectors as accounts
from bank.cif.rules import Segment
from bank.demo.cast import MAIL_DOMAIN
from bank.demo.habits import BASE, Community
from bank.demo.population import NJERI, TREASURER
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import services as payments

_REASON: Final = "The demonstration's own people, before anybody can hold their phone"


class Recent(NamedTuple):
    payer: str
    debtor: str
    creditor: str
    amount: str
    remittance: str


def pay(community: Community) -> int:
    """Makes the payments once, however often it is called; returns how many the payers could afford."""
    return sum(_paid(f"demo:{n}", recent) for n, recent in enumerate(_planned(community)))


def _planned(community: Community) -> list[Recent]:
    builder = community.organisations[0].current
    kitchen = next(firm.current for firm in community.organisations if firm.plan.segment == Segment.SME)
    made = [
        Recent(TREASURER, builder, kitchen, "48200.00", "Catering at the site, week 46"),
        Recent(NJERI, kitchen, builder, "15000.00", "Rent of the canteen"),
    ]
    if len(community.people) > 1:
        amina, brian = (person.current for person in community.people[:2])
        made += [
            Recent(f"amina@{MAIL_DOMAIN}", amina, brian, "2500.00", "Match tickets"),
            Recent(f"brian@{MAIL_DOMAIN}", brian, amina, "640.00", "Lunch on Friday"),
            Recent(f"amina@{MAIL_DOMAIN}", amina, kitchen, "1850.00", "Cake for Zawadi"),
        ]
    return made


def _paid(key: str, recent: Recent) -> bool:
    try:
        payments.pay(
            user=User.objects.get(email=recent.payer),
            debtor_number=recent.debtor,
            creditor_number=recent.creditor,
            creditor_name=accounts.holder_name(recent.creditor),
            amount=Money.of(recent.amount, BASE),
            remittance=recent.remittance,
            key=key,
            authorisation=payments.Operator(_REASON),
        )
    except ledger.errors.InsufficientFunds:
        return False
    return True
