"""Days begin and end where the bank is: at 21:00 in UTC, midnight in Nairobi, whatever the machine or the
database thinks."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test import override_settings

from bank import ledger
from bank.accounts import selectors as accounts
from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.eod.services import closing
from bank.identity.models import User
from bank.kernel import clock
from bank.payments import selectors as payments
from bank.runtime import days

WEDNESDAY, THURSDAY = date(2026, 3, 4), date(2026, 3, 5)
TIMES = [("20:59:59", WEDNESDAY), ("21:00:00", THURSDAY), ("22:30:00", THURSDAY), ("23:59:59", THURSDAY)]


def instant(time: str) -> datetime:
    return datetime.fromisoformat(f"{WEDNESDAY}T{time}+00:00")


@pytest.mark.parametrize(("time", "day"), TIMES)
def test_today_is_the_day_in_nairobi(time: str, day: date) -> None:
    with time_machine.travel(instant(time), tick=False):
        assert clock.now() == instant(time)
        assert clock.now().tzinfo is UTC
        assert clock.local_now().date() == day
        said = (clock.today(), payments.today(), closing.today(), clock.day_of(clock.local_now()))
        assert set(said) == {day}
        with override_settings(TIME_ZONE="America/Chicago"):
            assert clock.today() == WEDNESDAY, "one setting says where the bank is"
        assert clock.today() == day


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Adak"])
def test_sql_has_the_same_days_whatever_the_zone_of_the_session(zone: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
        for time, day in TIMES:
            cursor.execute("SELECT bank_day(%s), bank_day(%s)", [instant(time), instant(time).isoformat()])
            assert cursor.fetchone() == (day, day), time
        with override_settings(TIME_ZONE="America/Chicago"):
            days.define_anew("default")
        cursor.execute("SELECT bank_day(%s)", [instant("23:59:59")])
        assert cursor.fetchone() == (WEDNESDAY,), "migrated with another setting, it is another function"
        days.define_anew("default")


@pytest.mark.django_db
def test_a_mandate_begins_and_ends_at_midnight_in_nairobi() -> None:
    user = User.objects.create_user("late@example.test", full_name="Late")
    firm = Customer.objects.create(
        cif="1", kind="ORGANISATION", segment="CORPORATE", display_name="Firm", joined_date=WEDNESDAY
    )
    mandate = Mandate.objects.create(
        user=user, customer=firm, role="OWNER", can_pay=True, valid_from=WEDNESDAY, valid_until=WEDNESDAY
    )
    for time, may in (("20:59:59", True), ("21:00:00", False), ("22:30:00", False), ("23:59:59", False)):
        with time_machine.travel(instant(time), tick=False):
            assert cif.may_view(user, firm) is may, time
    Mandate.objects.filter(pk=mandate.pk).update(valid_from=THURSDAY, valid_until=None)
    for time, day in TIMES:
        with time_machine.travel(instant(time), tick=False):
            assert cif.may_pay(user, firm) is (day == THURSDAY), time


@pytest.mark.django_db
def test_the_books_open_on_the_day_it_is_in_nairobi() -> None:
    """Not when the clock says so do they close: the business date goes its own way after that."""
    with time_machine.travel(instant("22:30:00"), tick=False):
        ledger.open_books(on=clock.today())
    with time_machine.travel(instant("20:59:59"), tick=False):
        assert accounts.today() == ledger.business_date() == THURSDAY
