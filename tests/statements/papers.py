"""Papers to print, made by hand: no database needed."""

import io
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bank.kernel.money import Money
from bank.statements import formats
from bank.statements.paper import Paper

FIRST = date(2026, 10, 1)


@dataclass(frozen=True)
class WrittenLine:
    booking_date: date
    value_date: date
    amount: Money
    balance_after: Money
    description: str
    counterparty: str
    reference: str
    counterparty_number: str = ""
    code: str = "INTERNAL_TRANSFER"
    entry_id: int = 1
    version: int = 1


def lines(
    count: int, *, currency: str = "KES", start: str = "10000", seed: int = 1, **texts: str
) -> list[WrittenLine]:
    """``count`` lines whose balances chain from ``start``, about two a day."""
    choose, balance, day, made = random.Random(seed), Money.of(start, currency), FIRST, []
    for number in range(count):
        amount = Money.from_minor(choose.choice([-1, 1]) * choose.randint(1, 900_000), currency)
        balance = balance + amount
        day += timedelta(days=choose.choice([0, 1]))
        words = {
            "description": f"Invoice {number}",
            "counterparty": "Wanjiru Kamau",
            "reference": f"P-{number:06}",
        }
        ids = {"entry_id": 1000 + number, "version": number + 1}
        made.append(WrittenLine(day, day, amount, balance, **(words | texts), **ids))
    return made


def paper(of: list[WrittenLine], **changes: Any) -> Paper:
    currency = changes.get("currency", "KES")
    content: dict[str, Any] = {
        "reference": "S-7K3M-9QXD-4TRH",
        "holder": "Wanjiru Njeri Kamau",
        "cif": "1000234",
        "account_number": "1100000000015",
        "account_name": "Current account",
        "currency": currency,
        "from_date": FIRST,
        "to_date": of[-1].booking_date if of else FIRST,
        "made_at": datetime(2026, 11, 1, 9, 5, tzinfo=UTC),
        "language": "en",
        "balance_before": Money.of("10000", currency),
        "lines": of,
        "bank_name": "Umoja Bank",
        "bank_bic": "UMOJKENA",
        "number": 7,
        "check_url": "https://bank.example/verify/?code=S-7K3M-9QXD-4TRH",
    }
    return Paper(**(content | changes))


def printed(content: Paper, format: str) -> bytes:
    file = io.BytesIO()
    formats.named(format).write(content, file)
    return file.getvalue()
