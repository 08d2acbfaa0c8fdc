"""Finding a payment among those sent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.payments.rules import PaymentStatus

STATUSES = [
    ("", _("All")),
    (PaymentStatus.SENT.value, _("Sent")),
    (PaymentStatus.SETTLED.value, _("Paid")),
    (PaymentStatus.RETURNED.value, _("Returned")),
    (PaymentStatus.REJECTED.value, _("Rejected")),
    (PaymentStatus.CANCELLED.value, _("Cancelled")),
]


class PaymentFilter(forms.Form):
    """Both optional."""

    q = forms.CharField(label=_("Payee, message or reference"), max_length=80, required=False)
    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)
