"""What lies on the accountants' desks: journals to be written again, and a statement to be reconciled.

The keeper of the dollars tells what it booked: two of ours in one sum, one not yet, and a charge of
its own. What is plain is matched; the rest waits for somebody, with suggestions.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from bank import ledger
from bank.bookkeeping.importing import Line, Statement
from bank.bookkeeping.models import ImportedStatement, JournalTemplate
from bank.bookkeeping.rules import Side, TemplateSlot
from bank.bookkeeping.services import journals, reconciling
from bank.demo.habits import BASE
from bank.identity.models import User
from bank.ledger import StatementLine

_CURRENCY: Final = "USD"
_MOST: Final = 500
_CHARGE: Final = Decimal("-12.50")
_PLAIN: Final = 70
"""The score from which on a suggestion is what anybody would match: equal amounts of one day."""
_FEW: Final = 3


@transaction.atomic
def fill(day: date, actor: User) -> None:
    """Writes the templates, and takes in the keeper's statement up to ``day``; once. The books stay."""
    if not JournalTemplate.objects.exists():
        _write_templates(actor)
    account = ledger.gl("NOSTRO_SWIFT", _CURRENCY)
    lines = ledger.statement_lines(account, to_date=day, limit=_MOST)[::-1]
    if len(lines) > _FEW and not ImportedStatement.objects.filter(account=account).exists():
        _reconcile(account, lines, day, actor)


def _write_templates(actor: User) -> None:
    cost, money = ledger.gl("OPERATING_EXPENSE", BASE), ledger.gl("NOSTRO_EFT", BASE)
    rent = Decimal(240_000)
    journals.write_template(
        code="RENT",
        name="Rent of the branches",
        narrative="Rent of the branches",
        slots=[TemplateSlot(cost, Side.DEBIT, rent, None), TemplateSlot(money, Side.CREDIT, rent, None)],
        is_frequent=True,
        actor=actor,
    )
    journals.write_template(
        code="SUPPLIES",
        name="Supplies with their tax",
        narrative="Supplies",
        slots=[
            TemplateSlot(cost, Side.DEBIT, None, Decimal(84)),
            TemplateSlot(ledger.gl("TAXES_PAYABLE", BASE), Side.DEBIT, None, Decimal(16)),
            TemplateSlot(money, Side.CREDIT, None, Decimal(100)),
        ],
        is_frequent=False,
        actor=actor,
    )


def _reconcile(account: str, ours: Sequence[StatementLine], day: date, actor: User) -> None:
    told = _told(ours, day)
    statement = Statement(
        identification=f"{_CURRENCY}/{day:%Y%m%d}",
        their_account="CITIUS33-0042",
        currency=_CURRENCY,
        from_date=ours[0].booking_date,
        to_date=day,
        opening=Decimal(0),
        closing=sum((one.amount for one in told), Decimal(0)),
        lines=tuple(told),
        format="camt.053",
    )
    name = f"camt053-{day:%Y%m%d}.xml"
    reconciling.import_statement(
        account=account, statement=statement, file_name=name, content=name.encode(), actor=actor
    )
    plain = [one for one in reconciling.suggestions(account) if one.score >= _PLAIN]
    for one in plain[1:]:
        reconciling.match(account=account, items=one.items, actor=actor, why=one.why, score=one.score)


def _told(ours: Sequence[StatementLine], day: date) -> list[Line]:
    """Our lines as the keeper books them: two of nearly one day in one, the last not yet, and its charge."""
    lines = [
        Line(one.booking_date, one.value_date, -one.amount.amount, one.reference, one.narrative or one.code)
        for one in ours[:-1]
    ]
    n = min(range(1, len(lines)), key=lambda n: _apart(lines[n - 1], lines[n]))
    both = replace(
        lines[n], amount=lines[n - 1].amount + lines[n].amount, reference="", narrative="2 payments in one"
    )
    return [
        *lines[: n - 1],
        both,
        *lines[n + 1 :],
        Line(day, day, _CHARGE, "", "Charge for keeping the account"),
    ]


def _apart(one: Line, two: Line) -> tuple[bool, timedelta]:
    """Those that go the same way before all others, then the nearest."""
    return one.amount * two.amount < 0, two.booking_date - one.booking_date
