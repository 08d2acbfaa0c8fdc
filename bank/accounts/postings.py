"""Business events on accounts as journal entries, in GL roles; ``gl`` maps a role to its account.

An entry may touch a customer's account more than once, each time as a line of the statement of its
own. Postings stand in pairs, a debit and its credit side by side, so that each line has one other
side: a line against fee income is called a fee, one against a tax account a tax.
"""

from collections.abc import Callable
from typing import Final

from bank.kernel.money import Money
from bank.ledger.entries import Entry, Posting

CASH: Final = "CASH"

IN_CLEARING: Final = "CHEQUES_IN_CLEARING"
UNCLEARED: Final = "UNCLEARED_CHEQUES"
CLAIMS: Final = "SUSPENSE"
NOSTRO: Final = "NOSTRO_EFT"

GlAccount = Callable[[str, str], str]


def cash_deposited(*, key: str, account: str, amount: Money, gl: GlAccount, narrative: str) -> Entry:
    """Cash over the counter: debits CASH, credits the account."""
    return Entry(
        key=key,
        code="CASH_DEPOSIT",
        postings=(Posting(gl(CASH, amount.currency), -amount), Posting(account, amount)),
        narrative=narrative,
        meta={"counterparty": "Cash"},
    )


def pot_moved(*, key: str, account: str, pot: str, amount: Money, name: str, is_in: bool) -> Entry:
    """Money into a pot debits the account and credits the pot; out of it, the other way round."""
    debit, credit = (account, pot) if is_in else (pot, account)
    narrative = f"To pot {name}" if is_in else f"From pot {name}"
    return Entry(
        key=key,
        code="POT_MOVED",
        postings=(Posting(debit, -amount), Posting(credit, amount)),
        narrative=narrative,
    )


def fee_charged(
    *,
    key: str,
    account: str,
    fee: Money,
    excise: Money,
    income_role: str,
    excise_role: str,
    gl: GlAccount,
    narrative: str,
    code: str = "ACCOUNT_FEE",
    reference: str = "",
) -> Entry:
    """A fee and the excise duty on it, as two lines of the statement; what is zero is left out.

    Debits the account and credits the income with ``fee``; debits the account and credits the
    duty payable with ``excise``.
    """
    postings: list[Posting] = []
    for amount, role in ((fee, income_role), (excise, excise_role)):
        if amount.is_positive:
            postings += [Posting(account, -amount), Posting(gl(role, amount.currency), amount)]
    return Entry(key=key, code=code, postings=tuple(postings), narrative=narrative, reference=reference)


def cheque_paid(*, key: str, account: str, amount: Money, number: int, payee: str, gl: GlAccount) -> Entry:
    """A cheque of ours is paid: debits the drawer, credits CHEQUES_IN_CLEARING for the presenting bank."""
    return Entry(
        key=key,
        code="CHEQUE_PAID",
        postings=(Posting(account, -amount), Posting(gl(IN_CLEARING, amount.currency), amount)),
        narrative=f"Cheque {number:06d}",
        reference=f"{number:06d}",
        meta={"counterparty": payee},
    )


def cheque_deposited(*, key: str, amount: Money, reference: str, gl: GlAccount) -> Entry:
    """Another bank's cheque on its way: debits CHEQUES_IN_CLEARING, credits UNCLEARED_CHEQUES."""
    currency = amount.currency
    return Entry(
        key=key,
        code="CHEQUE_DEPOSITED",
        postings=(Posting(gl(IN_CLEARING, currency), -amount), Posting(gl(UNCLEARED, currency), amount)),
        narrative="Cheque taken in",
        reference=reference,
    )


def cheque_cleared(*, key: str, account: str, amount: Money, reference: str, gl: GlAccount) -> Entry:
    """It is paid: debits UNCLEARED_CHEQUES, credits the account; debits the nostro, credits
    CHEQUES_IN_CLEARING.
    """
    currency = amount.currency
    return Entry(
        key=key,
        code="CHEQUE_CLEARED",
        postings=(
            Posting(gl(UNCLEARED, currency), -amount),
            Posting(account, amount),
            Posting(gl(NOSTRO, currency), -amount),
            Posting(gl(IN_CLEARING, currency), amount),
        ),
        narrative=f"Cheque {reference}",
        reference=reference,
    )


def cheque_returned(
    *, key: str, account: str, taken: Money, claim: Money, reference: str, gl: GlAccount
) -> Entry:
    """A cleared cheque comes back: the nostro is credited; the account debited with what is there
    (``taken``), SUSPENSE with what is not (``claim``).
    """
    postings: list[Posting] = []
    for debited, amount in ((account, taken), (gl(CLAIMS, taken.currency), claim)):
        if amount.is_positive:
            postings += [Posting(debited, -amount), Posting(gl(NOSTRO, amount.currency), amount)]
    return Entry(
        key=key,
        code="CHEQUE_RETURNED",
        postings=tuple(postings),
        narrative=f"Cheque {reference} returned",
        reference=reference,
    )
