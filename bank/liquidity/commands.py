"""What of liquidity can wait for signatures."""

from django.utils.translation import gettext_lazy as _

from bank.liquidity import services
from bank.signing import kinds

kinds.register(kinds.Kind(services.SWEEP, _("Sweep"), services.begin_signed, services.give_up))
