"""STK push: the bank asks a customer on the phone to pay into an account here."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bank.payments import errors
from bank.payments.rails.mpesa import connection, requests

_PROCESSING: Final = "500.001.1001"


@dataclass(frozen=True, slots=True)
class Pushed:
    """``code`` is Daraja's result: 0 for paid, 1032 for cancelled by the customer; empty: still waiting."""

    checkout: str
    code: str = ""
    sentence: str = ""


def ask(*, reference: str, account: str, amount: Decimal, phone: str) -> Pushed:
    """Asks ``phone`` (254...) for whole shillings. Raises as ``connection.call``."""
    body = requests.push(reference, account, amount, phone)
    answer = connection.call(requests.PUSH, body, about=reference)
    return Pushed(str(answer.get("CheckoutRequestID", ""))[:100])


def outcome(checkout: str) -> Pushed:
    """What became of it: Daraja answers at once. Raises as ``connection.call``."""
    body = requests.password() | {"CheckoutRequestID": checkout}
    try:
        answer = connection.call(requests.PUSH_STATUS, body, about=checkout)
    except errors.NetworkSaysNo as refusal:
        if refusal.params["reason"] == _PROCESSING:
            return Pushed(checkout)
        raise
    code = str(answer.get("ResultCode", ""))[:20]
    return Pushed(checkout, code, str(answer.get("ResultDesc", ""))[:140])


def register() -> None:
    """Tells Daraja where payments to the pay bill number are to be told."""
    connection.call(requests.REGISTER, requests.registration(), about="the pay bill")
