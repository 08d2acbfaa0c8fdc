"""The first so many of an event a month that cost an account nothing, each taken once."""

from datetime import date
from typing import Any, Final

from django.db import connection, transaction

from bank.accounts.errors import FreeOnesUsedUp
from bank.accounts.models import Account, FeeUse
from bank.products.rules import FeeQuote

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
def give_free_back(reference: str) -> None:
    """What was not carried out counts for nothing: another may be free in its place."""
    FeeUse.objects.filter(reference=reference).delete()
