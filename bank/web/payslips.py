"""Payslips as designed PDFs in the look of the bank's papers, and their way to who earned the wage."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bank.kernel.money import Money
from bank.payroll.models import RunLine
from bank.payroll.rules import CURRENCY
from bank.payroll.services.runs import PAID
from bank.runtime import formats, outbox, signing
from bank.statements.documents import designed_pdf


def payslip_pdf(line: RunLine) -> bytes:
    """The slip with every step that led to the net pay; not sealed yet."""
    written = BytesIO()
    steps = [
        {"what": _(step["what"]), "money": Money.of(step["amount"], CURRENCY), "why": step["why"]}
        for step in line.steps
    ]
    context = {
        "line": line,
        "company": line.run.customer.display_name,
        "steps": steps,
        "net": line.money("net"),
        "employer": [
            (_("Employer's NSSF"), line.money("employer_nssf")),
            (_("Employer's housing levy"), line.money("employer_levy")),
        ],
    }
    designed_pdf.lay_out("pdf/payslip.html", context, written)
    return written.getvalue()


@outbox.subscriber(PAID)
def send_payslips(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To everybody who was paid and has an address, their own slip. The letter itself names no amount."""
    lines = RunLine.objects.filter(run_id=payload["run_id"], is_paid=True).exclude(employee__email="")
    for line in lines.select_related("run__customer", "employee"):
        _send(line)


def _send(line: RunLine) -> None:
    month, company = formats.month(line.run.month), line.run.customer.display_name
    content = {"company": company, "month": month, "name": line.name, "bank_name": settings.BANK_NAME}
    mail = EmailMessage(
        subject=f"{company}: " + _("Payslip of %(month)s") % {"month": month},
        body=render_to_string("email/payroll/payslip.txt", content),
        to=[line.employee.email],
    )
    sealed = signing.signed(payslip_pdf(line), reason="Payslip")
    mail.attach(f"payslip-{line.run.month:%Y-%m}.pdf", sealed, "application/pdf")
    mail.send()
