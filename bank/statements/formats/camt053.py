"""The bank's statement as camt.053.001.08 (ISO 20022).

The closing balance of one is the opening balance of the next.
"""

from functools import partial

from bank.statements.formats import _camt
from bank.statements.formats._format import XML, Format, gettext_noop

FORMAT = Format(
    code="CAMT053",
    title=gettext_noop("camt.053 (ISO 20022): statement, for accounting"),
    content_type=XML,
    extension="xml",
    write=partial(
        _camt.write, message="camt.053.001.08", root="BkToCstmrStmt", part="Stmt", balances=("OPBD", "CLBD")
    ),
    rank=11,
)
