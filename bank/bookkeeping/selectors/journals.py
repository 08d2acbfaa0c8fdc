"""Reads for journals: lines as people wrote them, the accounts they may name, templates."""

from collections.abc import Sequence

from bank import ledger
from bank.bookkeeping import rules
from bank.bookkeeping.errors import JournalUnusable
from bank.bookkeeping.models import Journal, JournalTemplate, Schedule
from bank.bookkeeping.rules import Line, Side, TemplateSlot
from bank.bookkeeping.selectors import rates
from bank.kernel.errors import NotFound
from bank.kernel.money import Money

RawLine = Sequence[str]


def read_lines(raw: Sequence[RawLine]) -> list[Line]:
    """Lines of account, side and amount, each amount in its account's currency.

    Raises ``JournalUnusable`` for what is no line, for accounts that do not exist, are closed or
    are control accounts, and ``InvalidAmount``.
    """
    if any(len(line) != 3 or line[1] not in set(Side) for line in raw):
        raise JournalUnusable(problem="A line is an account, DEBIT or CREDIT, and an amount.")
    known = require_postable([line[0] for line in raw])
    return [
        Line(account, Side(side), Money.of(amount, known[account].currency)) for account, side, amount in raw
    ]


def write_lines(lines: Sequence[Line]) -> list[list[str]]:
    return [[line.account, line.side.value, str(line.amount.amount)] for line in lines]


def require_postable(codes: Sequence[str]) -> dict[str, ledger.AccountFacts]:
    """The accounts, if each may be posted to by hand. Raises ``JournalUnusable``."""
    known = ledger.facts(codes)
    for code in codes:
        if code not in known:
            raise JournalUnusable(problem=f"There is no account {code}; choose one of the chart.")
        if known[code].is_control:
            raise JournalUnusable(
                problem=f"{code} is a control account: it sums customers' accounts and takes no postings."
            )
        if known[code].is_closed:
            raise JournalUnusable(problem=f"Account {code} is closed.")
    return known


def weight(lines: Sequence[Line]) -> Money:
    """What a journal moves, in the base currency at the business date's rates: the sum of its debits.

    Raises ``RateMissing``.
    """
    base, on = rates.base_currency(), ledger.business_date()
    debits = [debits for debits, _ in rules.sums(lines).values()]
    return sum((rates.converted(one, base, on) for one in debits), Money.zero(base))


def by_reference(reference: str) -> Journal:
    """Raises ``NotFound``."""
    found = Journal.objects.filter(reference=reference).select_related("maker", "checker").first()
    if found is None:
        raise NotFound(what="journal")
    return found


def is_reversed(journal: Journal) -> bool:
    return Journal.objects.filter(reverses=journal).exists()


def standing_parts(schedule: Schedule) -> list[Journal]:
    """What of a schedule is booked and not reversed, part by part."""
    reversed_ones = Journal.objects.filter(reverses__isnull=False).values("reverses")
    booked = Journal.objects.filter(part__schedule=schedule).exclude(pk__in=reversed_ones)
    return list(booked.order_by("part__number"))


def template(code: str) -> JournalTemplate:
    """A template in use. Raises ``NotFound``."""
    found = JournalTemplate.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise NotFound(what="template in use")
    return found


def slots(found: JournalTemplate) -> list[TemplateSlot]:
    return [
        TemplateSlot(line.account, Side(line.side), line.amount, line.share_pct)
        for line in found.lines.order_by("number")
    ]
