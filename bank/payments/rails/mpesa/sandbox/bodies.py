"""What Daraja says, in its own field names."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bank.kernel import clock
from bank.messages.mpesa import EAST_AFRICA_TIME
from bank.payments.sandbox import Response

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
DONE: Final = "The service request is processed successfully."
SENTENCES: Final = {
    "1": "The balance is insufficient for the transaction.",
    "1032": "Request cancelled by user.",
    "1037": "DS timeout user cannot be reached",
    "2001": "The initiator information is invalid.",
    "2032": "The transaction does not exist.",
}
CUSTOMER: Final = "AMINA OTIENO"


def here() -> datetime:
    return clock.now().astimezone(EAST_AFRICA_TIME)


def receipt() -> str:
    """Ten capitals and digits, such as NLJ7RT61SV."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def conversation() -> str:
    return f"AG_{here():%Y%m%d}_{secrets.token_hex(10)}"


def error(code: str, message: str) -> Response:
    status = int(code[:3]) if code[:3] in {"400", "401", "404", "500"} else 400
    made = {"requestId": secrets.token_hex(8), "errorCode": code, "errorMessage": message}
    return Response.of(made, status)


def accepted(conversation_id: str, originator: str) -> Response:
    return Response.of(
        {
            "ConversationID": conversation_id,
            "OriginatorConversationID": originator,
            "ResponseCode": "0",
            "ResponseDescription": "Accept the service request successfully.",
        }
    )


def result(
    originator: str, conversation_id: str, code: str, receipt_: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ResultType": 0,
        "ResultCode": int(code) if code.isdigit() else code,
        "ResultDesc": DONE if code == "0" else SENTENCES.get(code, "The request failed."),
        "OriginatorConversationID": originator,
        "ConversationID": conversation_id,
        "TransactionID": receipt_,
        "ReferenceData": {"ReferenceItem": {"Key": "QueueTimeoutURL", "Value": ""}},
    }
    if parameters:
        listed = [{"Key": key, "Value": value} for key, value in parameters.items()]
        made["ResultParameters"] = {"ResultParameter": listed}
    return {"Result": made}


def paid(row: Any) -> dict[str, Any]:
    """ResultParameters of a B2C payment."""
    at = datetime.fromisoformat(row["at"])
    return {
        "TransactionAmount": int(row["amount"]),
        "TransactionReceipt": row["receipt"],
        "B2CRecipientIsRegisteredCustomer": "Y",
        "B2CChargesPaidAccountAvailableFunds": 0.0,
        "ReceiverPartyPublicName": f"{row['phone']} - {CUSTOMER}",
        "TransactionCompletedDateTime": f"{at:%d.%m.%Y %H:%M:%S}",
        "B2CUtilityAccountAvailableFunds": 5_000_000.0,
        "B2CWorkingAccountAvailableFunds": 900_000.0,
    }


def status(row: Any) -> dict[str, Any]:
    """ResultParameters of a transaction status query."""
    at = datetime.fromisoformat(row["at"])
    return {
        "DebitPartyName": f"{row['short_code']} - UMOJA BANK",
        "CreditPartyName": f"{row['phone']} - {CUSTOMER}",
        "OriginatorConversationID": row["reference"],
        "ConversationID": row["conversation"],
        "InitiatedTime": int(f"{at:%Y%m%d%H%M%S}"),
        "FinalisedTime": int(f"{at:%Y%m%d%H%M%S}"),
        "TransactionReason": row["reason"],
        "TransactionStatus": row["state"],
        "ReasonType": "Business Payment to Customer via API",
        "Amount": int(row["amount"]),
        "ReceiptNo": row["receipt"],
    }


def pushed(push: Any, receipt_: str) -> dict[str, Any]:
    """The callback of an STK push."""
    told: dict[str, Any] = {
        "MerchantRequestID": push["merchant"],
        "CheckoutRequestID": push["checkout"],
        "ResultCode": int(push["code"]),
        "ResultDesc": DONE if push["code"] == "0" else SENTENCES.get(push["code"], "The request failed."),
    }
    if push["code"] == "0":
        items = {
            "Amount": int(push["amount"]),
            "MpesaReceiptNumber": receipt_,
            "Balance": None,
            "TransactionDate": int(f"{here():%Y%m%d%H%M%S}"),
            "PhoneNumber": int(push["phone"]),
        }
        listed = [{"Name": n, "Value": v} if v is not None else {"Name": n} for n, v in items.items()]
        told["CallbackMetadata"] = {"Item": listed}
    return {"Body": {"stkCallback": told}}


def customer_payment(row: Any) -> dict[str, Any]:
    """A C2B validation or confirmation."""
    first, _space, last = CUSTOMER.partition(" ")
    return {
        "TransactionType": "Pay Bill",
        "TransID": row["receipt"],
        "TransTime": f"{datetime.fromisoformat(row['at']):%Y%m%d%H%M%S}",
        "TransAmount": f"{Decimal(row['amount']):.2f}",
        "BusinessShortCode": row["short_code"],
        "BillRefNumber": row["account"],
        "InvoiceNumber": "",
        "OrgAccountBalance": "49197.00",
        "ThirdPartyTransID": "",
        "MSISDN": row["phone"],
        "FirstName": first,
        "MiddleName": "",
        "LastName": last,
    }
