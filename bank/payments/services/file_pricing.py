"""What the lines of a file cost, in their order: the first ones of a month that are free for an account are
used up line by line, over this file, other files and single payments alike.

What is shown is kept on the lines; confirming takes exactly those free ones, or says that others took them.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from bank.accounts import selectors as accounts
from bank.accounts import services as account_services
from bank.kernel.money import Money
from bank.payments import rail, selectors
from bank.payments.models import PaymentFile
from bank.payments.services.file_release import PayableLine, payable
from bank.payments.services.line_store import INTERNAL
from bank.products import selectors as products
from bank.products.rules import FeeEvent, FeeQuote

_WRITE = """
    UPDATE payments_paymentfileline l SET fee = w.fee, excise = w.excise
    FROM unnest(%(lines)s::bigint[], %(fees)s::numeric[], %(duties)s::numeric[]) AS w (id, fee, excise)
    WHERE l.id = w.id
"""


@dataclass(slots=True)
class _Prices:
    """The catalogue's price of a line; each event and amount is looked up once."""

    segment: str
    _known: dict[tuple[str, Money], FeeQuote] = field(default_factory=dict)

    def of(self, line: PayableLine) -> FeeQuote:
        key = _event(line), line.money
        if key not in self._known:
            event, amount = key
            self._known[key] = products.quote_fee(
                event=event, amount=amount, on=selectors.today(), segment=self.segment
            )
        return self._known[key]


def reprice(file: PaymentFile) -> list[PayableLine]:
    """The valid lines of a file as they are charged now: where an account has some of an event a month for
    nothing, the first lines take what is left of them, the rest cost their price. Kept on the lines.

    To be called in a database transaction, of a file that is not confirmed. Books nothing.
    """
    lines = payable(file)
    now = _priced(file, lines)
    _keep([one for one, before in zip(now, lines, strict=True) if _charge(one) != _charge(before)])
    return now


def take_free(file: PaymentFile, lines: list[PayableLine]) -> None:
    """Counts the lines that were shown as free among the month's free ones, in the caller's transaction.

    Raises ``FreeOnesUsedUp`` where others took some of them since: then none is taken.
    """
    for (account, event), several in _free_ones(file, lines).items():
        quote, _first = several[0]
        account_services.take_free_for(
            account_id=account, event=event, most=quote.free_per_month, on=selectors.today(),
            references=[line.reference for _quote, line in several],
        )  # fmt: skip


def give_free_back(lines: list[PayableLine]) -> None:
    """What was not paid counts for nothing."""
    account_services.give_all_free_back([line.reference for line in lines if not line.fee + line.excise])


def _priced(file: PaymentFile, lines: list[PayableLine]) -> list[PayableLine]:
    prices, left = _Prices(file.customer.segment if file.customer else ""), dict[tuple[int, str], int]()
    found = []
    for line in lines:
        quote = prices.of(line)
        if quote.total.is_positive and (quote.free_per_month or not line.fee + line.excise):
            place = line.debtor_account_id, quote.event
            if place not in left:
                used = accounts.free_used_by(line.debtor_account_id, quote.event, selectors.today())
                left[place] = max(quote.free_per_month - used, 0)
            if left[place]:
                quote, left[place] = quote.for_nothing(left[place]), left[place] - 1
            line = replace(line, fee=quote.fee.amount, excise=quote.excise.amount)
        found.append(line)
    return found


def _free_ones(
    file: PaymentFile, lines: list[PayableLine]
) -> dict[tuple[int, str], list[tuple[FeeQuote, PayableLine]]]:
    """The lines that cost nothing and would have a price, by account and event in one order for all."""
    prices = _Prices(file.customer.segment if file.customer else "")
    found: dict[tuple[int, str], list[tuple[FeeQuote, PayableLine]]] = {}
    for line in lines:
        quote = None if line.fee + line.excise else prices.of(line)
        if quote is not None and quote.free_per_month and quote.total.is_positive:
            found.setdefault((line.debtor_account_id, quote.event), []).append((quote, line))
    return dict(sorted(found.items()))


def _keep(changed: list[PayableLine]) -> None:
    if not changed:
        return
    given: dict[str, Any] = {
        "lines": [line.pk for line in changed],
        "fees": [line.fee for line in changed],
        "duties": [line.excise for line in changed],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, given)


def _charge(line: PayableLine) -> tuple[Any, Any]:
    return line.fee, line.excise


def _event(line: PayableLine) -> str:
    """What prices the line in the catalogue."""
    if line.rail != INTERNAL:
        return rail.every()[line.rail].capabilities.fee_event
    return FeeEvent.OWN_TRANSFER if line.is_own else FeeEvent.INTERNAL_TRANSFER
