"""REST: what waits for a company's signatures. ``/api/v1/approvals``; for people, not for keys or apps."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.cif import selectors as cif
from bank.signing import rules, selectors, services
from bank.signing.models import Approval
from bank.signing.rules import MOST_AT_ONCE, REASON_LETTERS, State
from bank.web import pagination, rest, step_up, throttles

_LIST = "approvals"
_TAG = ["Approvals"]
_REFERENCE = OpenApiParameter("reference", str, OpenApiParameter.PATH)


class SignatureAnswer(serializers.Serializer[Any]):
    name = serializers.CharField()
    signature_class = serializers.CharField(help_text="Empty for a signatory without a class.")
    on_behalf_of = serializers.CharField(allow_null=True, help_text="Whose signature a delegate gave.")
    signed_at = serializers.DateTimeField()


class DifferenceAnswer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class ApprovalAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    customer = serializers.CharField(help_text="The company's CIF number.")
    kind = serializers.CharField(help_text="Such as PAYMENT, PAYMENT_FILE or SIGNING_RULES.")
    subject = serializers.CharField(help_text="The reference of the payment, file or change.")
    summary = serializers.CharField()
    amounts = serializers.ListField(child=rest.MoneyField())
    difference = DifferenceAnswer(many=True)
    needed = serializers.IntegerField(help_text="People who must say yes, at least, its maker among them.")
    ways = serializers.ListField(
        child=serializers.CharField(), help_text="Who must sign: `A+B or 3`. Each line must be met."
    )
    missing = serializers.IntegerField(help_text="Signatures it still lacks at least, by the rules of now.")
    signatures = SignatureAnswer(many=True)
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=[state.value for state in State])
    decision_reason = serializers.CharField()


class ApprovalPage(serializers.Serializer[Any]):
    items = ApprovalAnswer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class ApprovalQuery(pagination.PageQuery):
    customer = rest.TextField(max_length=20, help_text="The company's CIF number.")
    state = serializers.ChoiceField(required=False, choices=[state.value for state in State])


class SignRequest(rest.StrictSerializer):
    approvals = serializers.ListField(
        child=rest.TextField(max_length=24), min_length=1, max_length=MOST_AT_ONCE
    )
    authorisation = step_up.Authorisation(required=False)


class RejectRequest(rest.StrictSerializer):
    reason = rest.TextField(max_length=REASON_LETTERS, help_text="What its maker reads.")


class Approvals(APIView):
    @extend_schema(
        operation_id="listApprovals",
        tags=_TAG,
        summary="What waits, or waited, for a company's signatures",
        parameters=[ApprovalQuery],
        responses=ApprovalPage,
    )
    def get(self, request: Request) -> Response:
        query = rest.query_of(ApprovalQuery, request)
        user = rest.user_of(request)
        rows = selectors.approvals_of(user, cif.customer_for(user, query["customer"]))
        if "state" in query:
            rows = rows.filter(state=query["state"])
        items, cursor = pagination.newest_first(rows, query, _LIST)
        return Response({"items": [answer(one) for one in items], "next_cursor": cursor})


class OneApproval(APIView):
    @extend_schema(
        operation_id="getApproval", tags=_TAG, summary="One of them", parameters=[_REFERENCE],
        responses=ApprovalAnswer,
    )  # fmt: skip
    def get(self, request: Request, reference: str) -> Response:
        return Response(answer(selectors.approval_for(rest.user_of(request), reference)))


class Sign(APIView):
    @extend_schema(
        operation_id="signApprovals",
        tags=_TAG,
        summary="Sign one or several with one code",
        description="Without `authorisation` the answer is 403 `STEP_UP_REQUIRED`; the code's text names the "
        "act, or how many and their totals. What has its last signature is carried out at once.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=SignRequest,
        responses={200: ApprovalAnswer(many=True)},
    )
    def post(self, request: Request) -> Response:
        wanted, user = rest.body_of(SignRequest, request), rest.user_of(request)
        authorisation = wanted.get("authorisation")
        if authorisation is None or authorisation["permit"]:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_signing(user=user, references=wanted["approvals"]))

        def run() -> dict[str, Any]:
            services.sign(
                user=user,
                references=wanted["approvals"],
                challenge_id=authorisation["challenge_id"],
                code=authorisation["code"],
            )
            return {}

        rest.once(request, "approvals.sign", {"approvals": wanted["approvals"]}, run)
        return Response(
            [answer(selectors.approval_for(user, one)) for one in sorted(set(wanted["approvals"]))]
        )


class Reject(APIView):
    @extend_schema(
        operation_id="rejectApproval", tags=_TAG, summary="Reject one with a reason",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY], request=RejectRequest, responses=ApprovalAnswer,
    )  # fmt: skip
    def post(self, request: Request, reference: str) -> Response:
        wanted, user = rest.body_of(RejectRequest, request), rest.user_of(request)

        def run() -> dict[str, Any]:
            services.reject(user=user, reference=reference, reason=wanted["reason"])
            return {}

        rest.once(request, "approvals.reject", {"approval": reference, **wanted}, run)
        return Response(answer(selectors.approval_for(user, reference)))


class ReturnForChange(APIView):
    @extend_schema(
        operation_id="returnApproval", tags=_TAG, summary="Return one to its maker, to be corrected",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY], request=RejectRequest, responses=ApprovalAnswer,
    )  # fmt: skip
    def post(self, request: Request, reference: str) -> Response:
        wanted, user = rest.body_of(RejectRequest, request), rest.user_of(request)

        def run() -> dict[str, Any]:
            services.return_for_change(user=user, reference=reference, reason=wanted["reason"])
            return {}

        rest.once(request, "approvals.return", {"approval": reference, **wanted}, run)
        return Response(answer(selectors.approval_for(user, reference)))


class Withdraw(APIView):
    @extend_schema(
        operation_id="withdrawApproval", tags=_TAG, summary="Take back what you made",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY], request=None, responses=ApprovalAnswer,
    )  # fmt: skip
    def post(self, request: Request, reference: str) -> Response:
        user = rest.user_of(request)

        def run() -> dict[str, Any]:
            services.withdraw(user=user, reference=reference)
            return {}

        rest.once(request, "approvals.withdraw", {"approval": reference}, run)
        return Response(answer(selectors.approval_for(user, reference)))


def answer(approval: Approval) -> dict[str, Any]:
    """An approval as ``ApprovalAnswer`` describes it."""
    money = rest.MoneyField().to_representation
    return {
        "reference": approval.reference,
        "customer": approval.customer.cif,
        "kind": approval.kind,
        "subject": approval.subject,
        "summary": approval.summary,
        "amounts": [money(one) for one in approval.moneys],
        "difference": approval.difference,
        "needed": approval.needed,
        "ways": [rules.write_ways(terms.ways) for terms in approval.required],
        "missing": selectors.still_missing(approval),
        "signatures": [
            {
                "name": one.user.full_name,
                "signature_class": one.signature_class,
                "on_behalf_of": one.holder.full_name if one.delegation_id else None,
                "signed_at": one.signed_at.isoformat(),
            }
            for one in approval.signatures.all()
        ],
        "made_by": approval.maker.full_name,
        "made_at": approval.made_at.isoformat(),
        "deadline": approval.deadline.isoformat(),
        "state": approval.state,
        "decision_reason": approval.decision_reason,
    }


urlpatterns = [
    path("approvals", Approvals.as_view(), name="api-approvals"),
    path("approvals/sign", Sign.as_view(), name="api-approvals-sign"),
    path("approvals/<str:reference>", OneApproval.as_view(), name="api-approval"),
    path("approvals/<str:reference>/reject", Reject.as_view(), name="api-approval-reject"),
    path("approvals/<str:reference>/return", ReturnForChange.as_view(), name="api-approval-return"),
    path("approvals/<str:reference>/withdraw", Withdraw.as_view(), name="api-approval-withdraw"),
]
