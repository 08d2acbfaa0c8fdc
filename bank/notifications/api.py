"""REST: a company's webhooks. ``/api/v1/webhooks``. A person gives a code for what makes secrets; a program
needs none, for its key was made with one and says ``webhooks:manage``.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.access.rules import Scope
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.kernel.errors import NotFound
from bank.notifications import selectors, services
from bank.notifications.models import Endpoint, WebhookAttempt, WebhookDelivery
from bank.notifications.rules import DeliveryState, EndpointState, Event
from bank.web import pagination, rest, scopes, step_up, throttles

_TAG: Final = ["Webhooks"]
_ID: Final = OpenApiParameter("webhook_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
_DELIVERIES: Final = "webhook deliveries"
_ACTS: Final[Mapping[str, Callable[..., None]]] = MappingProxyType({
    "enable": services.enable_endpoint,
    "disable": services.disable_endpoint,
    "end": services.end_endpoint,
})  # fmt: skip


class WebhookAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    customer = serializers.CharField(source="customer.cif")
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=[one.value for one in Event]))
    accounts = serializers.ListField(child=serializers.CharField(), help_text="Empty for all of them.")
    state = serializers.ChoiceField(choices=[one.value for one in EndpointState])
    failing_since = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookList(serializers.Serializer[Any]):
    items = WebhookAnswer(many=True)


class WebhookMade(WebhookAnswer):
    secret = serializers.CharField(help_text="Shown this once; calls are signed with it.")


class SecretAnswer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown this once; for a day the old one signs too.")


class CompanyQuery(rest.StrictSerializer):
    customer = rest.TextField(max_length=20, help_text="The company's CIF number.")


class SecretRequest(CompanyQuery):
    authorisation = step_up.Authorisation(required=False)


class WebhookRequest(CompanyQuery):
    url = rest.TextField(max_length=500, help_text="https, and it answers the challenge (docs/webhooks.md).")
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=[one.value for one in Event]), min_length=1, max_length=20
    )
    accounts = serializers.ListField(
        child=rest.TextField(max_length=34), required=False, default=list, max_length=100,
        help_text="Only what concerns these; absent for all of the company's.",
    )  # fmt: skip
    authorisation = step_up.Authorisation(required=False)


class ReplayRequest(CompanyQuery):
    delivery = serializers.UUIDField(required=False, help_text="This one alone.")
    since = serializers.DateTimeField(required=False, help_text="All from then on, a thousand at most.")
    until = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("delivery" in attrs) == ("since" in attrs):
            raise serializers.ValidationError("Give either delivery or since.", code="required")
        return attrs


class ReplayAnswer(serializers.Serializer[Any]):
    deliveries = serializers.IntegerField(help_text="How many are sent again, with the ids they had.")


class DeliveriesQuery(pagination.PageQuery):
    customer = rest.TextField(max_length=20, help_text="The company's CIF number.")
    state = serializers.ChoiceField(required=False, choices=[one.value for one in DeliveryState])


class TryAnswer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True)
    problem = serializers.CharField(help_text="Why there was no answer.")
    response = serializers.CharField(help_text="The beginning of the answer.")
    duration_ms = serializers.IntegerField()


class DeliveryAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    event_id = serializers.UUIDField(help_text="`id` of the call.")
    event = serializers.CharField()
    subject = serializers.CharField()
    state = serializers.ChoiceField(choices=[one.value for one in DeliveryState])
    created_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    last_try = TryAnswer(allow_null=True)


class DeliveryList(serializers.Serializer[Any]):
    items = DeliveryAnswer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class Webhooks(APIView):
    scopes = {"GET": Scope.WEBHOOKS_READ, "POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        operation_id="listWebhooks", tags=_TAG, summary="A company's webhooks, newest first",
        parameters=[CompanyQuery], responses=WebhookList,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        company = _company(request, rest.query_of(CompanyQuery, request))
        found = selectors.endpoints_of(rest.user_of(request), company).select_related("customer")
        return Response({"items": WebhookAnswer(found, many=True).data})

    @extend_schema(
        operation_id="createWebhook",
        tags=_TAG,
        summary="Have a server told of events",
        description="The address is called with a challenge before anything is kept. A person's token needs "
        "a code: the first call is answered 403 `STEP_UP_REQUIRED`. A key with `webhooks:manage` needs none.",
        request=WebhookRequest,
        responses={
            201: WebhookMade,
            (403, "application/problem+json"): OpenApiResponse(step_up.StepUpProblem, "A code is needed."),
        },
    )
    def post(self, request: Request) -> Response:
        given, user = rest.body_of(WebhookRequest, request), rest.user_of(request)
        asked: dict[str, Any] = {
            "customer": _company(request, given), "url": given["url"], "events": given["events"],
            "numbers": given["accounts"],
        }  # fmt: skip
        proof = _proof(request, given)
        if proof is None:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_endpoint(user=user, **asked))
        made, secret = services.create_endpoint(user=user, **asked, **proof)
        response = Response({**WebhookAnswer(made).data, "secret": secret}, status=201)
        response["Location"] = reverse("api-webhook", args=[made.pk])
        return response


class OneWebhook(APIView):
    scopes = {"GET": Scope.WEBHOOKS_READ}

    @extend_schema(
        operation_id="getWebhook", tags=_TAG, summary="One webhook", parameters=[_ID, CompanyQuery],
        responses=WebhookAnswer,
    )  # fmt: skip
    def get(self, request: Request, webhook_id: UUID) -> Response:
        found = _own(request, rest.query_of(CompanyQuery, request), webhook_id)
        return Response(WebhookAnswer(found).data)


class WebhookSecret(APIView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        operation_id="rotateWebhookSecret",
        tags=_TAG,
        summary="Change the secret; for a day both sign",
        description="A person's token needs a code, as for making one.",
        parameters=[_ID],
        request=SecretRequest,
        responses={
            200: SecretAnswer,
            (403, "application/problem+json"): OpenApiResponse(step_up.StepUpProblem, "A code is needed."),
        },
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        given, user = rest.body_of(SecretRequest, request), rest.user_of(request)
        endpoint, proof = _own(request, given, webhook_id), _proof(request, given)
        if proof is None:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_rotation(user=user, endpoint=endpoint))
        return Response({"secret": services.rotate_secret(user=user, endpoint=endpoint, **proof)})


class WebhookAct(APIView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        operation_id="actOnWebhook",
        tags=_TAG,
        summary="Enable, disable or end a webhook",
        description="A disabled one is told nothing of what happens meanwhile. To be enabled it must answer "
        "the challenge again. Sent again, the act changes nothing more.",
        parameters=[_ID, OpenApiParameter("act", str, OpenApiParameter.PATH, enum=sorted(_ACTS))],
        request=CompanyQuery,
        responses=WebhookAnswer,
    )
    def post(self, request: Request, webhook_id: UUID, act: str) -> Response:
        endpoint = _own(request, rest.body_of(CompanyQuery, request), webhook_id)
        if act not in _ACTS:
            raise NotFound(what="act")
        _ACTS[act](user=rest.user_of(request), endpoint=endpoint)
        endpoint.refresh_from_db()
        return Response(WebhookAnswer(endpoint).data)


class WebhookReplay(APIView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        operation_id="replayWebhook", tags=_TAG, summary="Send deliveries again, in order, with their ids",
        parameters=[_ID], request=ReplayRequest, responses=ReplayAnswer,
    )  # fmt: skip
    def post(self, request: Request, webhook_id: UUID) -> Response:
        given, user = rest.body_of(ReplayRequest, request), rest.user_of(request)
        endpoint = _own(request, given, webhook_id)
        if delivery := given.get("delivery"):
            again = services.replay_one(user=user, endpoint=endpoint, delivery_id=delivery)
        else:
            since: datetime = given["since"]
            again = services.replay_deliveries(
                user=user, endpoint=endpoint, since=since, until=given.get("until")
            )
        return Response({"deliveries": again})


class Deliveries(APIView):
    scopes = {"GET": Scope.WEBHOOKS_READ}

    @extend_schema(
        operation_id="listWebhookDeliveries", tags=_TAG, summary="What was sent and how it went",
        parameters=[_ID, DeliveriesQuery], responses=DeliveryList,
    )  # fmt: skip
    def get(self, request: Request, webhook_id: UUID) -> Response:
        query = rest.query_of(DeliveriesQuery, request)
        endpoint = _own(request, query, webhook_id)
        before = pagination.position(query, _DELIVERIES)
        found = selectors.deliveries_page(endpoint, before, query.get("state", ""), query["limit"] + 1)
        items, cursor = pagination.page(found, query["limit"], _DELIVERIES, lambda one: str(one.pk))
        return Response({"items": [_delivery(one) for one in items], "next_cursor": cursor})


def _company(request: Request, given: Mapping[str, Any]) -> Customer:
    """The company; a program's own alone, as if there were no other."""
    company = cif.customer_for(rest.user_of(request), given["customer"])
    grant = scopes.grant_of(request)
    if grant is not None and grant.customer_id != company.pk:
        raise NotFound(what="customer")
    return company


def _own(request: Request, given: Mapping[str, Any], webhook_id: UUID) -> Endpoint:
    return selectors.endpoint_for(rest.user_of(request), _company(request, given), webhook_id)


def _proof(request: Request, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a service needs to do it: nothing more for a program, the code of a person; ``None`` without."""
    if scopes.grant_of(request) is not None:
        return {}
    said = given.get("authorisation")
    if said is None or said["permit"]:
        return None
    return {"proof": services.Proof(said["challenge_id"], said["code"])}


def _delivery(one: WebhookDelivery) -> dict[str, Any]:
    last: WebhookAttempt | None = next(iter(one.tries.all()), None)
    return {
        "id": str(one.pk),
        "event_id": str(one.event_id),
        "event": one.event,
        "subject": one.subject,
        "state": one.state.value,
        "created_at": one.created_at.isoformat(),
        "attempts": one.attempts,
        "last_try": TryAnswer(last).data if last else None,
    }


urlpatterns = [
    path("webhooks", Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<uuid:webhook_id>", OneWebhook.as_view(), name="api-webhook"),
    path("webhooks/<uuid:webhook_id>/secret", WebhookSecret.as_view(), name="api-webhook-secret"),
    path("webhooks/<uuid:webhook_id>/replay", WebhookReplay.as_view(), name="api-webhook-replay"),
    path("webhooks/<uuid:webhook_id>/deliveries", Deliveries.as_view(), name="api-webhook-deliveries"),
    path("webhooks/<uuid:webhook_id>/<slug:act>", WebhookAct.as_view(), name="api-webhook-act"),
]
