"""camt.053 and camt.054 of a settlement account: what the network books for a bank, a day or a movement."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bank.kernel.money import Money
from bank.messages import statements
from bank.messages.build import branch, leaf
from bank.messages.interbank import parts
from bank.messages.interbank.records import Header, Movement, SettlementAccount

STATEMENT: Final = "camt.053.001.08"
NOTIFICATION: Final = "camt.054.001.08"
#: Bank transaction codes: transfers this bank issued, transfers it received, and returns of either.
_ISSUED, _RECEIVED, _RETURNED, _TRANSFER = "ICDT", "RCDT", "RRTN", "DMCT"


def statement_body(header: Header, account: SettlementAccount, movements: Sequence[Movement]) -> Any:
    statement = branch(
        "Stmt",
        leaf("Id", header.message_id),
        leaf("CreDtTm", parts.instant(header.created_at)),
        _account(account),
        _balance("OPBD", account.opening, account),
        _balance("CLBD", account.closing, account),
        *map(_entry, movements),
    )
    return branch("BkToCstmrStmt", _group(header), statement)


def notification_body(header: Header, account: SettlementAccount, movement: Movement) -> Any:
    told = branch(
        "Ntfctn",
        leaf("Id", header.message_id),
        leaf("CreDtTm", parts.instant(header.created_at)),
        _account(account),
        _entry(movement),
    )
    return branch("BkToCstmrDbtCdtNtfctn", _group(header), told)


def _group(header: Header) -> Any:
    return branch(
        "GrpHdr", leaf("MsgId", header.message_id), leaf("CreDtTm", parts.instant(header.created_at))
    )


def _account(account: SettlementAccount) -> Any:
    made = parts.account("Acct", account.number)
    made.append(leaf("Ccy", account.currency))
    made.append(branch("Ownr", leaf("Nm", account.owner)))
    return made


def _balance(kind: str, amount: Decimal, account: SettlementAccount) -> Any:
    return branch(
        "Bal",
        branch("Tp", branch("CdOrPrtry", leaf("Cd", kind))),
        leaf("Amt", f"{abs(amount):f}", Ccy=account.currency),
        leaf("CdtDbtInd", "DBIT" if amount < 0 else "CRDT"),
        branch("Dt", leaf("Dt", account.day.isoformat())),
    )


def _entry(movement: Movement) -> Any:
    day = movement.booked_on.isoformat()
    size = leaf("Amt", f"{abs(movement.amount.amount):f}", Ccy=movement.amount.currency)
    sign = "DBIT" if movement.amount.amount < 0 else "CRDT"
    return branch(
        "Ntry",
        leaf("NtryRef", movement.network_reference),
        size,
        leaf("CdtDbtInd", sign),
        branch("Sts", leaf("Cd", "BOOK")),
        branch("BookgDt", leaf("Dt", day)),
        branch("ValDt", leaf("Dt", day)),
        leaf("AcctSvcrRef", movement.network_reference),
        _code(movement),
        branch("NtryDtls", _details(movement, sign)),
    )


def _code(movement: Movement) -> Any:
    family = branch(
        "Fmly",
        leaf("Cd", _ISSUED if movement.is_ours else _RECEIVED),
        leaf("SubFmlyCd", _RETURNED if movement.is_return else _TRANSFER),
    )
    return branch("BkTxCd", branch("Domn", leaf("Cd", "PMNT"), family))


def _details(movement: Movement, sign: str) -> Any:
    return branch(
        "TxDtls",
        branch(
            "Refs",
            leaf("AcctSvcrRef", movement.network_reference),
            leaf("EndToEndId", movement.end_to_end_id),
            leaf("UETR", movement.uetr),
            leaf("TxId", movement.transaction_id),
        ),
        parts.amount("Amt", Money(abs(movement.amount.amount), movement.amount.currency)),
        leaf("CdtDbtInd", sign),
    )


def movements_of(statement: statements.Statement) -> Iterator[Movement]:
    """The entries of a statement or notification that was read (``bank.messages.camt``)."""
    for entry in statement.entries:
        kind = entry.kind.split("/")
        detail = entry.details[0] if entry.details else statements.Detail()
        yield Movement(
            network_reference=entry.bank_reference or detail.bank_reference,
            transaction_id=detail.transaction_id,
            amount=Money(entry.amount, entry.currency),
            booked_on=entry.booking_date or date.min,
            uetr=detail.uetr,
            end_to_end_id=entry.end_to_end_id,
            is_return=_RETURNED in kind,
            is_ours=_ISSUED in kind,
        )
