"""Looking at customers again: scheduled by risk, put to them when due, answered, closed by staff."""

from datetime import date

from django.db import transaction
from django.db.models import F

from bank.audit import services as audit
from bank.cif import rating
from bank.cif import selectors as cif_selectors
from bank.cif import services as cif
from bank.cif.models import Customer, CustomerProfile
from bank.cif.rules import CustomerStatus, KycLevel
from bank.identity.models import User
from bank.kernel import clock
from bank.onboarding import rules
from bank.onboarding.errors import ApplicationNotOpen, ReasonMissing
from bank.onboarding.models import KycReview
from bank.onboarding.rules import ReviewState
from bank.runtime import outbox

DUE = "onboarding.kyc_due"


def schedule(*, customer: Customer, due: date | None) -> KycReview:
    """Sets the day of the customer's next re-verification, which follows from the risk rating."""
    standing = cif_selectors.assessment_of(customer)
    risk = standing.rating if standing else rules.Risk.MEDIUM.value
    by_rating = rating.next_review(risk, clock.today(), cif_selectors.rating_scheme())
    return KycReview.objects.create(customer=customer, risk=risk, due_date=due or by_rating)


@transaction.atomic
def kyc_due(business_date: date) -> int:
    """Puts to their customers the re-verifications due within thirty days; returns how many.

    A step of the close of business: repeated for the same day it does nothing more.
    """
    horizon = business_date + rules.REVIEW_NOTICE
    _schedule_missing(horizon)
    _bring_forward()
    waiting = KycReview.objects.filter(state=ReviewState.SCHEDULED, due_date__lte=horizon)
    found = waiting.exclude(customer__status=CustomerStatus.CLOSED).select_for_update(
        skip_locked=True, of=("self",)
    )
    reviews = list(found.order_by("id"))
    for review in reviews:
        review.state, review.opened_at = ReviewState.DUE.value, clock.now()
        review.save(update_fields=["state", "opened_at"])
        outbox.emit(DUE, {"review_id": review.pk})
    return len(reviews)


@transaction.atomic
def answer_review(*, review: KycReview, words: str, by: User) -> KycReview:
    """The customer says what changed, or with no words that nothing did."""
    locked = _lock(review, ReviewState.DUE)
    locked.state, locked.answer = ReviewState.ANSWERED.value, " ".join(words.split())[:2000]
    locked.answered_by, locked.answered_at = by, clock.now()
    locked.save()
    _record("KYC_REVIEW_ANSWERED", locked, by, changed=bool(locked.answer))
    return locked


@transaction.atomic
def close_review(*, review: KycReview, risk: str, reason: str, by: User) -> KycReview:
    """Staff close a re-verification; how thorough it was follows the risk it found.

    The customer is rated by the facts of the day, and the next one scheduled by that rating.
    Raises ``ReasonMissing``, ``ApplicationNotOpen``.
    """
    if len(" ".join(reason.split())) < rules.SHORTEST_REASON:
        raise ReasonMissing
    locked = _lock(review, ReviewState.DUE, ReviewState.ANSWERED)
    locked.state, locked.done_by, locked.done_at = ReviewState.DONE.value, by, clock.now()
    locked.save()
    _record("KYC_REVIEW_DONE", locked, by, risk=rules.Risk(risk).value, reason=reason[:200])
    level = KycLevel.ENHANCED if risk == rules.Risk.HIGH else KycLevel.STANDARD
    profile = cif.review_kyc(customer=locked.customer, level=level, actor=by)
    return schedule(customer=locked.customer, due=profile.next_review_date)


def _schedule_missing(horizon: date) -> None:
    """Customers taken on at a branch have a day in their profile and no re-verification yet."""
    open_ones = KycReview.objects.exclude(state=ReviewState.DONE).values("customer_id")
    profiles = CustomerProfile.objects.filter(next_review_date__lte=horizon).exclude(customer__in=open_ones)
    for profile in profiles.exclude(customer__status=CustomerStatus.CLOSED).select_related("customer"):
        schedule(customer=profile.customer, due=profile.next_review_date)


def _bring_forward() -> None:
    """A customer who became riskier meanwhile is looked at on the day their profile says."""
    sooner = KycReview.objects.filter(
        state=ReviewState.SCHEDULED, due_date__gt=F("customer__profile__next_review_date")
    )
    for review in sooner.select_related("customer__profile"):
        review.due_date = review.customer.profile.next_review_date or review.due_date
        review.save(update_fields=["due_date"])


def _lock(review: KycReview, *states: ReviewState) -> KycReview:
    locked = KycReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if locked.state not in states:
        raise ApplicationNotOpen(state=str(locked.get_state_display()).lower())
    return locked


def _record(action: str, review: KycReview, by: User, **detail: object) -> None:
    audit.record(action, actor=by, subject_type="CUSTOMER", subject_id=review.customer.cif, detail=detail)
