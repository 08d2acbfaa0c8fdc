"""Reads what a document says from the book: the lines of a statement, the figures of a certificate."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.selectors import StatementLine
from bank.deposits.models import Deposit
from bank.kernel import clock
from bank.kernel.money import Money
from bank.ledger import movements
from bank.statements.models import Statement
from bank.statements.paper import Certificate, Earned, Paper, Subject
from bank.statements.rules import Kind

_AT_ONCE = 5_000
_PAID = ("INTEREST_EXPENSE", "INTEREST_PAYABLE")
_CHARGED = ("INTEREST_INCOME", "INTEREST_RECEIVABLE")
_TAX = ("WITHHOLDING_TAX",)
_INTEREST = ("INTEREST_CAPITALISED", "INTEREST_CORRECTED")


def paper_of(statement: Statement) -> Paper:
    """What the statement says, read from the book now; lines of the bank's own in the active language."""
    return paper_about(
        subject_of(statement.kept),
        reference=statement.reference,
        from_date=statement.from_date,
        to_date=statement.to_date,
        language=statement.language,
        number=statement.number,
    )


def subject_of(kept: Account | Deposit) -> Subject:
    """What a statement says of an account or a deposit beside its lines."""
    return Subject(
        number=kept.number,
        name=kept.product.name,
        currency=kept.currency,
        holder=kept.customer.display_name,
        cif=kept.customer.cif,
        opened_date=kept.start_date if isinstance(kept, Deposit) else kept.opened_date,
        is_deposit=isinstance(kept, Deposit),
    )


def paper_about(
    subject: Subject, *, reference: str, from_date: date, to_date: date, language: str, number: int
) -> Paper:
    """The statement of a period, both days included, read from the book now."""
    return Paper(
        reference=reference,
        holder=subject.holder,
        cif=subject.cif,
        account_number=subject.number,
        account_name=subject.name,
        currency=subject.currency,
        from_date=from_date,
        to_date=to_date,
        made_at=clock.now(),
        language=language,
        balance_before=_balance_on(subject.number, from_date - timedelta(days=1)),
        lines=_lines(subject.number, from_date, to_date),
        bank_name=settings.BANK_NAME,
        bank_bic=settings.BANK_BIC,
        number=number,
        check_url=check_url(reference),
        is_deposit=subject.is_deposit,
    )


def certificate_of(statement: Statement) -> Certificate:
    """What the certificate says, read from the book now. Tax is certified for all accounts and
    deposits of the holder.
    """
    account = statement.account
    days = statement.from_date, statement.to_date
    asked: list[Account | Deposit] = (
        [account] if statement.kind != Kind.TAX else _all_of_holder(account, *days)
    )
    return Certificate(
        kind=Kind(statement.kind),
        reference=statement.reference,
        holder=account.customer.display_name,
        cif=account.customer.cif,
        from_date=statement.from_date,
        to_date=statement.to_date,
        made_at=clock.now(),
        language=statement.language,
        accounts=[_earned(one, *days) for one in asked],
        bank_name=settings.BANK_NAME,
        bank_bic=settings.BANK_BIC,
        check_url=check_url(statement.reference),
    )


def check_url(code: str) -> str:
    """Where the public page checks the document with that code."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/verify/?code={code}"


def _lines(number: str, from_date: date, to_date: date) -> list[StatementLine]:
    """Oldest first; ``accounts`` gives them newest first, a page at a time."""
    lines: list[StatementLine] = []
    before: int | None = None
    while found := accounts.lines_of(
        number, from_date=from_date, to_date=to_date, before=before, limit=_AT_ONCE
    ):
        lines.extend(found)
        before = found[-1].version
    lines.reverse()
    return lines


def _all_of_holder(account: Account, from_date: date, to_date: date) -> list[Account | Deposit]:
    """The accounts, then the deposits that ran within the days."""
    accounts_ = Account.objects.filter(customer=account.customer).select_related("product").order_by("id")
    over = Q(closed_date__lt=from_date)
    ran = Deposit.objects.filter(customer=account.customer, start_date__lte=to_date).exclude(over)
    return [*accounts_, *ran.select_related("product").order_by("id")]


def _earned(account: Account | Deposit, from_date: date, to_date: date) -> Earned:
    """Interest by the accounts of the chart it was posted against, so whatever posted it is counted.

    Where the account could not be debited, the tax never came to it: it counts as paid and withheld.
    """
    days = {"from_date": from_date, "to_date": to_date}
    unseen = movements.moved_beside(
        account.number,
        account.currency,
        codes=_INTEREST,
        debited=_gl(account, _PAID),
        credited=_gl(account, _TAX),
        **days,
    )
    return Earned(
        number=account.number,
        name=account.product.name,
        paid=_against(account, _PAID, **days) + unseen,
        charged=-_against(account, _CHARGED, **days),
        tax=unseen - _against(account, _TAX, **days),
        balance=_balance_on(account.number, to_date),
    )


def _against(account: Account | Deposit, roles: tuple[str, ...], *, from_date: date, to_date: date) -> Money:
    return movements.moved_against(
        account.number, account.currency, _gl(account, roles), from_date=from_date, to_date=to_date
    )


def _gl(account: Account | Deposit, roles: tuple[str, ...]) -> list[str]:
    return [ledger.gl(role, account.currency) for role in roles]


def _balance_on(number: str, day: date) -> Money:
    return ledger.balance(number, on=day).booked
