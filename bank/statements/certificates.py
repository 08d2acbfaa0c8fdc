"""Certificates of balance, interest and tax as PDF, in the look of the statement."""

from typing import Any, BinaryIO

from django.utils import translation
from django.utils.translation import gettext as _

from bank.runtime import formats
from bank.statements.documents import designed_pdf
from bank.statements.paper import Certificate
from bank.statements.rules import Kind


def write(certificate: Certificate, file: BinaryIO) -> None:
    """Lays the certificate out and writes it. Raises ``PdfUnavailable``."""
    with translation.override(certificate.language):
        designed_pdf.lay_out("pdf/certificate.html", _context(certificate), file)


def _context(certificate: Certificate) -> dict[str, Any]:
    return {
        "paper": certificate,
        "heading": _heading(certificate),
        "period": _period(certificate),
        "sentence": _sentence(certificate),
        "is_balance": certificate.kind == Kind.BALANCE,
        "qr": designed_pdf.qr_code(certificate.check_url),
    }


def _heading(certificate: Certificate) -> str:
    return {
        Kind.BALANCE: _("Certificate of balance"),
        Kind.INTEREST: _("Certificate of interest"),
        Kind.TAX: _("Certificate of tax withheld %(year)d") % {"year": certificate.to_date.year},
    }[certificate.kind]


def _period(certificate: Certificate) -> str:
    if certificate.kind == Kind.BALANCE:
        return formats.day(certificate.to_date)
    return f"{formats.day(certificate.from_date)} – {formats.day(certificate.to_date)}"


def _sentence(certificate: Certificate) -> str:
    """What the bank certifies, in words."""
    said = {
        "bank": certificate.bank_name,
        "holder": certificate.holder,
        "from": formats.day(certificate.from_date),
        "to": formats.day(certificate.to_date),
    }
    if certificate.kind == Kind.BALANCE:
        words = _(
            "%(bank)s certifies that the account of %(holder)s named below stood at this balance "
            "at the end of %(to)s."
        )
    elif certificate.kind == Kind.INTEREST:
        words = _(
            "%(bank)s certifies the interest paid to and charged to %(holder)s from %(from)s to "
            "%(to)s on the account named below."
        )
    else:
        words = _(
            "%(bank)s certifies the interest paid to %(holder)s from %(from)s to %(to)s and the tax "
            "withheld from it, on all accounts and deposits."
        )
    return words % said
