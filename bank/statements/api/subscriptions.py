"""REST: statements made by themselves. ``/api/v1/statement-subscriptions``."""

from typing import Any, Final

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.kernel.errors import NotFound
from bank.statements import formats, selectors, services
from bank.statements.api.statements import Requests
from bank.statements.models import Subscription
from bank.statements.rules import Channel, Frequency, State
from bank.web import rest, scopes
from bank.web.scopes import Scope

_TAG: Final = ["Statements"]
_ID: Final = OpenApiParameter("subscription_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
_FREQUENCIES: Final = [one.value for one in Frequency]
_CHANNELS: Final = [one.value for one in Channel]
_ACTS: Final = {
    "pause": services.pause_subscription,
    "resume": services.resume_subscription,
    "end": services.end_subscription,
}
_REQUEST: Final = {
    "account": "0010000000011", "format": "CAMT053", "frequency": "DAILY", "channel": "WEBHOOK",
    "target": "https://erp.example.com/statements",
}  # fmt: skip


class SubscriptionRequest(rest.StrictSerializer):
    account = rest.TextField(max_length=34, help_text="Number of an account or a deposit.")
    format = rest.TextField(max_length=10, help_text=f"One of {', '.join(formats.CODES)}.")
    frequency = rest.TextField(max_length=10, help_text=f"One of {', '.join(_FREQUENCIES)}.")
    channel = rest.TextField(max_length=10, help_text=f"One of {', '.join(_CHANNELS)}.")
    target = rest.TextField(
        max_length=500,
        allow_blank=True,
        default="",
        help_text="Of `WEBHOOK` the address called, https alone.",
    )


class SubscriptionAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    account = serializers.CharField(source="kept.number", help_text="Number of an account or a deposit.")
    format = serializers.ChoiceField(choices=formats.CODES)
    frequency = serializers.ChoiceField(choices=_FREQUENCIES)
    channel = serializers.ChoiceField(choices=_CHANNELS)
    target = serializers.CharField()
    state = serializers.ChoiceField(choices=[one.value for one in State])
    issued = serializers.IntegerField(help_text="Statements made so far.")
    next_from = serializers.DateField(help_text="The first day of the next one.")
    end_reason = serializers.CharField(help_text="Why the bank ended it.")


class SubscriptionMade(SubscriptionAnswer):
    secret = serializers.CharField(help_text="Signs the calls of a webhook; told here alone.")


class SubscriptionList(serializers.Serializer[Any]):
    items = SubscriptionAnswer(many=True)


class Subscriptions(APIView):
    """Which statements are made by themselves."""

    scopes = {"GET": Scope.STATEMENTS_READ, "POST": Scope.WEBHOOKS_MANAGE}

    def get_throttles(self) -> list[Any]:
        return [Requests()] if self.request.method == "POST" else []

    @extend_schema(
        operation_id="listStatementSubscriptions",
        tags=_TAG,
        summary="Your subscriptions, ended ones last",
        responses=SubscriptionList,
    )
    def get(self, request: Request) -> Response:
        found, named = selectors.subscriptions_for(rest.user_of(request)), scopes.accounts_of(request)
        seen = [one for one in found if named is None or one.account.number in named]
        return Response({"items": SubscriptionAnswer(seen, many=True).data})

    @extend_schema(
        operation_id="subscribeToStatements",
        tags=_TAG,
        summary="Have statements of an account or deposit made by themselves",
        description="They are made as the bank closes its day, each beginning where the last one ended, and "
        "kept among the statements, wherever else they go. The secret of a webhook is in this answer alone.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=SubscriptionRequest,
        responses={
            201: OpenApiResponse(SubscriptionMade, "Subscribed."),
            200: OpenApiResponse(SubscriptionMade, "Subscribed before, under this key."),
        },
        examples=[OpenApiExample("Every day to a server", _REQUEST, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        key, wanted = rest.idempotency_key(request), rest.body_of(SubscriptionRequest, request)
        user = rest.user_of(request)
        kept = selectors.kept_for(user, wanted.pop("account"))
        scopes.require_account(request, selectors.reached_by(kept))
        made, replayed = services.subscribe_once(user=user, account=kept, key=key, **wanted)
        location = reverse("api-statement-subscription", args=[made.pk])
        return rest.created(SubscriptionMade(made).data, replayed=replayed, location=location)


class OneSubscription(APIView):
    scopes = {"GET": Scope.STATEMENTS_READ}

    @extend_schema(
        operation_id="getStatementSubscription",
        tags=_TAG,
        summary="A subscription and up to when its statements are made",
        parameters=[_ID],
        responses=SubscriptionAnswer,
    )
    def get(self, request: Request, subscription_id: str) -> Response:
        return Response(SubscriptionAnswer(_own(request, subscription_id)).data)


class SubscriptionAct(APIView):
    scopes = {"POST": Scope.WEBHOOKS_MANAGE}

    @extend_schema(
        operation_id="actOnStatementSubscription",
        tags=_TAG,
        summary="Pause, resume or end a subscription",
        parameters=[
            _ID,
            OpenApiParameter("act", OpenApiTypes.STR, OpenApiParameter.PATH, enum=sorted(_ACTS)),
            rest.IDEMPOTENCY_KEY,
        ],
        request=None,
        responses=SubscriptionAnswer,
    )
    def post(self, request: Request, subscription_id: str, act: str) -> Response:
        found = _own(request, subscription_id)
        if act not in _ACTS:
            raise NotFound(what="act")

        def run() -> dict[str, Any]:
            _ACTS[act](user=rest.user_of(request), subscription=found)
            return {}

        rest.once(request, f"statements.subscription.{act}", {"subscription": str(found.pk)}, run)
        return Response(SubscriptionAnswer(_own(request, subscription_id)).data)


def _own(request: Request, subscription_id: str) -> Subscription:
    found = selectors.subscription_for(rest.user_of(request), subscription_id)
    scopes.require_account(request, found.account.number, what="subscription")
    return found


_ONE: Final = "statement-subscriptions/<str:subscription_id>"
urlpatterns = [
    path("statement-subscriptions", Subscriptions.as_view(), name="api-statement-subscriptions"),
    path(_ONE, OneSubscription.as_view(), name="api-statement-subscription"),
    path(f"{_ONE}/<slug:act>", SubscriptionAct.as_view(), name="api-statement-subscription-act"),
]
