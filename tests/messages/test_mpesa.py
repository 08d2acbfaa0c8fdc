"""Daraja bodies: what was paid, when and by whom; what cannot be believed is refused by its field."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from bank.messages import errors, mpesa
from tests import vectors

PUSH = {
    "Body": {
        "stkCallback": {
            "MerchantRequestID": "M-1",
            "CheckoutRequestID": "ws_CO_1",
            "ResultCode": 0,
            "ResultDesc": "done",
            "CallbackMetadata": {
                "Item": [
                    {"Name": "Amount", "Value": 1250.5},
                    {"Name": "MpesaReceiptNumber", "Value": "SKL1"},
                    {"Name": "Balance"},
                    {"Name": "TransactionDate", "Value": 20261127120000},
                    {"Name": "PhoneNumber", "Value": 254712345678},
                ]
            },
        }
    }
}
PAID = {
    "TransactionType": "Pay Bill",
    "TransID": "SKL2",
    "TransTime": "20261127120000",
    "TransAmount": "1250.00",
    "BusinessShortCode": "600638",
    "BillRefNumber": "1000000000009",
    "OrgAccountBalance": "9000.00",
    "MSISDN": "25471****678",
    "FirstName": "AMINA",
    "LastName": "OTIENO",
}
B2C = {
    "Result": {
        "ResultType": 0,
        "ResultCode": "0",
        "ResultDesc": "done",
        "OriginatorConversationID": "O-1",
        "ConversationID": "AG_1",
        "TransactionID": "SKL3",
        "ResultParameters": {
            "ResultParameter": [
                {"Key": "TransactionAmount", "Value": 10},
                {"Key": "TransactionReceipt", "Value": "SKL3"},
                {"Key": "ReceiverPartyPublicName", "Value": "254712345678 - Amina Otieno"},
                {"Key": "TransactionCompletedDateTime", "Value": "27.11.2026 12:00:00"},
            ]
        },
    }
}


def test_a_push_that_was_paid() -> None:
    result = mpesa.stk_callback(PUSH)
    assert (result.success, result.amount, result.receipt) == (True, Decimal("1250.50"), "SKL1")
    assert (result.reference, result.phone) == ("ws_CO_1", "254712345678")
    assert result.at.isoformat() == "2026-11-27T12:00:00+03:00"


def test_a_payment_of_a_customer_and_a_payout() -> None:
    payment = mpesa.read(PAID)
    assert (payment.amount, payment.account, payment.name) == (Decimal(1250), "1000000000009", "AMINA OTIENO")
    payout = mpesa.read(B2C)
    assert (payout.success, payout.amount, payout.receipt, payout.phone) == (
        True,
        Decimal(10),
        "SKL3",
        "254712345678",
    )


def test_what_went_wrong_is_said_in_words() -> None:
    body = {"Body": {"stkCallback": {"CheckoutRequestID": "ws", "ResultCode": 1032, "ResultDesc": "no"}}}
    result = mpesa.read(body)
    assert (result.success, result.amount, result.meaning) == (False, None, "cancelled by user")


def changed(body: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    made = copy.deepcopy(body)
    inner: Any = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return made


_ITEM = ["Body", "stkCallback", "CallbackMetadata", "Item"]
WRONG = {
    "no object": ([], "body"),
    "no body": ({"Body": None}, "Body"),
    "list for an object": ({"Body": {"stkCallback": []}}, "stkCallback"),
    "success without a receipt": (changed(PUSH, [*_ITEM, 1, "Value"], None), "MpesaReceiptNumber"),
    "no metadata": (changed(PUSH, ["Body", "stkCallback", "CallbackMetadata"], "x"), "Amount"),
    "negative": (changed(PUSH, [*_ITEM, 0, "Value"], -5), "Amount"),
    "exponent": (changed(PUSH, [*_ITEM, 0, "Value"], "1e9"), "Amount"),
    "boolean": (changed(PUSH, [*_ITEM, 0, "Value"], True), "Amount"),
    "infinite": (changed(PUSH, [*_ITEM, 0, "Value"], float("inf")), "Amount"),
    "grouped": (changed(PAID, ["TransAmount"], "1,250.00"), "TransAmount"),
    "three decimals": (changed(PAID, ["TransAmount"], "1.005"), "TransAmount"),
    "time": (changed(PUSH, [*_ITEM, 3, "Value"], 20261399), "TransactionDate"),
    "phone": (changed(PUSH, [*_ITEM, 4, "Value"], "<script>"), "PhoneNumber"),
    "code": (changed(PUSH, ["Body", "stkCallback", "ResultCode"], "zero"), "ResultCode"),
    "no code": (changed(PUSH, ["Body", "stkCallback", "ResultCode"], None), "ResultCode"),
    "no reference": (changed(PUSH, ["Body", "stkCallback", "CheckoutRequestID"], ""), "CheckoutRequestID"),
    "no transaction": (changed(PAID, ["TransID"], None), "TransID"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_believed_is_refused_by_its_field(name: str) -> None:
    body, field = WRONG[name]
    with pytest.raises(errors.CallbackMalformed) as refusal:
        mpesa.read(body)
    assert refusal.value.params["field"] == field


def test_published_bodies_and_balances() -> None:
    cases = {case["id"]: case for case in vectors.load("mpesa/give/callbacks.json")["cases"]}
    (balance,) = mpesa.account_balances(mpesa.read(cases["balance-result"]["body"]))
    assert (balance.account, balance.currency, balance.current) == ("Working Account", "KES", Decimal(481000))
    assert mpesa.read(cases["stk-ok-1"]["body"]).amount == Decimal(1)
