"""The bank's days in SQL: ``bank_day(instant)`` is there what ``clock.day_of`` is in Python.

Triggers know instants and no settings, and the zone of a session or of the database is whoever connects to
choose. So the function names the zone itself; it is made when the database is migrated, anew whenever that is
done with another ``TIME_ZONE``.
"""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections


def definition() -> str:
    """The SQL that makes the function, or makes it anew, for the zone the setting names."""
    zone = ZoneInfo(settings.TIME_ZONE).key
    return (
        "CREATE OR REPLACE FUNCTION bank_day(instant timestamptz) RETURNS date"
        f" LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (instant AT TIME ZONE '{zone}')::date $$"
    )


def define_anew(using: str, **_: object) -> None:
    """After a migration, in the database that was migrated."""
    with connections[using].cursor() as cursor:
        cursor.execute(definition())
