"""Turns what customers mean to do into journal entries, and lets nobody spend what they do not have."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

from bank.accounts import postings as account_postings
from bank.accounts.postings import GlAccount
from bank.demo import postings
from bank.demo.habits import Intent
from bank.kernel import ids
from bank.kernel.money import Money, rounded
from bank.ledger.entries import Entry
from bank.payments import postings as payment_postings
from bank.products import rules
from bank.products.rules import FeeQuote, InterestTerms

Quotes = Callable[[str, list[Money]], list[FeeQuote]]


@dataclass(frozen=True, slots=True)
class Withholding:
    """How interest is taxed and booked."""

    rate_pct: Decimal
    tax_role: str
    expense_role: str


@dataclass(slots=True)
class Savings:
    """What a savings account has earned and not yet been paid, exactly."""

    terms: InterestTerms
    since: date
    earned: Fraction = Fraction(0)

    def accrue(self, balance: Money, until: date) -> None:
        if until > self.since:
            self.earned += rules.interest(self.terms, balance, self.since, until)
            self.since = until


@dataclass(slots=True)
class Book:
    """The balances as they will be once the entries are posted, and the interest accrued on them."""

    gl: GlAccount
    rng: Random
    balances: dict[str, Money] = field(default_factory=dict)
    savings: dict[str, Savings] = field(default_factory=dict)

    def entries(self, day: date, intents: Iterable[Intent], quotes: Quotes) -> Iterator[Entry]:
        """An entry for each intent whose payer can afford it, in the order given."""
        for intent, quote in _priced(list(intents), quotes):
            cost = intent.amount + quote.total if quote else intent.amount
            if intent.payer and self.balances[intent.payer] < cost:
                continue
            if intent.payer:
                self._move(intent.payer, -cost, day)
            if intent.payee:
                self._move(intent.payee, intent.amount, day)
            yield self._entry(intent, quote)

    def interest(self, day: date, tax: Withholding) -> Iterator[Entry]:
        """Interest earned to the end of ``day``, paid into each savings account less withholding tax.

        What is lost to rounding is carried into the next month.
        """
        for number, savings in self.savings.items():
            balance = self.balances[number]
            savings.accrue(balance, day + timedelta(days=1))
            gross = rounded(savings.earned, balance.currency)
            if not gross.is_positive:
                continue
            withheld = rules.percent_of(tax.rate_pct, gross)
            savings.earned -= Fraction(gross.amount)
            self.balances[number] = balance + gross - withheld
            yield account_postings.interest_capitalised(
                key=f"interest:{number}:{day:%Y-%m}",
                account=number,
                gross=gross,
                tax=withheld,
                expense_role=tax.expense_role,
                tax_role=tax.tax_role,
                gl=self.gl,
                narrative=f"Interest {day:%B %Y}",
            )

    def _move(self, number: str, amount: Money, day: date) -> None:
        balance = self.balances[number]
        if number in self.savings:
            self.savings[number].accrue(balance, day)
        self.balances[number] = balance + amount

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
