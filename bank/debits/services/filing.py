"""Many collections at once: a company's pain.008, every fault of every line said, all announced or none."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from bank.cif import selectors as cif
from bank.debits import rules
from bank.debits.errors import (
    CollectionReferenceUsed,
    CollectionUnusable,
    CreditorNotAdmitted,
    DebitFileUnusable,
    DebitFileUsed,
    MandateUnusable,
)
from bank.debits.models import Creditor, DebitFile, Mandate
from bank.debits.services import trail
from bank.debits.services.collecting import announce
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.errors import BankError, NotAllowed
from bank.kernel.money import Money
from bank.messages import schemas
from bank.messages.pain008 import DirectDebit, Initiation
from bank.payments import rules as payment_rules

MOST_ROWS: Final = 2_000
_Row = dict[str, Any]


@transaction.atomic
def take_file(*, user: User, number: str, content: bytes, only_valid: bool = False) -> DebitFile:
    """Announces the collections of a pain.008 for the company with that customer number: all, or with
    ``only_valid`` those without a fault; else none. The file is kept with every fault of every line. Sent
    again it answers with the same file.

    Raises ``NotFound``, ``NotAllowed``, ``CreditorNotAdmitted``, ``CreditorStopped``, ``FormatError``,
    ``DebitFileUnusable``, ``DebitFileUsed``.
    """
    company = cif.customer_for(user, number)
    if not cif.may_pay(user, company):
        raise NotAllowed(what="collect for this customer")
    creditor = trail.creditor_locked(company)
    if creditor is None:
        raise CreditorNotAdmitted(scheme="CORE")
    rules.check_creditor(creditor.status, {"FILE"}, "FILE", creditor.reason)
    file = Initiation(content, max_bytes=settings.PAYMENT_FILE_MAX_BYTES)
    digest = hashlib.sha256(file.raw).hexdigest()
    taken = _taken(creditor, file, digest)
    if taken is not None:
        return taken
    debits = _read(file)
    faults = _faults(file)
    rows = _announce_all(creditor, debits, faults, user, only_valid=only_valid)
    return _keep(creditor, file, digest, rows, [one for line, one in faults if line == 0], user)


def _taken(creditor: Creditor, file: Initiation, digest: str) -> DebitFile | None:
    known = creditor.files.filter(message_id=file.message_id, accepted_count__gt=0).first()
    if known is not None and known.digest != digest:
        raise DebitFileUsed(reference=known.reference)
    return known


def _read(file: Initiation) -> list[DirectDebit]:
    debits: list[DirectDebit] = []
    for one in file.collections():
        if len(debits) == MOST_ROWS:
            raise DebitFileUnusable(problem=f"A file holds up to {MOST_ROWS} collections. Split it.")
        debits.append(one)
    if not debits or not file.message_id.isprintable() or not 1 <= len(file.message_id) <= 35:
        raise DebitFileUnusable(problem="The file needs a message id and at least one collection.")
    return debits


def _faults(file: Initiation) -> list[tuple[int, _Row]]:
    """What the schema and the control sums have against the file, by line; 0 is the file as a whole."""
    found = [(one.line, _fault("SCHEMA", one.sentence)) for one in schemas.faults(file.raw, file.message)]
    return found + [(0, _fault(one.code, one.sentence)) for one in file.control_faults()]


def _announce_all(
    creditor: Creditor,
    debits: list[DirectDebit],
    faults: list[tuple[int, _Row]],
    user: User,
    *,
    only_valid: bool,
) -> list[_Row]:
    """What became of each line. Nothing is announced where the file as a whole has a fault."""
    by_line: dict[int, list[_Row]] = {}
    for line, fault in faults:
        by_line.setdefault(line, []).append(fault)
    mark = transaction.savepoint()
    mandates = _mandates(creditor, debits)
    seen: set[tuple[int, str]] = set()
    rows = [_announce(creditor, one, mandates, seen, by_line.get(one.line, []), user) for one in debits]
    if 0 in by_line or (not only_valid and any(row["faults"] for row in rows)):
        transaction.savepoint_rollback(mark)
        return [row | {"collection": ""} for row in rows]
    transaction.savepoint_commit(mark)
    return rows


def _mandates(creditor: Creditor, debits: list[DirectDebit]) -> Mapping[str, Mandate]:
    """The mandates named, locked in their order."""
    named = Mandate.objects.filter(
        creditor=creditor.customer, creditor_reference__in={one.mandate for one in debits}
    )
    joined = named.select_related("creditor_account", "debtor_account", "creditor").order_by("pk")
    return {one.creditor_reference: one for one in joined.select_for_update(of=("self",))}


def _announce(
    creditor: Creditor,
    one: DirectDebit,
    mandates: Mapping[str, Mandate],
    seen: set[tuple[int, str]],
    faults: list[_Row],
    user: User,
) -> _Row:
    row = {
        "line": one.line,
        "part": one.part.identification,
        "instruction_id": one.instruction_id,
        "end_to_end_id": one.end_to_end_id,
        "mandate": one.mandate,
        "amount": f"{one.currency} {one.amount_text}".strip(),
    }
    try:
        made = "" if faults else _announce_one(creditor, one, mandates, seen, user)
    except BankError as refusal:
        return row | {"collection": "", "faults": [_fault(refusal.code, refusal.message)]}
    return row | {"collection": made, "faults": faults}


def _announce_one(
    creditor: Creditor,
    one: DirectDebit,
    mandates: Mapping[str, Mandate],
    seen: set[tuple[int, str]],
    user: User,
) -> str:
    mandate = mandates.get(one.mandate)
    if mandate is None:
        raise MandateUnusable(problem="You have no mandate with this reference.")
    _check_said(creditor, one, mandate)
    own = payment_rules.clean_text("End-to-end id", one.end_to_end_id)
    if (mandate.pk, own) in seen or mandate.collections.filter(end_to_end_id=own).exists():
        raise CollectionReferenceUsed
    if one.sequence == "OOFF" and mandate.collections.exists():
        raise MandateUnusable(problem="OOFF is for a mandate nothing was collected on.")
    if one.part.due is None or one.amount is None:
        raise CollectionUnusable(problem="The day or the amount cannot be read.")
    made = announce(
        creditor, mandate, amount=Money.of(one.amount, one.currency), due=one.part.due, own=own,
        remittance=one.remittance[:140], user=user,
    )  # fmt: skip
    seen.add((mandate.pk, own))
    return made.reference


def _check_said(creditor: Creditor, one: DirectDebit, mandate: Mandate) -> None:
    """What the line says of the mandate is what was confirmed; nothing of it is amended by a file."""
    if one.is_amended:
        raise MandateUnusable(problem="A mandate is not amended by a file. Ask for a new one.")
    if one.creditor_identifier and one.creditor_identifier != creditor.identifier:
        raise CollectionUnusable(problem="The creditor identifier is not yours.")
    if one.kind and one.kind != mandate.kind:
        raise CollectionUnusable(problem=f"The mandate is of the kind {mandate.kind}.")
    if _number(one.part.creditor_account) != mandate.creditor_account.number:
        raise CollectionUnusable(problem="The mandate is for another account of yours.")
    if _number(one.debtor_account) != mandate.debtor_account.number:
        raise CollectionUnusable(problem="The mandate was given from another account.")


def _number(account: Any) -> str:
    return (account.other or account.iban).replace(" ", "")


def _fault(code: str, sentence: str) -> _Row:
    return {"code": code, "sentence": sentence[:300]}


def _keep(
    creditor: Creditor, file: Initiation, digest: str, rows: list[_Row], faults: list[_Row], user: User
) -> DebitFile:
    accepted = sum(bool(row["collection"]) for row in rows)
    made = DebitFile.objects.create(
        reference=ids.reference("DDF"),
        creditor=creditor,
        message=file.message,
        message_id=file.message_id,
        digest=digest,
        count=len(rows),
        accepted_count=accepted,
        control_sum=file.totals.control_sum,
        faults=faults,
        rows=rows,
        sent_by=user,
    )
    trail.tell_file(made, user)
    return made
