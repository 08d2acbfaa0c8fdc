"""What a statement says before it becomes a file: an account, a period, its lines, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from bank.kernel.money import Money
from bank.statements import rules
from bank.statements.rules import Kind


class Line(Protocol):
    """A statement line as ``accounts.selectors`` gives it."""

    @property
    def booking_date(self) -> date: ...
    @property
    def value_date(self) -> date: ...
    @property
    def amount(self) -> Money: ...
    @property
    def balance_after(self) -> Money: ...
    @property
    def description(self) -> str: ...
    @property
    def counterparty(self) -> str: ...
    @property
    def counterparty_number(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def entry_id(self) -> int: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is of: an account or a deposit, each an account of the ledger under its number."""

    number: str
    name: str
    currency: str
    holder: str
    cif: str
    opened_date: date
    is_deposit: bool


@dataclass(frozen=True)
class Paper:
    """The content of one statement. Amounts carry the account's sign: credit positive, debit negative."""

    reference: str
    holder: str
    cif: str
    account_number: str
    account_name: str
    currency: str
    from_date: date
    to_date: date
    made_at: datetime
    language: str
    balance_before: Money
    lines: Sequence[Line]
    bank_name: str
    bank_bic: str
    number: int
    """Of this statement in its series."""
    check_url: str
    """Where anybody finds out whether the document is genuine; its QR code leads there."""
    is_deposit: bool = False

    def facts(self, format: str) -> dict[str, str]:
        """What the public page may say of it as a document: the account's last digits and the figures."""
        return {
            "account": rules.masked(self.account_number),
            "currency": self.currency,
            "from": str(self.from_date),
            "to": str(self.to_date),
            "format": format,
            "opening": str(self.opening.amount),
            "closing": str(self.closing.amount),
        }

    @cached_property
    def opening(self) -> Money:
        """The balance before the first line: from that line itself, so that the lines always chain to it."""
        if not self.lines:
            return self.balance_before
        return self.lines[0].balance_after - self.lines[0].amount

    @cached_property
    def closing(self) -> Money:
        """The balance after the last line."""
        return self.lines[-1].balance_after if self.lines else self.balance_before

    @cached_property
    def credits(self) -> list[Money]:
        return [line.amount for line in self.lines if line.amount.is_positive]

    @cached_property
    def debits(self) -> list[Money]:
        return [line.amount for line in self.lines if line.amount.is_negative]

    @cached_property
    def money_in(self) -> Money:
        """Sum of the credits."""
        return sum(self.credits, Money.zero(self.currency))

    @cached_property
    def money_out(self) -> Money:
        """Sum of the debits, as a negative amount."""
        return sum(self.debits, Money.zero(self.currency))


@dataclass(frozen=True, slots=True)
class Earned:
    """What one account brought in a period; nothing is below zero but the balance of an overdraft."""

    number: str
    name: str
    paid: Money
    charged: Money
    tax: Money
    balance: Money


@dataclass(frozen=True)
class Certificate:
    """The content of one certificate."""

    kind: Kind
    reference: str
    holder: str
    cif: str
    from_date: date
    to_date: date
    made_at: datetime
    language: str
    accounts: Sequence[Earned]
    bank_name: str
    bank_bic: str
    check_url: str

    @cached_property
    def totals(self) -> list[Earned]:
        """Sums by currency, in the order the currencies come, under no number and no name."""
        sums: dict[str, Earned] = {}
        for one in self.accounts:
            currency = one.paid.currency
            so_far = sums.get(currency)
            sums[currency] = _sum(so_far, one) if so_far else replace(one, number="", name="")
        return list(sums.values())

    @property
    def facts(self) -> dict[str, str]:
        """What the public page may say: the figures certified, as the holder shows them."""
        if self.kind == Kind.BALANCE:
            return {"closing": str(self.accounts[0].balance.amount)}
        return {}


def _sum(one: Earned, other: Earned) -> Earned:
    return replace(
        one,
        paid=one.paid + other.paid,
        charged=one.charged + other.charged,
        tax=one.tax + other.tax,
        balance=one.balance + other.balance,
    )
