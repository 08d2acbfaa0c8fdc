"""REST: asking for statements, and fetching them. ``/api/v1/statements``."""

from base64 import b64encode
from typing import Any, BinaryIO

from django.http import FileResponse, HttpResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.deposits import selectors as deposits
from bank.statements import deposit_statements, formats, rules, selectors, services
from bank.statements.models import Statement
from bank.statements.rules import Kind, Status
from bank.web import rest, scopes, throttles
from bank.web.negotiation import AnyDocument
from bank.web.scopes import Scope

_TAG = ["Statements"]
_MEDIA = list(dict.fromkeys(one.content_type.partition(";")[0] for one in formats.EVERY.values()))
_DOCUMENTS = {(200, media): OpenApiTypes.BINARY for media in _MEDIA}
_PATH_NUMBER = OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH)
_NUMBER = "0010000000011"
_REQUEST = {"account": _NUMBER, "from": "2026-10-01", "to": "2026-10-31", "format": "PDF"}
_ANSWER = {
    "id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a",
    "reference": "S-7K3M-9QXD-4TRH",
    **_REQUEST,
    "kind": "STATEMENT",
    "status": "READY",
    "requested_at": "2026-11-01T06:00:00Z",
    "finished_at": "2026-11-01T06:00:02Z",
    "size": 24103,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "failure": "",
    "document": "/api/v1/statements/0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a/document",
}


class Requests(throttles.Documents):
    """Counted with what is fetched in the portals."""


class StatementRequest(rest.StrictSerializer):
    account = rest.TextField(max_length=34, help_text="Account number.")
    to = serializers.DateField(help_text="Last day, not after the bank's business date.")
    format = rest.TextField(max_length=10, help_text=f"One of {', '.join(formats.CODES)}.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "from": serializers.DateField(help_text="First day.")}


class StatementAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    account = serializers.CharField(source="kept.number", help_text="Or the number of a deposit.")
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in Kind], help_text="`STATEMENT`, or what is certified."
    )
    to = serializers.DateField(source="to_date")
    format = serializers.ChoiceField(choices=formats.CODES)
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="Bytes, when ready.")
    sha256 = serializers.CharField(source="digest", help_text="Of the document, when ready.")
    failure = serializers.CharField(help_text="Why it could not be made.")
    document = serializers.SerializerMethodField(help_text="Where to fetch it, when ready.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "from": serializers.DateField(source="from_date")}

    def get_document(self, statement: Statement) -> str:
        return (
            reverse("api-statement-document", args=[statement.pk]) if statement.status == Status.READY else ""
        )


class StatementList(serializers.Serializer[Any]):
    items = StatementAnswer(many=True)


class ListQuery(rest.StrictSerializer):
    account = rest.TextField(max_length=34, help_text="Account number.")


class Statements(APIView):
    """Statements of one's accounts."""

    scopes = {"GET": Scope.STATEMENTS_READ, "POST": Scope.STATEMENTS_READ}

    def get_throttles(self) -> list[Any]:
        return [Requests()] if self.request.method == "POST" else []

    @extend_schema(
        operation_id="listStatements",
        tags=_TAG,
        summary="The latest 50 statements of an account",
        parameters=[ListQuery],
        responses=StatementList,
    )
    def get(self, request: Request) -> Response:
        account = accounts.account_for(rest.user_of(request), rest.query_of(ListQuery, request)["account"])
        scopes.require_account(request, account.number)
        found = selectors.statements_of(account)
        return Response({"items": StatementAnswer(found, many=True).data})

    @extend_schema(
        operation_id="requestStatement",
        tags=_TAG,
        summary="Have a statement made",
        description="The document is made in the background. Ask for the statement until its status is "
        "`READY` or `FAILED`, then fetch the document.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=StatementRequest,
        responses={
            202: OpenApiResponse(StatementAnswer, "Being made."),
            200: OpenApiResponse(StatementAnswer, "Asked for before, under this key."),
        },
        examples=[
            OpenApiExample("October as PDF", _REQUEST, request_only=True),
            OpenApiExample("Ready", _ANSWER, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(StatementRequest, request)
        account = accounts.account_for(rest.user_of(request), wanted["account"])
        scopes.require_account(request, account.number)
        statement, replayed = services.request_once(
            user=rest.user_of(request),
            account=account,
            from_date=wanted["from"],
            to_date=wanted["to"],
            format=wanted["format"],
            key=rest.idempotency_key(request),
        )
        location = reverse("api-statement", args=[statement.pk])
        return rest.created(StatementAnswer(statement).data, replayed=replayed, location=location, status=202)


class AtOnceQuery(rest.StrictSerializer):
    to = serializers.DateField(help_text="Last day.")
    format = rest.TextField(
        max_length=10, required=False, help_text="A code such as `CAMT053`. Without one, `Accept` decides."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "from": serializers.DateField(help_text="First day.")}


class FormatIsOurs(DefaultContentNegotiation):
    """``?format=`` and ``Accept`` choose a format of statement here, no renderer."""

    def select_renderer(
        self, request: Any, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class WhileItWaits(APIView):
    """Any period in any format, while the program waits."""

    renderer_classes = [AnyDocument]
    content_negotiation_class = FormatIsOurs
    scopes = {"GET": Scope.STATEMENTS_READ}

    def get_throttles(self) -> list[Any]:
        return [Requests()]


class AtOnce(WhileItWaits):
    """A statement of an account."""

    @extend_schema(
        operation_id="getAccountStatement",
        tags=_TAG,
        summary="A statement of any period in any format, at once",
        description="The format is what `format` names, else the first one `Accept` names, else JSON. "
        "camt messages share the media type `application/xml`, for which camt.053 is given. What is "
        "issued is kept among the account's statements. A long PDF is refused: ask for it with POST.",
        parameters=[_PATH_NUMBER, AtOnceQuery],
        responses=_DOCUMENTS,
    )
    def get(self, request: Request, number: str) -> FileResponse:
        user, asked = rest.user_of(request), rest.query_of(AtOnceQuery, request)
        account = accounts.account_for(user, number)
        scopes.require_account(request, account.number)
        statement = services.answer_at_once(
            user=user,
            account=account,
            from_date=asked["from"],
            to_date=asked["to"],
            format=_format_of(request, asked),
        )
        return _file_answer(*services.open_document(user=user, statement_id=statement.pk))


class DepositAtOnce(WhileItWaits):
    """A deposit's statement."""

    @extend_schema(
        operation_id="getDepositStatement",
        tags=_TAG,
        summary="A statement of a deposit, of any period in any format, at once",
        description="The format is chosen as for an account. No file of it is kept; the same period can be "
        "asked for again.",
        parameters=[_PATH_NUMBER, AtOnceQuery],
        responses=_DOCUMENTS,
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        user, asked = rest.user_of(request), rest.query_of(AtOnceQuery, request)
        deposit = deposits.deposit_for(user, number)
        scopes.require_account(request, deposit.funding_account.number, what="deposit")
        document = deposit_statements.statement(
            user=user, deposit=deposit, from_date=asked["from"], to_date=asked["to"],
            format=_format_of(request, asked),
        )  # fmt: skip
        answer = HttpResponse(document.content, content_type=document.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{document.name}"'
        answer["Repr-Digest"] = _digest(document.digest)
        return answer


def _format_of(request: Request, asked: dict[str, Any]) -> str:
    accepted = formats.of_media_type(request.headers.get("Accept", ""))
    return str(asked.get("format") or (accepted.code if accepted else "JSON"))


class CertificateRequest(rest.StrictSerializer):
    account = rest.TextField(max_length=34, help_text="Account number.")
    kind = rest.TextField(max_length=10, help_text="`BALANCE`, `INTEREST` or `TAX`.")
    to = serializers.DateField(
        help_text="Last day; of `BALANCE` the day itself, of `TAX` any day of the past year it is for."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        first = serializers.DateField(required=False, help_text="First day, for `INTEREST`.")
        return {**super().get_fields(), "from": first}


class Certificates(APIView):
    """Certificates of balance, interest and tax."""

    scopes = {"POST": Scope.STATEMENTS_READ}

    def get_throttles(self) -> list[Any]:
        return [Requests()]

    @extend_schema(
        operation_id="requestCertificate",
        tags=_TAG,
        summary="Have a certificate made, as PDF",
        description="It is made in the background, and watched and fetched as statements are. A tax "
        "certificate covers all accounts and deposits of the account's holder.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=CertificateRequest,
        responses={
            202: OpenApiResponse(StatementAnswer, "Being made."),
            200: OpenApiResponse(StatementAnswer, "Asked for before, under this key."),
        },
    )
    def post(self, request: Request) -> Response:
        wanted, user = rest.body_of(CertificateRequest, request), rest.user_of(request)
        account = accounts.account_for(user, wanted["account"])
        _require_accounts(request, account, wanted["kind"])
        statement, replayed = services.request_certificate(
            user=user,
            account=account,
            kind=wanted["kind"],
            from_date=wanted.get("from") or wanted["to"],
            to_date=wanted["to"],
            key=rest.idempotency_key(request),
        )
        location = reverse("api-statement", args=[statement.pk])
        return rest.created(StatementAnswer(statement).data, replayed=replayed, location=location, status=202)


class OneStatement(APIView):
    scopes = {"GET": Scope.STATEMENTS_READ}

    @extend_schema(
        operation_id="getStatement",
        tags=_TAG,
        summary="A statement and whether it is ready",
        parameters=[OpenApiParameter("statement_id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses=StatementAnswer,
        examples=[OpenApiExample("Ready", _ANSWER, response_only=True)],
    )
    def get(self, request: Request, statement_id: str) -> Response:
        return Response(StatementAnswer(_statement_for(request, statement_id)).data)


class Document(APIView):
    renderer_classes = [AnyDocument]
    scopes = {"GET": Scope.STATEMENTS_READ}

    @extend_schema(
        operation_id="getStatementDocument",
        tags=_TAG,
        summary="The document itself",
        parameters=[OpenApiParameter("statement_id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses=_DOCUMENTS,
    )
    def get(self, request: Request, statement_id: str) -> FileResponse:
        _statement_for(request, statement_id)
        statement, file = services.open_document(user=rest.user_of(request), statement_id=statement_id)
        return _file_answer(statement, file)


def _file_answer(statement: Statement, file: BinaryIO) -> FileResponse:
    format, period = formats.named(statement.format), (statement.from_date, statement.to_date)
    name = rules.download_name(statement.kind, statement.kept.number, *period, format.extension)
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=format.content_type)
    answer["Repr-Digest"] = _digest(statement.digest)
    return answer


def _digest(sha256: str) -> str:
    """RFC 9530."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"


def _statement_for(request: Request, statement_id: str) -> Statement:
    statement = selectors.statement_for(rest.user_of(request), statement_id)
    _require_accounts(request, statement.account, statement.kind, what="statement")
    return statement


def _require_accounts(request: Request, account: Account, kind: str, **words: str) -> None:
    """A tax certificate tells of all accounts of the holder, so a consent must cover them all."""
    scopes.require_account(request, account.number, **words)
    if kind == Kind.TAX:
        for held in accounts.accounts_of(account.customer):
            scopes.require_account(request, held.account.number, **words)


urlpatterns = [
    path("accounts/<str:number>/statement", AtOnce.as_view(), name="api-account-statement"),
    path("deposits/<str:number>/statement", DepositAtOnce.as_view(), name="api-deposit-statement"),
    path("certificates", Certificates.as_view(), name="api-certificates"),
    path("statements", Statements.as_view(), name="api-statements"),
    path("statements/<str:statement_id>", OneStatement.as_view(), name="api-statement"),
    path("statements/<str:statement_id>/document", Document.as_view(), name="api-statement-document"),
]
