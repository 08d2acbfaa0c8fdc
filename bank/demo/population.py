"""Takes the cast on as customers: users, mandates, accounts and their opening deposits."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from django.contrib.auth.models import Group

from bank.accounts import services as accounts
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.demo.cast import MAIL_DOMAIN, Cast, OrganisationPlan, PersonPlan
from bank.demo.habits import Community, Organisation, Person
from bank.identity import phones
from bank.identity import services as identity
from bank.identity.models import User
from bank.kernel.money import Money

Numbers = list[dict[str, str]]

TREASURER: Final = f"treasurer@{MAIL_DOMAIN}"
DIRECTOR: Final = f"director@{MAIL_DOMAIN}"
ACCOUNTANT: Final = f"accountant@{MAIL_DOMAIN}"
NJERI: Final = f"njeri@{MAIL_DOMAIN}"


@dataclass(slots=True)
class Population:
    """Creates the cast in the bank as of a day. The accounts' numbers come back as plain lists, so that
    an interrupted demonstration can be taken up again.
    """

    cast: Cast
    on: date
    rng: Random
    password: str
    known: frozenset[str]
    """The e-mail addresses that get the password; the others cannot sign in."""
    opening: dict[str, str] = field(default_factory=dict)

    def create(self) -> dict[str, Any]:
        return {
            "organisations": [self._organisation(plan) for plan in self.cast.organisations],
            "people": [self._person(plan) for plan in self.cast.people],
            "opening": self.opening,
        }

    def _person(self, plan: PersonPlan) -> dict[str, str]:
        customer = cif.create_person(
            given_names=plan.given_names,
            family_name=plan.family_name,
            birth_date=plan.birth_date,
            contact=_contact(plan),
            joined_date=self.on,
        )
        self._mandate(plan.email, plan.name, customer, "OWNER", plan.phone)
        numbers = {"current": self._account(customer, "CURRENT", self._cents(1_000, plan.salary))}
        if plan.saves_pct:
            numbers["savings"] = self._account(customer, "SAVINGS", self._cents(100, plan.salary * 2))
        if plan.earns_abroad:
            numbers["dollars"] = self._account(customer, "CURRENT", currency="USD")
        return numbers

    def _organisation(self, plan: OrganisationPlan) -> dict[str, str]:
        corporate = plan.segment == "CORPORATE"
        customer = cif.create_organisation(
            registered_name=plan.firm.name,
            registration_number=plan.registration_number,
            legal_form=plan.firm.legal_form,
            segment=plan.segment,
            contact=_contact(plan),
            joined_date=self.on,
        )
        for email, name, role in _staff_of(plan):
            self._mandate(email, name, customer, role, plan.phone)
        deposit = self._cents(3_000_000, 9_000_000) if corporate else self._cents(40_000, 400_000)
        product = "CORPORATE" if corporate else "BUSINESS"
        numbers = {"current": self._account(customer, product, deposit)}
        if plan.exports:
            numbers["dollars"] = self._account(customer, product, currency="USD")
        return numbers

    def _account(
        self, customer: Customer, product: str, deposit: Money | None = None, currency: str | None = None
    ) -> str:
        account = accounts.open_account(
            customer=customer,
            product_code=product,
            currency=currency,
            opening_deposit=deposit,
            key=f"demo:{product}:{currency}",
        )
        self.opening[account.number] = str(deposit or Money.zero(account.currency))
        return account.number

    def _mandate(self, email: str, name: str, customer: Customer, role: str, phone: str) -> None:
        password = self.password if email in self.known else None
        user = identity.create_user(email=email, full_name=name, password=password, phone=phone)
        if email in self.known:
            phones.trust(user=user, phone=f"+2547000000{sorted(self.known).index(email) + 10}")
        cif.grant_mandate(user=user, customer=customer, role=role, valid_from=self.on)

    def _cents(self, low: int, high: int) -> Money:
        return Money.from_minor(self.rng.randrange(low * 100, high * 100, 5), "KES")


def community(cast: Cast, people: Numbers, organisations: Numbers) -> Community:
    """The cast with the numbers of the accounts that were opened for them."""
    return Community(
        people=[
            Person(plan, numbers["current"], numbers.get("savings", ""), numbers.get("dollars", ""))
            for plan, numbers in zip(cast.people, people, strict=True)
        ],
        organisations=[
            Organisation(plan, numbers["current"], numbers.get("dollars", ""))
            for plan, numbers in zip(cast.organisations, organisations, strict=True)
        ],
    )


def opening_balances(opening: dict[str, str]) -> dict[str, Money]:
    """What each account held after its opening deposit, read back from its plain form."""
    pairs = ((number, *text.split()) for number, text in opening.items())
    return {number: Money.of(amount, currency) for number, currency, amount in pairs}


def employ(*, email: str, name: str, password: str, role: str) -> User:
    """One of the bank's own people: a superuser for the role ``ADMIN``, else a member of the role's group."""
    user = identity.create_user(email=email, full_name=name, password=password, is_staff=True)
    if role == "ADMIN":
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
    else:
        user.groups.add(Group.objects.get(name=role))
    return user


def _contact(plan: PersonPlan | OrganisationPlan) -> cif.Contact:
    home = plan.home
    return cif.Contact(plan.email, plan.phone, home.street, home.town, home.postal_code)


def _staff_of(plan: OrganisationPlan) -> list[tuple[str, str, str]]:
    """Who acts for an organisation: e-mail, name and role."""
    if plan.firm.name.startswith("Tujenge"):
        return [
            (TREASURER, "Grace Muthoni Kamande", "SIGNATORY"),
            (DIRECTOR, "Wanjiku Njoki Mbugua", "OWNER"),
            (ACCOUNTANT, "Samuel Okoth Were", "VIEWER"),
        ]
    if plan.firm.name.startswith("Mama Njeri"):
        return [(NJERI, "Njeri Gathoni Kariuki", "OWNER")]
    return [(plan.email, f"Accounts, {plan.firm.name}", "SIGNATORY")]
