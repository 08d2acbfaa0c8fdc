"""What tests of becoming a customer share: answers that suffice, papers, applications in every state."""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group
from django.core.cache import cache
from PIL import Image

from bank.identity import services as identity
from bank.identity.models import User
from bank.onboarding import services
from bank.onboarding.models import Application
from bank.onboarding.rules import CHECKLIST, DOCUMENTS, Kind, Task
from bank.products import services as products

PERSONAL: dict[str, dict[str, Any]] = {
    Task.IDENTITY: {
        "given_names": "Zawadi Achieng",
        "family_name": "Mwangi",
        "birth_date": date(1994, 2, 3),
        "nationality": "KE",
        "id_kind": "NATIONAL_ID",
        "id_number": "23456789",
        "phone": "0712 345 678",
    },
    Task.ADDRESS: {
        "street": "Jacaranda Close 14",
        "town": "Nairobi",
        "postal_code": "00100",
        "country": "KE",
    },
    Task.TAX: {
        "tax_country": "KE",
        "tax_number": "A123456789B",
        "us_person": "NO",
        "other_residence": "NO",
        "other_country": "",
        "other_tax_number": "",
    },
    Task.OCCUPATION: {
        "employment": "EMPLOYED",
        "occupation": "Teacher",
        "employer": "Moi Girls School",
        "funds": "SALARY",
        "income": "UNDER_200K",
        "exposed": "NO",
    },
    Task.PRODUCT: {"product": "SAVINGS", "currency": "KES"},
    Task.AGREEMENT: {"accepted": True},
}
COMPANY: dict[str, dict[str, Any]] = {
    Task.ORGANISATION: {
        "registered_name": "Baraka Tools Ltd",
        "trading_name": "",
        "registration_number": "PVT-7788",
        "registered_on": date(2019, 5, 1),
        "legal_form": "LTD",
        "country": "KE",
        "sector": "MANUFACTURING",
        "turnover": "UNDER_100M",
        "tax_number": "P123456789B",
    },
    Task.OFFICE: {
        "street": "Enterprise Road 9",
        "town": "Nairobi",
        "postal_code": "00500",
        "country": "KE",
        "phone": "0722 000 111",
        "email": "office@baraka.test",
    },
    Task.SIGNING: {"rule": "ALONE", "limit": ""},
    Task.PRODUCT: {"product": "CORPORATE", "currency": "KES"},
    Task.AGREEMENT: {"accepted": True},
}
OWNER: dict[str, Any] = {
    "kind": "PERSON",
    "role": "DIRECTOR_OWNER",
    "name": "Zawadi Mwangi",
    "birth_date": date(1994, 2, 3),
    "country": "KE",
    "id_number": "23456789",
    "share_pct": "60",
    "is_exposed": "NO",
    "is_signatory": "YES",
    "email": "zawadi@example.test",
}
PARTNER: dict[str, Any] = OWNER | {
    "name": "Juma Ochieng",
    "id_number": "34567890",
    "share_pct": "40",
    "email": "juma@example.test",
}


@dataclass
class Desk:
    """The people of these tests."""

    zawadi: User
    officer: User
    second: User
    auditor: User


def set_up() -> Desk:
    cache.clear()
    products.seed_catalogue()
    identity.seed_roles()
    return Desk(
        identity.create_user(email="zawadi@example.test", full_name="Zawadi Mwangi", password=None),
        _staff("officer", "OFFICER"),
        _staff("second", "COMPLIANCE"),
        _staff("auditor", "AUDITOR"),
    )


def picture(colour: str = "teal") -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(content, "PNG")
    content.seek(0)
    return content


def answered(desk: Desk, kind: Kind = Kind.PERSONAL) -> Application:
    """An application with every task done, not sent yet."""
    application = services.begin(applicant=desk.zawadi, kind=kind)
    for task, given in (PERSONAL if kind == Kind.PERSONAL else COMPANY).items():
        services.answer(application=application, task=task, given=given)
    if kind != Kind.PERSONAL:
        for party in (OWNER, PARTNER):
            services.add_party(application=application, given=party)
    for purpose in DOCUMENTS[kind]:
        services.attach(
            application=application,
            purpose=purpose,
            upload=picture(),
            filename=f"{purpose.lower()}.png",
            by=desk.zawadi,
        )
    application.refresh_from_db()
    return application


def submitted(desk: Desk, kind: Kind = Kind.PERSONAL) -> Application:
    return services.submit(application=answered(desk, kind), by=desk.zawadi)


def taken(desk: Desk, kind: Kind = Kind.PERSONAL) -> Application:
    application = services.take(application=submitted(desk, kind), by=desk.officer)
    return services.tick(application=application, items=CHECKLIST[kind], by=desk.officer)


def recommended(desk: Desk, kind: Kind = Kind.PERSONAL, *, approve: bool = True) -> Application:
    return services.recommend(
        application=taken(desk, kind), approve=approve, reason="Papers and answers agree", by=desk.officer
    )


def approved(desk: Desk, kind: Kind = Kind.PERSONAL) -> Application:
    return services.decide(
        application=recommended(desk, kind), approve=True, reason="As recommended, seen", by=desk.second
    )


def _staff(login: str, role: str) -> User:
    user = identity.create_user(
        email=f"{login}@umoja.example", full_name=login.title(), password=None, is_staff=True
    )
    user.groups.add(Group.objects.get(name=role))
    return user
