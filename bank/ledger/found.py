"""Posting what a query finds: entries made by set-based SQL never leave the database to be booked.

The query is trusted code of an app, never a user's words. What it finds goes the way every batch goes:
claims of keys, locks in order, floors, statuses, and the database's own look at each posting.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from bank.kernel import clock
from bank.ledger import engine
from bank.ledger.entries import Outcomes
from bank.ledger.posting import STAGED, Mode, outcomes_of

# ``said`` is what an entry says as text, its digest 128 bits of the SHA-256 of that. In order, so that the
# ledger can take the entries in a thousand at a time.
_GATHER: Final = """
    INSERT INTO ledger_intake (n, key, digest, code, value_date, narrative, reference, final,
                               accounts, currencies, amounts)
    SELECT f.n, f.key, encode(substr(sha256(convert_to(concat_ws(E'\\x1f',
               f.code, f.value_date, f.narrative, f.reference,
               f.accounts, f.currencies, f.amounts), 'UTF8')), 1, 16), 'hex')::uuid,
           f.code, f.value_date, f.narrative, f.reference, false, f.accounts, f.currencies, f.amounts
    FROM ({query}) f
    ORDER BY f.n
"""


def post_found(query: str, params: Mapping[str, Any], *, outcome: Mode = "ALL_OR_NOTHING") -> Outcomes:
    """Books the journal entries that ``query`` finds, as :func:`bank.ledger.post` books a list of them.

    It answers with rows of ``n`` (their order, 1, 2, 3 …), ``key``, ``code``, ``value_date``,
    ``narrative``, ``reference``, ``accounts`` (text[]), ``currencies`` (text[]) and ``amounts``
    (bigint[] of minor units, credit above zero), none of them null. Outcomes stand in the order of
    ``n``. A key booked from here is answered again only from here. Raises what ``post`` raises of the
    book; an entry that does not balance, or has a posting of zero, is refused by the database itself.
    """
    with transaction.atomic():
        engine.row("SELECT ledger_open_intake()")
        engine.rows(_GATHER.format(query=query), params)
        return outcomes_of(engine.row(STAGED, (outcome == "EACH", clock.now())), each=outcome == "EACH")
