"""Step-up over REST: the first call is answered 403 with a challenge, the second brings its code."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.response import Response

from bank.identity import passkeys
from bank.identity.errors import StepUpRequired
from bank.identity.models import Challenge
from bank.web import problems, rest

NO_PASSKEY: Final = (
    "A passkey signs on the bank's own pages alone. Send the code of six digits that went to sent_to, or the "
    "one your authenticator app shows."
)


class CodeField(rest.TextField):
    """A code of six digits. A passkey signs for the page that asks it (WebAuthn level 3, 13.4.9), so never
    for a program.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str) and passkeys.is_signature(data):
            raise serializers.ValidationError(NO_PASSKEY, code="passkey_not_here")
        return super().to_internal_value(data)


class Authorisation(rest.StrictSerializer):
    """Either a challenge with its code, or the standing permit the customer gave for programs."""

    challenge_id = serializers.UUIDField(required=False, help_text="`challenge.id` of the 403 answer.")
    code = CodeField(required=False, max_length=20, help_text="The code that was sent for it.")
    permit = serializers.BooleanField(
        required=False, default=False, help_text="Pay under the standing permit, without a code."
    )

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if value["permit"] == ("challenge_id" in value or "code" in value):
            raise serializers.ValidationError("Give challenge_id and code, or permit true.", code="required")
        if not value["permit"] and not ("challenge_id" in value and "code" in value):
            raise serializers.ValidationError("Give both challenge_id and code.", code="required")
        return value


class Opened(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    channel = serializers.CharField()
    sent_to = serializers.CharField()
    summary = serializers.CharField(help_text="What exactly the code confirms.")
    expires_at = serializers.DateTimeField()


class StepUpProblem(problems.Problem):
    """The refusal that says how to go on: send the request again with the challenge's code."""

    challenge = Opened()


EXAMPLE = OpenApiExample(
    "A code is needed",
    {
        "type": "/api/docs/errors/#STEP_UP_REQUIRED",
        "title": "Forbidden",
        "status": 403,
        "detail": "Send this request again with the code, as authorisation: {challenge_id, code}.",
        "code": "STEP_UP_REQUIRED",
        "correlation_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a",
        "challenge": {
            "id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a",
            "channel": "EMAIL",
            "sent_to": "w•••@example.com",
            "summary": "Pay KES 1,250.00 to Otieno Odhiambo, account 0010 0000 00020 (charges KES 0.00)",
            "expires_at": "2026-11-21T07:45:00Z",
        },
    },
    response_only=True,
    status_codes=["403"],
    media_type="application/problem+json",
)


def ask_for_code(challenge: Challenge) -> Response:
    """403 with the challenge; the act is done when the request comes again with its code."""
    opened = {
        "id": str(challenge.id),
        "channel": challenge.channel,
        "sent_to": challenge.masked_destination,
        "summary": challenge.summary,
        "expires_at": challenge.expires_at.isoformat(),
    }
    return problems.problem(
        status=StepUpRequired.status,
        code=StepUpRequired.code,
        detail="Send this request again with the code, as authorisation: {challenge_id, code}.",
        challenge=opened,
    )
