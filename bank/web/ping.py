"""The smallest authenticated answer: whether a token still opens the door, and a yardstick for load."""

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Ping(APIView):
    """Answers ``{"ok": true}`` to whoever holds a valid access token."""

    scopes = {"GET": None}

    @extend_schema(
        operation_id="ping",
        tags=["Door"],
        summary="Check an access token",
        responses=inline_serializer("Pong", {"ok": serializers.BooleanField()}),
    )
    def get(self, request: Request) -> Response:
        return Response({"ok": True})
