"""From orders to entries: which class, which fields, which trace number. Pure.

- An entry's identification (15 characters, and what comes back repeats it) is the order's reference
  without its hyphens, so that a return names the order by itself.
- Its trace number ends in seven digits drawn from the reference: the rail remembers nothing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from bank.kernel import checkdigits, ids
from bank.messages.ach import writing
from bank.messages.ach.records import Batch
from bank.messages.canonical import Fault
from bank.payments.rail import Instruction

MOST_CENTS: Final = 9_999_999_999
SAVINGS: Final = "SVGS"
_CHECKING_KIND: Final = "2"
_SAVINGS_KIND: Final = "3"
_CREDIT: Final = "2"
_PRENOTE: Final = "3"
_IDENTIFICATION: Final = 15
_INFORMATION: Final = 80
_SEQUENCES: Final = 9_999_999
_OURS = re.compile(r"[A-Z]{3}[0-9A-HJKMNP-TV-Z]{12}", re.ASCII)
#: Purposes (ISO 20022 ExternalPurpose1Code) that pay a person for a company, and those between companies.
_TO_PERSONS: Final = frozenset({"SALA", "PAYR", "BONU", "PENS", "BENE", "SSBE", "GOVT", "COMM", "EXPN"})
_TO_COMPANIES: Final = frozenset({"SUPP", "TRAD", "GDDS", "SCVE", "IVPT", "TAXS", "VATX", "RENT", "INTC"})
_DESCRIPTIONS: Final = {"SALA": "PAYROLL", "PAYR": "PAYROLL", "PENS": "PENSION", "TAXS": "TAX"}


def entry_class(instruction: Instruction) -> str:
    """PPD a company pays a person, CCD a company, CTX a company with more to say than one addenda
    holds; what says nothing of its purpose is WEB, a person's payment ordered in the portal.
    """
    if len(information(instruction)) > 1:
        return "CTX"
    if instruction.purpose in _TO_PERSONS:
        return "PPD"
    return "CCD" if instruction.purpose in _TO_COMPANIES or instruction.creditor_reference else "WEB"


def information(instruction: Instruction) -> tuple[str, ...]:
    """What the payment is for, in pieces of 80 characters for addenda 05."""
    words = [instruction.creditor_reference, instruction.remittance]
    text = plain(" ".join(word for word in words if word))
    return tuple(text[at : at + _INFORMATION] for at in range(0, len(text), _INFORMATION))


def identification(reference: str) -> str:
    """What an entry calls the order."""
    compact = reference.replace("-", "")
    return compact if _OURS.fullmatch(compact) and ids.read_reference(compact) == reference else reference


def reference(identification: str) -> str:
    """The order an entry speaks of."""
    return ids.read_reference(identification) if _OURS.fullmatch(identification) else identification


def plain(text: str) -> str:
    """As the network writes: ASCII, on one line; letters lose their accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(sign for sign in decomposed if " " <= sign <= "~").split())


def cents(instruction: Instruction) -> int:
    return int(instruction.amount.amount * 100)


def faults(instruction: Instruction) -> list[Fault]:
    """What the format cannot carry."""
    name, number = plain(instruction.creditor_name), instruction.creditor_number
    checks = (
        (instruction.amount.currency == "USD", "amount", "ACH carries US dollars only."),
        (cents(instruction) <= MOST_CENTS, "amount", "An entry is at most USD 99,999,999.99."),
        (bool(name), "creditor_name", "Write the payee's name in Latin letters."),
        (
            bool(re.fullmatch(r"[A-Za-z0-9-]{1,17}", number, re.ASCII)),
            "creditor_number",
            "An account number has at most 17 letters, digits and hyphens.",
        ),
        (
            checkdigits.aba_valid(instruction.creditor_agent),
            "creditor_agent",
            "Name the payee's bank by its routing number: nine digits, the last of which checks the others.",
        ),
        (
            len(identification(instruction.reference)) <= _IDENTIFICATION,
            "reference",
            "A reference has at most 15 characters here.",
        ),
    )
    return [Fault(0, "ACH_CANNOT_CARRY", said, field) for is_good, field, said in checks if not is_good]


def sequences(references: Iterable[str]) -> dict[str, int]:
    """Seven digits for each order, drawn from its reference, no two alike."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for each in references:
        number = int(hashlib.sha256(each.encode()).hexdigest()[:12], 16) % _SEQUENCES + 1
        while number in taken:
            number = number % _SEQUENCES + 1
        taken.add(number)
        found[each] = number
    return found


def batches(
    instructions: Sequence[Instruction],
    *,
    odfi: str,
    effective: Mapping[str, date],
    is_prenote: bool = False,
) -> list[Batch]:
    """One batch for each debtor, class, purpose and day; ``effective`` is the day of each reference.

    Prenotes carry no money.
    """
    numbers = sequences(each.reference for each in instructions)

    def kind(each: Instruction) -> tuple[str, str, str, date]:
        return each.debtor_number, entry_class(each), _description(each), effective[each.reference]

    made: list[Batch] = []
    for (_debtor, name, description, day), found in groupby(sorted(instructions, key=kind), key=kind):
        together = sorted(found, key=lambda each: numbers[each.reference])
        orders = [_order(each, numbers[each.reference], is_prenote) for each in together]
        company = _company(together[0], description)
        number = len(made) + 1
        made.append(writing.batch(company, orders, entry_class=name, odfi=odfi, number=number, effective=day))
    return made


def _description(instruction: Instruction) -> str:
    return _DESCRIPTIONS.get(instruction.purpose, "PAYMENT")


def _company(instruction: Instruction, description: str) -> writing.Company:
    return writing.Company(
        plain(instruction.debtor_name) or "CUSTOMER", instruction.debtor_number[-10:], description
    )


def transaction_code(instruction: Instruction, *, is_prenote: bool) -> str:
    """22 a credit of a checking account, 32 of a savings account; 23 and 33 the prenotes of these."""
    kind = _SAVINGS_KIND if instruction.creditor_account_type == SAVINGS else _CHECKING_KIND
    return kind + (_PRENOTE if is_prenote else _CREDIT)


def _order(instruction: Instruction, sequence: int, is_prenote: bool) -> writing.Order:
    return writing.Order(
        transaction_code=transaction_code(instruction, is_prenote=is_prenote),
        routing=instruction.creditor_agent,
        account=instruction.creditor_number,
        amount=0 if is_prenote else cents(instruction),
        name=plain(instruction.creditor_name),
        identification=identification(instruction.reference),
        information=() if is_prenote else information(instruction),
        discretionary="S" if entry_class(instruction) == "WEB" else "",
        sequence=sequence,
    )
