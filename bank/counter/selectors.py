"""Reads of the counter: whose session, what the vault and the drawers hold, what a customer took out."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.db.models.functions import Abs

from bank import ledger
from bank.cif.models import Customer
from bank.counter import postings
from bank.counter.errors import AboveEveryLimit, NoSessionOpen
from bank.counter.models import CashRule, Drawer, DrawerSession, Slip
from bank.counter.rules import Bound, Move
from bank.identity.models import RoleLimit, User
from bank.identity.role_rules import Act
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.workflows.models import Command
from bank.workflows.rules import State

ACTS: Final = {Move.DEPOSIT: Act.CASH_IN, Move.WITHDRAWAL: Act.CASH_OUT}
OVER_LIMIT: Final = "counter.cash_over_limit"
CLOSING: Final = "counter.close_session"


@dataclass(frozen=True, slots=True)
class Tie:
    """What the drawers should hold by their sessions, and what the books say of all drawers together."""

    by_sessions: Money
    by_books: Money

    @property
    def holds(self) -> bool:
        return self.by_sessions == self.by_books


def currency() -> str:
    """The counter's currency: the bank's own."""
    return str(settings.BANK_BASE_CURRENCY)


def bound(what: Bound) -> Money:
    """A figure of the counter as it is set now."""
    return Money(CashRule.objects.get(bound=what).amount, currency())


def open_sessions() -> QuerySet[DrawerSession]:
    """Every session not yet counted, the oldest first."""
    found = DrawerSession.objects.filter(closed_at__isnull=True)
    return found.select_related("drawer", "teller").order_by("pk")


def session_of(teller: User) -> DrawerSession | None:
    return open_sessions().filter(teller=teller).first()


def require_session(teller: User) -> DrawerSession:
    """The teller's own open session. Raises ``NoSessionOpen``."""
    found = session_of(teller)
    if found is None:
        raise NoSessionOpen
    return found


def by_reference(reference: str) -> DrawerSession:
    found = DrawerSession.objects.filter(reference=reference).select_related("drawer", "teller").first()
    if found is None:
        raise NotFound(what="counter session")
    return found


def slip(reference: str) -> Slip:
    found = Slip.objects.filter(reference=reference).select_related("session__drawer", "account").first()
    if found is None:
        raise NotFound(what="receipt")
    return found


def drawers() -> QuerySet[Drawer]:
    """The drawers in use."""
    return Drawer.objects.filter(is_active=True).order_by("code")


def free_drawers() -> QuerySet[Drawer]:
    """Drawers in use at which nobody has a session."""
    taken = DrawerSession.objects.filter(closed_at__isnull=True).values("drawer")
    return drawers().exclude(pk__in=taken)


def taken_out(customer: Customer, on: date) -> Money:
    """What a customer took out in cash at counters on a business date, over all accounts in their name."""
    slips = Slip.objects.filter(account__customer=customer, business_date=on, move=Move.WITHDRAWAL)
    whole = slips.aggregate(whole=Sum("amount"))["whole"]
    return Money.zero(currency()) if whole is None else Money(whole, currency())


def let_through(customer: Customer, move: Move, on: date) -> Money:
    """What of a customer's cash tellers let through on a business date by their own limits, over all
    counters."""
    slips = Slip.objects.filter(account__customer=customer, business_date=on, move=move, approved_by=None)
    whole = slips.aggregate(whole=Sum("amount"))["whole"]
    return Money.zero(currency()) if whole is None else Money(whole, currency())


def differences_alone(session: DrawerSession) -> Money:
    """What a teller's other drawers of the same business date, closed by them alone, were short or over."""
    closed = DrawerSession.objects.filter(
        teller=session.teller_id, business_date=session.business_date, approved_by=None
    )
    whole = closed.exclude(difference=None).aggregate(whole=Sum(Abs("difference")))["whole"]
    return Money.zero(currency()) if whole is None else Money(whole, currency())


def vault_holds() -> Money:
    """The cash in the vault by the books: debits of CASH."""
    return -ledger.balance(ledger.gl(postings.VAULT, currency())).booked


def tie() -> Tie:
    """The drawers by their open sessions and by the general ledger; they agree unless something is amiss."""
    held = open_sessions().aggregate(whole=Sum("held"))["whole"]
    by_sessions = Money.zero(currency()) if held is None else Money(held, currency())
    return Tie(by_sessions, -ledger.balance(ledger.gl(postings.DRAWERS, currency())).booked)


def role_reaching(act: Act, amount: Money) -> str:
    """The role with the lowest limit that lets ``amount`` through. Raises ``AboveEveryLimit``."""
    limits = RoleLimit.objects.filter(act=act).order_by("maximum", "role__name")
    reaching = limits.filter(maximum__gte=amount.amount).select_related("role").first()
    if reaching is None:
        highest = limits.last()
        most = Money(highest.maximum, amount.currency) if highest else Money.zero(amount.currency)
        raise AboveEveryLimit(amount=amount, maximum=most)
    return reaching.role.name


def waiting(session: DrawerSession) -> QuerySet[Command]:
    """What of a session waits for somebody's approval: cash above the teller's limit."""
    asked = Command.objects.filter(kind=OVER_LIMIT, state=State.PENDING)
    return asked.filter(payload__session=session.reference).order_by("pk")
