"""What of payments can wait for signatures."""

from django.utils.translation import gettext_lazy as _

from bank.payments.services import file_payment, signatures, transfers
from bank.signing import kinds

kinds.register(kinds.Kind(signatures.PAYMENT, _("Payment"), transfers.pay_signed, transfers.give_up))
kinds.register(kinds.Kind(signatures.FILE, _("Payment file"), file_payment.pay_signed, file_payment.give_up))
