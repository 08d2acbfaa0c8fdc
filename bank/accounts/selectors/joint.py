"""Who holds an account, what waits for whom of them, and in whose name a person may say yes."""

from django.db.models import Q, QuerySet

from bank.accounts import rules
from bank.accounts.errors import BothMustSign, WordGiven
from bank.accounts.models import Account, JointAct, JointHolder
from bank.accounts.selectors.contracts import head_of, joint_holders
from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.cif.rules import MandateRole
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money


def needs_both(account: Account) -> bool:
    """Whether all its holders must agree to a debit; a pot and another currency are as their account."""
    return head_of(account).signing == rules.Signing.BOTH


def holders(account: Account) -> list[Customer]:
    """Everybody who holds the account today, the one it was opened for first."""
    head = head_of(account)
    return [head.customer, *(one.customer for one in joint_holders(head).order_by("pk"))]


def held_jointly(user: User) -> QuerySet[Account]:
    """The accounts that somebody the user acts for holds beside their first holder, with their parts."""
    customers = cif.mandates_for(user).values("customer_id")
    held = JointHolder.objects.filter(customer_id__in=customers, until_date__isnull=True).values("account_id")
    return Account.objects.filter(Q(pk__in=held) | Q(parent_id__in=held))


def joint_acts_for(user: User) -> QuerySet[JointAct]:
    """What was asked of the joint accounts the user may see, newest first."""
    customers = cif.mandates_for(user).values("customer_id")
    mine = Q(account__customer_id__in=customers) | Q(account__in=held_jointly(user))
    related = ("account__customer", "account__parent__customer", "maker", "decided_by")
    return JointAct.objects.filter(mine).select_related(*related).prefetch_related("words__user")


def joint_act_for(user: User, reference: str) -> JointAct:
    """The act; ``NotFound`` where its account is not the user's to see."""
    known = joint_acts_for(user).filter(reference=ids.read_reference(reference)).first()
    if known is None:
        raise NotFound(what="request")
    return known


def joint_act(reference: str) -> JointAct:
    """An act whosever it is, for the bank's own work."""
    related = ("account__customer", "account__parent__customer", "maker")
    return JointAct.objects.select_related(*related).get(reference=reference)


def waiting_for(user: User) -> list[JointAct]:
    """What waits for this user's yes."""
    open_ones = joint_acts_for(user).filter(state=rules.JointState.WAITING.value, deadline__gt=clock.now())
    return [one for one in open_ones.exclude(words__user=user) if may_agree(user, one)]


def may_agree(user: User, asked: JointAct) -> bool:
    try:
        speaks_for(user, asked)
    except BankError:
        return False
    return True


def speaks_for(user: User, asked: JointAct) -> Customer:
    """The holder in whose name the user may say yes: one who has not, whose money they may pay.

    Raises ``WordGiven`` for who has spoken, for whomever it was; ``NotFound``, the mandate's refusals.
    """
    spoken = list(asked.words.all())
    if any(one.user_id == user.pk for one in spoken):
        raise WordGiven
    heard = {one.holder_id for one in spoken}
    return holder_of(user, asked.account, asked.money, without=heard)


def holder_of(
    user: User, account: Account, amount: Money | None, without: set[int] | None = None
) -> Customer:
    """The holder the user speaks for: themselves before others they act for. Raises as ``speaks_for``."""
    refusal: BankError = NotFound(what="account")
    found: list[tuple[Mandate, Customer]] = []
    for holder in holders(account):
        if holder.pk in (without or set()):
            continue
        try:
            mandate = cif.require_pay(user, holder, amount or Money.zero(account.currency))
            found.append((mandate, holder))
        except NotFound:
            continue
        except BankError as error:
            refusal = error
    if not found:
        raise refusal
    return min(found, key=lambda one: one[0].role != MandateRole.OWNER)[1]


def silent(asked: JointAct) -> list[Customer]:
    """The holders of today who have not said yes."""
    heard = {one.holder_id for one in asked.words.all()}
    return [one for one in holders(asked.account) if one.pk not in heard]


def can_be_agreed(account: Account, maker: User, speaking: Customer) -> bool:
    """Whether each other holder has somebody else who may say yes for them."""
    others = [one for one in holders(account) if one.pk != speaking.pk]
    return all(_has_a_voice(one, maker) for one in others)


def require_voices(user: User, account: Account, amount: Money | None) -> Customer:
    """The holder the user speaks for. Raises as ``speaks_for``, and ``BothMustSign`` where another holder has
    nobody who could say yes here.
    """
    speaking = holder_of(user, account, amount)
    if not can_be_agreed(account, user, speaking):
        raise BothMustSign(number=account.number)
    return speaking


def _has_a_voice(holder: Customer, maker: User) -> bool:
    alive = Mandate.objects.in_force(clock.today()).filter(customer=holder, can_pay=True)
    return alive.exclude(user=maker).filter(user__is_active=True).exists()
