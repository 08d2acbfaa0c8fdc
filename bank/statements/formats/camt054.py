"""The bank's notice of what was booked as camt.054.001.08 (ISO 20022). It states no balances."""

from functools import partial

from bank.statements.formats import _camt
from bank.statements.formats._format import XML, Format, gettext_noop

FORMAT = Format(
    code="CAMT054",
    title=gettext_noop("camt.054 (ISO 20022): debit and credit notice, for accounting"),
    content_type=XML,
    extension="xml",
    write=partial(
        _camt.write, message="camt.054.001.08", root="BkToCstmrDbtCdtNtfctn", part="Ntfctn", balances=()
    ),
    rank=13,
)
