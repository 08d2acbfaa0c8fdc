"""The bank's own QR codes: EMVCo merchant-presented, with an account of the bank in template 29; and reading
whatever code a customer holds before the camera."""

from dataclasses import dataclass
from typing import Final

from anyascii import anyascii

from bank.accounts.models import Account
from bank.kernel.money import Money
from bank.messages import qr
from bank.messages.errors import QrUnreadable

#: The bank's globally unique identifier in a template (EMVCo: a reverse domain).
SCHEME: Final = "ke.umoja"
_TEMPLATE: Final = "29"


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a code asks to pay. ``agent`` is the other bank's BIC where the account is not here."""

    name: str
    number: str
    amount: Money | None
    text: str = ""
    agent: str = ""
    request: str = ""


def receive(account: Account, *, amount: Money | None = None, text: str = "", request: str = "") -> str:
    """The code that pays into an account: static without an amount, made for one payment with a request."""
    parts = {"00": SCHEME, "01": account.number}
    if request:
        parts["02"] = request
    return qr.build_merchant(
        qr.Merchant(
            name=plain(account.customer.display_name, 25),
            city="NAIROBI",
            country="KE",
            currency=account.currency,
            accounts={_TEMPLATE: parts},
            amount=amount,
            is_dynamic=bool(request),
            reference=plain(text, 25),
        )
    )


def read(text: str) -> Found:
    """What a pasted or scanned text asks for: our own code, or a SEPA one. Raises ``QrUnreadable``."""
    text = text.strip("\n\r\t ")
    return _sepa(qr.read_epc(text)) if text.startswith("BCD") else _own(qr.read_merchant(text))


def plain(text: str, length: int) -> str:
    """In the letters every reader of codes knows, cut to what fits."""
    return " ".join(anyascii(text).split())[:length].strip()


def _sepa(code: qr.Epc) -> Found:
    return Found(code.name, code.iban, code.amount, code.text or code.reference, code.bic)


def _own(code: qr.Merchant) -> Found:
    parts = code.accounts.get(_TEMPLATE)
    if parts is None or isinstance(parts, str) or parts.get("00") != SCHEME or "01" not in parts:
        raise QrUnreadable(problem="It belongs to a scheme the bank does not take part in.")
    return Found(code.name, parts["01"], code.amount, code.reference, request=parts.get("02", ""))
