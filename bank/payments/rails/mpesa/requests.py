"""The bodies of what the bank asks of Daraja (Safaricom Daraja 2.0). The initiator's password is sealed when
they are sent, so that what is kept of them holds no secret."""

import base64
from decimal import Decimal
from typing import Any, Final

from bank.kernel import clock
from bank.messages.mpesa import EAST_AFRICA_TIME
from bank.payments.rails.mpesa import addresses, connection

B2C: Final = "/mpesa/b2c/v3/paymentrequest"
STATUS: Final = "/mpesa/transactionstatus/v1/query"
REVERSAL: Final = "/mpesa/reversal/v1/request"
REGISTER: Final = "/mpesa/c2b/v2/registerurl"
PUSH: Final = "/mpesa/stkpush/v1/processrequest"
PUSH_STATUS: Final = "/mpesa/stkpushquery/v1/query"
PULL: Final = "/pulltransactions/v1/query"
_SHORT_CODE: Final = "4"
_SHORT_CODE_OF_REVERSAL: Final = "11"
_REMARKS: Final = 100
_DESCRIPTION: Final = 13


def payment(reference: str, amount: Decimal, phone: str, remarks: str) -> dict[str, Any]:
    """B2C: from the bulk account to a phone. Whole shillings."""
    daraja = connection.setup()
    return {
        "OriginatorConversationID": reference,
        "InitiatorName": daraja.initiator,
        "CommandID": "BusinessPayment",
        "Amount": str(int(amount)),
        "PartyA": daraja.bulk_account,
        "PartyB": phone,
        "Remarks": _plain(remarks)[:_REMARKS] or reference,
        "QueueTimeOutURL": addresses.made("late", reference, amount, phone),
        "ResultURL": addresses.made("b2c", reference, amount, phone),
        "Occassion": reference,
    }


def status(reference: str) -> dict[str, Any]:
    """What became of a payment, by the bank's own name of it."""
    daraja = connection.setup()
    return {
        "Initiator": daraja.initiator,
        "CommandID": "TransactionStatusQuery",
        "TransactionID": "",
        "OriginatorConversationID": reference,
        "OriginalConversationID": reference,
        "PartyA": daraja.bulk_account,
        "IdentifierType": _SHORT_CODE,
        "ResultURL": addresses.made("status", reference),
        "QueueTimeOutURL": addresses.made("late", reference),
        "Remarks": reference,
        "Occasion": reference,
    }


def reversal(kind: str, reference: str, receipt: str, amount: Decimal, short_code: str) -> dict[str, Any]:
    """Takes back what was paid out, or gives back what came in, by its receipt."""
    return {
        "Initiator": connection.setup().initiator,
        "CommandID": "TransactionReversal",
        "TransactionID": receipt,
        "Amount": f"{amount:f}",
        "ReceiverParty": short_code,
        "RecieverIdentifierType": _SHORT_CODE_OF_REVERSAL,
        "ResultURL": addresses.made(kind, reference, amount),
        "QueueTimeOutURL": addresses.made("late", reference, amount),
        "Remarks": reference,
        "Occasion": reference,
    }


def registration() -> dict[str, Any]:
    """C2B: where payments to the pay bill number are told. Without an answer they are refused."""
    return {
        "ShortCode": connection.setup().paybill,
        "ResponseType": "Cancelled",
        "ConfirmationURL": addresses.made("confirmation"),
        "ValidationURL": addresses.made("validation"),
    }


def push(reference: str, account: str, amount: Decimal, phone: str) -> dict[str, Any]:
    """STK push: asks a customer on the phone to pay into an account here. Whole shillings."""
    paybill = connection.setup().paybill
    return {
        **password(),
        "TransactionType": "CustomerPayBillOnline",
        "Amount": str(int(amount)),
        "PartyA": phone,
        "PartyB": paybill,
        "PhoneNumber": phone,
        "CallBackURL": addresses.made("push", f"{account}~{reference}", amount, phone),
        "AccountReference": short_account(account),
        "TransactionDesc": "Add money"[:_DESCRIPTION],
    }


def password() -> dict[str, str]:
    """The pay bill's password of this second: short code, passkey and time in base64."""
    daraja = connection.setup()
    stamp = f"{clock.now().astimezone(EAST_AFRICA_TIME):%Y%m%d%H%M%S}"
    whole = f"{daraja.paybill}{daraja.passkey}{stamp}"
    return {
        "BusinessShortCode": daraja.paybill,
        "Password": base64.b64encode(whole.encode()).decode(),
        "Timestamp": stamp,
    }


_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MARK: Final = "U"


def short_account(number: str) -> str:
    """An account number in the twelve characters AccountReference has: U and base 32, whole."""
    left, letters = int(number), ""
    while left:
        left, place = divmod(left, len(_DIGITS))
        letters = _DIGITS[place] + letters
    return f"{_MARK}{len(number):X}{letters}"


def account_of(written: str) -> str:
    """The account number of a BillRefNumber: as typed, without blanks and hyphens, or of ours above."""
    bare = "".join(written.split()).replace("-", "").upper()
    if bare[:1] != _MARK or len(bare) < 3 or not set(bare[2:]) <= set(_DIGITS) or bare[1] not in _DIGITS[:16]:
        return bare
    number = 0
    for letter in bare[2:]:
        number = number * len(_DIGITS) + _DIGITS.index(letter)
    return str(number).rjust(int(bare[1], 16), "0")


def _plain(words: str) -> str:
    return "".join(each for each in words if each.isascii() and (each.isalnum() or each in " .,-/"))
