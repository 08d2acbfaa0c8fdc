"""A direct debit nobody authorised, asked back after the time in which no question is asked: a case that two
of the staff decide within ten business days. Nothing is paid unseen.
"""

from typing import Final

from django.db import transaction

from bank import ledger
from bank.accounts.rules import AccountStatus
from bank.cases import services as cases
from bank.cases.models import Case
from bank.cases.rules import Kind, Priority
from bank.debits import rules, selectors
from bank.debits.errors import ClaimMade, CollectionUnusable, WrongClaimStatus
from bank.debits.models import Claim, Collection
from bank.debits.rules import ClaimStatus, RefundKind
from bank.debits.services import mandating, refunding, trail
from bank.debits.services.admitting import answer_case
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed

_WHY_LETTERS: Final = 1000


@transaction.atomic
def claim(*, user: User, reference: str, why: str) -> Collection:
    """Who pays says it was not authorised, which ends the mandate at once. While it can be asked back without
    a question the money is back at once too; later, for thirteen months, it becomes a claim.

    Raises ``NotFound``, ``NotAllowed``, ``ClaimMade``, ``WrongCollectionStatus``, ``RefundTooLate``,
    ``CollectionUnusable``, and the ledger's refusals of the account.
    """
    found = trail.collection_locked(user, reference)
    if not selectors.pays(user, found.mandate):
        raise NotAllowed(what="claim this direct debit")
    known = Claim.objects.select_related("case").filter(collection=found).first()
    if known is not None:
        raise ClaimMade(reference=known.reference, case=known.case.reference)
    today = ledger.business_date()
    rules.check_refund(found.status, found.collected_date, found.mandate.kind, RefundKind.UNAUTHORISED, today)
    if refunding.can_refund(found, RefundKind.NO_QUESTION):
        refunding.give_back(found, RefundKind.UNAUTHORISED, user)
    else:
        _open(found, user, why)
    mandating.end_unauthorised(found.mandate, user)
    return found


def check_decision(reference: str) -> Claim:
    """The claim, locked, where it can be decided. Raises ``NotFound``, ``WrongClaimStatus``,
    ``WrongCollectionStatus``.
    """
    found = trail.claim_locked(reference)
    if found.status != ClaimStatus.OPEN:
        raise WrongClaimStatus(status=found.status.lower())
    rules.check_collected(found.collection.status)
    return found


@transaction.atomic
def decide(*, reference: str, accepted: bool, answer: str, actor: User) -> Claim:
    """Accepted: the refund is booked, of the company as far as it has it, the rest of SUSPENSE as an arrear
    of the company. Denied: nothing moves, and who claimed reads why. Called by the approved command.

    Raises as ``check_decision``, and the ledger's refusals of the account.
    """
    found = check_decision(reference)
    if accepted:
        refunding.give_back(found.collection, RefundKind.UNAUTHORISED, actor)
    found.status = ClaimStatus.ACCEPTED if accepted else ClaimStatus.DENIED
    found.answer, found.decided_by, found.decided_at = answer, actor, clock.now()
    found.save(update_fields=["status", "answer", "decided_by", "decided_at"])
    answer_case(found.case, answer, actor)
    trail.tell_claim(found, actor)
    return found


def require_no_party(user: User, claim: Claim) -> None:
    """Nobody decides on their own money. Raises ``NotAllowed``."""
    mandate = claim.collection.mandate
    if selectors.pays(user, mandate) or selectors.collects(user, mandate):
        raise NotAllowed(what="decide on a claim of your own")


def _open(found: Collection, user: User, why: str) -> Claim:
    if found.mandate.debtor_account.status == AccountStatus.CLOSED:
        raise CollectionUnusable(problem="The account is closed. Write to us.")
    words = " ".join(why.split())
    if not words.isprintable() or not 1 <= len(words) <= _WHY_LETTERS:
        raise CollectionUnusable(problem="Say in up to 1,000 letters what happened.")
    made = Claim.objects.create(
        reference=ids.reference("CLM"),
        collection=found,
        why=words,
        due_date=selectors.calendar().add_business_days(ledger.business_date(), rules.CLAIM_DAYS),
        case=_case(found, user, words),
        asked_by=user,
    )
    trail.tell_claim(made, user, due=made.due_date.isoformat())
    return made


def _case(found: Collection, user: User, words: str) -> Case:
    """Resolved within ten business days, which is what a request of low priority is promised."""
    return cases.open_case(
        kind=Kind.SERVICE_REQUEST,
        priority=Priority.LOW,
        subject=f"Direct debit {found.reference} was not authorised",
        text=words,
        contact_name=user.full_name,
        contact_email=user.email,
        customer=found.mandate.debtor_account.customer,
        opened_by=user,
        language=user.language,
    )
