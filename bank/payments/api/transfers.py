"""Transfers within the bank and to other banks: priced, confirmed, booked and answered in one call."""

from datetime import datetime
from typing import Any

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.kernel.money import Money
from bank.payments import directory, selectors
from bank.payments import services as payments
from bank.payments.models import PaymentOrder
from bank.payments.rules import ChargeBearer, NameCheck, PaymentStatus, Scheme
from bank.web import pagination, rest, scopes, step_up, throttles
from bank.web.scopes import Scope

_TAG = ["Transfers"]
_LIST = "transfers"
_REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)
_AMOUNT = {"amount": "1250.00", "currency": "KES"}
_REQUEST = {
    "debtor_account": "0010000000011",
    "creditor_account": "0010000000020",
    "creditor_name": "Otieno Odhiambo",
    "amount": _AMOUNT,
    "remittance": "Rent for November",
}
_CHALLENGE = "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a"
_ANSWER = {
    "reference": "PAY-7K3M-9QXD-4TRH",
    "uetr": "8f14e45f-ceea-467f-ab5f-2c4d0d7e9a11",
    "status": "SETTLED",
    **_REQUEST,
    "debtor_name": "Wanjiru Kamau",
    "name_check": "MATCH",
    "fee": {"amount": "0.00", "currency": "KES"},
    "excise": {"amount": "0.00", "currency": "KES"},
    "end_to_end_id": "",
    "requested_date": "2026-11-21",
    "initiated_at": "2026-11-21T07:43:12.120Z",
    "rail": "INTERNAL",
    "creditor_agent": "UMOJKENA",
    "creditor_country": "",
    "charge_bearer": "SHAR",
    "release_at": None,
    "sent_at": None,
    "settled_at": None,
    "network_reference": "",
    "returned": None,
}
_OUTSIDE = {
    **_REQUEST,
    "creditor_account": "0110098765432",
    "creditor_agent": "SAVNKENA",
    "route": "CHEAPEST",
}


class TransferRequest(rest.StrictSerializer):
    debtor_account = rest.TextField(max_length=34, help_text="The account that pays.")
    creditor_account = rest.TextField(max_length=34, help_text="The account that is paid.")
    creditor_name = rest.TextField(
        max_length=140, allow_blank=True, default="", help_text="May be absent between your own accounts."
    )
    amount = rest.MoneyField()
    remittance = rest.TextField(max_length=140, allow_blank=True, default="", help_text="For the payee.")
    end_to_end_id = rest.TextField(max_length=35, allow_blank=True, default="")
    creditor_agent = rest.TextField(
        max_length=35,
        allow_blank=True,
        default="",
        help_text="The payee's bank elsewhere: its BIC or bank code (IFSC, ABA, ...); `MPESA` for a phone.",
    )
    creditor_country = rest.TextField(
        max_length=2,
        allow_blank=True,
        default="",
        help_text="Where a bank code is used in several countries.",
    )
    creditor_address = rest.TextField(max_length=210, allow_blank=True, default="")
    creditor_reference = rest.TextField(
        max_length=35, allow_blank=True, default="", help_text="The payee's structured reference (ISO 11649)."
    )
    ultimate_debtor = rest.TextField(max_length=140, allow_blank=True, default="")
    ultimate_creditor = rest.TextField(max_length=140, allow_blank=True, default="")
    purpose = rest.TextField(
        max_length=35,
        allow_blank=True,
        default="",
        help_text="ISO 20022 external purpose code, such as `SALA`.",
    )
    charge_bearer = serializers.ChoiceField(
        choices=[bearer.value for bearer in ChargeBearer], default=ChargeBearer.SHAR.value
    )
    route = rest.TextField(
        max_length=20, default="FASTEST", help_text="`FASTEST`, `CHEAPEST`, or the code of a rail."
    )
    allow_duplicate = serializers.BooleanField(
        default=False,
        help_text="No code is sent for what equals a payment of the last ten minutes (payer, payee, amount, "
        "remittance) unless you say so.",
    )
    authorisation = step_up.Authorisation(required=False)


class TransferAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    uetr = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[status.value for status in PaymentStatus])
    debtor_account = serializers.CharField(source="debtor_number")
    debtor_name = serializers.CharField()
    creditor_account = serializers.CharField(source="creditor_number")
    creditor_name = serializers.CharField()
    name_check = serializers.ChoiceField(choices=[result.value for result in NameCheck])
    amount = rest.MoneyField(source="money")
    fee = rest.MoneyField()
    excise = rest.MoneyField()
    remittance = serializers.CharField()
    end_to_end_id = serializers.CharField()
    requested_date = serializers.DateField()
    initiated_at = serializers.DateTimeField()
    rail = serializers.CharField(help_text="The way it takes; `INTERNAL` within the bank.")
    creditor_agent = serializers.CharField()
    creditor_country = serializers.CharField()
    charge_bearer = serializers.CharField()
    release_at = serializers.DateTimeField(
        allow_null=True,
        help_text="Set while it waits, `ACCEPTED`, for its rail to open; till then it can be cancelled.",
    )
    sent_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True, help_text="When the network settled it.")
    network_reference = serializers.CharField()
    returned = rest.MoneyField(allow_null=True, help_text="What came back of it.")


class Step(serializers.Serializer[Any]):
    status = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Who did it; empty where it was the network or the bank.")
    reason = serializers.CharField()
    sentence = serializers.CharField()


class RailConsidered(serializers.Serializer[Any]):
    rail = serializers.CharField()
    is_chosen = serializers.BooleanField()
    code = serializers.CharField(help_text="Why it was chosen, or why not.")
    sentence = serializers.CharField()
    charges = serializers.CharField(help_text="Fee and excise, where it could have carried the payment.")
    waits_until = serializers.CharField(help_text="Empty where the rail was open.")
    typical_s = serializers.IntegerField()


class OneTransferAnswer(TransferAnswer):
    timeline = Step(many=True)
    routing = RailConsidered(many=True)


class Bank(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="A BIC, a bank code, or an operator's name.")
    scheme = serializers.ChoiceField(choices=[scheme.value for scheme in Scheme])
    country = serializers.CharField()
    name = serializers.CharField()


class BankList(serializers.Serializer[Any]):
    items = Bank(many=True)


class BankQuery(rest.StrictSerializer):
    q = rest.TextField(max_length=80, help_text="A part of the name, or the beginning of a BIC or bank code.")
    country = rest.TextField(required=False, max_length=2)


class RecallRequest(rest.StrictSerializer):
    reason = rest.TextField(max_length=140, allow_blank=True, default="", help_text="For the other bank.")


class TransferPage(serializers.Serializer[Any]):
    items = TransferAnswer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class TransferQuery(pagination.PageQuery):
    account = rest.TextField(required=False, max_length=34, help_text="Only those from this account.")


class Transfers(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listTransfers",
        tags=_TAG,
        summary="Transfers you sent, newest first",
        parameters=[TransferQuery],
        responses=TransferPage,
    )
    def get(self, request: Request) -> Response:
        query = rest.query_of(TransferQuery, request)
        rows, named = selectors.payments_for(rest.user_of(request)), scopes.accounts_of(request)
        if named is not None:
            rows = rows.filter(debtor_account__number__in=named)
        if "account" in query:
            rows = rows.filter(debtor_account__number=query["account"])
        items, cursor = pagination.newest_first(rows, query, _LIST)
        return Response({"items": [transfer(order) for order in items], "next_cursor": cursor})

    @extend_schema(
        operation_id="makeTransfer",
        tags=_TAG,
        summary="Send money",
        description="Two calls with the same `Idempotency-Key`: the first, without `authorisation`, is "
        "answered 403 `STEP_UP_REQUIRED` with a challenge, and the code goes to the customer with amount "
        "and payee in its text. The second brings the challenge's id and the code, and moves the money. "
        "Where the customer gave a standing permit for programs, one call with `permit` does.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=TransferRequest,
        responses={
            201: OpenApiResponse(TransferAnswer, "Booked, durably."),
            200: OpenApiResponse(TransferAnswer, "Booked before, under this key."),
            (403, "application/problem+json"): OpenApiResponse(step_up.StepUpProblem, "A code is needed."),
        },
        examples=[
            OpenApiExample("Ask for the code", _REQUEST, request_only=True),
            OpenApiExample(
                "Confirm",
                {**_REQUEST, "authorisation": {"challenge_id": _CHALLENGE, "code": "482917"}},
                request_only=True,
            ),
            OpenApiExample(
                "Under a permit", {**_REQUEST, "authorisation": {"permit": True}}, request_only=True
            ),
            step_up.EXAMPLE,
            OpenApiExample("To another bank", _OUTSIDE, request_only=True),
            OpenApiExample("Booked", _ANSWER, response_only=True, status_codes=["200", "201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        key = rest.idempotency_key(request)
        wanted = rest.body_of(TransferRequest, request)
        authorisation = wanted.pop("authorisation", None)
        scopes.require_account(request, wanted["debtor_account"])
        if authorisation is None:
            return self._ask_for_code(request, wanted)
        order, replayed = payments.pay_once(
            **_parties(request, wanted),
            remittance=wanted["remittance"],
            end_to_end_id=wanted["end_to_end_id"],
            key=key,
            authorisation=allowed_by(authorisation),
        )
        location = reverse("api-transfer", args=[order.reference])
        return rest.created(transfer(order), replayed=replayed, location=location)

    def _ask_for_code(self, request: Request, wanted: dict[str, Any]) -> Response:
        throttles.check(throttles.CodesSent(), request, self)
        if not wanted["allow_duplicate"]:
            payments.refuse_same(
                user=rest.user_of(request),
                debtor_number=wanted["debtor_account"],
                creditor_number=wanted["creditor_account"],
                amount=wanted["amount"],
                remittance=wanted["remittance"],
            )
        return step_up.ask_for_code(payments.start_payment(**_parties(request, wanted)))


class OneTransfer(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="getTransfer",
        tags=_TAG,
        summary="A transfer you sent",
        parameters=[_REFERENCE],
        responses=OneTransferAnswer,
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(whole(_order_of(request, reference)))


class CancelTransfer(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="cancelTransfer",
        tags=_TAG,
        summary="Cancel a transfer that waits to leave",
        description="While it is `ACCEPTED` with a `release_at`. Amount and charges are given back.",
        parameters=[_REFERENCE],
        request=None,
        responses=OneTransferAnswer,
    )
    def post(self, request: Request, reference: str) -> Response:
        order = _order_of(request, reference)
        return Response(whole(payments.cancel(user=rest.user_of(request), reference=order.reference)))


class RecallTransfer(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="recallTransfer",
        tags=_TAG,
        summary="Ask for a sent transfer to be sent back",
        description="The other bank may refuse; what it says is on the timeline.",
        parameters=[_REFERENCE],
        request=RecallRequest,
        responses=OneTransferAnswer,
    )
    def post(self, request: Request, reference: str) -> Response:
        order, asked = _order_of(request, reference), rest.body_of(RecallRequest, request)
        recalled = payments.recall(
            user=rest.user_of(request), reference=order.reference, reason=asked["reason"]
        )
        return Response(whole(recalled))


class Banks(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="findBanks",
        tags=_TAG,
        summary="Banks and operators that can be paid",
        parameters=[BankQuery],
        responses=BankList,
    )
    def get(self, request: Request) -> Response:
        query = rest.query_of(BankQuery, request)
        found = directory.search(query["q"], query.get("country", ""))
        return Response({"items": [Bank(one).data for one in found]})


def transfer(order: PaymentOrder) -> dict[str, Any]:
    """A payment as ``TransferAnswer`` describes it; by hand, for this is the busiest answer of the bank."""
    money = rest.MoneyField().to_representation
    return {
        "reference": order.reference,
        "uetr": str(order.uetr),
        "status": order.status,
        "debtor_account": order.debtor_number,
        "debtor_name": order.debtor_name,
        "creditor_account": order.creditor_number,
        "creditor_name": order.creditor_name,
        "name_check": order.name_check,
        "amount": money(order.money),
        "fee": money(Money(order.fee, order.currency)),
        "excise": money(Money(order.excise, order.currency)),
        "remittance": order.remittance,
        "end_to_end_id": order.end_to_end_id,
        "requested_date": order.requested_date.isoformat(),
        "initiated_at": order.initiated_at.isoformat(),
        "rail": order.rail,
        "creditor_agent": order.creditor_agent,
        "creditor_country": order.creditor_country,
        "charge_bearer": order.charge_bearer,
        **{name: _instant(getattr(order, name)) for name in ("release_at", "sent_at", "settled_at")},
        "network_reference": order.network_reference,
        "returned": None if order.returned is None else money(Money(order.returned, order.currency)),
    }


def whole(order: PaymentOrder) -> dict[str, Any]:
    """A payment with its timeline and the choice of its rail."""
    steps = [
        {
            "status": step.status,
            "at": step.at.isoformat(),
            "by": step.actor.full_name if step.actor else "",
            "reason": step.reason,
            "sentence": step.sentence,
        }
        for step in selectors.timeline(order)
    ]
    return transfer(order) | {"timeline": steps, "routing": order.routing or []}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _order_of(request: Request, reference: str) -> PaymentOrder:
    order = selectors.payment_for(rest.user_of(request), reference)
    scopes.require_account(request, order.debtor_number, what="payment")
    return order


def _parties(request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": rest.user_of(request),
        "debtor_number": wanted["debtor_account"],
        "creditor_number": wanted["creditor_account"],
        "creditor_name": wanted["creditor_name"],
        "amount": wanted["amount"],
        "to": _elsewhere(wanted),
    }


def _elsewhere(wanted: dict[str, Any]) -> payments.Elsewhere | None:
    """Where the creditor is; None where no other bank is named."""
    if not wanted["creditor_agent"]:
        return None
    return payments.Elsewhere(
        agent=wanted["creditor_agent"],
        country=wanted["creditor_country"],
        preference=wanted["route"],
        charge_bearer=wanted["charge_bearer"],
        purpose=wanted["purpose"],
        address=wanted["creditor_address"],
        creditor_reference=wanted["creditor_reference"],
        ultimate_debtor=wanted["ultimate_debtor"],
        ultimate_creditor=wanted["ultimate_creditor"],
    )


def allowed_by(authorisation: dict[str, Any]) -> payments.StepUp | payments.StandingPermit:
    """What the request says lets the money go."""
    if authorisation["permit"]:
        return payments.StandingPermit()
    return payments.StepUp(authorisation["challenge_id"], authorisation["code"])


urlpatterns = [
    path("transfers", Transfers.as_view(), name="api-transfers"),
    path("banks", Banks.as_view(), name="api-banks"),
    path("transfers/<str:reference>/cancel", CancelTransfer.as_view(), name="api-transfer-cancel"),
    path("transfers/<str:reference>/recall", RecallTransfer.as_view(), name="api-transfer-recall"),
    path("transfers/<str:reference>", OneTransfer.as_view(), name="api-transfer"),
]
