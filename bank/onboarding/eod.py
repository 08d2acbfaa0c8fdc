"""What onboarding does at the close of business: customers whose papers grow old are asked again."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from bank.onboarding import services
from bank.runtime.steps import Day, Part, Phase, Step


def _kyc_due(day: Day, cursor: str) -> Part:
    """Puts the re-verifications due within the notice to their customers, for the last day that closes."""
    return Part(services.kyc_due(day.last))


STEPS: Final = (Step("KYC_EXPIRY", _("Re-verifications falling due"), Phase.REVIEW, _kyc_due),)
