"""REST: deposits, what one would earn, opening and closing one. ``/api/v1/deposits``."""

from typing import Any

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank import ledger
from bank.accounts import selectors as accounts
from bank.accounts.models import JointAct
from bank.deposits import selectors, services
from bank.deposits.models import Deposit, DepositRequest
from bank.deposits.rules import Instruction, LineKind, LineStatus, Status
from bank.deposits.services import Order
from bank.products.rules import InterestMode
from bank.web import rest, scopes, step_up
from bank.web.scopes import Scope
from bank.web.step_up import CodeField, StepUpProblem

TAG = ["Deposits"]
NUMBER = OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH, description="Deposit number.")
_ORDER = {
    "product": "FIXED",
    "account": "0010000000011",
    "amount": {"amount": "200000.00", "currency": "KES"},
    "months": 12,
    "interest": "AT_MATURITY",
    "instruction": "PRINCIPAL",
}
CODE = {"challenge_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a", "code": "314159"}


class DepositCode(rest.StrictSerializer):
    """The challenge of the 403 answer, and the code that was sent for it."""

    challenge_id = serializers.UUIDField()
    code = CodeField(max_length=20)


class OrderRequest(rest.StrictSerializer):
    product = rest.TextField(max_length=24, help_text="Code of the product, as `FIXED`.")
    account = rest.TextField(max_length=34, help_text="Your account it is funded from.")
    amount = rest.MoneyField(help_text="What is put in; of a recurring deposit, each instalment.")
    months = serializers.IntegerField(required=False, min_value=1, max_value=600, help_text="The term.")
    interest = serializers.ChoiceField(
        required=False,
        choices=[mode.value for mode in InterestMode],
        help_text="When interest is paid; the product's first way where left out.",
    )
    instruction = serializers.ChoiceField(
        required=False, default=Instruction.NONE.value, choices=[one.value for one in Instruction]
    )
    payout_account = rest.TextField(
        required=False, default="", max_length=34, help_text="Where it is paid to, if not back."
    )


class WaitingAnswer(serializers.Serializer[Any]):
    request = serializers.CharField(required=False, help_text="What a company asked for, `DRQ-...`.")
    approval = serializers.CharField(required=False, help_text="Where it is signed: `/approvals/APR-...`.")
    joint_act = serializers.CharField(
        required=False, help_text="Where the account's other holder agrees: `/joint-acts/JNT-...`."
    )


class OpeningRequest(OrderRequest):
    authorisation = DepositCode(required=False)


class ClosingRequest(rest.StrictSerializer):
    authorisation = DepositCode(required=False)


class InstructionRequest(rest.StrictSerializer):
    instruction = serializers.ChoiceField(choices=[one.value for one in Instruction])
    payout_account = rest.TextField(required=False, default="", max_length=34)


class DepositLine(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="Of the line; an instalment is paid by it.")
    kind = serializers.ChoiceField(choices=[kind.value for kind in LineKind])
    due_date = serializers.DateField()
    amount = rest.MoneyField(help_text="Interest is before tax; MATURITY is all that is paid.")
    tax = rest.MoneyField()
    status = serializers.ChoiceField(choices=[status.value for status in LineStatus])


class QuoteAnswer(serializers.Serializer[Any]):
    product = serializers.CharField(source="product.code")
    amount = rest.MoneyField()
    rate_pct = serializers.DecimalField(max_digits=9, decimal_places=6, help_text="Per cent a year.")
    interest = serializers.CharField(source="mode")
    start_date = serializers.DateField(source="start")
    maturity_date = serializers.DateField(source="maturity", allow_null=True)
    paid_in = rest.MoneyField()
    gross_interest = rest.MoneyField(source="interest")
    tax = rest.MoneyField()
    total = rest.MoneyField(help_text="All that comes back over the term.")
    schedule = serializers.SerializerMethodField()

    @extend_schema_field(DepositLine(many=True))
    def get_schedule(self, quote: services.Quote) -> list[dict[str, Any]]:
        money = rest.MoneyField()
        return [
            {
                "number": number,
                "kind": line.kind.value,
                "due_date": line.day.isoformat(),
                "amount": money.to_representation(line.amount),
                "tax": money.to_representation(line.tax),
                "status": LineStatus.PENDING.value,
            }
            for number, line in enumerate(quote.lines, 1)
        ]


class DepositAnswer(serializers.Serializer[Any]):
    number = serializers.CharField(source="deposit.number")
    product = serializers.CharField(source="deposit.product.code")
    amount = rest.MoneyField(source="deposit.money")
    rate_pct = serializers.DecimalField(source="deposit.annual_rate_pct", max_digits=9, decimal_places=6)
    interest = serializers.CharField(source="deposit.mode")
    start_date = serializers.DateField(source="deposit.start_date")
    maturity_date = serializers.DateField(source="deposit.maturity_date", allow_null=True)
    status = serializers.ChoiceField(source="deposit.status", choices=[status.value for status in Status])
    instruction = serializers.ChoiceField(
        source="deposit.instruction", choices=[one.value for one in Instruction]
    )
    account = serializers.CharField(source="deposit.funding_account.number")
    payout_account = serializers.CharField(source="deposit.payout_account.number")
    balance = rest.MoneyField(help_text="What is in the deposit.")
    interest_accrued = rest.MoneyField(source="interest", help_text="Earned and not yet paid, before tax.")


class DepositDetail(DepositAnswer):
    schedule = serializers.SerializerMethodField()

    @extend_schema_field(DepositLine(many=True))
    def get_schedule(self, standing: selectors.Standing) -> list[dict[str, Any]]:
        deposit = standing.deposit
        lines = [
            {
                "number": line.number,
                "kind": line.kind,
                "due_date": line.due_date,
                "amount": deposit.of(line.amount),
                "tax": deposit.of(line.tax),
                "status": line.status,
            }
            for line in selectors.schedule_of(deposit)
        ]
        return [dict(line) for line in DepositLine(lines, many=True).data]


class DepositList(serializers.Serializer[Any]):
    items = DepositAnswer(many=True)


class EarlyAnswer(serializers.Serializer[Any]):
    months_left = serializers.IntegerField()
    rate_pct = serializers.DecimalField(max_digits=9, decimal_places=6)
    reduced_rate_pct = serializers.DecimalField(source="reduced_pct", max_digits=9, decimal_places=6)
    interest_earned = rest.MoneyField(source="full_interest")
    cost = rest.MoneyField(help_text="The interest given up.")
    tax = rest.MoneyField(source="ending.tax_now")
    payout = rest.MoneyField(help_text="What would be paid out now.")
    account = serializers.CharField(source="target.number")


class Deposits(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listDeposits",
        tags=TAG,
        summary="Deposits you may see",
        responses=DepositList,
    )
    def get(self, request: Request) -> Response:
        rest.query_of(rest.StrictSerializer, request)
        found, named = selectors.deposits_for(rest.user_of(request)), scopes.accounts_of(request)
        if named is not None:
            found = [one for one in found if one.deposit.funding_account.number in named]
        return Response({"items": DepositAnswer(found, many=True).data})

    @extend_schema(
        operation_id="openDeposit",
        tags=TAG,
        summary="Open a deposit",
        description="Without `authorisation` the answer is 403 with a challenge bound to amount, rate and "
        "term; send the request again with its code.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=OpeningRequest,
        responses={
            201: OpenApiResponse(DepositDetail, "Open."),
            200: OpenApiResponse(DepositDetail, "Opened before, under this key."),
            202: OpenApiResponse(WaitingAnswer, "Waits for other signatures, or for another holder."),
            403: OpenApiResponse(StepUpProblem, "A code is needed."),
        },
        examples=[
            OpenApiExample("A year", {**_ORDER, "authorisation": CODE}, request_only=True),
            step_up.EXAMPLE,
        ],
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(OpeningRequest, request)
        key, order, user = rest.idempotency_key(request), _order(wanted), rest.user_of(request)
        scopes.require_account(request, order.account_number)
        if "authorisation" not in wanted:
            return step_up.ask_for_code(services.start_opening(user=user, order=order))
        made, replayed = services.open_deposit(user=user, order=order, key=key, **wanted["authorisation"])
        if isinstance(made, DepositRequest):
            return Response({"request": made.reference, "approval": made.approval}, status=202)
        return answered(made, replayed=replayed)


class Quotes(APIView):
    scopes = {"POST": Scope.ACCOUNTS_READ}

    @extend_schema(
        operation_id="quoteDeposit",
        tags=TAG,
        summary="What a deposit would earn",
        description="Nothing is written; the same rules as for the deposit itself.",
        request=OrderRequest,
        responses=QuoteAnswer,
        examples=[OpenApiExample("A year", _ORDER, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        order = _order(rest.body_of(OrderRequest, request))
        funding = accounts.account_for(rest.user_of(request), order.account_number)
        scopes.require_account(request, funding.number)
        made = services.quote(
            product_code=order.product_code,
            amount=order.amount,
            on=ledger.business_date(),
            months=order.months,
            mode=order.mode,
            segment=funding.customer.segment,
        )
        return Response(QuoteAnswer(made).data)


class OneDeposit(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ}

    @extend_schema(
        operation_id="getDeposit",
        tags=TAG,
        summary="A deposit with its schedule",
        parameters=[NUMBER],
        responses=DepositDetail,
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(_detail(deposit_of(request, number)))


class DepositInstruction(APIView):
    scopes = {"PUT": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="instructDeposit",
        tags=TAG,
        summary="Say what shall happen at maturity",
        parameters=[NUMBER],
        request=InstructionRequest,
        responses={200: DepositDetail, 202: OpenApiResponse(WaitingAnswer, "Waits for another holder.")},
        examples=[OpenApiExample("Renew", {"instruction": "PRINCIPAL_AND_INTEREST"}, request_only=True)],
    )
    def put(self, request: Request, number: str) -> Response:
        wanted = rest.body_of(InstructionRequest, request)
        changed = services.change_instruction(
            deposit=deposit_of(request, number),
            instruction=wanted["instruction"],
            payout_number=wanted["payout_account"],
            actor=rest.user_of(request),
        )
        return _waiting(changed) if isinstance(changed, JointAct) else Response(_detail(changed))


class EarlyClosing(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="quoteEarlyClosing",
        tags=TAG,
        summary="What closing a deposit today costs",
        parameters=[NUMBER],
        responses=EarlyAnswer,
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(EarlyAnswer(services.quote_early(deposit=deposit_of(request, number))).data)

    @extend_schema(
        operation_id="closeDepositEarly",
        tags=TAG,
        summary="Close a deposit before it matures",
        description="Without `authorisation` the answer is 403 with a challenge bound to cost and payout.",
        parameters=[NUMBER, rest.IDEMPOTENCY_KEY],
        request=ClosingRequest,
        responses={
            201: OpenApiResponse(DepositDetail, "Closed."),
            200: OpenApiResponse(DepositDetail, "Closed before, under this key."),
            202: OpenApiResponse(WaitingAnswer, "Waits for another holder of the account."),
            403: OpenApiResponse(StepUpProblem, "A code is needed."),
        },
        examples=[
            OpenApiExample("With the code", {"authorisation": CODE}, request_only=True),
            step_up.EXAMPLE,
        ],
    )
    def post(self, request: Request, number: str) -> Response:
        wanted, key = rest.body_of(ClosingRequest, request), rest.idempotency_key(request)
        deposit, user = deposit_of(request, number), rest.user_of(request)
        if "authorisation" not in wanted:
            return step_up.ask_for_code(services.start_closing(user=user, deposit=deposit))
        closed, replayed = services.close_early(
            user=user, deposit=deposit, key=key, **wanted["authorisation"]
        )
        return answered(closed, replayed=replayed)


def _order(wanted: dict[str, Any]) -> Order:
    return Order(
        product_code=wanted["product"],
        account_number=wanted["account"],
        amount=wanted["amount"],
        months=wanted.get("months"),
        mode=wanted.get("interest"),
        instruction=wanted["instruction"],
        payout_number=wanted["payout_account"],
    )


def deposit_of(request: Request, number: str) -> Deposit:
    deposit = selectors.deposit_for(rest.user_of(request), number)
    scopes.require_account(request, deposit.funding_account.number, what="deposit")
    return deposit


def answered(done: Deposit | JointAct, *, replayed: bool) -> Response:
    """The deposit as it is now, or what waits for the account's other holders."""
    if isinstance(done, JointAct):
        return _waiting(done)
    location = reverse("api-deposit", args=[done.number])
    return rest.created(_detail(done), replayed=replayed, location=location)


def _waiting(asked: JointAct) -> Response:
    return Response({"joint_act": asked.reference}, status=202)


def _detail(deposit: Deposit) -> Any:
    return DepositDetail(selectors.standing(deposit)).data


urlpatterns = [
    path("deposits", Deposits.as_view(), name="api-deposits"),
    path("deposits/quotes", Quotes.as_view(), name="api-deposit-quotes"),
    path("deposits/<str:number>", OneDeposit.as_view(), name="api-deposit"),
    path("deposits/<str:number>/instruction", DepositInstruction.as_view(), name="api-deposit-instruction"),
    path("deposits/<str:number>/early-closing", EarlyClosing.as_view(), name="api-deposit-closing"),
]
