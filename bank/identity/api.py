"""Signing programs in: ``/api/v1/auth/…`` and the public keys at ``/.well-known/jwks.json``."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.identity import errors, keys, rules, services, tokens
from bank.web import rest

_TAG = ["Tokens"]


class Credentials(rest.StrictSerializer):
    """Login name and password, as they are: nothing is trimmed from a password."""

    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(
        max_length=rules.LONGEST_PASSWORD, trim_whitespace=False, style={"input_type": "password"}
    )


class SignIn(Credentials):
    otp = serializers.CharField(max_length=20, required=False, default="")


class CodeAsked(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(choices=[channel.value for channel in rules.Channel])
    sent_to = serializers.CharField()
    expires_at = serializers.DateTimeField()


class RefreshToken(rest.StrictSerializer):
    refresh = serializers.CharField(max_length=4096)


class TokenPair(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField()


class _Open(APIView):
    """A door before the sign-in: no token is read here, and a refusal says which scheme opens the rest."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, errors.TooManyTries):
            exc = Throttled(wait=exc.retry_after_s, detail=exc.message, code=exc.code.lower())
        response = super().handle_exception(exc)
        if response.status_code == 401:
            response["WWW-Authenticate"] = 'Bearer realm="api"'
        return response

    def read(self, shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        """The body in this shape. Raises ``ValidationError``."""
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        content: dict[str, Any] = body.validated_data
        return content


class Token(_Open):
    @extend_schema(
        tags=_TAG,
        summary="Sign a program in",
        request=SignIn,
        responses={200: TokenPair, 401: None, 429: None},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Signs a program in. ``otp`` is a code of the authenticator app, or the one sent by e-mail."""
        given = self.read(SignIn, request)
        user = services.check_password(email=given["email"], password=given["password"])
        services.check_program_code(user=user, code=given["otp"])
        return _answer(tokens.issue(user=user))


class Code(_Open):
    @extend_schema(
        tags=_TAG,
        summary="Have a code sent",
        request=Credentials,
        responses={202: CodeAsked, 401: None, 429: None},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Sends the second factor for a sign-in by e-mail, unless the user has an authenticator app."""
        given = self.read(Credentials, request)
        user = services.check_password(email=given["email"], password=given["password"])
        challenge = services.ask_program_code(user=user)
        told = {
            "channel": challenge.channel,
            "sent_to": challenge.masked_destination,
            "expires_at": challenge.expires_at,
        }
        return Response(CodeAsked(told).data, status=202)


class TokenRefresh(_Open):
    @extend_schema(
        tags=_TAG,
        summary="Renew the tokens",
        request=RefreshToken,
        responses={200: TokenPair, 401: None},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """The next pair. A refresh token works once; a second use ends all tokens of its sign-in."""
        return _answer(tokens.rotate(refresh=self.read(RefreshToken, request)["refresh"]))


class TokenRevoke(_Open):
    @extend_schema(
        tags=_TAG,
        summary="Sign a program out",
        request=RefreshToken,
        responses={204: OpenApiResponse(description="Signed out")},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Signs the program out: its access token fails from the next request on."""
        tokens.revoke(refresh=self.read(RefreshToken, request)["refresh"])
        return Response(status=204)


@require_safe
@cache_control(public=True, max_age=3600)
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys that verify our tokens (RFC 7517 §5)."""
    return JsonResponse(keys.jwks(), content_type="application/jwk-set+json")


def _answer(pair: tokens.Pair) -> Response:
    """RFC 6749 §5.1: never stored on the way."""
    told = {"access": pair.access, "refresh": pair.refresh, "expires_in": pair.expires_in_s}
    return Response(TokenPair(told).data, headers={"Cache-Control": "no-store"})


urlpatterns = [
    path("auth/token", Token.as_view(), name="auth-token"),
    path("auth/token/refresh", TokenRefresh.as_view(), name="auth-token-refresh"),
    path("auth/token/revoke", TokenRevoke.as_view(), name="auth-token-revoke"),
    path("auth/code", Code.as_view(), name="auth-code"),
]
root_urlpatterns = [path(".well-known/jwks.json", jwks, name="jwks")]
