"""What other banks want back, for staff: what came, why it is asked back, by when to answer. Two answer."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.payments.commands import ANSWER_RECALL, NO_ANSWERS, RECALL_RIGHT, AnswerRecall
from bank.payments.models import IncomingRecall
from bank.payments.rules import RecallStatus
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.staff import Column, Figure, Panel
from bank.workflows import services as workflows

_WORDS = forms.Textarea(attrs={"rows": 3})


class ConsentForm(forms.Form):
    reason = forms.CharField(
        label=_("How the customer agreed, and when"),
        max_length=300,
        widget=_WORDS,
        help_text=_("Without the customer's word, or an order of a court, the money stays."),
    )


class RefusalForm(forms.Form):
    refusal = forms.ChoiceField(label=_("Answer to the other bank"), choices=list(NO_ANSWERS.items()))
    reason = forms.CharField(label=_("What was found"), max_length=300, widget=_WORDS)


def _propose(record: IncomingRecall, user: User, reason: str, refusal: str = "") -> Any:
    asked = AnswerRecall(record.pk, refusal)
    return workflows.propose(kind=ANSWER_RECALL, payload=asked, reason=reason, maker=user)


def _is_open(recall: IncomingRecall) -> bool:
    return recall.status == RecallStatus.OPEN


@admin.register(IncomingRecall)
class RecallTable(ActingTable):
    heading = _("Recalls of other banks")
    list_display = ("recall_id", "asked_at", "rail", "payer", "amount", "reason", "state", "answer_by")
    list_filter = ("status", "rail")
    list_select_related = ("payment",)
    search_fields = ("recall_id__exact", "payment__reference__exact", "payment__creditor_number__exact")
    search_help_text = _("Reference or account")
    ordering = ("-id",)
    fields = (
        *("recall_id", "state", "rail", "payment", "transaction_id", "payer", "amount", "reason", "sentence"),
        *("asked_at", "answer_by", "answer", "why", "answered_at", "answered_by"),
    )
    readonly_fields = ("state", "payer", "amount")
    personal = "INCOMING_RECALL"
    acts = {
        "return": Act(
            _("Propose giving it back"), ConsentForm, _propose, RECALL_RIGHT,
            _("Somebody else decides on it."),
            _("The account is debited and the money goes back to the payer's bank."), possible=_is_open,
        ),
        "refuse": Act(
            _("Propose refusing it"), RefusalForm, _propose, RECALL_RIGHT,
            _("Somebody else decides on it."), possible=_is_open,
        ),
    }  # fmt: skip

    def figure(self, record: IncomingRecall) -> Figure:
        return Figure(record.payment.money, _("from %(name)s") % {"name": record.payment.debtor_name})

    def panels(self, request: HttpRequest, record: IncomingRecall) -> list[Panel]:
        payment = record.payment
        link = cells.record_link(request, "payments_incomingpayment", payment.pk, payment.reference)
        columns = (Column(_("Payment")), Column(_("To")), Column(_("Came")), Column(_("Status")))
        to = f"{payment.creditor_name} {payment.creditor_number}".strip()
        rows = [(link, to, cells.moment(payment.received_at), cells.state(payment.status))]
        return [Panel(_("What came in"), columns, rows)]

    @admin.display(description=_("from"), ordering="payment__debtor_name")
    def payer(self, recall: IncomingRecall) -> str:
        return f"{recall.payment.debtor_name} {recall.payment.debtor_agent}".strip()

    @admin.display(description=_("amount"), ordering="payment__amount")
    def amount(self, recall: IncomingRecall) -> str:
        return cells.money(recall.payment.money)

    @admin.display(description=_("status"), ordering="status")
    def state(self, recall: IncomingRecall) -> SafeString:
        return cells.state(recall.status, recall.get_status_display())
