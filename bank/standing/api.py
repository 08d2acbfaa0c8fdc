"""Standing orders for programs: list, set up with a code, skip, pause, resume, end."""

from typing import Any, Final

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.kernel.errors import NotFound
from bank.payments.services import Elsewhere
from bank.standing import selectors, services
from bank.standing.models import Run, StandingOrder
from bank.standing.rules import Frequency, HolidayRule, MonthRule, OrderStatus, RunStatus, Schedule
from bank.standing.services import Terms
from bank.web import rest, scopes, step_up, throttles
from bank.web.scopes import Scope

_TAG: Final = ["Standing orders"]
_REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)
_ACTS: Final = {
    "skip": services.skip_next,
    "pause": services.pause,
    "resume": services.resume,
    "end": services.end,
}


class StandingRequest(rest.StrictSerializer):
    debtor_account = rest.TextField(max_length=34)
    creditor_account = rest.TextField(max_length=34)
    creditor_name = rest.TextField(max_length=140, allow_blank=True, default="")
    creditor_agent = rest.TextField(
        max_length=35, allow_blank=True, default="",
        help_text="The payee's bank elsewhere: its BIC or bank code; `MPESA` for a phone.",
    )  # fmt: skip
    creditor_country = rest.TextField(max_length=2, allow_blank=True, default="")
    route = rest.TextField(
        max_length=20, default="FASTEST", help_text="`FASTEST`, `CHEAPEST`, or the code of a rail."
    )
    amount = rest.MoneyField(required=False, help_text="This much each time; or `keep`.")
    keep = rest.MoneyField(required=False, help_text="Everything above this, to an account of your own.")
    remittance = rest.TextField(max_length=140, allow_blank=True, default="")
    frequency = serializers.ChoiceField(choices=[one.value for one in Frequency])
    first = serializers.DateField(help_text="The first due date; the others are read off it.")
    month_rule = serializers.ChoiceField(
        choices=[one.value for one in MonthRule], default=MonthRule.SAME_DAY.value
    )
    until = serializers.DateField(required=False)
    times = serializers.IntegerField(required=False, min_value=1, max_value=600)
    holiday_rule = serializers.ChoiceField(
        choices=[one.value for one in HolidayRule], default=HolidayRule.FOLLOWING.value
    )
    retry_days = serializers.IntegerField(default=0, min_value=0, max_value=10)
    authorisation = step_up.Authorisation(required=False)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if ("amount" in value) == ("keep" in value):
            raise serializers.ValidationError("Give amount, or keep.", code="required")
        return value


class RunAnswer(serializers.Serializer[Any]):
    due_date = serializers.DateField()
    status = serializers.ChoiceField(choices=[one.value for one in RunStatus])
    reason = serializers.CharField()
    explanation = serializers.CharField()
    amount = rest.MoneyField(allow_null=True)
    payment = serializers.CharField(allow_null=True)


class StandingAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=[one.value for one in OrderStatus])
    debtor_account = serializers.CharField(source="debtor_number")
    creditor_account = serializers.CharField(source="creditor_number")
    creditor_name = serializers.CharField()
    creditor_agent = serializers.CharField(help_text="Empty within the bank.")
    creditor_country = serializers.CharField()
    route = serializers.CharField(source="preference")
    amount = rest.MoneyField(source="money", allow_null=True)
    keep = rest.MoneyField(source="kept", allow_null=True)
    remittance = serializers.CharField()
    frequency = serializers.CharField()
    first = serializers.DateField(source="first_date")
    month_rule = serializers.CharField()
    until = serializers.DateField(source="until_date", allow_null=True)
    times = serializers.IntegerField(allow_null=True)
    holiday_rule = serializers.CharField()
    retry_days = serializers.IntegerField()
    next_due = serializers.DateField(allow_null=True)
    next_paid_on = serializers.DateField(source="next_run", allow_null=True)


class StandingDetail(StandingAnswer):
    runs = RunAnswer(many=True)


class StandingList(serializers.Serializer[Any]):
    items = StandingAnswer(many=True)


class StandingOrders(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listStandingOrders",
        tags=_TAG,
        summary="Your standing orders, what is paid next first",
        responses=StandingList,
    )
    def get(self, request: Request) -> Response:
        found, named = selectors.orders_for(rest.user_of(request)), scopes.accounts_of(request)
        if named is not None:
            found = found.filter(debtor_account__number__in=named)
        return Response({"items": StandingAnswer(list(found[:500]), many=True).data})

    @extend_schema(
        operation_id="createStandingOrder",
        tags=_TAG,
        summary="Schedule a payment, once or again and again",
        description="Two calls with the same `Idempotency-Key`, as for a transfer: the first is answered 403 "
        "`STEP_UP_REQUIRED`, the second brings the code. Each payment is then made without one.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=StandingRequest,
        responses={
            201: StandingAnswer,
            (403, "application/problem+json"): OpenApiResponse(step_up.StepUpProblem, "A code is needed."),
        },
        examples=[step_up.EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        key = rest.idempotency_key(request)
        wanted = rest.body_of(StandingRequest, request)
        authorisation = wanted.pop("authorisation", None)
        scopes.require_account(request, wanted["debtor_account"])
        user, terms = rest.user_of(request), _terms(wanted)
        if authorisation is None:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_order(user=user, terms=terms))
        order = services.create_order(
            user=user,
            terms=terms,
            key=key,
            challenge_id=authorisation.get("challenge_id"),
            code=authorisation.get("code", ""),
        )
        location = reverse("api-standing-order", args=[order.reference])
        return rest.created(StandingAnswer(order).data, replayed=False, location=location)


class OneStandingOrder(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="getStandingOrder",
        tags=_TAG,
        summary="A standing order with what became of every due date",
        parameters=[_REFERENCE],
        responses=StandingDetail,
    )
    def get(self, request: Request, reference: str) -> Response:
        order = _own(request, reference)
        answer = {**StandingAnswer(order).data, "runs": [_run(one) for one in selectors.runs_of(order)]}
        return Response(answer)


class StandingAct(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="actOnStandingOrder",
        tags=_TAG,
        summary="Skip the next payment, pause, resume or end",
        parameters=[
            _REFERENCE,
            OpenApiParameter("act", OpenApiTypes.STR, OpenApiParameter.PATH, enum=sorted(_ACTS)),
            rest.IDEMPOTENCY_KEY,
        ],
        request=None,
        responses=StandingAnswer,
    )
    def post(self, request: Request, reference: str, act: str) -> Response:
        order = _own(request, reference)
        if act not in _ACTS:
            raise NotFound(what="act")

        def run() -> dict[str, Any]:
            _ACTS[act](user=rest.user_of(request), reference=order.reference)
            return {}

        rest.once(request, f"standing.{act}", {"order": order.reference}, run)
        return Response(StandingAnswer(_own(request, order.reference)).data)


def _own(request: Request, reference: str) -> StandingOrder:
    order = selectors.order_for(rest.user_of(request), reference)
    scopes.require_account(request, order.debtor_number, what="standing order")
    return order


def _run(run: Run) -> dict[str, Any]:
    return {
        "due_date": run.due_date.isoformat(),
        "status": run.status,
        "reason": run.reason,
        "explanation": run.sentence,
        "amount": rest.MoneyField().to_representation(run.money) if run.money else None,
        "payment": run.payment.reference if run.payment else None,
    }


def _terms(wanted: dict[str, Any]) -> Terms:
    schedule = Schedule(
        Frequency(wanted["frequency"]),
        wanted["first"],
        MonthRule(wanted["month_rule"]),
        wanted.get("until"),
        wanted.get("times"),
        HolidayRule(wanted["holiday_rule"]),
    )
    return Terms(
        debtor_number=wanted["debtor_account"],
        creditor_number=wanted["creditor_account"],
        creditor_name=wanted["creditor_name"],
        schedule=schedule,
        amount=wanted.get("amount"),
        keep=wanted.get("keep"),
        remittance=wanted["remittance"],
        retry_days=wanted["retry_days"],
        to=_to(wanted),
    )


def _to(wanted: dict[str, Any]) -> Elsewhere | None:
    if not wanted["creditor_agent"]:
        return None
    return Elsewhere(wanted["creditor_agent"], wanted["creditor_country"], wanted["route"])


urlpatterns = [
    path("standing-orders", StandingOrders.as_view(), name="api-standing-orders"),
    path("standing-orders/<str:reference>", OneStandingOrder.as_view(), name="api-standing-order"),
    path("standing-orders/<str:reference>/<slug:act>", StandingAct.as_view(), name="api-standing-order-act"),
]
