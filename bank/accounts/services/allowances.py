"""The first so many of an event a month that cost an account nothing, each taken once."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from bank.accounts.errors import FreeOnesUsedUp
from bank.accounts.models import Account, FeeUse
from bank.products.rules import FeeQuote

# The lowest numbers that are free, one for each reference. Who wants the same ones at the same time waits.
_TAKE_MANY: Final = """
    INSERT INTO accounts_feeuse (account_id, event, month, slot, reference)
    SELECT %(account)s, %(event)s, %(month)s, s.slot, r.reference
    FROM unnest(%(references)s::text[]) WITH ORDINALITY AS r (reference, place)
    JOIN (
        SELECT n AS slot, row_number() OVER (ORDER BY n) AS place FROM generate_series(1, %(most)s) AS g (n)
        WHERE NOT EXISTS (
            SELECT FROM accounts_feeuse u
            WHERE u.account_id = %(account)s AND u.event = %(event)s AND u.month = %(month)s AND u.slot = n
        )
    ) AS s USING (place)
    ORDER BY s.slot
    ON CONFLICT ON CONSTRAINT fee_use_once DO NOTHING RETURNING reference
"""
# The lowest number that is free. Who wants the same one at the same time waits for the other's transaction.
_TAKE: Final = """
    INSERT INTO accounts_feeuse (account_id, event, month, slot, reference)
    SELECT %(account)s, %(event)s, %(month)s, s.n, %(reference)s
    FROM generate_series(1, %(most)s) AS s (n)
    WHERE NOT EXISTS (
        SELECT FROM accounts_feeuse u
        WHERE u.account_id = %(account)s AND u.event = %(event)s AND u.month = %(month)s AND u.slot = s.n
    )
    ORDER BY s.n LIMIT 1
    ON CONFLICT ON CONSTRAINT fee_use_once DO NOTHING
"""


def take_free(*, account: Account, quote: FeeQuote, on: date, reference: str) -> None:
    """Counts the event ``reference`` as one of the month's free ones, where it was priced as one.

    To be called in the database transaction of the event, before anything of the account's is locked.
    Raises ``FreeOnesUsedUp`` where others took the last one since it was priced.
    """
    if not quote.free_left:
        return
    month = on.replace(day=1)
    asked: dict[str, Any] = {
        "account": account.pk,
        "event": quote.event,
        "month": month,
        "most": quote.free_per_month,
        "reference": reference,
    }
    with connection.cursor() as cursor:
        for _try in range(quote.free_per_month):
            cursor.execute(_TAKE, asked)
            if cursor.rowcount:
                return
    raise FreeOnesUsedUp


@transaction.atomic
def take_free_for(*, account_id: int, event: str, most: int, on: date, references: Sequence[str]) -> None:
    """Counts several of an event at once, each of which was priced as one of the month's ``most`` free ones.

    As ``take_free``; raises ``FreeOnesUsedUp`` where not all of them are left, and takes none then.
    """
    left = list(references)
    asked: dict[str, Any] = {"account": account_id, "event": event, "month": on.replace(day=1), "most": most}
    with connection.cursor() as cursor:
        while left:
            cursor.execute(_TAKE_MANY, asked | {"references": left})
            taken = {reference for (reference,) in cursor.fetchall()}
            if not taken:
                raise FreeOnesUsedUp
            left = [one for one in left if one not in taken]


@transaction.atomic
def give_all_free_back(references: Sequence[str]) -> None:
    """As ``give_free_back`` for many at once."""
    FeeUse.objects.filter(reference__in=references).delete()


@transaction.atomic
def give_free_back(reference: str) -> None:
    """What was not carried out counts for nothing: another may be free in its place."""
    FeeUse.objects.filter(reference=reference).delete()
