"""Which column means what: told by the sender, guessed from the heading, in English or Swahili."""

import re
from collections.abc import Mapping as Names
from dataclasses import dataclass, field
from typing import Any, Final

from bank.messages.tables.rows import Row
from bank.messages.tables.values import AmountStyle, DayStyle

REQUIRED: Final = ("creditor_name", "creditor_account", "amount")
FIELDS: Final = (
    *REQUIRED,
    *("currency", "creditor_agent", "remittance", "end_to_end_id", "requested_date", "debtor_account"),
)
_WORDS: Final[Names[str, tuple[str, ...]]] = {
    "creditor_name": (
        *("name", "payee", "payee name", "beneficiary", "beneficiary name", "creditor", "creditor name"),
        *("employee", "employee name", "full name", "supplier", "account name", "recipient"),
        *("jina", "mlipwaji", "jina la mlipwaji", "mpokeaji", "jina la mpokeaji", "mfanyakazi"),
        *("jina la mfanyakazi", "jina kamili", "jina la akaunti"),
    ),
    "creditor_account": (
        *("account", "account number", "account no", "acc no", "acct", "acct no", "iban", "to account"),
        *("beneficiary account", "payee account", "creditor account", "credit account", "vpa", "upi id"),
        *("beneficiary account number", "payee account number", "recipient account"),
        *("akaunti", "nambari ya akaunti", "namba ya akaunti", "akaunti ya mlipwaji", "akaunti ya mpokeaji"),
    ),
    "amount": (
        *("amount", "sum", "value", "net", "net pay", "net salary", "salary", "payment amount", "amount kes"),
        *("kiasi", "kiasi cha malipo", "fedha", "mshahara", "jumla", "malipo"),
    ),
    "currency": ("currency", "ccy", "curr", "currency code", "sarafu", "fedha ya"),
    "creditor_agent": (
        *("bic", "swift", "swift code", "swift bic", "bank", "bank code", "ifsc", "ifsc code", "aba"),
        *("routing", "routing number", "sort code", "beneficiary bank", "benki", "msimbo wa benki"),
    ),
    "remittance": (
        *("reference", "description", "details", "narration", "narrative", "remarks", "purpose", "message"),
        *("payment details", "payment reference", "remittance"),
        *("maelezo", "rejea", "kumbukumbu", "ujumbe", "maelezo ya malipo"),
    ),
    "end_to_end_id": (
        *("end to end id", "end to end", "e2e", "e2e id", "payment id", "employee number", "invoice number"),
        *("id", "staff no", "kitambulisho", "nambari ya malipo"),
    ),
    "requested_date": (
        *("date", "payment date", "value date", "requested date", "execution date", "due date"),
        *("tarehe", "tarehe ya malipo"),
    ),
    "debtor_account": (
        *("from account", "debit account", "debtor account", "source account", "paying account"),
        *("akaunti ya kulipa", "kutoka akaunti", "akaunti ya mlipaji"),
    ),
}
_FIELD_OF: Final = {words: name for name, known in _WORDS.items() for words in known}
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns by field, counted from 0; how values are written; and what holds for every row.

    ``columns`` of a file whose format names its own fields is empty; the rest holds for it too.
    """

    columns: dict[str, int] = field(default_factory=dict)
    amounts: AmountStyle = AmountStyle.PLAIN
    days: DayStyle = DayStyle.ISO
    debtor_account: str = ""
    currency: str = ""
    requested_date: str = ""

    @property
    def missing(self) -> list[str]:
        """Fields a payment cannot do without that no column holds."""
        return [name for name in REQUIRED if name not in self.columns]

    def as_json(self) -> dict[str, Any]:
        """The mapping as it is kept."""
        return {name: getattr(self, name) for name in self.__slots__}


def of_json(kept: Names[str, Any]) -> Mapping:
    """A mapping as it was kept."""
    return Mapping(
        columns={name: int(column) for name, column in kept.get("columns", {}).items() if name in FIELDS},
        amounts=AmountStyle(kept.get("amounts", AmountStyle.PLAIN)),
        days=DayStyle(kept.get("days", DayStyle.ISO)),
        debtor_account=kept.get("debtor_account", ""),
        currency=kept.get("currency", ""),
        requested_date=kept.get("requested_date", ""),
    )


def guess(heading: Row) -> dict[str, int]:
    """The columns whose heading says what they hold; the first of several."""
    found: dict[str, int] = {}
    for column, text in enumerate(heading.cells):
        name = _FIELD_OF.get(plain(text))
        if name is not None:
            found.setdefault(name, column)
    return found


def named(heading: Row, wanted: Names[str, str]) -> dict[str, int]:
    """The columns by the headings the sender gives for each field; one that is not there is left out."""
    places = {plain(text): column for column, text in reversed(list(enumerate(heading.cells)))}
    return {name: places[plain(text)] for name, text in wanted.items() if plain(text) in places}


def signature(heading: Row) -> str:
    """What makes two headings the same: their words, in order."""
    return "|".join(plain(text) for text in heading.cells)[:2000]


def plain(text: str) -> str:
    """A heading as words: ``Acct. No`` and ``acct_no`` are one."""
    return _NOT_WORDS.sub(" ", text.casefold()).strip()
