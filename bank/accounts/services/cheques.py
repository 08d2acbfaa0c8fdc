"""Cheques drawn on the bank: books, stops, and what becomes of one that is presented."""

from datetime import date
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from bank import ledger
from bank.accounts import postings, rules, selectors
from bank.accounts.errors import ChequeUnusable
from bank.accounts.models import Account, ChequeBook, ChequeStop, JointAct, PresentedCheque
from bank.accounts.rules import AccountRole, AccountStatus, ChargeKind, ReturnReason
from bank.accounts.services import agreeing, charging, trail
from bank.identity.models import User
from bank.kernel.money import Money
from bank.ledger.errors import AccountClosed, AccountFrozen, InsufficientFunds
from bank.products.rules import FeeEvent, ProductKind
from bank.runtime import idempotency

_ORDERED: Final = "A book is ordered already and not yet with you."


@transaction.atomic
def order_book(*, user: User, number: str, leaves: int) -> ChequeBook | JointAct:
    """Orders a book for one of the user's current accounts; its price is charged as far as the money goes.
    Where all holders sign, what waits for the others is returned, and nothing is charged.

    Raises ``NotFound``, the mandate's refusals, ``ChequeUnusable`` for another kind of account, an odd
    number of leaves, or a book ordered already.
    """
    account = selectors.account_for(user, number)
    selectors.require_right(user, account, Money.zero(account.currency))
    _check_book(account, leaves)
    if selectors.needs_both(account):
        act = {"account": account.number, "leaves": leaves}
        return agreeing.ask(agreeing.CHEQUE_BOOK, user, account, f"Order a book of {leaves} cheques", act)
    return _charged(user, account, leaves)


@agreeing.does(agreeing.CHEQUE_BOOK)
def _order_agreed(asked: JointAct) -> None:
    account, leaves = selectors.account_for(asked.maker, asked.act["account"]), asked.act["leaves"]
    _check_book(account, leaves)
    _charged(asked.maker, account, leaves)


def _check_book(account: Account, leaves: int) -> None:
    if leaves not in rules.BOOK_LEAVES:
        raise ChequeUnusable(problem="A book has 25 or 50 leaves.")
    if account.product.kind != ProductKind.CURRENT or account.role != AccountRole.MAIN:
        raise ChequeUnusable(problem="Only a current account has cheques.")
    if account.status != AccountStatus.ACTIVE:
        raise ChequeUnusable(problem="Cheques are ordered for an account that may pay.")
    if account.cheque_books.filter(issued_date__isnull=True).exists():
        raise ChequeUnusable(problem=_ORDERED)


def _charged(user: User, account: Account, leaves: int) -> ChequeBook:
    book = _order(account, leaves)
    charging.charge_event(
        account=account, kind=ChargeKind.CHEQUE_BOOK, event=FeeEvent.CHEQUE_BOOK, reference=f"book {book.pk}"
    )
    trail.record("CHEQUE_BOOK_ORDERED", account, user, leaves=leaves)
    return book


def _order(account: Account, leaves: int) -> ChequeBook:
    try:
        with transaction.atomic():
            return ChequeBook.objects.create(
                account=account, leaves=leaves, ordered_date=ledger.business_date()
            )
    except IntegrityError:
        raise ChequeUnusable(problem=_ORDERED) from None


@transaction.atomic
def issue_book(*, book: ChequeBook, actor: User) -> ChequeBook:
    """Hands a book out: its leaves get the account's next numbers. Raises ``ChequeUnusable`` if it has."""
    account = Account.objects.select_for_update().get(pk=book.account_id)
    fresh = ChequeBook.objects.select_for_update().get(pk=book.pk)
    if fresh.issued_date:
        raise ChequeUnusable(problem="This book was issued already.")
    issued = account.cheque_books.filter(first_number__isnull=False)
    last = max((one.last_number or 0 for one in issued), default=0)
    fresh.first_number, fresh.issued_date, fresh.issued_by = last + 1, ledger.business_date(), actor
    fresh.save(update_fields=["first_number", "issued_date", "issued_by"])
    trail.record("CHEQUE_BOOK_ISSUED", account, actor, first=fresh.first_number, leaves=fresh.leaves)
    return fresh


@transaction.atomic
def stop_cheques(*, user: User, number: str, first: int, last: int, reason: str) -> ChequeStop:
    """Forbids to pay the cheques ``first`` to ``last`` of one of the user's accounts.

    It holds at once, whether its price can be paid or not, and each holder of an account all sign for may
    do so alone: it keeps the money where it is. Raises ``NotFound``, the mandate's
    refusals, ``ChequeUnusable`` for numbers that were not issued, are paid, or are stopped already.
    """
    account = selectors.account_for(user, number)
    selectors.require_right(user, account, Money.zero(account.currency))
    locked = Account.objects.select_for_update().get(pk=account.pk)
    _check_stop(locked, first, last)
    words = " ".join(reason.split())[: rules.REASON_LETTERS]
    if not words or not words.isprintable():
        raise ChequeUnusable(problem="Say why the cheque is stopped.")
    stop = ChequeStop.objects.create(
        account=locked,
        first_number=first,
        last_number=last,
        reason=words,
        stopped_date=ledger.business_date(),
        stopped_by=user,
    )
    charging.charge_event(
        account=account, kind=ChargeKind.CHEQUE_STOP, event=FeeEvent.CHEQUE_STOP, reference=f"{first}-{last}"
    )
    trail.record("CHEQUES_STOPPED", account, user, first=first, last=last, reason=words)
    return stop


def _check_stop(account: Account, first: int, last: int) -> None:
    if not 0 < first <= last or last - first >= max(rules.BOOK_LEAVES):
        raise ChequeUnusable(problem="Stop one cheque, or a run of at most 50.")
    if not (_is_issued(account, first) and _is_issued(account, last)):
        raise ChequeUnusable(problem="These numbers are not of a book we gave you.")
    paid = account.presented_cheques.filter(return_reason="", number__range=(first, last)).first()
    if paid is not None:
        raise ChequeUnusable(problem=f"Cheque {paid} was paid already.")
    if account.cheque_stops.filter(first_number__lte=first, last_number__gte=last).exists():
        raise ChequeUnusable(problem="This is stopped already.")


def present_cheque(
    *,
    account: Account,
    number: int,
    amount: Money,
    dated: date,
    presenting_bank: str,
    key: str,
    payee: str = "",
    actor: User | None = None,
) -> PresentedCheque:
    """Pays a cheque another bank presents, or returns it with the first reason that applies.

    Paid: debits the account, credits CHEQUES_IN_CLEARING. Returned: the books stay but for the fee of
    a return for want of money, taken as far as there is any. The same ``key`` and content answer with
    the same outcome; the same cheque under another key is returned as paid already. Raises
    ``ChequeUnusable`` for an amount not above zero or in another currency, ``IdempotencyConflict``.
    """
    if not amount.is_positive or amount.currency != account.currency:
        raise ChequeUnusable(problem="A cheque is above zero, in the account's currency.")
    if not (0 < number < rules.HIGHEST_CHEQUE and presenting_bank.strip()):
        raise ChequeUnusable(problem="A cheque has a number of up to six digits and is presented by a bank.")
    content = {"number": number, "amount": str(amount), "dated": dated.isoformat(), "by": presenting_bank}

    def run() -> dict[str, str]:
        made = _present(account, number, amount, dated, presenting_bank.strip(), payee)
        trail.record("CHEQUE_PRESENTED", account, actor, number=number, outcome=made.return_reason or "PAID")
        return {"id": str(made.pk)}

    answer, _ = idempotency.once(
        owner=account.number, operation="accounts.present_cheque", key=key, content=content, run=run
    )
    return PresentedCheque.objects.select_related("account").get(pk=int(answer["id"]))


def _present(
    account: Account, number: int, amount: Money, dated: date, bank: str, payee: str
) -> PresentedCheque:
    locked = Account.objects.select_for_update(of=("self",)).select_related("customer").get(pk=account.pk)
    today = ledger.business_date()
    reason = _objection(locked, number, dated, today) or _pay(locked, number, amount, payee)
    made = PresentedCheque.objects.create(
        account=locked,
        number=number,
        amount=amount.amount,
        dated=dated,
        payee=payee,
        presenting_bank=bank,
        presented_date=today,
        return_reason=reason or "",
    )
    if reason == ReturnReason.INSUFFICIENT_FUNDS:
        charging.charge_event(
            account=locked,
            kind=ChargeKind.CHEQUE_RETURNED,
            event=FeeEvent.CHEQUE_RETURNED,
            reference=f"{number:06d} {made.pk}",
        )
    return made


def _objection(account: Account, number: int, dated: date, today: date) -> ReturnReason | None:
    """What stands against a cheque whatever money there is."""
    return rules.objection(
        is_issued=_is_issued(account, number),
        is_paid=account.presented_cheques.filter(number=number, return_reason="").exists(),
        is_stopped=account.cheque_stops.filter(first_number__lte=number, last_number__gte=number).exists(),
        dated=dated,
        today=today,
    )


def _pay(account: Account, number: int, amount: Money, payee: str) -> ReturnReason | None:
    entry = postings.cheque_paid(
        key=f"cheque:{account.number}:{number}",
        account=account.number,
        amount=amount,
        number=number,
        payee=payee,
        gl=ledger.gl,
    )
    try:
        ledger.post(entry)
    except InsufficientFunds:
        return ReturnReason.INSUFFICIENT_FUNDS
    except AccountClosed:
        return ReturnReason.ACCOUNT_CLOSED
    except AccountFrozen:
        return ReturnReason.ACCOUNT_FROZEN
    return None


def _is_issued(account: Account, number: int) -> bool:
    ends = F("first_number") + F("leaves")
    books = account.cheque_books.filter(first_number__lte=number).annotate(ends=ends)
    return books.filter(ends__gt=number).exists()
