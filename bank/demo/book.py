"""Turns what customers mean to do into journal entries, and lets nobody spend what they do not have."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from bank.accounts.postings import GlAccount
from bank.demo import postings
from bank.demo.habits import Intent
from bank.kernel import ids
from bank.kernel.money import Money
from bank.ledger.entries import Entry
from bank.payments import postings as payment_postings
from bank.products.rules import FeeQuote

Quotes = Callable[[str, list[Money]], list[FeeQuote]]


@dataclass(slots=True)
class Book:
    """The balances as they will be once the entries are posted."""

    gl: GlAccount
    rng: Random
    balances: dict[str, Money] = field(default_factory=dict)

    def entries(self, intents: Iterable[Intent], quotes: Quotes) -> Iterator[Entry]:
        """An entry for each intent whose payer can afford it, in the order given."""
        for intent, quote in _priced(list(intents), quotes):
            cost = intent.amount + quote.total if quote else intent.amount
            if intent.payer and self.balances[intent.payer] < cost:
                continue
            if intent.payer:
                self.balances[intent.payer] -= cost
            if intent.payee:
                self.balances[intent.payee] += intent.amount
            yield self._entry(intent, quote)

    def _entry(self, intent: Intent, quote: FeeQuote | None) -> Entry:
        if quote is None:
            return postings.received(
                key=f"demo:{self._reference()}",
                account=intent.payee,
                amount=intent.amount,
                gl=self.gl,
                narrative=intent.narrative,
                counterparty=intent.counterparty,
            )
        if not intent.payee:
            return postings.sent(
                key=f"demo:{self._reference()}",
                account=intent.payer,
                amount=intent.amount,
                event=intent.event,
                quote=quote,
                gl=self.gl,
                narrative=intent.narrative,
                counterparty=intent.counterparty,
            )
        currency = intent.amount.currency
        return payment_postings.internal_transfer(
            reference=self._reference(),
            debtor=intent.payer,
            creditor=intent.payee,
            amount=intent.amount,
            fee=quote.fee,
            excise=quote.excise,
            fee_account=self.gl(quote.income_role, currency),
            excise_account=self.gl(quote.excise_role, currency),
            narrative=intent.narrative,
        )

    def _reference(self) -> str:
        """A payment reference as the bank gives them out, but drawn from the seed."""
        symbols = "".join(self.rng.choices(ids.ALPHABET, k=12))
        return f"PAY-{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"


def _priced(intents: list[Intent], quotes: Quotes) -> Iterator[tuple[Intent, FeeQuote | None]]:
    """Each intent with its price; one from outside has none. Each event's prices are asked for once."""
    by_event: dict[str, list[Money]] = {}
    for intent in intents:
        if intent.event:
            by_event.setdefault(intent.event, []).append(intent.amount)
    quoted = {event: iter(quotes(event, amounts)) for event, amounts in by_event.items()}
    for intent in intents:
        yield intent, next(quoted[intent.event]) if intent.event else None
