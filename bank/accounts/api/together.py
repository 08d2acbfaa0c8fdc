"""REST: what holders of an account agree to together. ``/api/v1/joint-acts``; for people alone."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.accounts import joint, selectors, services
from bank.accounts.models import JointAct
from bank.accounts.rules import REASON_LETTERS, JointState
from bank.web import pagination, rest, step_up, throttles

_LIST = "joint-acts"
_TAG = ["Accounts"]
_REFERENCE = OpenApiParameter("reference", str, OpenApiParameter.PATH)


class WordAnswer(serializers.Serializer[Any]):
    holder = serializers.CharField()
    given_by = serializers.CharField()
    given_at = serializers.DateTimeField()


class JointActAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    account = serializers.CharField()
    kind = serializers.CharField(help_text="Such as PAYMENT, STANDING_ORDER or ACCOUNT_CLOSING.")
    title = serializers.CharField()
    subject = serializers.CharField(help_text="The reference of the payment, order or account.")
    summary = serializers.CharField()
    amount = rest.MoneyField(allow_null=True)
    needed = serializers.IntegerField(help_text="Holders who must say yes, whoever asked among them.")
    words = WordAnswer(many=True)
    silent = serializers.ListField(child=serializers.CharField(), help_text="Holders who have not said yes.")
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=[state.value for state in JointState])
    why = serializers.CharField(help_text="Why it was refused, or was not possible.")
    may_agree = serializers.BooleanField(help_text="Whether it waits for your yes.")


class JointActPage(serializers.Serializer[Any]):
    items = JointActAnswer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class JointActQuery(pagination.PageQuery):
    state = serializers.ChoiceField(required=False, choices=[state.value for state in JointState])


class AgreeRequest(rest.StrictSerializer):
    authorisation = step_up.Authorisation(required=False)


class RefuseRequest(rest.StrictSerializer):
    why = rest.TextField(max_length=REASON_LETTERS, help_text="What whoever asked reads.")


class JointActs(APIView):
    @extend_schema(
        operation_id="listJointActs",
        tags=_TAG,
        summary="What was asked of accounts whose holders sign together",
        parameters=[JointActQuery],
        responses=JointActPage,
    )
    def get(self, request: Request) -> Response:
        query, user = rest.query_of(JointActQuery, request), rest.user_of(request)
        rows = selectors.joint_acts_for(user).prefetch_related("words__holder")
        if "state" in query:
            rows = rows.filter(state=query["state"])
        items, cursor = pagination.newest_first(rows, query, _LIST)
        return Response({"items": [_answer(request, one) for one in items], "next_cursor": cursor})


class OneJointAct(APIView):
    @extend_schema(
        operation_id="getJointAct", tags=_TAG, summary="One of them", parameters=[_REFERENCE],
        responses=JointActAnswer,
    )  # fmt: skip
    def get(self, request: Request, reference: str) -> Response:
        return _found(request, reference)


class Agree(APIView):
    @extend_schema(
        operation_id="agreeToJointAct",
        tags=_TAG,
        summary="Say yes for the holder you act for",
        description="Without `authorisation` the answer is 403 `STEP_UP_REQUIRED`; the code's text names the "
        "act. With the last yes it is carried out at once.",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY],
        request=AgreeRequest,
        responses=JointActAnswer,
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted, user = rest.body_of(AgreeRequest, request), rest.user_of(request)
        given = wanted.get("authorisation")
        if given is None or given["permit"]:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.joint.start_agreeing(user=user, reference=reference))

        def run() -> dict[str, Any]:
            services.joint.agree(
                user=user, reference=reference, challenge_id=given["challenge_id"], code=given["code"]
            )
            return {}

        rest.once(request, "joint.agree", {"act": reference}, run)
        return _found(request, reference)


class Refuse(APIView):
    @extend_schema(
        operation_id="refuseJointAct", tags=_TAG, summary="Say no, with a reason",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY], request=RefuseRequest, responses=JointActAnswer,
    )  # fmt: skip
    def post(self, request: Request, reference: str) -> Response:
        wanted, user = rest.body_of(RefuseRequest, request), rest.user_of(request)

        def run() -> dict[str, Any]:
            services.joint.refuse(user=user, reference=reference, why=wanted["why"])
            return {}

        rest.once(request, "joint.refuse", {"act": reference, **wanted}, run)
        return _found(request, reference)


class Withdraw(APIView):
    @extend_schema(
        operation_id="withdrawJointAct", tags=_TAG, summary="Take back what you asked for",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY], request=None, responses=JointActAnswer,
    )  # fmt: skip
    def post(self, request: Request, reference: str) -> Response:
        user = rest.user_of(request)

        def run() -> dict[str, Any]:
            services.joint.withdraw(user=user, reference=reference)
            return {}

        rest.once(request, "joint.withdraw", {"act": reference}, run)
        return _found(request, reference)


def accepted(request: Request, asked: JointAct) -> Response:
    """The answer to what now waits for the other holders."""
    return Response(_answer(request, asked), status=202)


def _found(request: Request, reference: str) -> Response:
    return Response(_answer(request, selectors.joint_act_for(rest.user_of(request), reference)))


def _answer(request: Request, asked: JointAct) -> dict[str, Any]:
    """An act as ``JointActAnswer`` describes it."""
    is_open = asked.state == JointState.WAITING
    return {
        "reference": asked.reference,
        "account": asked.account.number,
        "kind": asked.kind,
        "title": str(joint.named(asked.kind).title),
        "subject": asked.subject,
        "summary": asked.summary,
        "amount": None if asked.money is None else rest.MoneyField().to_representation(asked.money),
        "needed": asked.needed,
        "words": [
            {
                "holder": one.holder.display_name,
                "given_by": one.user.full_name,
                "given_at": one.given_at.isoformat(),
            }
            for one in asked.words.all()
        ],
        "silent": [one.display_name for one in selectors.silent(asked)] if is_open else [],
        "made_by": asked.maker.full_name,
        "made_at": asked.made_at.isoformat(),
        "deadline": asked.deadline.isoformat(),
        "state": asked.state,
        "why": asked.why,
        "may_agree": is_open and selectors.may_agree(rest.user_of(request), asked),
    }


_ONE = "joint-acts/<str:reference>"
urlpatterns = [
    path("joint-acts", JointActs.as_view(), name="api-joint-acts"),
    path(_ONE, OneJointAct.as_view(), name="api-joint-act"),
    path(f"{_ONE}/agree", Agree.as_view(), name="api-joint-agree"),
    path(f"{_ONE}/refuse", Refuse.as_view(), name="api-joint-refuse"),
    path(f"{_ONE}/withdraw", Withdraw.as_view(), name="api-joint-withdraw"),
]
