"""The bank's report of the day so far as camt.052.001.08 (ISO 20022).

The balances are the opening and the interim booked one.
"""

from functools import partial

from bank.statements.formats import _camt
from bank.statements.formats._format import XML, Format, gettext_noop

FORMAT = Format(
    code="CAMT052",
    title=gettext_noop("camt.052 (ISO 20022): interim report, for accounting"),
    content_type=XML,
    extension="xml",
    write=partial(
        _camt.write, message="camt.052.001.08", root="BkToCstmrAcctRpt", part="Rpt", balances=("OPBD", "ITBD")
    ),
    rank=12,
)
