"""Money that crosses the bank's border in the demonstration, until its rails are built: in GL roles."""

from typing import Final

from bank.accounts.postings import CASH, GlAccount
from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting
from bank.products.rules import FeeEvent, FeeQuote

#: The settlement account that money takes, by currency and by event.
NOSTRO_OF_EVENT: Final = {
    FeeEvent.RTGS: "NOSTRO_RTGS",
    FeeEvent.ATM_WITHDRAWAL: "ATM_CASH",
}
CAPITAL: Final = "CAPITAL"


def nostro(currency: str, event: str = FeeEvent.EFT) -> str:
    """The role of the settlement account: SWIFT for foreign currencies, the event's rail for shillings."""
    return NOSTRO_OF_EVENT.get(FeeEvent(event), "NOSTRO_EFT") if currency == "KES" else "NOSTRO_SWIFT"


def received(
    *, key: str, account: str, amount: Money, gl: GlAccount, narrative: str, counterparty: str
) -> Entry:
    """Money from outside: debits cash or the nostro, credits the account."""
    source = CASH if counterparty == "Cash" else nostro(amount.currency)
    return Entry(
        key=key,
        code="CASH_DEPOSIT" if source == CASH else "PAYMENT_RECEIVED",
        postings=(Posting(gl(source, amount.currency), -amount), Posting(account, amount)),
        narrative=narrative,
        meta={"counterparty": counterparty},
    )


def sent(
    *,
    key: str,
    account: str,
    amount: Money,
    event: str,
    quote: FeeQuote,
    gl: GlAccount,
    narrative: str,
    counterparty: str,
) -> Entry:
    """Money to another bank, or out of a machine: debits the account, credits the nostro or the machine's
    cash; charges in lines of their own.
    """
    currency = amount.currency
    postings = [Posting(account, -amount), Posting(gl(nostro(currency, event), currency), amount)]
    for charge, role in ((quote.fee, quote.income_role), (quote.excise, quote.excise_role)):
        if charge.is_positive:
            postings += [Posting(account, -charge), Posting(gl(role, currency), charge)]
    return Entry(
        key=key,
        code="CASH_WITHDRAWAL" if event == FeeEvent.ATM_WITHDRAWAL else "PAYMENT_SENT",
        postings=tuple(postings),
        narrative=narrative,
        meta={"counterparty": counterparty},
    )


def over_the_counter(*, key: str, account: str, amount: Money, gl: GlAccount, narrative: str) -> Entry:
    """Cash paid in, or with an amount below zero taken out: CASH against the account."""
    return Entry(
        key=key,
        code="CASH_DEPOSIT" if amount.is_positive else "CASH_WITHDRAWAL",
        postings=(Posting(gl(CASH, amount.currency), -amount), Posting(account, amount)),
        narrative=narrative,
        meta={"counterparty": "Cash"},
    )


def endowed(*, key: str, amount: Money, cash: Money, gl: GlAccount) -> Entry:
    """The owners' money: debits the nostro and, with ``cash``, the machines; credits the share capital."""
    return Entry(
        key=key,
        code="CAPITAL_PAID_IN",
        postings=(
            Posting(gl("NOSTRO_RTGS", amount.currency), cash - amount),
            Posting(gl("ATM_CASH", cash.currency), -cash),
            Posting(gl(CAPITAL, amount.currency), amount),
        ),
        narrative="Share capital paid in",
    )
