"""A small town to bank for: Amina and Brian, and Savanna Traders with its treasurer and its bookkeeper."""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from django.core.cache import cache
from django.test import Client

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.celery import app
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.identity import services as identity
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.money import Money
from bank.payments import services as payments
from bank.products import services as products
from bank.runtime import outbox
from tests.identity import open_browser

PASSWORD = "kahawa chungu asubuhi"
USERS = {"treasurer": "Grace Muthoni"}


@dataclass
class Resident:
    """Somebody with a user, a customer and accounts."""

    user: User
    customer: Customer
    accounts: list[Account]

    @property
    def name(self) -> str:
        return self.customer.display_name

    @property
    def number(self) -> str:
        return self.accounts[0].number

    @property
    def booked(self) -> str:
        return str(ledger.balance(self.number).booked.amount)


@dataclass
class Town:
    amina: Resident
    brian: Resident
    firm: Resident
    bookkeeper: User

    def books(self) -> dict[str, Money]:
        """Every line of the general ledger and every account; equal before and after means untouched."""
        lines = {line.account: line.credit - line.debit for line in ledger.trial_balance()}
        everyone = (self.amina, self.brian, self.firm)
        return lines | {
            one.number: ledger.balance(one.number).booked for who in everyone for one in who.accounts
        }


def build(*, password: str | None = None) -> Town:
    """Without a password nobody can sign in by hand, and nothing is spent on hashing it."""
    cache.clear()
    products.seed_catalogue()
    payments.seed_limits()
    amina = _resident(
        "amina", _person("Amina Wanjiru", "Otieno"), ("CURRENT", "SAVINGS"), "50000.00", password
    )
    brian = _resident("brian", _person("Brian Kiptoo", "Langat"), ("CURRENT",), "1000.00", password)
    firm = _resident("treasurer", _firm(), ("CORPORATE",), "5000000.00", password)
    bookkeeper = _user("bookkeeper", "Samuel Were", password)
    cif.grant_mandate(user=bookkeeper, customer=firm.customer, role="VIEWER")
    return Town(amina, brian, firm, bookkeeper)


def browser(user: User) -> Client:
    """A client signed in with both factors."""
    client = Client()
    open_browser(client, user)
    return client


def newest_code(user: User) -> str:
    return stepup.code_for(Challenge.objects.filter(user=user).latest("created_at"))


def let_the_worker_work() -> None:
    """Delivers the outbox and does what it leads to, as the worker would, here and now."""
    app.conf.task_always_eager = True
    try:
        outbox.deliver_due()
    finally:
        app.conf.task_always_eager = False


def fund(account: Account, amount: str) -> None:
    """Cash over the counter."""
    money = Money.of(amount, account.currency)
    ledger.post(
        ledger.transfer(
            key=f"fund:{account.number}:{amount}",
            debit=ledger.gl("CASH", account.currency),
            credit=account.number,
            amount=money,
            code="CASH_DEPOSIT",
            narrative="Cash deposit",
        )
    )


def pain001(firm: Resident, lines: list[tuple[str, str, str]], message_id: str = "SALARIES-1") -> bytes:
    """A pain.001.001.09 message with one payment of KES for each (name, account number, amount)."""
    total = sum(Money.of(amount, "KES").minor for _name, _number, amount in lines)
    transfers = "".join(_transfer(n, *line) for n, line in enumerate(lines, 1))
    day = ledger.business_date().isoformat()
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{day}T08:00:00</CreDtTm><NbOfTxs>{len(lines)}</NbOfTxs>
<CtrlSum>{total / 100:.2f}</CtrlSum><InitgPty><Nm>{escape(firm.name)}</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>PART-1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt>
<Dbtr><Nm>{escape(firm.name)}</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{firm.number}</Id></Othr></Id></DbtrAcct>
<DbtrAgt><FinInstnId><BICFI>UMOJKENA</BICFI></FinInstnId></DbtrAgt>{transfers}</PmtInf>
</CstmrCdtTrfInitn></Document>""".encode()


def _transfer(n: int, name: str, number: str, amount: str) -> str:
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>E2E-{n}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="KES">{amount}</InstdAmt></Amt>'
        "<CdtrAgt><FinInstnId><BICFI>UMOJKENA</BICFI></FinInstnId></CdtrAgt>"
        f"<Cdtr><Nm>{escape(name)}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>{number}</Id></Othr></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>Salary {n}</Ustrd></RmtInf></CdtTrfTxInf>"
    )


def _person(given: str, family: str) -> Customer:
    return cif.create_person(given_names=given, family_name=family, birth_date=date(1990, 5, 17))


def _firm() -> Customer:
    return cif.create_organisation(
        registered_name="Savanna Traders Ltd",
        registration_number="PVT-1",
        legal_form="Private limited company",
        segment="CORPORATE",
    )


def _resident(
    login: str, customer: Customer, kinds: tuple[str, ...], amount: str, password: str | None
) -> Resident:
    user = _user(login, USERS.get(login, customer.display_name), password)
    cif.grant_mandate(user=user, customer=customer, role="OWNER", can_pay=True)
    opened = [
        accounts.open_account(customer=customer, product_code=kind, key=f"open-{login}-{kind}")
        for kind in kinds
    ]
    fund(opened[0], amount)
    return Resident(user, customer, opened)


def _user(login: str, name: str, password: str | None) -> User:
    return identity.create_user(email=f"{login}@example.test", full_name=name, password=password)
