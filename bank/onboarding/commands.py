"""What of letting people in waits for a company's signatures: somebody who will sign for it."""

from django.utils.translation import gettext_lazy as _

from bank.onboarding.services import invitations
from bank.signing import kinds

kinds.register(kinds.Kind(invitations.KIND, _("Invitation"), invitations.send_signed, invitations.give_up))
