"""The network validated rules between the fields of an MT103: C1 to C18 (SWIFT Standards MT, category 1).

SWIFT refuses a message that breaks one with the error code in ``ERRORS``.
"""

from collections.abc import Iterator
from typing import Final

from bank.messages.swift.blocks import Field, Message

Broken = tuple[Field | None, str, str]

#: What SWIFT's NAK names, by the rule that is broken; where a rule has several, the first of them.
ERRORS: Final = {
    "C1": "D75",
    "C2": "D49",
    "C3": "E01",
    "C4": "E03",
    "C5": "E04",
    "C6": "E05",
    "C7": "E06",
    "C8": "E07",
    "C9": "C81",
    "C10": "E16",
    "C11": "E09",
    "C12": "E10",
    "C13": "E18",
    "C14": "E13",
    "C15": "D51",
    "C16": "E44",
    "C17": "E45",
    "C18": "C02",
}
#: Between two banks of these countries the instructed amount must be told (C2).
_TOLD_AMOUNT: Final = frozenset(
    (
        *("AD", "AT", "BE", "BG", "BV", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GF"),
        *("GI", "GP", "GR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MQ", "MT", "NL", "NO"),
        *("PL", "PM", "PT", "RE", "RO", "SE", "SI", "SJ", "SK", "SM", "TF", "VA"),
    )
)
_URGENT_INSTRUCTIONS: Final = frozenset({"SDVA", "TELB", "PHOB", "INTC"})
_SERVICE_LEVELS: Final = frozenset({"SPRI", "SSTD", "SPAY"})
_SENDERS, _RECEIVERS = ("53A", "53B", "53D"), ("54A", "54B", "54D")
_THIRD: Final = ("55A", "55B", "55D")
_INTERMEDIARY: Final = ("56A", "56C", "56D")
_ACCOUNT_WITH: Final = ("57A", "57B", "57C", "57D")
_BENEFICIARY: Final = ("59", "59A", "59F")


def broken(message: Message) -> Iterator[Broken]:
    """Field, rule and how to keep it, for every rule an MT103 breaks."""
    yield from _amounts(message)
    yield from _instructed(message)
    level = message.value("23B")
    if level in _SERVICE_LEVELS:
        yield from _service_level(message, level)
    yield from _agents(message)
    yield from _asked_of_agents(message)
    yield from _charges(message)


def _amounts(message: Message) -> Iterator[Broken]:
    ordered, settled, rate = message.tagged("33B"), message.value("32A"), message.tagged("36")
    differs = ordered is not None and ordered.value[:3] != settled[6:9]
    if differs and rate is None:
        yield ordered, "C1", "Two currencies need the rate of exchange in field 36."
    if rate is not None and not differs:
        yield rate, "C1", "A rate of exchange belongs to two different currencies in 32A and 33B."
    countries = {message.sender[4:6], message.receiver[4:6]}
    if ordered is None and countries <= _TOLD_AMOUNT:
        yield None, "C2", "Between banks of these countries write the instructed amount in 33B."
    if ordered is None and (charge := message.tagged("71F", "71G")):
        yield charge, "C15", "With charges in 71F or 71G write the instructed amount in 33B."


def _instructed(message: Message) -> Iterator[Broken]:
    level = message.value("23B")
    for field in message.every("23E"):
        if level == "SPRI" and field.value[:4] not in _URGENT_INSTRUCTIONS:
            yield field, "C3", "With SPRI only SDVA, TELB, PHOB and INTC may be asked for."
        if level in {"SSTD", "SPAY"}:
            yield field, "C3", f"With {level} no instruction may be given in 23E."


def _service_level(message: Message, level: str) -> Iterator[Broken]:
    """C4 to C6, C8, C10 to C12: what an agreed service level asks of banks and beneficiary."""
    for tag, code in (("53D", "C4"), ("54B", "C6"), ("54D", "C6"), ("55B", "C8"), ("55D", "C8")):
        if field := message.tagged(tag):
            yield field, code, f"With {level} name this bank by its BIC (option A)."
    place = message.tagged("53B")
    if place and not place.value.startswith("/"):
        yield place, "C5", f"With {level} option B of field 53a names the account."
    yield from _intermediary(message, level)
    for tag in ("57B", "57D"):
        field = message.tagged(tag)
        if field and (tag == "57B" or not field.value.startswith("/")):
            yield field, "C11", f"With {level} name the account's bank by BIC, code, or code and name."
    beneficiary = message.tagged(*_BENEFICIARY)
    if beneficiary and not beneficiary.value.startswith("/"):
        yield beneficiary, "C12", f"With {level} the beneficiary's account must be given."


def _intermediary(message: Message, level: str) -> Iterator[Broken]:
    field = message.tagged(*_INTERMEDIARY)
    if field is None:
        return
    if level == "SPRI":
        yield field, "C10", "With SPRI there is no intermediary."
    elif field.tag == "56D" or (field.tag == "56C" and not field.value.startswith("//")):
        yield field, "C10", f"With {level} name the intermediary by its BIC or clearing code."


def _agents(message: Message) -> Iterator[Broken]:
    third, intermediary = message.tagged(*_THIRD), message.tagged(*_INTERMEDIARY)
    if third and not (message.tagged(*_SENDERS) and message.tagged(*_RECEIVERS)):
        yield third, "C7", "A third reimbursement bank comes with the first two (53a and 54a)."
    if intermediary and message.tagged(*_ACCOUNT_WITH) is None:
        yield intermediary, "C9", "An intermediary (56a) needs the account's bank in 57a."


def _asked_of_agents(message: Message) -> Iterator[Broken]:
    intermediary, with_ = message.tagged(*_INTERMEDIARY), message.tagged(*_ACCOUNT_WITH)
    beneficiary = message.tagged(*_BENEFICIARY)
    for field in message.every("23E"):
        asked = field.value[:4]
        if asked == "CHQB" and beneficiary and beneficiary.value.startswith("/"):
            yield beneficiary, "C13", "Who is paid by cheque (CHQB) has no account in field 59."
        if asked in {"TELI", "PHOI"} and intermediary is None:
            yield field, "C16", f"{asked} is for an intermediary, and there is none (56a)."
        if asked in {"TELE", "PHON"} and with_ is None:
            yield field, "C17", f"{asked} is for the account's bank, and there is none (57a)."


def _charges(message: Message) -> Iterator[Broken]:
    bearer, deducted, added = message.value("71A"), message.tagged("71F"), message.tagged("71G")
    if bearer == "OUR" and deducted:
        yield deducted, "C14", "When the sender pays all charges (OUR), none are deducted in 71F."
    if bearer in {"SHA", "BEN"} and added:
        yield added, "C14", f"With {bearer} there are no charges to add in 71G."
    if bearer == "BEN" and deducted is None:
        yield message.tagged("71A"), "C14", "With BEN write the deducted charges in 71F."
    if added and added.value[:3] != message.value("32A")[6:9]:
        yield added, "C18", "The charges in 71G are in the currency of 32A."
