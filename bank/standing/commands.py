"""What of standing orders can wait for signatures."""

from django.utils.translation import gettext_lazy as _

from bank.signing import kinds
from bank.standing.services import STANDING_ORDER, ordering

kinds.register(kinds.Kind(STANDING_ORDER, _("Standing order"), ordering.begin_signed, ordering.give_up))
