"""What a teller does alone and what needs a second pair of eyes: cash above a role's limit, a drawer that
does not tally, another figure of the counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.accounts.rules import spaced
from bank.audit import services as audit
from bank.counter import rules, selectors, services
from bank.counter.errors import AboveEveryLimit, OwnAccount
from bank.counter.models import BOUNDS, MOVES, DrawerSession, Slip
from bank.counter.rules import Bound, Count, Move, Shown
from bank.identity import duty
from bank.identity.models import User
from bank.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from bank.kernel.money import Money
from bank.ledger import Status
from bank.ledger.errors import AccountFrozen, InsufficientFunds
from bank.runtime import formats, idempotency
from bank.workflows import kinds
from bank.workflows import selectors as waiting
from bank.workflows import services as workflows
from bank.workflows.errors import PayloadUnusable
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

CASH_RIGHT: Final = "counter.add_slip"
CLOSE_RIGHT: Final = "counter.change_drawersession"
RULE_RIGHT: Final = "counter.change_cashrule"
SET_BOUND: Final = "counter.set_bound"
_HIGHEST: Final = Decimal(10**12)
_STOPPED: Final = {
    Move.DEPOSIT: frozenset({Status.FROZEN, Status.FROZEN_CREDIT, Status.CLOSED}),
    Move.WITHDRAWAL: frozenset({Status.FROZEN, Status.FROZEN_DEBIT, Status.CLOSED}),
}
_AT_THE_COUNTER: Final = timedelta(hours=8)
"""A customer waits: what nobody decides within a working day is void."""


@dataclass(frozen=True, slots=True)
class CashOverLimit:
    """Cash above what the teller lets through alone; ``key`` makes it happen once."""

    session: str
    move: str
    account: str
    amount: Decimal
    key: str
    paper: str = ""
    ending: str = ""
    other_paper: str = ""
    other_ending: str = ""


@dataclass(frozen=True, slots=True)
class CloseSession:
    """A drawer as counted, when ``held`` should have been in it: so many of each note, and coins."""

    session: str
    notes: list[list[str]]
    coins: Decimal
    held: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class SetBound:
    bound: str
    amount: Decimal


def ask(
    *,
    teller: User,
    move: Move,
    number: str,
    amount: Money,
    key: str,
    shown: Shown | None = None,
    other: Shown | None = None,
    why: str = "",
) -> Slip | Command:
    """Cash of a customer over the teller's counter: within the teller's limit at once, above it proposed to
    whoever's limit covers it. The limit is for the customer's day: what tellers let through before counts.
    The same ``key`` and content answer with the same slip or command.

    Raises ``NotAllowed`` without the right, ``NoSessionOpen``, ``InvalidAccountNumber``, ``NotFound``,
    ``OwnAccount``, ``AboveEveryLimit``, what ``hand_over`` raises, and ``PayloadUnusable`` where it must be
    proposed without a reason.
    """
    if not teller.has_perm(CASH_RIGHT):
        raise NotAllowed(what="take or pay out cash")
    shown, other = shown or Shown(), other or Shown()
    content = {
        "move": move.value,
        "account": "".join(number.split()),
        "amount": str(amount),
        "papers": [shown.paper, shown.ending, other.paper, other.ending],
    }

    def run() -> dict[str, str]:
        return _ask(teller, move, accounts.find_by_number(number), amount, key, (shown, other), why)

    answer, _replayed = idempotency.once(
        owner=f"user:{teller.pk}", operation="counter.cash", key=key, content=content, run=run
    )
    if "slip" in answer:
        return selectors.slip(answer["slip"])
    return waiting.command_by(answer["command"])


def _ask(
    teller: User,
    move: Move,
    account: Account,
    amount: Money,
    key: str,
    papers: tuple[Shown, Shown],
    why: str,
) -> dict[str, str]:
    session = services.hold_day(selectors.require_session(teller), account)
    shown, other = papers
    require_no_interest(teller, account)
    services.check_customer_cash(
        session=session, move=move, account=account, amount=amount, shown=shown, other=other
    )
    if is_within(teller, move, amount, account):
        slip = services.hand_over(
            session=session, move=move, account=account, amount=amount,
            key=f"{teller.pk}:{key}", shown=shown, other=other,
        )  # fmt: skip
        return {"slip": slip.reference}
    asked = CashOverLimit(
        session.reference, move.value, account.number, amount.amount, f"{teller.pk}:{key}",
        shown.paper, shown.ending, other.paper, other.ending,
    )  # fmt: skip
    _require_some_role(teller, move, day_with(account, move, amount))
    return {
        "command": workflows.propose(kind=OVER_LIMIT.name, payload=asked, reason=why, maker=teller).reference
    }


def require_no_interest(staff: User, account: Account) -> None:
    """Nobody moves cash of an account they may act for themselves: raises ``OwnAccount``."""
    try:
        accounts.account_for(staff, account.number)
    except NotFound:
        return
    raise OwnAccount(number=account.number)


def is_within(teller: User, move: Move, amount: Money, account: Account) -> bool:
    """Whether the teller lets so much through alone, with what nobody approved of the customer's day."""
    most = duty.limit_of(teller, selectors.ACTS[move])
    if most is None or most.currency != amount.currency:
        return False
    return day_with(account, move, amount) <= most


def day_with(account: Account, move: Move, amount: Money) -> Money:
    """What limits are about: ``amount`` and what tellers let through of the customer's cash that day. Many
    sums below a limit are no way around it."""
    return selectors.let_through(account.customer, move, ledger.business_date()) + amount


def _require_some_role(teller: User, move: Move, amount: Money) -> None:
    """Raises ``AboveEveryLimit``, noted on the trail."""
    try:
        selectors.role_reaching(selectors.ACTS[move], amount)
    except AboveEveryLimit as refusal:
        audit.record_refusal(
            "LIMIT_REACHED",
            actor=teller,
            subject_type="USER",
            subject_id=str(teller.pk),
            reason=refusal.code,
            detail={"act": selectors.ACTS[move], "amount": str(amount)},
        )
        raise


# --- cash above a limit


def _money(asked: CashOverLimit) -> Money:
    return Money.of(asked.amount, selectors.currency())


def _move(asked: CashOverLimit) -> Move:
    if asked.move not in rules.OF_CUSTOMERS:
        raise PayloadUnusable(problem="Cash of a customer is paid in or taken out.")
    return Move(asked.move)


def _check_cash(asked: CashOverLimit) -> None:
    """As it is carried out, but for the ledger's own refusals; a withdrawal asks for the money at least."""
    session, account = selectors.by_reference(asked.session), accounts.find_by_number(asked.account)
    if not session.is_open:
        raise Conflict(
            problem=f"Session {session.reference} is closed; the customer asks again at another counter."
        )
    services.check_customer_cash(
        session=session,
        move=_move(asked),
        account=account,
        amount=_money(asked),
        shown=Shown(asked.paper, asked.ending),
        other=Shown(asked.other_paper, asked.other_ending),
    )
    balance = ledger.balance(account.number)
    if balance.status in _STOPPED[_move(asked)]:
        raise AccountFrozen(account=account.number)
    if asked.move == Move.WITHDRAWAL and accounts.position(account).available < _money(asked):
        raise InsufficientFunds(account=account.number)


def _cash_difference(asked: CashOverLimit) -> list[Change]:
    session, account = selectors.by_reference(asked.session), accounts.find_by_number(asked.account)
    amount, booked = _money(asked), accounts.position(account).booked
    signed = amount if asked.move == Move.DEPOSIT else -amount
    title = dict(MOVES)[asked.move]
    return [
        Change(
            str(title),
            "",
            f"{formats.money(amount)}, {spaced(account.number)}, {account.customer.display_name}",
        ),
        Change(
            gettext("Balance of the account"),
            formats.money(booked),
            formats.money(booked + signed),
            is_forecast=True,
        ),
        Change(
            gettext("The customer's day by tellers' limits"),
            formats.money(_of_day(asked) - amount),
            formats.money(_of_day(asked)),
            is_forecast=True,
        ),
        Change(
            gettext("Drawer %(drawer)s of %(teller)s")
            % {"drawer": session.drawer.code, "teller": session.teller.full_name},
            formats.money(session.money),
            formats.money(session.money + signed),
            is_forecast=True,
        ),
    ]


def _apply_cash(asked: CashOverLimit, deed: Deed) -> None:
    services.hand_over(
        session=selectors.by_reference(asked.session),
        move=_move(asked),
        account=accounts.find_by_number(asked.account),
        amount=_money(asked),
        key=asked.key,
        shown=Shown(asked.paper, asked.ending),
        other=Shown(asked.other_paper, asked.other_ending),
        approved_by=deed.checker,
    )


def _of_day(asked: CashOverLimit) -> Money:
    return day_with(accounts.find_by_number(asked.account), _move(asked), _money(asked))


def _reaches(asked: CashOverLimit, checker: User) -> None:
    """The checker's own limit covers it with the day's, and it is not theirs: raises ``OverLimit``,
    ``OwnAccount``."""
    require_no_interest(checker, accounts.find_by_number(asked.account))
    duty.require_within(user=checker, act=selectors.ACTS[_move(asked)], amount=_of_day(asked))


OVER_LIMIT = kinds.command(
    selectors.OVER_LIMIT,
    _("Cash above a teller's limit"),
    CashOverLimit,
    maker_right=CASH_RIGHT,
    about=lambda asked: ("COUNTER_CASH", f"{asked.account} {asked.key}"),
    checker_role=lambda asked: selectors.role_reaching(selectors.ACTS[_move(asked)], _of_day(asked)),
    lifetime=_AT_THE_COUNTER,
    check=_check_cash,
    difference=_cash_difference,
    apply=_apply_cash,
    amount=_money,
    allows=_reaches,
)


# --- a drawer that does not tally


def ask_to_close(
    *, session: DrawerSession, count: Count, held: Money, reason: str, by: User, key: str
) -> DrawerSession | Command:
    """Closes one's own session where the count tallies or differs little, with the teller's other drawers
    of the day; else proposes it to a second.

    Somebody else's session is always closed by two, neither of them its teller. The same ``key`` and content
    answer with the same. Raises ``NotAllowed``, and what ``close_session`` raises.
    """
    is_own = session.teller_id == by.pk
    if not by.has_perm(CASH_RIGHT) or not (is_own or by.has_perm(CLOSE_RIGHT)):
        raise NotAllowed(what="close this drawer")
    asked = CloseSession(
        session.reference,
        [[str(note), str(number)] for note, number in sorted(count.notes.items())],
        count.coins.amount,
        held.amount,
        reason,
    )

    def run() -> dict[str, str]:
        fresh = selectors.by_reference(session.reference)
        difference = services.check_closing(session=fresh, count=count, held=held, reason=reason)
        alone = abs(difference) + selectors.differences_alone(fresh)
        if is_own and (difference.is_zero or alone <= selectors.bound(Bound.DIFFERENCE_ALONE)):
            services.close_session(session=fresh, count=count, held=held, reason=reason, closed_by=by)
            return {}
        why = reason or gettext("Closed for its teller")
        return {
            "command": workflows.propose(kind=CLOSING.name, payload=asked, reason=why, maker=by).reference
        }

    content = {
        "session": session.reference,
        "notes": asked.notes,
        "coins": str(count.coins),
        "held": str(held),
    }
    answer, _replayed = idempotency.once(
        owner=f"user:{by.pk}", operation="counter.close", key=key, content=content, run=run
    )
    return waiting.command_by(answer["command"]) if answer else selectors.by_reference(session.reference)


def _count(asked: CloseSession) -> Count:
    try:
        notes: Mapping[int, int] = {int(note): int(number) for note, number in asked.notes}
    except ValueError:
        raise PayloadUnusable(problem="A count is a number of each note.") from None
    return Count(notes, Money.of(asked.coins, selectors.currency()))


def _check_closing(asked: CloseSession) -> None:
    session = selectors.by_reference(asked.session)
    if not session.is_open:
        raise Conflict(problem=f"Session {session.reference} is closed already.")
    held = Money.of(asked.held, session.currency)
    services.check_closing(session=session, count=_count(asked), held=held, reason=asked.reason)


def _closing_difference(asked: CloseSession) -> list[Change]:
    session, count = selectors.by_reference(asked.session), _count(asked)
    held = Money.of(asked.held, session.currency)
    counted = ", ".join(
        f"{number} × {note}" for note, number in sorted(count.notes.items(), reverse=True) if number
    )
    return [
        Change(
            gettext("Drawer %(drawer)s of %(teller)s")
            % {"drawer": session.drawer.code, "teller": session.teller.full_name},
            formats.money(held),
            formats.money(count.total),
        ),
        Change(gettext("Cash over (+) or short (−)"), "", formats.money(count.total - held)),
        Change(
            gettext("Counted"), "", f"{counted}, {gettext('coins')} {formats.money(count.coins)}".lstrip(", ")
        ),
    ]


def _apply_closing(asked: CloseSession, deed: Deed) -> None:
    session = selectors.by_reference(asked.session)
    services.close_session(
        session=session,
        count=_count(asked),
        held=Money.of(asked.held, session.currency),
        reason=asked.reason,
        closed_by=deed.maker,
        approved_by=deed.checker,
    )


def _not_its_teller(asked: CloseSession, checker: User) -> None:
    if selectors.by_reference(asked.session).teller_id == checker.pk:
        raise NotAllowed(what="approve the count of your own drawer")


CLOSING = kinds.command(
    selectors.CLOSING,
    _("A drawer closed by two"),
    CloseSession,
    maker_right=CASH_RIGHT,
    about=("COUNTER", "session"),
    checker_role="HEAD_TELLER",
    lifetime=_AT_THE_COUNTER,
    check=_check_closing,
    difference=_closing_difference,
    apply=_apply_closing,
    allows=_not_its_teller,
)


# --- the counter's figures


def propose_bound(*, bound: str, amount: Decimal, reason: str, maker: User) -> Command:
    """Proposes another figure; it holds once another approved. Raises ``InvalidInput``, ``Conflict``."""
    return workflows.propose(kind=SET_BOUND, payload=SetBound(bound, amount), reason=reason, maker=maker)


def _check_bound(asked: SetBound) -> None:
    if asked.bound not in set(Bound):
        raise InvalidInput(problem="Name a figure of the counter.")
    if not 0 <= asked.amount <= _HIGHEST:
        raise InvalidInput(problem="A figure of the counter is a sum from zero up to a million million.")
    wanted = Money.of(asked.amount, selectors.currency())
    if wanted == selectors.bound(Bound(asked.bound)):
        raise Conflict(problem="This figure holds already.")
    figures = {one: selectors.bound(one) for one in Bound} | {Bound(asked.bound): wanted}
    if figures[Bound.DRAWER_MINIMUM] > figures[Bound.DRAWER_MAXIMUM]:
        raise InvalidInput(problem="A drawer is not opened with more than it may hold.")


def _bound_difference(asked: SetBound) -> list[Change]:
    now, then = selectors.bound(Bound(asked.bound)), Money.of(asked.amount, selectors.currency())
    return [Change(str(dict(BOUNDS)[asked.bound]), formats.money(now), formats.money(then))]


def _apply_bound(asked: SetBound, deed: Deed) -> None:
    amount = Money.of(asked.amount, selectors.currency())
    services.set_bound(bound=Bound(asked.bound), amount=amount, actor=deed.checker)


kinds.command(
    SET_BOUND,
    _("A figure of the counter"),
    SetBound,
    maker_right=RULE_RIGHT,
    about=("COUNTER_RULE", "bound"),
    checker_role="BRANCH_MANAGER",
    lifetime=timedelta(days=2),
    check=_check_bound,
    difference=_bound_difference,
    apply=_apply_bound,
)
