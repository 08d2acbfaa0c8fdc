"""What two of the staff agreed on about customers at large and about one: rating rules, a legal hold.

See ``bank.cif.commands``; nothing else calls ``set_rating_rule``.
"""

from django.db import transaction

from bank.audit import services as audit
from bank.cif.models import Customer, CustomerProfile, RatingRule
from bank.cif.rating import Rule
from bank.cif.services.trail import record
from bank.identity.models import User
from bank.kernel.errors import InvalidInput

HOLD_LETTERS = 200


@transaction.atomic
def set_rating_rule(*, rule: Rule, actor: User) -> RatingRule:
    """Puts one rule of the risk rating in force; customers are rated by it from their next rating on.

    The caller has checked that it makes sense beside the others (``rating.check``).
    """
    terms = {"figure": rule.figure, "members": sorted(rule.members)}
    row, _created = RatingRule.objects.update_or_create(code=rule.code, defaults=terms)
    audit.record(
        "RATING_RULE_SET", actor=actor, subject_type="RATING_RULE", subject_id=rule.code, detail=terms
    )
    return row


@transaction.atomic
def hold(*, customer: Customer, reason: str, actor: User | None) -> None:
    """Nothing of this customer is erased until the hold is lifted (an empty reason lifts it).

    Raises ``InvalidInput`` for a reason that is too long or has unseen characters.
    """
    words = hold_reason(reason)
    CustomerProfile.objects.get_or_create(customer=customer)
    profile = CustomerProfile.objects.select_for_update().get(customer=customer)
    before, profile.legal_hold = profile.legal_hold, words
    profile.save(update_fields=["legal_hold"])
    record("LEGAL_HOLD_SET" if words else "LEGAL_HOLD_LIFTED", customer, actor, reason=words, before=before)


def hold_reason(text: str) -> str:
    """One line of a court's or an authority's order. Raises ``InvalidInput``."""
    words = " ".join(text.split())
    if len(words) > HOLD_LETTERS or not (words or "-").isprintable():
        raise InvalidInput(problem="A reason may have 200 letters, all of them printable.")
    return words
