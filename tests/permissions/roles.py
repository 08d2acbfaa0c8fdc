"""Every route of the bank, taken from the URLconf, and everybody who might ask for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bank import ledger
from bank.access import services as access
from bank.access.rules import Flow
from bank.accounts import services as accounts
from bank.cases import services as cases
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.debits import services as debits
from bank.deposits import services as deposits
from bank.identity import services as identity
from bank.identity.models import User
from bank.invoicing import services as invoicing
from bank.invoicing.services import LineAsked
from bank.kernel import clock
from bank.kernel.money import Money
from bank.notifications.models import Endpoint
from bank.onboarding import services as onboarding
from bank.onboarding.services import invitations
from bank.payments import services as payments
from bank.payroll import services as payroll
from bank.requests import services as requests
from bank.standing import services as standing
from bank.standing.rules import Frequency, Schedule
from bank.statements import services as statements
from tests.identity import bearer, open_browser
from tests.onboarding.desk import OWNER, picture
from tests.portals.town import Resident, Town, fund, newest_code, pain001

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)")
_NOTHING = {"int": "987654321", "uuid": "01890000-0000-7000-8000-000000000001"}
ROLES = ("anonymous", "half", "owner", "other", "company", "teller", "auditor", "administrator")
"""``half`` has given the password and not the code; what is asked for belongs to ``owner``, in the
corporate portal to ``company``."""


def every_route() -> list[str]:
    """Such as ``/personal/accounts/<str:number>/``, in order, without repetition."""
    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route


@dataclass
class Everybody:
    """The roles as browsers and programs, and the owner's things by the names the routes give them."""

    clients: dict[str, Client]
    tokens: dict[str, dict[str, Any]]
    things: dict[str, dict[str, str]]

    def ask(self, role: str, method: str, route: str) -> Any:
        """The answer; whatever it did is undone, signing out included."""
        client = self.clients[role]
        headers = self.tokens.get(role, {}) if route.startswith("/api/") else {}
        before = SimpleCookie(client.cookies)
        with transaction.atomic():
            answer = client.generic(method, self.path(route), content_type="application/json", **headers)
            transaction.set_rollback(True)
        client.cookies = before
        return answer

    def path(self, route: str) -> str:
        door = max((door for door in self.things if route.startswith(door)), key=len)
        names = self.things["/"] | self.things[door]
        plain = _GROUP.sub("1", route).replace("^", "").replace("\\Z", "")
        return _PARAMETER.sub(lambda found: names.get(found[1], _sample(found[0])), plain.rstrip("$"))


def assemble(town: Town) -> Everybody:
    users = {
        "owner": town.amina.user,
        "other": town.brian.user,
        "company": town.firm.user,
        **{role: _staff(role) for role in ("teller", "auditor", "administrator")},
    }
    clients = {"anonymous": Client(), "half": _half(town.amina.user)}
    for role, user in users.items():
        clients[role] = Client()
        open_browser(clients[role], user)
    _admit(town.firm, town.brian.user)
    return Everybody(clients, {role: bearer(user) for role, user in users.items()}, _things(town))


def _half(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _staff(role: str) -> User:
    email = f"{role}@umoja.example"
    user = identity.create_user(email=email, full_name=role.title(), password=None, is_staff=True)
    user.groups.add(Group.objects.get(name=role.upper()))
    return user


def _things(town: Town) -> dict[str, dict[str, str]]:
    amina, brian, firm = town.amina, town.brian, town.firm
    payment = _payment(town)
    payee = _payee(town)
    today = ledger.business_date()
    statement = statements.request_statement(
        user=amina.user, account=amina.accounts[0], from_date=today, to_date=today, format="CSV", key="s1"
    )
    content = pain001(firm, [(brian.name, brian.number, "100.00")])
    file = payments.submit_payment_file(user=firm.user, content=content, key="f1")
    mine = {
        "number": amina.number,
        "reference": payment,
        "payee_id": payee,
        "statement_id": str(statement.pk),
        **_programs(amina.user, None, amina.number),
    }
    return {
        "/": mine | {"place": f"{amina.number}-1", "draft_id": "no-such-draft", "screen": "home"},
        "/open-account/": _application(town),
        "/corporate/": {
            "cif": firm.customer.cif,
            "invitation_id": _invitation(town),
            "number": firm.number,
            "reference": file.reference,
            "place": f"{firm.number}-1",
            **_programs(firm.user, firm.customer, firm.number),
        },
        "/sme/": _small_firm(town),
        "/api/v1/payment-files": {"reference": file.reference},
        "/personal/messages/": {"reference": _case(town)},
        "/personal/deposits/": {"number": (deposit := _deposit(town)), "code": "fixed"},
        "/api/v1/deposits": {"number": deposit},
        "/personal/requests/": {"reference": _request(amina, amina), "act": "decline"},
        "/personal/bills/": {"reference": payment, "code": _biller(firm)},
        "/corporate/<str:cif>/requests/": {
            "cif": firm.customer.cif,
            "reference": _request(brian, firm),
            "act": "decline",
        },
        "/corporate/<str:cif>/bills/": {
            "cif": firm.customer.cif,
            "reference": payment,
            "code": "taa-power",
        },
        "/personal/regular/": (orders := {"reference": _standing(amina, brian), "act": "pause"}),
        "/api/v1/standing-orders": orders,
        "/corporate/<str:cif>/regular/": {
            "cif": firm.customer.cif,
            "reference": _standing(firm, brian),
            "act": "pause",
        },
        "/personal/debits/": (mandate := {"reference": _debit_mandate(firm, amina), "act": "cancel"}),
        "/api/v1/direct-debits/creditors/": {"customer": firm.customer.cif},
        "/api/v1/direct-debits/mandates": mandate,
        "/corporate/<str:cif>/debits/": {"cif": firm.customer.cif, **mandate},
        "/personal/debits/taken/": (taken := {"reference": _collection(firm, amina), "act": "refuse"}),
        "/api/v1/direct-debits/collections": taken,
        "/corporate/<str:cif>/debits/taken/": {"cif": firm.customer.cif, **taken, "act": "cancel"},
    }


def _small_firm(town: Town) -> dict[str, str]:
    """A small company of the treasurer's, with one of everything its portal shows."""
    customer = cif.create_organisation(
        registered_name="Duka Ltd", registration_number="PVT-9", legal_form="Limited", segment="SME"
    )
    cif.grant_mandate(user=town.firm.user, customer=customer, role="OWNER", can_pay=True)
    account = accounts.open_account(customer=customer, product_code="CORPORATE", key="duka")
    duka = Resident(town.firm.user, customer, [account])
    fund(account, "9000.00")
    mine = {"user": duka.user, "customer": customer}
    invoicing.set_up(**mine, account_number=account.number)
    debtor = invoicing.add_debtor(**mine, name=town.brian.name)
    lines = [LineAsked("Tea", Decimal(1), Money.of("100.00", "KES"))]
    draft = invoicing.draft_invoice(**mine, debtor=debtor, lines=lines)
    invoice = invoicing.issue(user=duka.user, invoice=draft)
    fund(account, "50.00")
    invoicing.collect(customer=customer)
    receipt = customer.receipts.get()
    vendor = invoicing.add_vendor(**mine, name=town.brian.name, number=town.brian.number)
    today = ledger.business_date()
    bill = invoicing.add_bill(
        **mine, vendor=vendor, number="B1", amount=Money.of("5.00", "KES"), bill_date=today, due_date=today
    )
    employee = payroll.add_employee(
        **mine, staff_number="1", name=town.brian.name, account_number=town.brian.number,
        salary=Money.of("20000.00", "KES"), joined=today,
    )  # fmt: skip
    run = payroll.prepare(**mine, month=today)
    content = pain001(duka, [(town.brian.name, town.brian.number, "100.00")])
    return {
        "cif": customer.cif,
        "number": account.number,
        "place": f"{account.number}-1",
        "reference": payments.submit_payment_file(user=duka.user, content=content, key="f2").reference,
        "invoice_id": str(invoice.pk),
        "token": invoice.token,
        "debtor_id": str(debtor.pk),
        "receipt_id": str(receipt.pk),
        "vendor_id": str(vendor.pk),
        "bill_id": str(bill.pk),
        "employee_id": str(employee.pk),
        "run_id": str(run.pk),
        "line_id": str(run.lines.get().pk),
        "draft_id": "no-such-draft",
    }


def _deposit(town: Town) -> str:
    order = deposits.Order("FIXED", town.amina.number, Money.of("50000.00", "KES"), months=12)
    fund(town.amina.accounts[0], "60000.00")
    return deposits.open_for(customer=town.amina.customer, order=order, key="d1")[0].number


def _request(asker: Resident, payer: Resident) -> str:
    return requests.make_request(
        user=asker.user,
        creditor_number=asker.accounts[-1].number,
        amount=Money.of("5.00", "KES"),
        remittance="Tea",
        key=payer.number,
        debtor_number=payer.number,
        debtor_name=payer.name,
    ).reference


def _biller(firm: Resident) -> str:
    return requests.open_biller(
        code="taa-power", name="Taa Power", category="ELECTRICITY", account=firm.accounts[0],
        label="Meter number", pattern="[0-9]{11}", example="37194820561",
    ).code  # fmt: skip


def _standing(payer: Resident, payee: Resident) -> str:
    first = ledger.business_date() + timedelta(days=40)
    terms = standing.Terms(
        payer.number,
        payee.number,
        payee.name,
        Schedule(Frequency.MONTHLY, first),
        Money.of("100.00", "KES"),
    )
    challenge = standing.start_order(user=payer.user, terms=terms)
    code = newest_code(payer.user)
    made = standing.create_order(user=payer.user, terms=terms, key="s1", challenge_id=challenge.id, code=code)
    return made.reference


def _admit(firm: Resident, actor: User) -> None:
    terms = debits.Admission(
        firm.customer.cif, "", True, True, "KES", Decimal(1000), Decimal(9000), 1, "A reserve"
    )
    debits.admit(asked=terms, reason="Known", actor=actor)


def _debit_mandate(firm: Resident, payer: Resident, own: str = "P-1") -> str:
    sum_, today = Money.of("100.00", "KES"), ledger.business_date()
    terms = debits.Terms(firm.number, payer.number, payer.name, own, sum_, sum_, today, notice_days=1)
    return debits.propose(user=firm.user, terms=terms).reference


def _collection(firm: Resident, payer: Resident) -> str:
    """One that waits for its day, on a mandate the payer confirmed."""
    reference = _debit_mandate(firm, payer, "P-2")
    challenge = debits.start_confirming(user=payer.user, reference=reference)
    code = newest_code(payer.user)
    debits.confirm(user=payer.user, reference=reference, challenge_id=challenge.id, code=code)
    due = ledger.business_date() + timedelta(days=9)
    made = debits.collect(
        user=firm.user,
        reference=reference,
        amount=Money.of("100.00", "KES"),
        due=due,
        end_to_end_id="I-1",
    )
    return made.reference


def _programs(user: User, customer: Customer | None, number: str) -> dict[str, str]:
    """An app, a key, a consent and, of a company, a webhook."""
    asked = {"name": "App", "flow": Flow.CONSENT, "redirect_uris": ["https://app.example/"]}
    app = access.register_app(user=user, customer=customer, scopes=["accounts:read"], **asked).app
    ends = clock.now() + timedelta(days=9)
    key = access.create_key(
        user=user, customer=customer, name="K", scopes=["accounts:read"], networks=[], expires_at=ends
    ).key
    consent = access.give_consent(user=user, app=app, scopes=["accounts:read"], numbers=[number])
    made = {"client_id": app.client_id, "key_id": str(key.pk), "consent_id": str(consent.pk)}
    if customer is not None:
        hook = Endpoint.objects.create(
            customer=customer, url="https://127.0.0.1/hook", secret="s", events=["file.paid"], created_by=user
        )
        made["webhook_id"] = str(hook.pk)
    return made


def _payment(town: Town) -> str:
    asked = {
        "user": town.amina.user,
        "debtor_number": town.amina.number,
        "creditor_number": town.brian.number,
        "creditor_name": town.brian.name,
        "amount": Money.of("100.00", "KES"),
    }
    challenge = payments.start_payment(**asked)
    code = newest_code(town.amina.user)
    return payments.pay(**asked, key="p1", challenge_id=challenge.id, code=code).reference


def _case(town: Town) -> str:
    return cases.open_case(
        kind="ENQUIRY",
        subject="Opening hours",
        text="When are you open?",
        contact_name=town.amina.name,
        contact_email=town.amina.user.email,
        customer=town.amina.customer,
        opened_by=town.amina.user,
    ).reference


def _payee(town: Town) -> str:
    asked = {
        "user": town.amina.user,
        "cif_number": town.amina.customer.cif,
        "name": town.brian.name,
        "number": town.brian.number,
    }
    challenge = payments.start_beneficiary(**asked)
    code = newest_code(town.amina.user)
    return str(payments.add_beneficiary(**asked, challenge_id=challenge.id, code=code).pk)


def _invitation(town: Town) -> str:
    return str(
        invitations.invite(
            customer=town.firm.customer, email="asha@example.test", role="VIEWER", by=town.firm.user
        ).pk
    )


def _application(town: Town) -> dict[str, str]:
    """A company's application of the owner, with somebody named and a paper."""
    application = onboarding.begin(applicant=town.amina.user, kind="SME")
    party = onboarding.add_party(application=application, given=OWNER)
    paper = onboarding.attach(
        application=application,
        purpose="OTHER",
        upload=picture(),
        filename="paper.png",
        by=town.amina.user,
    )
    begun = onboarding.register(email="stranger@example.test", kind="PERSONAL")
    return {
        "application_id": str(application.pk),
        "party_id": str(party.pk),
        "document_id": str(paper.pk),
        "registration_id": str(begun.pk),
        "kind": "personal",
        "task": "office",
    }


def _sample(parameter: str) -> str:
    kind = parameter.strip("<>").partition(":")[0]
    return _NOTHING.get(kind, "no-such-thing")
