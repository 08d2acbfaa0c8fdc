"""Transfers to accounts of the bank: priced, confirmed, booked and answered in one call."""

from typing import Any

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.kernel.money import Money
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.models import PaymentOrder
from bank.payments.rules import NameCheck, PaymentStatus
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
        if last := pagination.position(query, _LIST):
            rows = rows.filter(pk__lt=last)
        found = list(rows[: query["limit"] + 1])
        items, cursor = pagination.page(found, query["limit"], _LIST, lambda order: order.pk)
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
        return step_up.ask_for_code(payments.start_payment(**_parties(request, wanted)))


class OneTransfer(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="getTransfer",
        tags=_TAG,
        summary="A transfer you sent",
        parameters=[_REFERENCE],
        responses=TransferAnswer,
        examples=[OpenApiExample("Settled", _ANSWER, response_only=True)],
    )
    def get(self, request: Request, reference: str) -> Response:
        order = selectors.payment_for(rest.user_of(request), reference)
        scopes.require_account(request, order.debtor_number, what="payment")
        return Response(transfer(order))


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
    }


def _parties(request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": rest.user_of(request),
        "debtor_number": wanted["debtor_account"],
        "creditor_number": wanted["creditor_account"],
        "creditor_name": wanted["creditor_name"],
        "amount": wanted["amount"],
    }


def allowed_by(authorisation: dict[str, Any]) -> payments.StepUp | payments.StandingPermit:
    """What the request says lets the money go."""
    if authorisation["permit"]:
        return payments.StandingPermit()
    return payments.StepUp(authorisation["challenge_id"], authorisation["code"])


urlpatterns = [
    path("transfers", Transfers.as_view(), name="api-transfers"),
    path("transfers/<str:reference>", OneTransfer.as_view(), name="api-transfer"),
]
