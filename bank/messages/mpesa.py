"""Bodies that M-Pesa's Daraja API sends back: results of STK push, B2C, balance, status and reversal, and C2B
payments (Safaricom Daraja 2.0).

They come from the open internet: every field is checked before it is believed, amounts are decimals of two
places in Kenya shillings, times are East Africa Time. Whether a callback is genuine is not told by its body.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bank.messages import errors

EAST_AFRICA_TIME: Final = timezone(timedelta(hours=3))
#: What customers and agents do most often instead of paying, by Daraja's result code.
MEANINGS: Final = {
    1: "balance insufficient",
    17: "limit of the user reached",
    26: "system busy",
    1001: "another transaction of the subscriber is under way",
    1019: "transaction expired",
    1025: "push could not be sent",
    1032: "cancelled by user",
    1037: "user cannot be reached",
    2001: "wrong PIN or initiator",
    9999: "push could not be sent",
}
_PHONE = re.compile(r"(?:254[17][0-9]{8}|2547[0-9x*]{8,}|[0-9a-f]{64})", re.ASCII)
_CURRENCY: Final = "KES"
#: Where results say when it was done, by what was asked: B2C, account balance, transaction status.
_TIMES: Final = ("TransactionCompletedDateTime", "BOCompletedTime", "FinalisedTime")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a request of ours. ``reference`` is the id Daraja gave it when it was taken.

    ``reason`` is the code as it came; some are no numbers (SFC_IC0003), and then ``code`` is -1.
    """

    success: bool
    code: int
    sentence: str
    reference: str
    merchant_reference: str = ""
    receipt: str = ""
    amount: Decimal | None = None
    at: datetime | None = None
    phone: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    @property
    def meaning(self) -> str:
        """The code in plain words; empty for success and for codes not listed."""
        return "" if self.success else MEANINGS.get(self.code, "")


@dataclass(frozen=True, slots=True)
class Payment:
    """A customer paid to a till or pay bill number (C2B confirmation or validation)."""

    transaction_id: str
    kind: str
    at: datetime
    amount: Decimal
    short_code: str
    account: str
    phone: str
    name: str
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One of the balances of an organisation's account."""

    account: str
    currency: str
    current: Decimal
    available: Decimal
    reserved: Decimal
    uncleared: Decimal


def stk_callback(body: Any) -> Result:
    """The outcome of an STK push. Raises ``CallbackMalformed`` naming the field that is wrong."""
    callback = _object(_object(body, "Body")["Body"], "stkCallback")["stkCallback"]
    _object({"stkCallback": callback}, "stkCallback")
    items = _named(_path(callback, "CallbackMetadata", "Item"), "Name", "Value")
    reason, code = _code(callback)
    success = code == 0
    if success:
        _require(items, "Amount", "MpesaReceiptNumber")
    return Result(
        success=success,
        code=code,
        sentence=_text(callback, "ResultDesc"),
        reference=_required(callback, "CheckoutRequestID"),
        merchant_reference=_text(callback, "MerchantRequestID"),
        receipt=items.get("MpesaReceiptNumber", ""),
        amount=_amount(items["Amount"], "Amount") if "Amount" in items else None,
        at=_time(items["TransactionDate"], "TransactionDate") if items.get("TransactionDate") else None,
        phone=_phone(items["PhoneNumber"]) if items.get("PhoneNumber") else "",
        reason=reason,
    )


def result(body: Any) -> Result:
    """The outcome of B2C, balance, status or reversal requests. Raises ``CallbackMalformed``."""
    answer = _object(body, "Result")["Result"]
    _object({"Result": answer}, "Result")
    parameters = _named(_path(answer, "ResultParameters", "ResultParameter"), "Key", "Value")
    amount = parameters.get("TransactionAmount") or parameters.get("Amount")
    at = next((parameters[name] for name in _TIMES if parameters.get(name)), "")
    receipt = parameters.get("TransactionReceipt") or parameters.get("ReceiptNo")
    receiver = parameters.get("ReceiverPartyPublicName") or parameters.get("CreditPartyName", "")
    reason, code = _code(answer)
    return Result(
        success=code == 0,
        code=code,
        sentence=_text(answer, "ResultDesc"),
        reference=_required(answer, "ConversationID"),
        merchant_reference=_text(answer, "OriginatorConversationID"),
        receipt=receipt or _text(answer, "TransactionID"),
        amount=_amount(amount, "TransactionAmount") if amount else None,
        at=_time(at, "TransactionCompletedDateTime") if at else None,
        phone=_receiver(receiver),
        parameters=tuple(parameters.items()),
        reason=reason,
    )


def account_balances(answer: Result) -> tuple[AccountBalance, ...]:
    """The balances in a result of an account balance request: ``name|currency|four amounts`` each."""
    stated = dict(answer.parameters).get("AccountBalance", "")
    return tuple(_balance(part) for part in stated.split("&") if part.strip())


def payment(body: Any) -> Payment:
    """A C2B payment. Raises ``CallbackMalformed``."""
    given = _object({"body": body}, "body")["body"]
    balance = _text(given, "OrgAccountBalance")
    names = (_text(given, part) for part in ("FirstName", "MiddleName", "LastName"))
    return Payment(
        transaction_id=_required(given, "TransID"),
        kind=_text(given, "TransactionType"),
        at=_time(_required(given, "TransTime"), "TransTime"),
        amount=_amount(_required(given, "TransAmount"), "TransAmount"),
        short_code=_required(given, "BusinessShortCode"),
        account=_text(given, "BillRefNumber"),
        phone=_text(given, "MSISDN"),
        name=" ".join(name for name in names if name),
        balance=_amount(balance, "OrgAccountBalance") if balance else None,
    )


def read(body: Any) -> Result | Payment:
    """Any body of Daraja, told apart by its shape. Raises ``CallbackMalformed``."""
    if not isinstance(body, dict):
        raise errors.CallbackMalformed(field="body", problem="it must be an object")
    if "Body" in body:
        return stk_callback(body)
    return result(body) if "Result" in body else payment(body)


def _object(given: Any, name: str) -> dict[str, Any]:
    """The mapping itself, when what it has under the name is a mapping too."""
    if not isinstance(given, dict) or not isinstance(given.get(name), dict):
        raise errors.CallbackMalformed(field=name, problem="it must be an object")
    return given


def _path(given: dict[str, Any], outer: str, inner: str) -> Any:
    found = given.get(outer)
    return found.get(inner) if isinstance(found, dict) else None


def _named(items: Any, name: str, value: str) -> dict[str, str]:
    """Daraja's lists of name and value; a single one may come without its list, a value may be left out."""
    listed = [items] if isinstance(items, dict) else items if isinstance(items, list) else []
    found = (item for item in listed if isinstance(item, dict) and item.get(name))
    return {str(item[name]): _plain(item.get(value)) for item in found}


def _plain(value: Any) -> str:
    """A scalar as text; whole numbers that came as floating ones without their point."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _text(given: dict[str, Any], name: str) -> str:
    return _plain(given.get(name))[:500]


def _required(given: dict[str, Any], name: str) -> str:
    if text := _text(given, name):
        return text
    raise errors.CallbackMalformed(field=name, problem="it is missing")


def _require(items: dict[str, str], *names: str) -> None:
    for name in names:
        if not items.get(name):
            raise errors.CallbackMalformed(field=name, problem="it is missing from a successful payment")


def _code(given: dict[str, Any]) -> tuple[str, int]:
    """The code as it came, and as a number; -1 for those of Safaricom's that are none."""
    text = _required(given, "ResultCode")
    if re.fullmatch(r"[A-Z]{1,8}_?[A-Z0-9]{1,10}|[0-9]{1,6}(?:\.[0-9]{1,3}){2,3}", text, re.ASCII):
        return text, -1
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
        raise errors.CallbackMalformed(field="ResultCode", problem="it must be a whole number")
    return text, int(text)


def _amount(text: str, name: str) -> Decimal:
    """Shillings with at most two decimals, not below zero. No exponent, no grouping."""
    if not re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,2})?", text, re.ASCII):
        raise errors.CallbackMalformed(field=name, problem="it must be an amount such as 1250.00")
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise errors.CallbackMalformed(field=name, problem="it is out of range") from error


def _time(text: str, name: str) -> datetime:
    """YYYYMMDDhhmmss, or the day and time of a B2C result (27.11.2026 12:00:00)."""
    for form in ("%Y%m%d%H%M%S", "%d.%m.%Y %H:%M:%S"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=EAST_AFRICA_TIME)
        except ValueError:
            continue
    raise errors.CallbackMalformed(field=name, problem="it must be a time such as 20261127120000")


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise errors.CallbackMalformed(field="PhoneNumber", problem="it must look like 254712345678")
    return text


def _receiver(text: str) -> str:
    """The number before the name in ``2547… - Amina Otieno``."""
    number = text.partition(" - ")[0].strip()
    return number if _PHONE.fullmatch(number) else ""


def _balance(part: str) -> AccountBalance:
    fields = [field.strip() for field in part.split("|")]
    if len(fields) != 6:
        raise errors.CallbackMalformed(field="AccountBalance", problem="it must have six parts, divided by |")
    amounts = [_amount(field.removeprefix("-"), "AccountBalance") for field in fields[2:]]
    signed = [-a if field.startswith("-") else a for a, field in zip(amounts, fields[2:], strict=True)]
    return AccountBalance(fields[0], fields[1] or _CURRENCY, *signed)
