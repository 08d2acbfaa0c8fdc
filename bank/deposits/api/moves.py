"""REST: money into and out of a deposit while it runs. ``/api/v1/deposits/…/pay-ins`` and so on."""

from typing import Any, Final

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.deposits import services
from bank.deposits.api.deposits import (
    CODE,
    NUMBER,
    TAG,
    DepositCode,
    DepositDetail,
    WaitingAnswer,
    answered,
    deposit_of,
)
from bank.web import rest, scopes, step_up
from bank.web.scopes import Scope
from bank.web.step_up import StepUpProblem

_AMOUNT = {"amount": "20000.00", "currency": "KES"}
_DONE: Final = {
    201: OpenApiResponse(DepositDetail, "Done."),
    200: OpenApiResponse(DepositDetail, "Done before, under this key."),
    202: OpenApiResponse(WaitingAnswer, "Waits for another holder of the account."),
    403: OpenApiResponse(StepUpProblem, "A code is needed."),
}
_LINE = OpenApiParameter(
    "line", OpenApiTypes.INT, OpenApiParameter.PATH, description="Number of the instalment."
)


class PayInRequest(rest.StrictSerializer):
    amount = rest.MoneyField()
    account = rest.TextField(
        required=False,
        default="",
        max_length=34,
        help_text="Your account it comes from, if not the deposit's.",
    )
    authorisation = DepositCode(required=False)


class WithdrawalRequest(rest.StrictSerializer):
    amount = rest.MoneyField(required=False, help_text="Left out: everything, which ends the deposit.")
    authorisation = DepositCode(required=False)


class InstalmentRequest(rest.StrictSerializer):
    authorisation = DepositCode(required=False)


class NoticeRequest(rest.StrictSerializer):
    amount = rest.MoneyField()


class NoticeAnswer(serializers.Serializer[Any]):
    amount = rest.MoneyField()
    given_date = serializers.DateField()
    available_date = serializers.DateField(help_text="From this day on it may leave without a cost.")


class PayIns(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="payIntoDeposit",
        tags=TAG,
        summary="Put more into a call or notice deposit",
        description="Without `authorisation` the answer is 403 with a challenge bound to the sum.",
        parameters=[NUMBER, rest.IDEMPOTENCY_KEY],
        request=PayInRequest,
        responses=_DONE,
        examples=[OpenApiExample("More", {"amount": _AMOUNT, "authorisation": CODE}, request_only=True)],
    )
    def post(self, request: Request, number: str) -> Response:
        wanted, key = rest.body_of(PayInRequest, request), rest.idempotency_key(request)
        deposit, user, source = deposit_of(request, number), rest.user_of(request), wanted["account"]
        if source:
            scopes.require_account(request, source)
        given: dict[str, Any] = {"amount": wanted["amount"], "account_number": source}
        if "authorisation" not in wanted:
            return step_up.ask_for_code(services.start_pay_in(user=user, deposit=deposit, **given))
        done, replayed = services.pay_in(
            user=user, deposit=deposit, key=key, **given, **wanted["authorisation"]
        )
        return answered(done, replayed=replayed)


class Withdrawals(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="withdrawFromDeposit",
        tags=TAG,
        summary="Take money out of a call or notice deposit",
        description="Without `authorisation` the answer is 403 with a challenge bound to sum and cost, "
        "which its `summary` names.",
        parameters=[NUMBER, rest.IDEMPOTENCY_KEY],
        request=WithdrawalRequest,
        responses=_DONE,
        examples=[OpenApiExample("A part", {"amount": _AMOUNT, "authorisation": CODE}, request_only=True)],
    )
    def post(self, request: Request, number: str) -> Response:
        wanted, key = rest.body_of(WithdrawalRequest, request), rest.idempotency_key(request)
        deposit, user, amount = deposit_of(request, number), rest.user_of(request), wanted.get("amount")
        if "authorisation" not in wanted:
            asked = services.start_withdrawal(user=user, deposit=deposit, amount=amount)
            return step_up.ask_for_code(asked)
        done, replayed = services.withdraw(
            user=user, deposit=deposit, amount=amount, key=key, **wanted["authorisation"]
        )
        return answered(done, replayed=replayed)


class Instalment(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="payLateInstalment",
        tags=TAG,
        summary="Pay an instalment that stayed out",
        description="Without `authorisation` the answer is 403 with a challenge bound to the instalment.",
        parameters=[NUMBER, _LINE, rest.IDEMPOTENCY_KEY],
        request=InstalmentRequest,
        responses=_DONE,
        examples=[OpenApiExample("With the code", {"authorisation": CODE}, request_only=True)],
    )
    def post(self, request: Request, number: str, line: int) -> Response:
        wanted, key = rest.body_of(InstalmentRequest, request), rest.idempotency_key(request)
        deposit, user = deposit_of(request, number), rest.user_of(request)
        if "authorisation" not in wanted:
            return step_up.ask_for_code(services.start_late(user=user, deposit=deposit, number=line))
        done, replayed = services.pay_late(
            user=user, deposit=deposit, number=line, key=key, **wanted["authorisation"]
        )
        return answered(done, replayed=replayed)


class Notices(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="giveDepositNotice",
        tags=TAG,
        summary="Give notice that a sum shall leave a notice deposit",
        description="Nothing is booked; the sum may leave once the days of notice have run.",
        parameters=[NUMBER, rest.IDEMPOTENCY_KEY],
        request=NoticeRequest,
        responses={201: NoticeAnswer},
        examples=[OpenApiExample("A part", {"amount": _AMOUNT}, request_only=True)],
    )
    def post(self, request: Request, number: str) -> Response:
        wanted, deposit = rest.body_of(NoticeRequest, request), deposit_of(request, number)
        content = {"deposit": deposit.number, "amount": str(wanted["amount"])}

        def run() -> dict[str, Any]:
            made = services.give_notice(user=rest.user_of(request), deposit=deposit, amount=wanted["amount"])
            said = {"given_date": made.given_date, "available_date": made.available_date}
            return dict(NoticeAnswer({"amount": wanted["amount"], **said}).data)

        return Response(rest.once(request, "deposits.notice", content, run), status=201)


_ONE = "deposits/<str:number>"
urlpatterns = [
    path(f"{_ONE}/pay-ins", PayIns.as_view(), name="api-deposit-pay-ins"),
    path(f"{_ONE}/withdrawals", Withdrawals.as_view(), name="api-deposit-withdrawals"),
    path(f"{_ONE}/instalments/<int:line>", Instalment.as_view(), name="api-deposit-instalment"),
    path(f"{_ONE}/notices", Notices.as_view(), name="api-deposit-notices"),
]
