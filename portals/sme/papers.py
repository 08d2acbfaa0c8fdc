"""Invoices as designed, tagged PDFs in the look of the bank's papers, with a code to pay by."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from bank.invoicing.rules import Kind
from bank.runtime import signing
from bank.statements.documents import designed_pdf


def pay_link(invoice: Any) -> str:
    """The address of the page an invoice is paid at; whoever has it sees that invoice and no other."""
    return f"{settings.PUBLIC_URL}/sme/pay/{invoice.token}/"


def pay_code(invoice: Any) -> SafeString:
    """The pay link as a QR code: a phone's camera opens the page."""
    return designed_pdf.qr_code(pay_link(invoice))


def title_of(invoice: Any) -> str:
    what = gettext("Credit note") if invoice.kind == Kind.CREDIT_NOTE else gettext("Invoice")
    return f"{what} {invoice.number}"


def invoice_pdf(invoice: Any) -> HttpResponse:
    """The document, sealed by the bank, as an attachment."""
    written = BytesIO()
    context: dict[str, Any] = {
        "invoice": invoice,
        "title": title_of(invoice),
        "lines": list(invoice.lines.all()),
        "net": invoice.money("net"),
        "vat": invoice.money("vat"),
        "qr": pay_code(invoice) if invoice.kind == Kind.INVOICE else "",
        "link": pay_link(invoice),
    }
    designed_pdf.lay_out("pdf/invoice.html", context, written)
    return attached(written.getvalue(), f"{invoice.number}.pdf", reason=title_of(invoice))


def attached(document: bytes, filename: str, *, reason: str) -> HttpResponse:
    """A PDF with the bank's seal (PAdES), saved under a plain name and by no cache."""
    response = HttpResponse(signing.signed(document, reason=reason), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
