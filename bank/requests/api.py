"""Requests to pay and bills for programs: asked, answered, paid with a code; the catalogue of billers."""

from typing import Any, Final

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.kernel.errors import NotFound
from bank.payments.models import PaymentOrder
from bank.payments.rules import PaymentStatus
from bank.requests import selectors, services
from bank.requests.models import BillPayment, PaymentRequest
from bank.requests.rules import DeclineReason, RequestStatus
from bank.web import rest, scopes, step_up, throttles
from bank.web.scopes import Scope

_TAG: Final = ["Requests to pay and bills"]
_REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)
_CODE_NEEDED: Final = {
    (403, "application/problem+json"): OpenApiResponse(step_up.StepUpProblem, "A code is needed.")
}
_MANY: Final = 500
_TWO_CALLS: Final = (
    "Two calls with the same `Idempotency-Key`, as for a transfer: the first is answered 403 "
    "`STEP_UP_REQUIRED`, the second brings the code."
)


class RequestToPay(rest.StrictSerializer):
    creditor_account = rest.TextField(max_length=34, help_text="Your account the money comes into.")
    amount = rest.MoneyField(required=False, help_text="Without it the payer chooses.")
    remittance = rest.TextField(max_length=140, help_text="What it is for.")
    debtor_account = rest.TextField(
        max_length=34,
        allow_blank=True,
        default="",
        help_text="Whom you ask; without it whoever has the link.",
    )
    debtor_name = rest.TextField(max_length=140, allow_blank=True, default="")
    expires_at = serializers.DateTimeField(required=False)
    allows_partial = serializers.BooleanField(default=False)


class RequestAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    direction = serializers.ChoiceField(choices=["MADE", "RECEIVED", "LINK"])
    status = serializers.ChoiceField(choices=[one.value for one in RequestStatus])
    creditor_account = serializers.CharField()
    creditor_name = serializers.CharField()
    debtor_account = serializers.CharField(help_text="Empty for a link anybody may pay by.")
    amount = rest.MoneyField(allow_null=True)
    paid = rest.MoneyField()
    left = rest.MoneyField(allow_null=True)
    remittance = serializers.CharField()
    allows_partial = serializers.BooleanField()
    expires_at = serializers.DateTimeField()
    decline_reason = serializers.CharField()


class RequestList(serializers.Serializer[Any]):
    items = RequestAnswer(many=True)


class PayRequest(rest.StrictSerializer):
    debtor_account = rest.TextField(max_length=34)
    amount = rest.MoneyField()
    authorisation = step_up.Authorisation(required=False)


class DeclineRequest(rest.StrictSerializer):
    reason = serializers.ChoiceField(choices=[one.value for one in DeclineReason])
    words = rest.TextField(max_length=140, allow_blank=True, default="")


class Paid(serializers.Serializer[Any]):
    payment = serializers.CharField(help_text="Its reference, as under `/transfers`.")
    status = serializers.ChoiceField(choices=[one.value for one in PaymentStatus])


class RequestsToPay(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listRequestsToPay",
        tags=_TAG,
        summary="What you asked for and what was asked of you, newest first",
        responses=RequestList,
    )
    def get(self, request: Request) -> Response:
        user, named = rest.user_of(request), scopes.accounts_of(request)
        made, received = selectors.requests_made(user), selectors.requests_received(user)
        if named is not None:
            made = made.filter(creditor_account__number__in=named)
            received = received.filter(debtor_account__number__in=named)
        found = sorted([*made[:_MANY], *received[:_MANY]], key=lambda one: -one.pk)
        return Response({"items": [_answer(request, one) for one in dict.fromkeys(found)]})

    @extend_schema(
        operation_id="createRequestToPay",
        tags=_TAG,
        summary="Ask somebody to pay you",
        description="Asking moves nothing and needs no code. Whom you ask must fit the account by name.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=RequestToPay,
        responses={201: RequestAnswer},
    )
    def post(self, request: Request) -> Response:
        key = rest.idempotency_key(request)
        wanted = rest.body_of(RequestToPay, request)
        scopes.require_account(request, wanted["creditor_account"])
        made = services.make_request(
            user=rest.user_of(request),
            creditor_number=wanted["creditor_account"],
            amount=wanted.get("amount"),
            remittance=wanted["remittance"],
            key=key,
            debtor_number=wanted["debtor_account"],
            debtor_name=wanted["debtor_name"],
            expires_at=wanted.get("expires_at"),
            allows_partial=wanted["allows_partial"],
        )
        location = reverse("api-request-to-pay", args=[made.reference])
        return rest.created(_answer(request, made), replayed=False, location=location)


class OneRequestToPay(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="getRequestToPay",
        tags=_TAG,
        summary="A request and what was paid for it",
        parameters=[_REFERENCE],
        responses=RequestAnswer,
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(_answer(request, _seen(request, reference)))


class PayRequestToPay(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="payRequestToPay",
        tags=_TAG,
        summary="Pay a request, all of it or where it allows a part",
        description=_TWO_CALLS,
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY],
        request=PayRequest,
        responses={200: Paid, **_CODE_NEEDED},
        examples=[step_up.EXAMPLE],
    )
    def post(self, request: Request, reference: str) -> Response:
        key = rest.idempotency_key(request)
        wanted = rest.body_of(PayRequest, request)
        scopes.require_account(request, wanted["debtor_account"])
        asked = {
            "user": rest.user_of(request),
            "reference": _seen(request, reference).reference,
            "debtor_number": wanted["debtor_account"],
            "amount": wanted["amount"],
        }
        proof = wanted.get("authorisation")
        if proof is None:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_accepting(**asked))
        paid = services.accept(
            **asked, key=key, challenge_id=proof.get("challenge_id"), code=proof.get("code", "")
        )
        return Response(_paid(paid))


class DeclineRequestToPay(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="declineRequestToPay",
        tags=_TAG,
        summary="Say no to a request, with a reason",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY],
        request=DeclineRequest,
        responses=RequestAnswer,
    )
    def post(self, request: Request, reference: str) -> Response:
        found, wanted = _seen(request, reference), rest.body_of(DeclineRequest, request)

        def run() -> dict[str, Any]:
            services.decline(user=rest.user_of(request), reference=found.reference, **wanted)
            return {}

        rest.once(request, "requests.decline", {"request": found.reference, **wanted}, run)
        return Response(_answer(request, _seen(request, found.reference)))


_ACTS: Final = {"cancel": services.cancel, "remind": services.remind}


class ActOnRequestToPay(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="actOnRequestToPay",
        tags=_TAG,
        summary="Take your request back, or remind of it",
        parameters=[
            _REFERENCE,
            OpenApiParameter("act", OpenApiTypes.STR, OpenApiParameter.PATH, enum=sorted(_ACTS)),
            rest.IDEMPOTENCY_KEY,
        ],
        request=None,
        responses=RequestAnswer,
    )
    def post(self, request: Request, reference: str, act: str) -> Response:
        found = _seen(request, reference)
        if act not in _ACTS:
            raise NotFound(what="act")

        def run() -> dict[str, Any]:
            _ACTS[act](user=rest.user_of(request), reference=found.reference)
            return {}

        rest.once(request, f"requests.{act}", {"request": found.reference}, run)
        return Response(_answer(request, _seen(request, found.reference)))


class BillerAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField()
    currency = serializers.CharField(source="account.currency")
    reference_label = serializers.CharField()
    reference_example = serializers.CharField()
    least = serializers.DecimalField(max_digits=21, decimal_places=3)
    most = serializers.DecimalField(max_digits=21, decimal_places=3)
    is_whole = serializers.BooleanField(help_text="Takes whole amounts only.")


class BillerList(serializers.Serializer[Any]):
    items = BillerAnswer(many=True)


class BillRequest(rest.StrictSerializer):
    biller = rest.TextField(max_length=50, help_text="`code` of the biller.")
    reference = rest.TextField(max_length=35, help_text="As the biller writes it: a meter, a pupil.")
    debtor_account = rest.TextField(max_length=34)
    amount = rest.MoneyField()
    authorisation = step_up.Authorisation(required=False)


class BillAnswer(Paid):
    biller = serializers.CharField()
    reference = serializers.CharField()
    amount = rest.MoneyField()
    at = serializers.DateTimeField()


class BillList(serializers.Serializer[Any]):
    items = BillAnswer(many=True)


class Billers(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="listBillers", tags=_TAG, summary="Who can be paid by bill", responses=BillerList
    )
    def get(self, request: Request) -> Response:
        return Response({"items": BillerAnswer(selectors.billers(), many=True).data})


class Bills(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listBills", tags=_TAG, summary="The bills you paid, newest first", responses=BillList
    )
    def get(self, request: Request) -> Response:
        found, named = selectors.bills_of(rest.user_of(request)), scopes.accounts_of(request)
        if named is not None:
            found = found.filter(payment__debtor_account__number__in=named)
        return Response({"items": [_bill(one) for one in found[:_MANY]]})

    @extend_schema(
        operation_id="payBill",
        tags=_TAG,
        summary="Pay a bill",
        description=_TWO_CALLS,
        parameters=[rest.IDEMPOTENCY_KEY],
        request=BillRequest,
        responses={200: Paid, **_CODE_NEEDED},
        examples=[step_up.EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        key = rest.idempotency_key(request)
        wanted = rest.body_of(BillRequest, request)
        scopes.require_account(request, wanted["debtor_account"])
        asked = {
            "user": rest.user_of(request),
            "code": wanted["biller"],
            "reference": wanted["reference"],
            "debtor_number": wanted["debtor_account"],
            "amount": wanted["amount"],
        }
        proof = wanted.get("authorisation")
        if proof is None:
            services.prepare_bill(**asked)
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_bill(**asked))
        paid = services.pay_bill(
            **asked, key=key, challenge_id=proof.get("challenge_id"), proof=proof.get("code", "")
        )
        return Response(_paid(paid))


def _seen(request: Request, reference: str) -> PaymentRequest:
    """The request, where the grant names the account of the user's that it is about."""
    found = selectors.request_for(rest.user_of(request), reference)
    if found.debtor_account is None and _direction(request, found) == "LINK":
        return found
    ours = found.creditor_account if _direction(request, found) == "MADE" else found.debtor_account
    assert ours is not None
    scopes.require_account(request, ours.number, what="request to pay")
    return found


def _direction(request: Request, found: PaymentRequest) -> str:
    if selectors.is_made_by(rest.user_of(request), found):
        return "MADE"
    return "RECEIVED" if found.debtor_account is not None else "LINK"


def _answer(request: Request, found: PaymentRequest) -> dict[str, Any]:
    standing, amount = selectors.standing(found), rest.MoneyField().to_representation
    return {
        "reference": found.reference,
        "direction": _direction(request, found),
        "status": standing.status,
        "creditor_account": found.creditor_account.number,
        "creditor_name": found.creditor_account.customer.display_name,
        "debtor_account": found.debtor_account.number if found.debtor_account else "",
        "amount": amount(found.money) if found.money else None,
        "paid": amount(standing.paid),
        "left": amount(standing.left) if standing.left is not None else None,
        "remittance": found.remittance,
        "allows_partial": found.allows_partial,
        "expires_at": found.expires_at.isoformat(),
        "decline_reason": found.decline_reason,
    }


def _paid(order: PaymentOrder) -> dict[str, str]:
    return {"payment": order.reference, "status": order.status}


def _bill(bill: BillPayment) -> dict[str, Any]:
    return {
        **_paid(bill.payment),
        "biller": bill.biller.code,
        "reference": bill.reference,
        "amount": rest.MoneyField().to_representation(bill.payment.money),
        "at": bill.at.isoformat(),
    }


_ONE: Final = "requests-to-pay/<str:reference>"
urlpatterns = [
    path("requests-to-pay", RequestsToPay.as_view(), name="api-requests-to-pay"),
    path(_ONE, OneRequestToPay.as_view(), name="api-request-to-pay"),
    path(f"{_ONE}/pay", PayRequestToPay.as_view(), name="api-request-to-pay-pay"),
    path(f"{_ONE}/decline", DeclineRequestToPay.as_view(), name="api-request-to-pay-decline"),
    path(f"{_ONE}/<slug:act>", ActOnRequestToPay.as_view(), name="api-request-to-pay-act"),
    path("billers", Billers.as_view(), name="api-billers"),
    path("bills", Bills.as_view(), name="api-bills"),
]
