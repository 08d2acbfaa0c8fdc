"""Loans in equal instalments: what falls due when, exact to the minor unit, and what that costs a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Final

from bank.kernel.errors import InvalidInput
from bank.kernel.money import Money, rounded

MONTHS_A_YEAR: Final = 12
LONGEST_MONTHS: Final = 600
#: Halvings of the interval in which a yearly rate is looked for; fifty leave less than a billionth.
_HALVINGS: Final = 50
_PRECISION: Final = 34


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment and what is owed after it. All are equal until the one that leaves nothing owed, which is
    the last; only over very long terms the roundings can repay a loan some months before."""

    number: int
    principal: Money
    interest: Money
    balance: Money

    @property
    def payment(self) -> Money:
        return self.principal + self.interest


def instalment(principal: Money, annual_rate_pct: Decimal, months: int) -> Money:
    """The equal monthly payment that repays ``principal`` with interest on what is still owed.

    Rounded half to even at the currency's minor unit. A rate of zero divides the principal.
    Raises InvalidInput for a term or a rate outside of what a loan can have.
    """
    _check(principal, annual_rate_pct, months)
    rate = _monthly(annual_rate_pct)
    if not rate:
        return rounded(Fraction(principal.amount) / months, principal.currency)
    grown = (1 + rate) ** months
    return rounded(Fraction(principal.amount) * rate * grown / (grown - 1), principal.currency)


def schedule(principal: Money, annual_rate_pct: Decimal, months: int) -> list[Instalment]:
    """Every instalment in order; the last takes what roundings have left, so that nothing is owed after it.

    Interest is a twelfth of the yearly rate on the balance, rounded each month. Raises InvalidInput.
    """
    payment, rate = instalment(principal, annual_rate_pct, months), _monthly(annual_rate_pct)
    owed, plan = principal, []
    for number in range(1, months + 1):
        interest = rounded(Fraction(owed.amount) * rate, owed.currency)
        repaid = owed if number == months else min(payment - interest, owed)
        owed -= repaid
        plan.append(Instalment(number, repaid, interest, owed))
    return plan


def effective_annual_rate_pct(received: Money, payments: Sequence[Money]) -> Decimal:
    """The yearly rate at which monthly ``payments`` are worth what was ``received``, in per cent to 0.01.

    The annual percentage rate of Directive 2008/48/EC, Annex I: fees count by what they take away
    from the money received. Zero where no more is paid back than was received.
    """
    if not received.is_positive:
        raise InvalidInput(problem="What is received must be above zero.")
    with localcontext(Context(prec=_PRECISION)):
        discount = _discount(received.amount, [payment.amount for payment in payments])
        return ((1 / discount) ** MONTHS_A_YEAR * 100 - 100).quantize(Decimal("0.01"))


def _discount(received: Decimal, payments: Sequence[Decimal]) -> Decimal:
    """What a unit a month later is worth now, by bisection: the present value only rises with it."""
    low, high = Decimal(0), Decimal(1)
    if _present_value(payments, high) <= received:
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _present_value(payments, middle) > received:
            high = middle
        else:
            low = middle
    return high


def _present_value(payments: Sequence[Decimal], discount: Decimal) -> Decimal:
    worth = Decimal(0)
    for payment in reversed(payments):
        worth = (worth + payment) * discount
    return worth


def _monthly(annual_rate_pct: Decimal) -> Fraction:
    return Fraction(annual_rate_pct) / 100 / MONTHS_A_YEAR


def _check(principal: Money, annual_rate_pct: Decimal, months: int) -> None:
    if not principal.is_positive:
        raise InvalidInput(problem="The amount of a loan must be above zero.")
    if not 1 <= months <= LONGEST_MONTHS:
        raise InvalidInput(problem=f"The term of a loan must be 1 to {LONGEST_MONTHS} months.")
    if not 0 <= annual_rate_pct <= 100:
        raise InvalidInput(problem="The rate of a loan must be between 0 and 100 per cent a year.")
