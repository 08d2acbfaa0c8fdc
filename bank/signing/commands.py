"""What of signing itself waits for signatures: a change of who signs."""

from django.utils.translation import gettext_lazy as _

from bank.signing import kinds, selectors
from bank.signing.services import changing

kinds.register(kinds.Kind(selectors.RULES, _("Signing rules"), changing.carry_out, changing.give_up))
