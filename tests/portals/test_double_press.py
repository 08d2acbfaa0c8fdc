"""Two presses at the same moment, without script to hold the second back."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from bank.payments.models import PaymentOrder
from tests.portals import town as streets
from tests.portals.test_paying import asked_on, to_check
from tests.portals.town import newest_code


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_pay_once_and_lead_to_the_same_receipt() -> None:
    town = streets.build()
    amina = streets.browser(town.amina.user)
    check = to_check(amina, town)
    form = {"asked": asked_on(amina, check), "code": newest_code(town.amina.user)}
    key = amina.cookies[settings.SESSION_COOKIE_NAME].value

    def press(_n: int) -> str:
        tab = Client()
        tab.cookies[settings.SESSION_COOKIE_NAME] = key
        try:
            return tab.post(check, form).headers["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        receipts = set(hands.map(press, range(4)))
    assert len(receipts) == 1
    assert PaymentOrder.objects.count() == 1
    receipt = amina.get(receipts.pop())
    assert receipt.status_code == 200
    assert amina.cookies[settings.SESSION_COOKIE_NAME].value != key
    assert amina.get("/personal/").status_code == 200
    assert town.brian.booked == "2250.00"
