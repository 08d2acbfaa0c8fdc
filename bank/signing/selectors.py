"""Reads. ``approval_for`` is the only door to an approval on behalf of a user."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from bank.cif import selectors as cif
from bank.cif.errors import MandateForbidsPayments
from bank.cif.models import Customer, Mandate
from bank.cif.rules import CustomerKind
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.signing import rules
from bank.signing.errors import AlreadySigned, MakerMayNotSign, NotYourTurn, SignatureNotNeeded
from bank.signing.models import Approval, Delegation, RuleChange, SigningRule
from bank.signing.rules import Given, State, Step, Terms

RULES = "SIGNING_RULES"
_OPEN_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Capacity:
    """In whose name somebody signs, and of which class: their own, or who delegated it to them."""

    holder: User
    letter: str
    delegation: Delegation | None = None


# --- what rules ask for


def needed(
    customer: Customer,
    amounts: Iterable[Money],
    *,
    maker: User | None = None,
    payment_type: str = "",
    accounts: Sequence[str] = (),
) -> int:
    """How many people must say yes to the sums, the maker among them; one where the maker's own suffices.

    No query for a person, one for a company without rules of classes.
    """
    terms = terms_for(customer, amounts, payment_type, accounts)
    if terms == [rules.ANYBODY]:
        return 1
    if maker is None:
        return rules.persons(terms)
    letter = cif.mandate_for(maker, customer).signature_class
    return 1 if rules.all_met(terms, [Given(letter, is_maker=True)]) else max(2, rules.persons(terms))


def terms_for(
    customer: Customer, amounts: Iterable[Money], payment_type: str = "", accounts: Sequence[str] = ()
) -> list[Terms]:
    """What must be signed for the sums: of every currency and every account what its rules ask for."""
    if customer.kind != CustomerKind.ORGANISATION:
        return [rules.ANYBODY]
    sums = list(amounts)
    steps = steps_of(customer, [one.currency for one in sums])
    return rules.together(
        rules.reached(steps.get(one.currency, []), one, account, payment_type)
        for one in sums
        for account in (accounts or ("",))
    )


def steps_of(customer: Customer, currencies: Iterable[str]) -> dict[str, list[Step]]:
    """The company's own steps in each currency; where it has none, those for all."""
    rows = SigningRule.objects.filter(customer=customer) | SigningRule.objects.filter(customer=None)
    own: dict[str, list[Step]] = {}
    general: dict[str, list[Step]] = {}
    for row in rows.filter(currency__in=list(currencies)).order_by("currency", "above"):
        (general if row.customer_id is None else own).setdefault(row.currency, []).append(row.step)
    return general | own


def rules_of(customer: Customer) -> QuerySet[SigningRule]:
    """The company's own rows."""
    found = SigningRule.objects.filter(customer=customer)
    return found.order_by("currency", "account", "payment_type", "above")


def asks_for_several(customer: Customer) -> bool:
    """Whether a rule of the company's own asks for a second person; with one, nobody decides alone."""
    return most_persons(customer) > 1


def most_persons(customer: Customer) -> int:
    """How many people the strictest of the company's own rules asks for; 0 where it has none."""
    return max((row.step.terms.persons for row in rules_of(customer)), default=0)


def strictest(customer: Customer) -> list[Terms]:
    """What a change of the rules needs: what every one of the company's rules asks for and never less than
    a second person; where it has no rule, the most the bank's rules ask of any sum, as far as the company
    has so many people.
    """
    own = [row.step.terms for row in rules_of(customer)]
    if own:
        return rules.together([rules.TWO, *own])
    general = SigningRule.objects.filter(customer=None).order_by("-signatures").first()
    most = min(general.signatures if general else 2, max(len(people(customer)), 1))
    return [Terms((rules.ANY * most,))]


def people(customer: Customer) -> list[tuple[int, str]]:
    """Who may pay for the customer today, and of which class each signs."""
    mandates = Mandate.objects.filter(customer=customer, can_pay=True, user__is_active=True)
    return list(mandates.in_force(clock.today()).values_list("user_id", "signature_class"))


def unreachable(customer: Customer, currency: str) -> list[SigningRule]:
    """The company's rules in a currency that those who may pay today cannot meet, all of them together."""
    letters = [letter for _user, letter in people(customer)]
    own = [row for row in rules_of(customer) if row.currency == currency]
    return [row for row in own if not rules.reachable(row.step.terms, letters)]


def signatories(customer: Customer) -> int:
    """How many people may pay for the customer today."""
    return len(people(customer))


# --- approvals


def approvals_of(user: User, customer: Customer) -> QuerySet[Approval]:
    """What waited or waits at a customer the user may act for, newest first. Raises ``NotFound``."""
    if not cif.may_view(user, customer):
        raise NotFound(what="customer")
    return _with_people(Approval.objects.filter(customer=customer))


def approval_for(user: User, reference: str) -> Approval:
    """Raises ``NotFound`` where the user does not act for its customer."""
    one = _with_people(Approval.objects.filter(reference=reference)).first()
    if one is None or not cif.may_view(user, one.customer):
        raise NotFound(what="approval")
    return one


def _with_people(found: QuerySet[Approval]) -> QuerySet[Approval]:
    found = found.select_related("customer", "maker", "decided_by")
    return found.prefetch_related("signatures__user", "signatures__holder", "signatures__approval")


def waiting_for(user: User, customer: Customer) -> QuerySet[Approval]:
    """What the user could sign now, in their own name or another's, and bring nearer by it."""
    found = approvals_of(user, customer)
    waiting = found.filter(state=State.WAITING.value, deadline__gt=clock.now())
    mine = [one.pk for one in waiting.exclude(signatures__user=user)[:_OPEN_AT_MOST] if may_sign(user, one)]
    return found.filter(pk__in=mine)


def narrowed(
    found: QuerySet[Approval],
    *,
    kind: str = "",
    least: Decimal | None = None,
    older_than: timedelta | None = None,
) -> QuerySet[Approval]:
    """Of one kind, over an amount of any currency, or made longer ago than that."""
    if kind:
        found = found.filter(kind=kind)
    if older_than is not None:
        found = found.filter(made_at__lte=clock.now() - older_than)
    if least is not None:
        found = found.annotate(is_large=RawSQL(_LARGE, [least])).filter(is_large=True)  # noqa: S611
    return found


_LARGE = (
    "EXISTS (SELECT 1 FROM jsonb_each_text(signing_approval.amounts) AS sums WHERE sums.value::numeric >= %s)"
)


def waiting_of(kind: str, subject: str) -> Approval | None:
    """The approval an act waits for, for whoever may see the act."""
    found = Approval.objects.filter(kind=kind, subject=subject, state=State.WAITING.value)
    return _with_people(found).first()


def requirement(approval: Approval) -> list[Terms]:
    """What an act must have: what it was asked to have, and what today's rules ask for, whichever is more."""
    if approval.kind == RULES:
        return rules.together([*approval.required, *strictest(approval.customer)])
    now = terms_for(approval.customer, approval.moneys, approval.payment_type, approval.accounts)
    return rules.together([*approval.required, *now])


def still_missing(approval: Approval) -> int:
    """How many more must sign, at least; nothing of what is decided."""
    if approval.state != State.WAITING:
        return 0
    return rules.still(requirement(approval), standing(approval))


def standing(approval: Approval) -> list[Given]:
    """The signatures that count: of who may still sign as much, and of the class they signed in. The word
    of one who no longer may is worth nothing."""
    signatures = approval.signatures.select_related("holder", "user", "approval").order_by("id")
    return [one.given for one in signatures if _stands(one.holder, one.signature_class, approval)]


def _stands(holder: User, letter: str, approval: Approval) -> bool:
    try:
        return require_signatory(holder, approval).signature_class == letter
    except BankError:
        return False


def require_signatory(user: User, approval: Approval) -> Mandate:
    """The mandate under which the user may sign this. Raises the mandate's refusals."""
    if not approval.moneys and not cif.may_pay(user, approval.customer):
        cif.mandate_for(user, approval.customer)
        raise MandateForbidsPayments(name=approval.customer.display_name)
    for amount in approval.moneys:
        cif.require_pay(user, approval.customer, amount)
    return cif.mandate_for(user, approval.customer)


def may_sign(user: User, approval: Approval) -> bool:
    try:
        capacity(user, approval)
    except BankError:
        return False
    return True


def capacity(user: User, approval: Approval) -> Capacity:
    """In whose name the user signs: their own where that brings it nearer, else who delegated it.

    Raises ``AlreadySigned``, ``MakerMayNotSign``, ``NotYourTurn``, ``SignatureNotNeeded`` and the mandate's
    refusals, as they are of the user's own name.
    """
    signed = {who for one in approval.signatures.all() for who in (one.user_id, one.holder_id)}
    if user.pk in signed:
        raise AlreadySigned
    asked, given = requirement(approval), standing(approval)
    try:
        return _own_capacity(user, approval, asked, given)
    except BankError:
        for one in delegations_to(user, approval.customer):
            if one.delegator_id in signed or approval.maker_id == user.pk:
                continue
            if found := _delegated(one, approval, asked, given):
                return found
        raise


def _own_capacity(user: User, approval: Approval, asked: list[Terms], given: list[Given]) -> Capacity:
    letter = require_signatory(user, approval).signature_class
    is_maker = user.pk == approval.maker_id
    if is_maker and not all(one.maker_counts for one in asked):
        raise MakerMayNotSign
    _require_use(asked, given, Given(letter, is_maker))
    return Capacity(user, letter)


def _delegated(
    delegation: Delegation, approval: Approval, asked: list[Terms], given: list[Given]
) -> Capacity | None:
    try:
        own = _own_capacity(delegation.delegator, approval, asked, given)
    except BankError:
        return None
    return Capacity(own.holder, own.letter, delegation)


def _require_use(asked: list[Terms], given: list[Given], one: Given) -> None:
    if not rules.may_follow(asked, given, one):
        raise NotYourTurn
    if not rules.all_met(asked, given) and not rules.helps(asked, given, one):
        lacking = [rules.write_ways(terms.ways) for terms in asked if not rules.is_met(terms, given)]
        raise SignatureNotNeeded(letter=one.letter or "-", needed=", ".join(lacking))


# --- delegations and changes of rules


def delegations_of(customer: Customer) -> QuerySet[Delegation]:
    """Those in force or yet to come."""
    found = Delegation.objects.filter(customer=customer, ended_at=None, valid_until__gte=clock.today())
    return found.select_related("delegator", "delegate")


def delegations_to(user: User, customer: Customer) -> QuerySet[Delegation]:
    """Those under which the user may sign for others today."""
    return delegations_of(customer).filter(delegate=user, valid_from__lte=clock.today()).order_by("id")


def delegation_for(user: User, customer: Customer, pk: int) -> Delegation:
    """Raises ``NotFound``."""
    found = delegations_of(customer).filter(pk=pk).first() if cif.may_view(user, customer) else None
    if found is None:
        raise NotFound(what="delegation")
    return found


def change_for(user: User, reference: str) -> RuleChange:
    """Raises ``NotFound`` where the user does not act for its customer."""
    found = RuleChange.objects.select_related("customer", "maker").filter(reference=reference).first()
    if found is None or not cif.may_view(user, found.customer):
        raise NotFound(what="change")
    return found
