"""What banks pack into the free text of field 86: German numbered parts, SEPA keywords, slashed code words.

None of this is SWIFT's: field 86 is 6*65x to the standard. The conventions read here are those of DFÜ
agreement annex 3 (``?20`` to ``?63``), of the SEPA keywords (``EREF+``) and of the Dutch banks (``/EREF/``).
"""

import re
from dataclasses import dataclass

from bank.messages.canonical import NO_ACCOUNT, NO_AGENT, NOBODY, AccountIdentification, Agent, Party

_NUMBERED = re.compile(r"^\d{3}\?\d\d")
_PART = re.compile(r"\?(\d\d)([^?]*(?:\?(?!\d\d)[^?]*)*)")
_PURPOSE = frozenset(range(20, 30)) | frozenset(range(60, 64))
_KEYWORD = re.compile(r"(?:^|(?<=\s)|(?<=\?))(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")
_SLASHED = re.compile(
    r"/(EREF|MARF|CSID|REMI|ORDP|BENM|IBAN|BIC|NAME|TRTP|ISDT|PREF|CNTP|RTRN|PURP|SVCL|ID|TRCD|USTD|STRD|CDTRREF)/"
)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Told:
    """What field 86 tells about the other side and the purpose; ``remittance`` is the purpose whole."""

    remittance: str
    end_to_end_id: str = ""
    counterparty: Party = NOBODY
    counterparty_account: AccountIdentification = NO_ACCOUNT
    counterparty_agent: Agent = NO_AGENT


def told(text: str) -> Told:
    """Reads the text of field 86 in whichever convention it is written."""
    if _NUMBERED.match(text):
        return _numbered(text.replace("\n", ""))
    joined = text.replace("\n", "")
    if joined.startswith("/") and len(_SLASHED.findall(joined)) > 1:
        return _slashed(text, joined)
    return Told(remittance=text.strip(), end_to_end_id=_keywords(joined).get("EREF", ""))


def _numbered(text: str) -> Told:
    parts = {int(number): value for number, value in _PART.findall(text)}
    purpose = "".join(parts[number] for number in sorted(parts) if number in _PURPOSE)
    spaced = " ".join(parts[number] for number in sorted(parts) if number in _PURPOSE)
    return Told(
        remittance=purpose.strip(),
        end_to_end_id=_keywords(spaced if "EREF+" in spaced else purpose).get("EREF", "").strip(),
        counterparty=Party(name="".join(parts.get(number, "") for number in (32, 33)).strip()),
        counterparty_account=_account(parts.get(31, "").strip()),
        counterparty_agent=_agent(parts.get(30, "").strip()),
    )


def _keywords(text: str) -> dict[str, str]:
    pieces = _KEYWORD.split(text)
    return {word: value.strip() for word, value in zip(pieces[1::2], pieces[2::2], strict=True)}


def _slashed(text: str, joined: str) -> Told:
    pieces = _SLASHED.split(joined)
    words: dict[str, str] = {}
    for word, value in zip(pieces[1::2], pieces[2::2], strict=True):
        words.setdefault(word, value.strip("/ "))
    return Told(
        remittance=words.get("REMI") or text.strip(),
        end_to_end_id=words.get("EREF", ""),
        counterparty=Party(name=words.get("NAME", "")),
        counterparty_account=_account(words.get("IBAN", "")),
        counterparty_agent=_agent(words.get("BIC", "")),
    )


def _account(text: str) -> AccountIdentification:
    is_iban = bool(_IBAN.fullmatch(text))
    return AccountIdentification(iban=text if is_iban else "", other="" if is_iban else text)


def _agent(text: str) -> Agent:
    is_bic = bool(_BIC.fullmatch(text))
    return Agent(bic=text if is_bic else "", clearing_member="" if is_bic else text)
