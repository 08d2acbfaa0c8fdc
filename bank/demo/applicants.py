"""People and firms who want to become customers: applications in every state, made by their own verbs."""

from collections.abc import Callable
from typing import Any, Final

from bank.demo.cast import MAIL_DOMAIN
from bank.demo.papers import paper
from bank.identity import services as identity
from bank.identity.models import User
from bank.onboarding import rules
from bank.onboarding import services as onboarding
from bank.onboarding.models import Application
from bank.onboarding.rules import Kind, Task

OFFICER: Final = f"officer@{MAIL_DOMAIN}"
COMPLIANCE: Final = f"compliance@{MAIL_DOMAIN}"
NEEMA: Final = f"neema@{MAIL_DOMAIN}"
_AGREES: Final = "Papers, register and answers agree."

#: Login, name, kind, how far it goes, and what differs from an ordinary application.
_PLANNED: Final[tuple[tuple[str, str, Kind, str, dict[str, dict[str, Any]]], ...]] = (
    ("neema", "Neema Wairimu Njoroge", Kind.PERSONAL, "MORE_NEEDED", {}),
    ("otieno", "Felix Otieno Ouma", Kind.PERSONAL, "DRAFT", {}),
    (
        "mwanaidi",
        "Mwanaidi Salim Badru-Demo",
        Kind.PERSONAL,
        "SUBMITTED",
        {Task.OCCUPATION: {"exposed": "YES"}},
    ),
    ("kevin", "Kevin Mutua Kilonzo", Kind.PERSONAL, "IN_REVIEW", {Task.OCCUPATION: {"funds": "GIFT"}}),
    ("lilian", "Lilian Chebet Rono", Kind.PERSONAL, "RECOMMENDED", {}),
    ("pamoja", "Pamoja Bakers Ltd", Kind.SME, "SUBMITTED", {}),
    ("mzee", "Mzee Kobe Motors Ltd", Kind.CORPORATE, "RECOMMENDED", {}),
    ("grace", "Grace Nafula Barasa", Kind.PERSONAL, "APPROVED", {}),
    ("victor", "Victor Juma Wekesa", Kind.PERSONAL, "REJECTED", {}),
    ("ruth", "Ruth Moraa Nyaboke", Kind.PERSONAL, "WITHDRAWN", {}),
)


def apply_all(password: str) -> dict[str, int]:
    """Makes every planned application and takes it as far as planned; returns how many there are."""
    officer, second = (User.objects.get(email=email) for email in (OFFICER, COMPLIANCE))
    for serial, (login, name, kind, state, differs) in enumerate(_PLANNED, 1):
        email = f"{login}@{MAIL_DOMAIN}"
        applicant = identity.create_user(
            email=email, full_name=name, password=password if email == NEEMA else None
        )
        application = onboarding.begin(applicant=applicant, kind=kind)
        _answer(application, name, serial, differs, is_draft=state == "DRAFT")
        _FURTHER[state](application, officer, second)
    return {"applications": len(_PLANNED)}


def _answer(
    application: Application, name: str, serial: int, differs: dict[str, dict[str, Any]], *, is_draft: bool
) -> None:
    given = (
        _person(name, serial) if application.kind == Kind.PERSONAL else _firm(name, serial, application.kind)
    )
    for task, answers in given.items():
        onboarding.answer(application=application, task=task, given=answers | differs.get(task, {}))
        if is_draft:
            return
    if application.kind != Kind.PERSONAL:
        for n, share in enumerate(("55", "45")):
            onboarding.add_party(application=application, given=_owner(serial, n, share))
    for purpose in rules.DOCUMENTS[application.kind]:
        onboarding.attach(
            application=application,
            purpose=purpose,
            upload=paper(f"{purpose.title()}: {name}"),
            filename=f"{purpose.lower()}.png",
            by=application.applicant,
        )


def _send(application: Application, officer: User, second: User) -> None:
    onboarding.submit(application=application, by=application.applicant)


def _take(application: Application, officer: User, second: User) -> None:
    _send(application, officer, second)
    onboarding.take(application=application, by=officer)


def _ask(application: Application, officer: User, second: User) -> None:
    _take(application, officer, second)
    reason = "The bill you sent is older than three months. Please send a newer one."
    onboarding.ask_for_more(application=application, tasks=["DOCUMENTS"], reason=reason, by=officer)


def _recommend(application: Application, officer: User, second: User) -> None:
    _take(application, officer, second)
    onboarding.tick(application=application, items=rules.CHECKLIST[application.kind], by=officer)
    onboarding.recommend(application=application, approve=True, reason=_AGREES, by=officer)


def _approve(application: Application, officer: User, second: User) -> None:
    _recommend(application, officer, second)
    onboarding.decide(application=application, approve=True, reason=_AGREES, by=second)


def _reject(application: Application, officer: User, second: User) -> None:
    _take(application, officer, second)
    reason = "The identity document was altered: the photograph is pasted in."
    onboarding.recommend(application=application, approve=False, reason=reason, by=officer)
    onboarding.decide(application=application, approve=False, reason=reason, by=second)


def _withdraw(application: Application, officer: User, second: User) -> None:
    _send(application, officer, second)
    onboarding.withdraw(application=application, by=application.applicant)


_FURTHER: Final[dict[str, Callable[[Application, User, User], None]]] = {
    "DRAFT": lambda _application, _officer, _second: None,
    "SUBMITTED": _send,
    "IN_REVIEW": _take,
    "MORE_NEEDED": _ask,
    "RECOMMENDED": _recommend,
    "APPROVED": _approve,
    "REJECTED": _reject,
    "WITHDRAWN": _withdraw,
}


def _person(name: str, serial: int) -> dict[str, dict[str, Any]]:
    given, _blank, family = name.rpartition(" ")
    return {
        Task.IDENTITY: {
            "given_names": given,
            "family_name": family,
            "birth_date": f"19{80 + serial}-0{serial % 9 + 1}-12",
            "nationality": "KE",
            "id_kind": "NATIONAL_ID",
            "id_number": f"2{serial:07d}",
            "phone": f"+2547111000{serial:02d}",
        },
        Task.ADDRESS: {
            "street": f"Twiga Road {serial}",
            "town": "Nakuru",
            "postal_code": "20100",
            "country": "KE",
        },
        Task.TAX: {
            "tax_country": "KE",
            "tax_number": f"A00{serial:07d}Z",
            "us_person": "NO",
            "other_residence": "NO",
        },
        Task.OCCUPATION: {
            "employment": "SELF_EMPLOYED",
            "occupation": "Trader",
            "funds": "BUSINESS",
            "income": "UNDER_200K",
            "exposed": "NO",
        },
        Task.PRODUCT: {"product": "SAVINGS", "currency": "KES"},
        Task.AGREEMENT: {"accepted": True},
    }


def _firm(name: str, serial: int, kind: str) -> dict[str, dict[str, Any]]:
    return {
        Task.ORGANISATION: {
            "registered_name": name,
            "registration_number": f"PVT-9{serial:05d}",
            "registered_on": "2018-06-01",
            "legal_form": "LTD",
            "country": "KE",
            "sector": "MANUFACTURING",
            "turnover": "UNDER_100M",
            "tax_number": f"P00{serial:07d}Z",
        },
        Task.OFFICE: {
            "street": f"Enterprise Road {serial}",
            "town": "Nairobi",
            "postal_code": "00500",
            "country": "KE",
            "phone": f"+2547222000{serial:02d}",
            "email": f"office{serial}@{MAIL_DOMAIN}",
        },
        Task.SIGNING: {"rule": "TOGETHER_ABOVE", "limit": "250000"},
        Task.PRODUCT: {"product": "BUSINESS" if kind == Kind.SME else "CORPORATE", "currency": "KES"},
        Task.AGREEMENT: {"accepted": True},
    }


def _owner(serial: int, n: int, share: str) -> dict[str, Any]:
    return {
        "kind": "PERSON",
        "role": "DIRECTOR_OWNER",
        "name": ("Daudi Kimani Mwangi", "Esther Auma Odero")[n],
        "birth_date": f"197{n}-05-20",
        "country": "KE",
        "id_number": f"1{serial:05d}{n}9",
        "share_pct": share,
        "is_exposed": "NO",
        "is_signatory": "YES",
        "email": f"signatory{serial}{n}@{MAIL_DOMAIN}",
    }
