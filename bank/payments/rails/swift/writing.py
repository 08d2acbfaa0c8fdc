"""The MTs the bank writes: MT103 for an order, MT103 that returns one, MT192 that asks for one back,
MT196 that says no to such a wish of theirs."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.conf import settings

from bank.kernel import clock
from bank.kernel.errors import InvalidAmount
from bank.kernel.money import Money
from bank.messages.swift.blocks import Field, Message
from bank.messages.swift.charset import spelt
from bank.payments.network import Incoming, RecallAsked
from bank.payments.rail import Instruction
from bank.payments.rails.swift import references

BEARERS: Final = {"DEBT": "OUR", "SHAR": "SHA", "CRED": "BEN", "SLEV": "SHA"}
_LINE: Final = 35
_HEAD_OFFICE: Final = "X" * 3
_REMITTANCE_LINES: Final = 4
_GPI: Final = ("111", "001")
_NOTHING: Final = frozenset({"", "NOTPROVIDED"})
#: The reasons of ISO 20022 that MT192 has a word for; any other is told as the customer's wish.
_CANCEL: Final = frozenset({"DUPL", "AGNT", "CURR", "CUST", "UPAY", "CUTA", "TECH", "FRAD", "COVR", "AMNT"})


def terminal(bic: str, letter: str) -> str:
    """A logical terminal: BIC, its letter, and three X for the head office."""
    return f"{bic[:8]}{letter}{bic[8:11] or _HEAD_OFFICE}"


def correspondent(currency: str) -> str:
    """The bank that keeps our account in a currency; empty where none does."""
    found: str = settings.CORRESPONDENTS.get(currency, "")
    return found


def amount(money: Money) -> str:
    """Currency and amount: a comma in any case, no zeros after it that say nothing."""
    whole, _point, decimals = f"{money.amount:f}".partition(".")
    return f"{money.currency}{whole},{decimals.rstrip('0')}"


def payment(order: Instruction) -> Message:
    """An order as MT103, to the correspondent of its currency."""
    receiver = correspondent(order.amount.currency)
    fields = (
        Field("20", references.short(order.reference)),
        Field("23B", "CRED"),
        Field("32A", _dated(order)),
        Field("33B", amount(order.amount)),
        Field("50K", _party(order.debtor_number, order.debtor_name)),
        *_account_with(order, receiver),
        _beneficiary(order),
        *_remittance(order),
        Field("71A", BEARERS.get(order.charge_bearer, "SHA")),
        *_deducted(order),
    )
    return _message("103", receiver, fields, order.uetr or references.uetr(order.reference))


def _dated(order: Instruction) -> str:
    return f"{order.requested_date or clock.today():%y%m%d}{amount(order.amount)}"


def _account_with(order: Instruction, receiver: str) -> Iterator[Field]:
    """57A, unless the correspondent itself keeps the beneficiary's account."""
    bank = order.creditor_agent.upper()
    if bank and bank.removesuffix(_HEAD_OFFICE) != receiver.removesuffix(_HEAD_OFFICE):
        yield Field("57A", bank)


def _beneficiary(order: Instruction) -> Field:
    """59F where the country is known, with name, address and country in numbered lines; else 59."""
    number = "".join(order.creditor_number.split())
    if not order.creditor_country:
        return Field("59", _party(number, order.creditor_name, order.creditor_address))
    names = [f"1/{line}" for line in wrapped(order.creditor_name, _LINE - 2)[:2]]
    address = [f"2/{line}" for line in wrapped(order.creditor_address, _LINE - 2)][: 3 - len(names)]
    return Field("59F", "\n".join((f"/{number}", *names, *address, f"3/{order.creditor_country}")))


def _party(number: str, name: str, address: str = "") -> str:
    return "\n".join((f"/{number}", *wrapped(name)[:2], *wrapped(address)[:2]))


def _remittance(order: Instruction) -> Iterator[Field]:
    reference, words = spelt(order.end_to_end_id), spelt(order.remittance).strip()
    if reference not in _NOTHING:
        words = f"/ROC/{reference}" + (f"///URI/{words}" if words else "")
    if words:
        yield Field("70", "\n".join(wrapped(words)[:_REMITTANCE_LINES]))


def _deducted(order: Instruction) -> Iterator[Field]:
    """With BEN the charges the bank deducted are told, though it took them from the debtor: none."""
    if order.charge_bearer == "CRED":
        yield Field("71F", f"{order.amount.currency}0,")


def wrapped(words: str, width: int = _LINE) -> list[str]:
    """In lines of a width, broken between words; a line begins neither with - nor with :."""
    lines: list[str] = []
    for word in spelt(words).split():
        pieces = [word[at : at + width] for at in range(0, len(word), width)]
        for piece in pieces:
            if lines and len(lines[-1]) + 1 + len(piece) <= width:
                lines[-1] += f" {piece}"
            else:
                lines.append(piece)
    return [line.lstrip("-:") or "." for line in lines]


def cancellation(order: Instruction, uetr: str, reason: str) -> Message:
    """MT192: asks the correspondent to stop or bring back a payment."""
    reference = references.short(order.reference)
    code = reason if reason in _CANCEL else "CUST"
    fields = (
        Field("20", f"R{reference}"),
        Field("21", reference),
        Field("11S", f"103\n{order.requested_date or clock.today():%y%m%d}"),
        Field("79", f"/{code}/"),
    )
    return _message("192", correspondent(order.amount.currency), fields, uetr)


def refusal(asked: RecallAsked, reason: str) -> Message:
    """MT196 to the bank that asked: its request is rejected (RJCR), with why."""
    bank, _mark, theirs = asked.recall_id.partition("/")
    fields = (
        Field("20", f"RJ{references.uetr(asked.recall_id)[:8].upper()}"),
        Field("21", theirs),
        Field("76", f"/RJCR/{reason[:4]}"),
        Field("11R", f"192\n{clock.today():%y%m%d}"),
    )
    return _message("196", bank, fields, asked.uetr or references.uetr(asked.network_reference))


def returned(incoming: Incoming, reason: str, name: str) -> Message:
    """MT103 that gives back a payment nobody here can have, with the reason in 72 (/RETN/)."""
    _bank, _mark, theirs = incoming.network_reference.partition("/")
    debtor = incoming.debtor_name or "ORDERING CUSTOMER"
    fields = (
        Field("20", f"RT{references.uetr(incoming.network_reference)[:8].upper()}"),
        Field("23B", "CRED"),
        Field("32A", f"{clock.today():%y%m%d}{amount(incoming.amount)}"),
        Field("33B", amount(incoming.amount)),
        Field("50K", f"/{_fit(incoming.creditor_number)}\n{name}"),
        Field("59", "\n".join((f"/{_fit(incoming.debtor_number)}", *wrapped(debtor)[:2]))),
        Field("71A", "SHA"),
        Field("72", f"/RETN/59\n/{reason[:4] or 'AC01'}/\n/MREF/{theirs}"),
    )
    uetr = references.uetr(f"return/{incoming.network_reference}")
    return _message("103", correspondent(incoming.amount.currency), fields, uetr)


def _fit(number: str) -> str:
    return "".join(spelt(number).split())[:34] or "NOTPROVIDED"


def _message(kind: str, receiver: str, fields: tuple[Field, ...], uetr: str) -> Message:
    return Message(
        type=kind,
        sender=terminal(settings.BANK_BIC, "A"),
        receiver=terminal(receiver, "X"),
        fields=fields,
        uetr=uetr,
        user_header=(_GPI, ("121", uetr)),
        priority="N",
    )


def read_amount(text: str) -> Money:
    """Currency and amount of a field. Raises the kernel's refusals."""
    if not re.fullmatch(r"[A-Z]{3}[0-9]{1,12},[0-9]{0,3}", text, re.ASCII):
        raise InvalidAmount(problem="An amount is a currency and digits with one comma: USD1250,5.")
    return Money(Decimal(text[3:].replace(",", ".").rstrip(".")), text[:3])
