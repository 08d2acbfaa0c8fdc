"""Confirmation of payee: does the name fit the account, before anything is paid."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.payments import services as payments
from bank.payments.rules import NameCheck
from bank.web import rest, throttles
from bank.web.scopes import Scope

_CLOSE = {"result": "CLOSE_MATCH", "name_hint": "W•••••• K••••"}


class NameQuestion(rest.StrictSerializer):
    account = rest.TextField(max_length=34, help_text="Account number of the payee.")
    name = rest.TextField(max_length=140, help_text="The payee's name as you know it.")


class NameAnswer(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=[result.value for result in NameCheck])
    name_hint = serializers.CharField(
        help_text="With `CLOSE_MATCH`: the registered name, all but its first letters masked."
    )


class Checks(throttles.PerUser):
    """Beside the bound on misses that the payments app keeps."""

    scope = "payees.check"
    limit = 60


class PayeeCheck(APIView):
    throttle_classes = (Checks,)
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="checkPayee",
        tags=["Transfers"],
        summary="Check a payee's name",
        description="After 20 misses in an hour the bank answers 429 until the hour is over.",
        request=NameQuestion,
        responses=NameAnswer,
        examples=[
            OpenApiExample("Asked", {"account": "0010000000011", "name": "W Kamau"}, request_only=True),
            OpenApiExample("Close", _CLOSE, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        asked = rest.body_of(NameQuestion, request)
        result, hint = payments.check_payee(
            user=rest.user_of(request), number=asked["account"], name=asked["name"]
        )
        return Response({"result": result, "name_hint": hint})


urlpatterns = [path("payees/check", PayeeCheck.as_view(), name="api-payee-check")]
