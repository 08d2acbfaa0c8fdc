"""How well the bank knows a customer: profile, due diligence, screening, notes, and the risk rating."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from bank.cif import rating, rules, selectors
from bank.cif.models import Customer, CustomerNote, CustomerProfile, RiskAssessment
from bank.cif.services.customers import named
from bank.cif.services.trail import record
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import InvalidInput

#: What ``update_profile`` takes, and how many letters of it.
_WORDS = {"occupation": 60, "sector": 30, "source_of_funds": 140}
_CHOICES = {"channel": set(rating.Channel)}


@transaction.atomic
def update_profile(*, customer: Customer, actor: User | None = None, **changes: Any) -> CustomerProfile:
    """Notes what is known of a customer, who is rated anew. The books are not touched.

    Takes ``occupation``, ``sector``, ``source_of_funds``, ``channel`` and ``is_pep``; what is
    not named stays. Raises ``InvalidInput``.
    """
    profile = _locked(customer)
    before = {name: getattr(profile, name) for name in changes if hasattr(profile, name)}
    for name, value in changes.items():
        setattr(profile, name, _fit(name, value))
    profile.save()
    after = {name: getattr(profile, name) for name in before}
    record("PROFILE_CHANGED", customer, actor, before=before, after=after)
    rate(customer=customer, cause="PROFILE_CHANGED")
    return profile


@transaction.atomic
def review_kyc(
    *, customer: Customer, level: str, actor: User | None = None, on: date | None = None
) -> CustomerProfile:
    """Notes that a customer was looked at and how thoroughly; the next review follows from the rating."""
    if level not in set(rules.KycLevel):
        raise InvalidInput(problem=f"{level} is no level of due diligence.")
    day = on or clock.today()
    standing = rate(customer=customer, cause="KYC_REVIEWED")
    profile = _locked(customer)
    profile.kyc_level, profile.kyc_reviewed_date = level, day
    profile.next_review_date = rating.next_review(standing.rating, day, selectors.rating_scheme())
    profile.save()
    due = profile.next_review_date.isoformat()
    record("KYC_REVIEWED", customer, actor, level=level, next_review=due)
    return profile


@transaction.atomic
def note_screening(
    *, customer: Customer, outcome: str, is_pep: bool | None = None, actor: User | None = None
) -> CustomerProfile:
    """Notes what comparing the customer with the lists came to; the customer is rated anew."""
    if outcome not in set(rating.Screening):
        raise InvalidInput(problem=f"{outcome} is no outcome of a screening.")
    profile = _locked(customer)
    profile.screening = outcome
    profile.is_pep = profile.is_pep if is_pep is None else is_pep
    profile.save()
    record("SCREENING_NOTED", customer, actor, outcome=outcome, is_pep=profile.is_pep)
    rate(customer=customer, cause="SCREENING_NOTED")
    return profile


@transaction.atomic
def note_product(*, customer: Customer, product: str) -> None:
    """Remembers that a customer uses a product; one that bears on the risk has them rated anew."""
    profile = _locked(customer)
    if product in profile.products:
        return
    profile.products = sorted({*profile.products, product})
    profile.save(update_fields=["products"])
    if product in selectors.rating_scheme()["PRODUCT_SENSITIVE"].members:
        rate(customer=customer, cause="PRODUCT_OPENED")


@transaction.atomic
def rate(*, customer: Customer, cause: str) -> RiskAssessment:
    """The risk rating by today's facts; kept with its reasons where it is another than the last."""
    found = rating.assess(selectors.risk_facts(customer), selectors.rating_scheme())
    reasons = [asdict(reason) for reason in found.reasons]
    last = selectors.assessment_of(customer)
    if last is not None and (last.score, last.reasons) == (found.score, reasons):
        return last
    kept = RiskAssessment.objects.create(
        customer=customer, score=found.score, rating=found.rating, reasons=reasons, cause=cause
    )
    before = last.rating if last else None
    record("CUSTOMER_RATED", customer, None, before=before, after=kept.rating, score=kept.score, cause=cause)
    _bring_review_forward(customer, kept.rating)
    return kept


@transaction.atomic
def add_note(*, customer: Customer, text: str, actor: User | None) -> CustomerNote:
    """Keeps what staff noticed about a customer."""
    words = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not words or len(words) > 2_000 or not words.replace("\n", "").isprintable():
        raise InvalidInput(problem="A note has between 1 and 2,000 letters, all of them printable.")
    note = CustomerNote.objects.create(customer=customer, text=words, author=actor)
    record("NOTE_ADDED", customer, actor, note=note.pk)
    return note


def rate_again() -> int:
    """Rates customers anew whose relationship grew older or whose rules or lists changed; how many moved."""
    moved = 0
    for customer in Customer.objects.exclude(status=rules.CustomerStatus.CLOSED).iterator(chunk_size=500):
        last = selectors.assessment_of(customer)
        moved += last is not None and rate(customer=customer, cause="EVERY_NIGHT").pk != last.pk
    return moved


def _bring_review_forward(customer: Customer, standing: str) -> None:
    """A customer who became riskier is looked at again sooner, never later, than was planned."""
    profile = CustomerProfile.objects.filter(customer=customer, kyc_reviewed_date__isnull=False).first()
    if profile is None or profile.kyc_reviewed_date is None:
        return
    due = rating.next_review(standing, profile.kyc_reviewed_date, selectors.rating_scheme())
    if profile.next_review_date is None or due < profile.next_review_date:
        profile.next_review_date = due
        profile.save(update_fields=["next_review_date"])


def _locked(customer: Customer) -> CustomerProfile:
    CustomerProfile.objects.get_or_create(customer=customer)
    return CustomerProfile.objects.select_for_update().get(customer=customer)


def _fit(name: str, value: Any) -> Any:
    if name in _WORDS:
        words = named(str(value), name.replace("_", " ").capitalize(), _WORDS[name]) if value else ""
        return words.upper().replace(" ", "_") if name == "sector" else words
    if name == "is_pep" and isinstance(value, bool):
        return value
    if value in _CHOICES.get(name, set()):
        return value
    raise InvalidInput(problem=f"{value!r} is nothing to note as {name}.")
