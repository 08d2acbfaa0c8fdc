"""What a close leaves behind, as bytes: two closes did the same where these are the same."""

import io
from datetime import date

from bank import ledger
from bank.accounts.models import Account
from bank.eod.models import Run, StepNote
from bank.ledger import engine
from bank.statements import formats, papers
from bank.statements.models import Statement

FIELDS = ("run__business_date", "code", "phase", "state", "cursor", "parts", "done", "failed", "total")
_JOURNAL = """
    SELECT c.key, e.code, e.booking_date, e.value_date, e.narrative, a.code, p.amount, p.balance_after
    FROM ledger_entry e JOIN ledger_claim c ON c.id = e.id JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account a ON a.id = p.account_id ORDER BY c.key, p.leg
"""
_KEPT = """
    SELECT a.code, d.date, d.booked, d.version
    FROM ledger_day_balance d JOIN ledger_account a ON a.id = d.account_id ORDER BY 1, 2
"""


def everything(first: date) -> bytes:
    """Trial balance, journal, statements as CSV, kept balances, closes with their steps and notes."""
    written = io.BytesIO()
    for account in Account.objects.select_related("customer", "product").order_by("number"):
        statement = Statement(account=account, from_date=first, to_date=ledger.business_date())
        formats.write("CSV", papers.paper_of(statement), written)
    tables = (
        ledger.trial_balance(),
        engine.rows(_JOURNAL),
        engine.rows(_KEPT),
        Run.objects.values_list("business_date", "next_date", "state", "fault"),
        Run.objects.order_by("business_date", "steps__phase", "steps__code").values_list(
            *(f"steps__{field}" if field != "run__business_date" else "business_date" for field in FIELDS)
        ),
        StepNote.objects.values_list("step__code", "subject", "reason"),
    )
    for table in tables:
        written.write("\n".join(map(repr, table)).encode() + b"\n")
    return written.getvalue()
