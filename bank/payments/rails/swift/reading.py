"""The MTs the bank reads: MT103 in, MT103 that returns one of ours, the tracker's MT199, MT196 that answers a
request to cancel, MT192 that asks one of theirs back; MT900, MT910, MT940 and MT950 are kept and tell nothing
new.
"""

import re
from collections.abc import Callable
from typing import Final

from bank.kernel.errors import BankError
from bank.messages.swift import blocks, parties
from bank.messages.swift.blocks import Field, Message
from bank.payments import errors
from bank.payments.network import (
    Event,
    Incoming,
    Noted,
    RecallAnswered,
    RecallAsked,
    Received,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rails.swift import references
from bank.payments.rails.swift.writing import read_amount

NAME: Final = "SWIFT"
MOST_BYTES: Final = 100_000
_STATUS = re.compile(r"//(AC[SC][PC]|RJCT)(?:/([A-Z0-9]{4}))?")
_RETURNED = re.compile(
    r"\A/(RETN|REJT)/[0-9]{2}[A-Z]?.*?\n/([A-Z0-9]{4})/([^\n]*)\n(?:.*\n)?/MREF/(\S{1,16})", re.DOTALL
)
#: What a step of the tracker means (SWIFT gpi, status codes of ACSP).
STEPS: Final = {
    "G000": "Delivered to the next bank, which reports on.",
    "G001": "Delivered to the next bank, which does not report.",
    "G002": "The bank of the payee has it; the credit may take until tomorrow.",
    "G003": "The bank of the payee waits for documents of the payee.",
    "G004": "The bank of the payee waits for the funds.",
    "G005": "Delivered to the bank of the payee.",
    "G006": "Delivered to the bank of the payee, outside of gpi.",
    "G007": "It waits for the payee's bank to open.",
    "G008": "The payee's bank holds it for a check.",
}
REASONS: Final = {
    "AC01": "The account number is wrong.",
    "AC04": "The account is closed.",
    "AC06": "The account is blocked.",
    "BE01": "The name does not go with the account.",
    "RC01": "The bank is wrong.",
    "AM09": "The amount is wrong.",
    "RR04": "The law of a country stops it.",
}


def read(content: bytes) -> Received:
    """One message. Raises ``NetworkMessageUnreadable``."""
    if len(content) > MOST_BYTES:
        raise _unreadable(f"it has more than {MOST_BYTES} bytes")
    try:
        (message,) = blocks.read(content)
        events = _READERS.get(message.type, _nothing)(message)
    except BankError as error:
        raise _unreadable(str(error)[:200]) from error
    except ValueError as error:
        raise _unreadable("it is not one whole message") from error
    return Received(_key(message), f"MT{message.type}", events)


def _unreadable(problem: str) -> errors.NetworkMessageUnreadable:
    return errors.NetworkMessageUnreadable(rail=NAME, problem=problem)


def _key(message: Message) -> str:
    """Sender, kind and reference name a message; a tracker's steps differ by what they say."""
    told = _told(message) if message.type == "199" else ""
    day = message.value("32A")[:6]
    return f"{message.sender[:8]}/{message.type}/{message.value('20')}/{message.uetr[:36]}/{day}{told}"[:140]


def _told(message: Message) -> str:
    """When a tracker's step was, and what it was."""
    found = _STATUS.search(message.value("79"))
    return re.sub(r"\D", "", message.value("79")[:16]) + (found.group(0) if found else "")


def _nothing(_message: Message) -> tuple[Event, ...]:
    return ()


def _payment(message: Message) -> tuple[Event, ...]:
    for tags in (("20",), ("32A",), ("59", "59A", "59F")):
        if not message.value(*tags):
            raise _unreadable(f"field {tags[0]} is missing")
    amount = read_amount(message.value("32A")[6:])
    if amount.amount <= 0:
        raise _unreadable("field 32A has no amount")
    returned = _RETURNED.search(message.value("72") + "\n")
    if returned:
        kind, reason, words, reference = returned.groups()
        sentence = words.strip() or REASONS.get(reason, "")
        ours = references.whole(reference)
        if kind == "REJT":  # never settled: no money comes with it
            return (Rejected(ours, reason, sentence[:140], message.uetr[:36]),)
        return (Returned(ours, amount, reason, sentence[:140], _named(message)),)
    if message.value("72").startswith(("/RETN/", "/REJT/")):
        raise _unreadable("field 72 does not name the payment that comes back (/MREF/)")
    return (_incoming(message),)


def _incoming(message: Message) -> Incoming:
    debtor, creditor = _party(message, "50"), _party(message, "59")
    agent = _party(message, "52").bic or message.sender[:8]
    remittance = " ".join(message.value("70").split())
    found = re.search(r"/ROC/([^/]{1,35})", remittance)
    return Incoming(
        network_reference=_named(message),
        amount=read_amount(message.value("32A")[6:]),
        creditor_number="".join(creditor.account.split())[:64],
        creditor_name=creditor.name[:140],
        debtor_number=debtor.account[:64],
        debtor_name=debtor.name[:140],
        debtor_agent=agent[:35],
        end_to_end_id=found[1].strip() if found else "",
        uetr=message.uetr[:36],
        remittance=remittance[:500],
    )


def _named(message: Message) -> str:
    """A message as no other is named: its sender and the sender's reference."""
    return f"{message.sender[:8]}/{message.value('20')[:16]}"


def _party(message: Message, number: str) -> parties.MtParty:
    none = Field(number, "")
    field = next((each for each in message.fields if each.tag[:2] == number), none)
    return parties.read(field.tag[2:], field.value)


def _tracked(message: Message) -> tuple[Event, ...]:
    """gpi's news of a payment of ours, in field 79; other free texts are for people to read."""
    found = _STATUS.search(message.value("79"))
    if found is None:
        return ()
    return (news(references.whole(message.value("21")), found[1], found[2] or "", message.uetr),)


def news(reference: str, status: str, reason: str, uetr: str) -> Event:
    """What a status of the tracker is to the bank: a step, the end, or a refusal."""
    if status in {"ACCC", "ACSC"}:
        return Settled(reference, uetr[:36])
    if status == "RJCT":
        return Rejected(reference, reason or "NARR", REASONS.get(reason, ""), uetr[:36])
    sentence = STEPS.get(reason, "On its way.")
    return Noted(reference, f"{status}/{reason}" if reason else status, sentence)


def _answered(message: Message) -> tuple[Event, ...]:
    """MT196: /CNCL/ it is brought back, /RJCR/ it is not, /PDCR/ they look into it."""
    reference = references.whole(message.value("21").removeprefix("R"))
    found = re.match(r"/(CNCL|RJCR|PDCR)/([A-Z0-9]{4})?", message.value("76"))
    if found is None:
        return ()
    if found[1] == "PDCR":
        return (Noted(reference, "PDCR", "The other bank looks into the request."),)
    return (RecallAnswered(reference, is_accepted=found[1] == "CNCL", reason=found[2] or ""),)


def _asked_back(message: Message) -> tuple[Event, ...]:
    """MT192 with why in 79 (/DUPL/); the amount only where it copies the payment's 32A."""
    if not message.value("20") or not message.value("21"):
        raise _unreadable("field 20 or 21 is missing")
    bank, theirs = message.sender[:8], message.value("21")[:16]
    why = re.search(r"/([A-Z]{4})/([^\n]*)", message.value("79"))
    reason, words = why.groups() if why else ("NARR", "")
    copied = message.value("32A")
    amount = read_amount(copied[6:]) if copied else None
    named = f"{bank}/{message.value('20')[:16]}"
    said, paid = words.strip()[:140], f"{bank}/{theirs}"
    return (RecallAsked(named, paid, amount, reason, said, message.uetr[:36], theirs),)


_READERS: Final[dict[str, Callable[[Message], tuple[Event, ...]]]] = {
    "103": _payment,
    "192": _asked_back,
    "196": _answered,
    "199": _tracked,
}
