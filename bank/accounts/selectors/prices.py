"""What an event costs an account: the catalogue's price, or nothing for the first ones of a month."""

from datetime import date

from bank.accounts.models import Account, FeeUse
from bank.kernel.money import Money
from bank.products import selectors as products
from bank.products.rules import FeeQuote


def price(account: Account, *, event: str, amount: Money, on: date) -> FeeQuote:
    """What an event of ``amount`` costs the account on a day: fee and excise duty in the amount's currency,
    both zero while some of the month's free ones are left. One query, two where some are free.
    """
    quote = products.quote_fee(event=event, amount=amount, on=on, segment=account.customer.segment)
    if not quote.free_per_month or not quote.total.is_positive:
        return quote
    left = quote.free_per_month - free_used_by(account.pk, event, on)
    return quote.for_nothing(left) if left > 0 else quote


def free_used_by(account_id: int, event: str, on: date) -> int:
    """How many of an event the account had for nothing in the calendar month of a day."""
    return FeeUse.objects.filter(account_id=account_id, event=event, month=on.replace(day=1)).count()
