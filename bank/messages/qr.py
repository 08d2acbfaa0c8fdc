"""QR codes of payments: EPC069-12 (SEPA credit transfer, version 2.1, code versions 001 and 002) and EMVCo's
merchant-presented codes (EMV QRCPS MPM 1.1), built and read. What does not fit the standard is refused.

Plain text in, plain values out: how a code is drawn is somebody else's business.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import pycountry

from bank.kernel import bic, currencies, iban
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages.errors import QrUnreadable

LONGEST: Final = 512
EPC_LONGEST_BYTES: Final = 331
_EPC_LARGEST: Final = Decimal("999999999.99")
_EPC_AMOUNT: Final = re.compile(r"EUR(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?", re.ASCII)
_PURPOSE: Final = re.compile(r"[A-Za-z]{1,4}", re.ASCII)
_CHARSETS: Final = ("utf-8", "iso8859-1", "iso8859-2", "iso8859-4", "iso8859-5", "iso8859-7", "iso8859-10",
                    "iso8859-15")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Epc:
    """A SEPA credit transfer asked for: remittance structured (ISO 11649) or free, never both."""

    name: str
    iban: str
    bic: str = ""
    amount: Money | None = None
    purpose: str = ""
    reference: str = ""
    text: str = ""
    information: str = ""


@dataclass(frozen=True, slots=True)
class Merchant:
    """An EMVCo code: ``accounts`` are the templates 02 to 51 by id, those from 26 on split into their parts.

    A static code has no amount, or one that stays; a dynamic one is made for a single payment.
    """

    name: str
    city: str
    country: str
    currency: str
    accounts: Mapping[str, Mapping[str, str] | str]
    category: str = "0000"
    amount: Money | None = None
    is_dynamic: bool = False
    bill: str = ""
    reference: str = ""
    terminal: str = ""
    purpose: str = ""
    postcode: str = ""
    tip: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


# --- EPC069-12


def build_epc(asked: Epc, *, version: str = "002") -> str:
    """The text of the code, in UTF-8, lines ended by line feed. Raises ``QrUnreadable`` with the field."""
    _check_epc(asked, version)
    amount = f"EUR{asked.amount.amount:.2f}" if asked.amount else ""
    lines = [
        "BCD", version, "1", "SCT", asked.bic, asked.name, asked.iban, amount, asked.purpose,
        asked.reference, asked.text, asked.information,
    ]  # fmt: skip
    text = "\n".join(lines).rstrip("\n")
    if len(text.encode()) > EPC_LONGEST_BYTES:
        raise QrUnreadable(problem=f"The code would have more than {EPC_LONGEST_BYTES} bytes.")
    return text


def read_epc(text: str) -> Epc:
    """What a code asks for. Raises ``QrUnreadable`` for anything EPC069-12 does not allow."""
    if len(text.encode(errors="replace")) > EPC_LONGEST_BYTES:
        raise QrUnreadable(problem=f"The code has more than {EPC_LONGEST_BYTES} bytes.")
    lines = text.replace("\r\n", "\n").split("\n")
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    if not 7 <= len(lines) <= 12:
        raise QrUnreadable(problem="A SEPA code has 7 to 12 lines.")
    lines += [""] * (12 - len(lines))
    _check_head(lines)
    asked = Epc(
        name=lines[5], iban=lines[6], bic=lines[4], amount=_epc_amount(lines[7]), purpose=lines[8],
        reference=lines[9], text=lines[10], information=lines[11],
    )  # fmt: skip
    _check_epc(asked, lines[1])
    return asked


def _check_head(lines: list[str]) -> None:
    if lines[0] != "BCD":
        raise QrUnreadable(problem="A SEPA code begins with BCD.")
    if lines[1] not in {"001", "002"}:
        raise QrUnreadable(problem="The version of a SEPA code is 001 or 002.")
    if lines[2] not in {str(n + 1) for n in range(len(_CHARSETS))}:
        raise QrUnreadable(problem="The character set of a SEPA code is a digit from 1 to 8.")
    if lines[3] != "SCT":
        raise QrUnreadable(problem="The code is no SEPA credit transfer (SCT).")


def _epc_amount(text: str) -> Money | None:
    if not text:
        return None
    if not _EPC_AMOUNT.fullmatch(text):
        raise QrUnreadable(problem="The amount must be EUR with at most two decimals, such as EUR12.50.")
    return Money.of(text[3:], "EUR")


def _check_epc(asked: Epc, version: str) -> None:
    if version == "001" and not asked.bic:
        raise QrUnreadable(problem="Version 001 needs the BIC of the payee's bank.")
    if asked.bic:
        _valid(bic.validate, asked.bic, "The BIC is none.")
    _valid(iban.validate, asked.iban, "The IBAN is wrong.")
    if asked.purpose and not _PURPOSE.fullmatch(asked.purpose):
        raise QrUnreadable(problem="The purpose is a code of at most four letters.")
    if asked.reference and asked.text:
        raise QrUnreadable(problem="A code has a structured reference or a free text, not both.")
    if asked.amount is not None and not Decimal("0.01") <= asked.amount.amount <= _EPC_LARGEST:
        raise QrUnreadable(problem="The amount must be between 0.01 and 999999999.99 EUR.")
    if asked.amount is not None and asked.amount.currency != "EUR":
        raise QrUnreadable(problem="A SEPA code is in EUR.")
    _line("name", asked.name, 1, 70)
    _line("reference", asked.reference, 0, 35)
    _line("text", asked.text, 0, 140)
    _line("information", asked.information, 0, 70)


def _line(what: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most or (text and (not text.isprintable() or text != text.strip())):
        raise QrUnreadable(problem=f"The {what} must be one line of {least} to {most} letters.")


# --- EMVCo merchant-presented


def build_merchant(code: Merchant) -> str:
    """The text of the code with its checksum. Raises ``QrUnreadable`` with what does not fit."""
    _check_merchant(code)
    parts = [_tlv("00", "01"), _tlv("01", "12" if code.is_dynamic else "11")]
    for tag, account in sorted(code.accounts.items()):
        value = account if isinstance(account, str) else _template(account)
        parts.append(_tlv(tag, value))
    parts += [_tlv("52", code.category), _tlv("53", _numeric(code.currency))]
    if code.amount is not None:
        parts.append(_tlv("54", f"{code.amount.amount:f}"))
    parts += [_tlv("58", code.country), _tlv("59", code.name), _tlv("60", code.city)]
    if code.postcode:
        parts.append(_tlv("61", code.postcode))
    extra = {"01": code.bill, "05": code.reference, "07": code.terminal, "08": code.purpose, **code.more}
    if any(extra.values()):
        parts.append(_tlv("62", _template({tag: text for tag, text in extra.items() if text})))
    text = "".join(parts) + "6304"
    return text + f"{crc16(text.encode()):04X}"


def read_merchant(text: str) -> Merchant:
    """What a code says. Raises ``QrUnreadable`` for a broken checksum, order, length or field."""
    if not text.isprintable() or len(text) > LONGEST:
        raise QrUnreadable(problem="The code has letters no merchant code has, or more than 512.")
    if not text.startswith("000201"):
        raise QrUnreadable(problem="A merchant code begins with 000201.")
    if len(text) < 12 or text[-8:-4] != "6304" or text[-4:] != f"{crc16(text[:-4].encode()):04X}":
        raise QrUnreadable(problem="The checksum does not fit. Read the code again.")
    found = dict(_unique(text))
    extra = dict(_unique(found.get("62", "")))
    currency = _currency(found.get("53", ""))
    code = Merchant(
        name=found.get("59", ""),
        city=found.get("60", ""),
        country=found.get("58", ""),
        currency=currency,
        accounts=_accounts(found),
        category=found.get("52", ""),
        amount=_amount(found.get("54", ""), currency),
        is_dynamic=found.get("01") == "12",
        bill=extra.pop("01", ""),
        reference=extra.pop("05", ""),
        terminal=extra.pop("07", ""),
        purpose=extra.pop("08", ""),
        postcode=found.get("61", ""),
        tip=found.get("55", ""),
        more=extra,
    )
    _check_merchant(code)
    return code


def crc16(content: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, initial FFFF (ISO/IEC 13239 as EMVCo uses it)."""
    register = 0xFFFF
    for byte in content:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register


def _tlv(tag: str, value: str) -> str:
    if not 1 <= len(value) <= 99:
        raise QrUnreadable(problem=f"Field {tag} must have 1 to 99 letters.")
    return f"{tag}{len(value):02d}{value}"


def _template(parts: Mapping[str, str]) -> str:
    return "".join(_tlv(tag, text) for tag, text in sorted(parts.items()))


def _fields(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        tag, length = text[place : place + 2], text[place + 2 : place + 4]
        if not re.fullmatch("[0-9]{4}", tag + length, re.ASCII):
            raise QrUnreadable(problem="The code is cut off or damaged.")
        value = text[place + 4 : place + 4 + int(length)]
        if len(value) != int(length) or not value:
            raise QrUnreadable(problem="The code is cut off or damaged.")
        yield tag, value
        place += 4 + int(length)


def _unique(text: str) -> list[tuple[str, str]]:
    found = list(_fields(text))
    if len({tag for tag, _value in found}) != len(found):
        raise QrUnreadable(problem="A field stands in the code twice.")
    return found


def _accounts(found: Mapping[str, str]) -> dict[str, Mapping[str, str] | str]:
    return {
        tag: dict(_unique(value)) if int(tag) >= 26 else value
        for tag, value in found.items()
        if 2 <= int(tag) <= 51
    }


def _numeric(currency: str) -> str:
    """The three digits of ISO 4217."""
    found = pycountry.currencies.get(alpha_3=currency)
    if found is None:
        raise QrUnreadable(problem="The currency of the code is unknown.")
    return str(found.numeric)


def _currency(digits: str) -> str:
    found = pycountry.currencies.get(numeric=digits)
    if found is None or not currencies.is_currency(found.alpha_3):
        raise QrUnreadable(problem="The currency of the code is unknown.")
    return str(found.alpha_3)


def _amount(text: str, currency: str) -> Money | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{0,3})?", text, re.ASCII) or len(text) > 13:
        raise QrUnreadable(problem="The amount of the code is none.")
    try:
        return Money.of(text.rstrip("."), currency)
    except BankError as error:
        raise QrUnreadable(problem="The amount of the code is none.") from error


def _check_merchant(code: Merchant) -> None:
    if not code.accounts:
        raise QrUnreadable(problem="The code names no account to pay to.")
    for tag, account in code.accounts.items():
        if not re.fullmatch("(0[2-9]|[1-4][0-9]|5[01])", tag, re.ASCII):
            raise QrUnreadable(problem="The code names no account to pay to.")
        if int(tag) >= 26 and (isinstance(account, str) or not account.get("00")):
            raise QrUnreadable(problem="An account of the code does not say whose scheme it is.")
    if not re.fullmatch("[0-9]{4}", code.category, re.ASCII):
        raise QrUnreadable(problem="The merchant category has four digits.")
    if not re.fullmatch("[A-Z]{2}", code.country, re.ASCII):
        raise QrUnreadable(problem="The country has two letters.")
    _ascii("name", code.name, 1, 25)
    _ascii("city", code.city, 1, 15)
    for what, text in (("bill", code.bill), ("reference", code.reference), ("purpose", code.purpose)):
        _ascii(what, text, 0, 25)
    if code.amount is not None and not (code.amount.is_positive and len(f"{code.amount.amount:f}") <= 13):
        raise QrUnreadable(problem="The amount of the code is none.")


def _ascii(what: str, text: str, least: int, most: int) -> None:
    if not text.isascii():
        raise QrUnreadable(problem=f"The {what} must be in plain letters.")
    _line(what, text, least, most)


def _valid(check: Callable[[str], str], text: str, problem: str) -> None:
    """Only the machine form will do: what the check makes of it must be what is there."""
    try:
        is_same = check(text) == text
    except BankError:
        is_same = False
    if not is_same:
        raise QrUnreadable(problem=problem)
