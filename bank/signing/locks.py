"""What signing holds while it looks: one company's signatures, rules and mandates, one signer at a time."""

from collections.abc import Iterable

from django.db import connection

from bank.runtime import locks


def hold_company(customer_id: int) -> None:
    """Until the transaction ends nobody else signs for the company, changes its rules or ends a mandate of
    its people: whoever does waits, and finds what was decided. Taken before any row of an approval."""
    locks.hold_until_commit(f"signing:{customer_id}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM cif_mandate WHERE customer_id = %s AND revoked_at IS NULL ORDER BY id FOR SHARE",
            [customer_id],
        )


def hold_companies(customer_ids: Iterable[int]) -> None:
    for one in sorted(set(customer_ids)):
        hold_company(one)
