"""Fifty people with accounts, lines and payees, signed in; and what their pages ask of the database.

``fill`` prints their session keys; ``count`` prints, per page, how many queries it makes and the
slowest of them. Both run in the scratch bank of ``bench.web_pages``.
"""

import json
import os
import sys
from typing import Any

PEOPLE = 50
LINES = 60
PAGES = (
    "/personal/",
    "/personal/accounts/{number}/",
    "/personal/accounts/{number}/details/",
    "/personal/payments/",
    "/personal/payees/",
    "/personal/pay/",
    "/personal/transfer/",
    "/personal/statements/",
    "/personal/messages/",
    "/account/security/",
)


def main(what: str) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "bank.settings"
    django.setup()
    print(json.dumps({"fill": _fill, "count": _count}[what]()))


def _fill() -> dict[str, Any]:
    from django.conf import settings

    from bank import ledger
    from bank.kernel import clock
    from bank.payments import services as payments
    from bank.places import services as places
    from bank.products import services as products

    ledger.seed_chart()
    ledger.open_books(on=clock.today())
    products.seed_catalogue()
    payments.seed_limits()
    places.seed_places()
    people = [_person(number) for number in range(PEOPLE)]
    for one, other in zip(people, people[1:] + people[:1], strict=True):
        _lines(one["number"], other["number"])
    return {"cookie": settings.SESSION_COOKIE_NAME, "pages": PAGES, "people": people}


def _person(number: int) -> dict[str, str]:
    from datetime import date

    from bank.accounts import services as accounts
    from bank.cif import services as cif
    from bank.identity.models import User
    from bank.kernel.money import Money

    user = User.objects.create(email=f"reader{number}@example.test", full_name=f"Reader {number}")
    customer = cif.create_person(
        given_names="Reader", family_name=f"Number{number}", birth_date=date(1990, 1, 1)
    )
    cif.grant_mandate(user=user, customer=customer, role="OWNER")
    deposit = Money.of("90000", "KES")
    opened = [
        accounts.open_account(
            customer=customer, product_code=code, key=f"{code}-{number}", opening_deposit=deposit
        )
        for code in ("CURRENT", "SAVINGS")
    ]
    return {"number": opened[0].number, "session": _session(user)}


def _session(user: Any) -> str:
    """A browser of this user that has given both factors."""
    from django.conf import settings

    return str(_browser(user).cookies[settings.SESSION_COOKIE_NAME].value)


def _browser(user: Any) -> Any:
    import hashlib

    import django_otp
    from django.test import Client

    from bank.identity import services as identity
    from bank.identity.models import UserSession
    from bank.identity.rules import Channel

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    session = client.session
    device = identity.device_for(user=user, channel=Channel.EMAIL)
    session[django_otp.DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    digest = hashlib.sha256(str(session.session_key).encode()).digest()
    UserSession.objects.create(user=user, key_digest=digest, device="Firefox on Linux")
    return client


def _lines(debtor: str, creditor: str) -> None:
    from bank import ledger
    from bank.kernel.money import Money
    from bank.payments import postings

    for number in range(LINES):
        nothing = Money.zero("KES")
        entry = postings.internal_transfer(
            reference=f"LINE-{debtor}-{number}",
            debtor=debtor,
            creditor=creditor,
            amount=Money.of(f"{number + 1}.50", "KES"),
            fee=nothing,
            excise=nothing,
            fee_account="",
            excise_account="",
            narrative=f"Line {number}",
        )
        ledger.post(entry)


def _count() -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bank.accounts.models import Account
    from bank.identity.models import User

    user = User.objects.get(email="reader0@example.test")
    client = _browser(user)
    number = Account.objects.filter(customer__mandates__user=user, product__code="CURRENT").get().number
    counted = {}
    for page in PAGES:
        path = page.replace("{number}", number)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        times = [float(query["time"]) * 1000 for query in captured.captured_queries]
        counted[page] = {"queries": len(times), "slowest_query_ms": round(max(times, default=0), 1)}
    return counted


if __name__ == "__main__":
    main(sys.argv[1])
