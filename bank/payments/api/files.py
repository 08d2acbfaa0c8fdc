"""Payment files: payments in any format go in, every fault comes out, and every line has an outcome."""

import collections.abc
from dataclasses import replace
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.http import StreamingHttpResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.kernel.money import Money
from bank.messages.tables.mapping import Mapping
from bank.messages.tables.values import AmountStyle, DayStyle
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.api.transfers import allowed_by
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rules import FileStatus, LineStatus, NameCheck
from bank.web import pagination, rest, scopes, step_up, throttles
from bank.web.negotiation import AnyDocument
from bank.web.scopes import Scope

_TAG = ["Payment files"]
_REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)
_SUM = {"amount": "1250.00", "currency": "KES"}
_ANSWER = {
    "reference": "FILE-7K3M-9QXD-4TRH",
    "status": "CHECKED",
    "message": "pain.001.001.09",
    "message_id": "SALARIES-2026-11",
    "initiating_party": "Umeme Hardware Ltd",
    "line_count": 1,
    "faulty_count": 0,
    "warning_count": 0,
    "settled_count": 0,
    "totals": [_SUM],
    "control_sum": "1250",
    "hash_total": "0000000023",
    "faults": [],
    "uploaded_at": "2026-11-21T07:43:12.120Z",
    "confirmed_at": None,
    "name": "",
    "excluded_count": 0,
    "sent_count": 0,
    "is_batch_booked": False,
    "is_confidential": False,
    "checked": None,
    "similar_to": None,
    "retry_of": None,
}


class Uploads(throttles.PerUser):
    """A file of 10,000 lines takes seconds of a worker."""

    scope = "payment-files"
    limit = 30


class XMLParser(BaseParser):
    """The body is the file; it is read by the payments app alone, which knows every trick of XML."""

    media_type = "application/xml"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: collections.abc.Mapping[str, Any] | None = None,
    ) -> Any:
        return rest.read_at_most(stream, settings.PAYMENT_FILE_MAX_BYTES)


class TextXMLParser(XMLParser):
    media_type = "text/xml"


class CSVParser(XMLParser):
    media_type = "text/csv"


class TextParser(XMLParser):
    """NACHA."""

    media_type = "text/plain"


class WorkbookParser(XMLParser):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FaultAnswer(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="0: the message as a whole.")
    code = serializers.CharField()
    sentence = serializers.CharField()
    field = serializers.CharField()
    value = serializers.CharField()
    is_warning = serializers.BooleanField(help_text="A warning does not keep the line from being paid.")


class FileAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in FileStatus])
    message = serializers.CharField()
    message_id = serializers.CharField()
    initiating_party = serializers.CharField()
    line_count = serializers.IntegerField()
    faulty_count = serializers.IntegerField()
    warning_count = serializers.IntegerField()
    settled_count = serializers.IntegerField()
    totals = serializers.ListField(child=rest.MoneyField(), help_text="One per currency.")
    control_sum = serializers.CharField(help_text="The sum of all amounts, whatever their currency.")
    hash_total = serializers.CharField(help_text="The sum of the last ten digits of all payees' accounts.")
    faults = FaultAnswer(many=True, help_text="Of the message as a whole.")
    uploaded_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    name = serializers.CharField(help_text="Of the file, as it was sent.")
    excluded_count = serializers.IntegerField()
    sent_count = serializers.IntegerField(
        help_text="Lines under way: sent to other banks, or HELD by the bank."
    )
    is_batch_booked = serializers.BooleanField(help_text="One debit for all on the statement.")
    is_confidential = serializers.BooleanField()
    checked = serializers.IntegerField(allow_null=True, help_text="While VALIDATING: lines checked so far.")
    similar_to = serializers.CharField(allow_null=True, help_text="A file it looks like: say why it is paid.")
    retry_of = serializers.CharField(allow_null=True)


class FileWishes(rest.StrictSerializer):
    """What a sender says beside the content, in the query."""

    name = serializers.CharField(max_length=120, required=False, default="")
    debtor_account = serializers.CharField(max_length=34, required=False, default="")
    currency = serializers.CharField(max_length=3, required=False, default="")
    requested_date = serializers.DateField(required=False, default=None)
    amounts = serializers.ChoiceField(choices=[one.value for one in AmountStyle], default="PLAIN")
    days = serializers.ChoiceField(choices=[one.value for one in DayStyle], default="ISO")
    columns = serializers.CharField(
        max_length=1000,
        required=False,
        default="",
        help_text="Headings by field of a table: `creditor_name=Payee,amount=Net pay`. Others are guessed.",
    )
    batch_booking = serializers.BooleanField(default=False)
    confidential = serializers.BooleanField(default=False)


class LineEdit(rest.StrictSerializer):
    """What the line is to say, or whether it is left out."""

    creditor_name = serializers.CharField(max_length=140, required=False)
    creditor_account = serializers.CharField(max_length=34, required=False)
    creditor_agent = serializers.CharField(max_length=35, required=False, allow_blank=True)
    amount = serializers.CharField(max_length=30, required=False, help_text="As 1250.50.")
    currency = serializers.CharField(max_length=3, required=False)
    remittance = serializers.CharField(max_length=140, required=False, allow_blank=True)
    excluded = serializers.BooleanField(required=False, help_text="Alone: leaves it out or takes it in.")


class FileLineAnswer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[status.value for status in LineStatus])
    reference = serializers.CharField(help_text="Of the payment the line becomes.")
    debtor_account = serializers.CharField()
    creditor_account = serializers.CharField()
    creditor_name = serializers.CharField()
    name_check = serializers.ChoiceField(choices=[result.value for result in NameCheck])
    amount = rest.MoneyField(allow_null=True, help_text="Null where the text is no amount.")
    amount_text = serializers.CharField(help_text="The amount as it was sent.")
    end_to_end_id = serializers.CharField()
    remittance = serializers.CharField()
    faults = FaultAnswer(many=True)


class FileLinePage(serializers.Serializer[Any]):
    items = FileLineAnswer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class FileLineQuery(pagination.PageQuery):
    status = serializers.ChoiceField(choices=[status.value for status in LineStatus], required=False)


class Confirmation(rest.StrictSerializer):
    only_valid = serializers.BooleanField(
        default=False, help_text="Pay the valid lines although others have faults."
    )
    override_reason = serializers.CharField(
        max_length=140, required=False, default="", help_text="Why a file like one sent before is paid."
    )
    authorisation = step_up.Authorisation(required=False)


class PaymentFiles(APIView):
    parser_classes = (XMLParser, TextXMLParser, CSVParser, WorkbookParser, TextParser, MultiPartParser)
    throttle_classes = (Uploads,)
    scopes = {"POST": Scope.FILES_CREATE}

    @extend_schema(
        operation_id="submitPaymentFile",
        tags=_TAG,
        summary="Send a file of payments",
        description="Takes pain.001.001.03 and .09, CSV, XLSX and NACHA, as the body itself or as the part "
        "`file` of multipart/form-data. Every line is checked; nothing is paid yet. A long file comes back "
        "VALIDATING: ask for it again until it is CHECKED or REJECTED.",
        parameters=[rest.IDEMPOTENCY_KEY, FileWishes],
        request={
            "application/xml": OpenApiTypes.BINARY,
            "text/xml": OpenApiTypes.BINARY,
            "text/csv": OpenApiTypes.BINARY,
            "text/plain": OpenApiTypes.BINARY,
            WorkbookParser.media_type: OpenApiTypes.BINARY,
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            },
        },
        responses={
            201: OpenApiResponse(FileAnswer, "Taken: CHECKED, REJECTED with its faults, or VALIDATING."),
            200: OpenApiResponse(FileAnswer, "Sent before, under this key."),
        },
        examples=[OpenApiExample("Checked", _ANSWER, response_only=True)],
    )
    def post(self, request: Request) -> Response:
        key = rest.idempotency_key(request)
        user, content = rest.user_of(request), _content(request)
        wishes = _wishes(rest.query_of(FileWishes, request))
        with transaction.atomic():
            file, replayed = payments.submit_once(user=user, content=content, key=key, wishes=wishes)
            scopes.require_file(request, file)
        location = reverse("api-payment-file", args=[file.reference])
        return rest.created(file_as_sent(file), replayed=replayed, location=location)


class OnePaymentFile(APIView):
    scopes = {"GET": Scope.FILES_READ}

    @extend_schema(
        operation_id="getPaymentFile",
        tags=_TAG,
        summary="A payment file",
        parameters=[_REFERENCE],
        responses=FileAnswer,
        examples=[OpenApiExample("Checked", _ANSWER, response_only=True)],
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(file_as_sent(_file_for(request, reference)))


class PaymentFileLines(APIView):
    scopes = {"GET": Scope.FILES_READ}

    @extend_schema(
        operation_id="listPaymentFileLines",
        tags=_TAG,
        summary="The lines of a file: faults before, results after paying",
        parameters=[_REFERENCE, FileLineQuery],
        responses=FileLinePage,
    )
    def get(self, request: Request, reference: str) -> Response:
        query = rest.query_of(FileLineQuery, request)
        file = _file_for(request, reference)
        payments.require_sight(user=rest.user_of(request), file=file)
        list_name = f"file-lines:{file.reference}:{query.get('status', '')}"
        found = selectors.file_lines(
            file,
            status=query.get("status", ""),
            after=pagination.position(query, list_name) or 0,
            limit=query["limit"] + 1,
        )
        items, cursor = pagination.page(found, query["limit"], list_name, lambda line: line.line)
        return Response({"items": [_line(line) for line in items], "next_cursor": cursor})


class OnePaymentFileLine(APIView):
    scopes = {"PATCH": Scope.FILES_CREATE}

    @extend_schema(
        operation_id="changePaymentFileLine",
        tags=_TAG,
        summary="Mend a line of a checked file, or leave it out",
        description="What is not given stays. The line is checked again and answered with the faults left.",
        parameters=[_REFERENCE, OpenApiParameter("line", OpenApiTypes.INT, OpenApiParameter.PATH)],
        request=LineEdit,
        responses=FileLineAnswer,
    )
    def patch(self, request: Request, reference: str, line: int) -> Response:
        wanted, file = rest.body_of(LineEdit, request), _file_for(request, reference)
        asked: dict[str, Any] = {
            "user": rest.user_of(request), "reference": file.reference, "line": line
        }  # fmt: skip
        if "excluded" in wanted:
            if len(wanted) > 1:
                raise ParseError("Send excluded alone.")
            act = payments.exclude_line if wanted["excluded"] else payments.include_line
            return Response(_line(act(**asked)))
        kept = payments.line_to_mend(user=asked["user"], file=file, line=line)
        change = replace(payments.LineChange.of(kept), **wanted)
        return Response(_line(payments.edit_line(**asked, change=change)))


class FaultyLines(APIView):
    scopes = {"GET": Scope.FILES_READ}
    renderer_classes = (AnyDocument,)

    @extend_schema(
        operation_id="downloadFaultyLines",
        tags=_TAG,
        summary="The faulty lines as CSV, each with what is wrong",
        parameters=[_REFERENCE],
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str) -> StreamingHttpResponse:
        file = _file_for(request, reference)
        rows = payments.faulty_rows(user=rest.user_of(request), file=file)
        answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{file.reference}-faults.csv"'
        return answer


class PaymentFileRetry(APIView):
    scopes = {"POST": Scope.FILES_CREATE}
    throttle_classes = (Uploads,)

    @extend_schema(
        operation_id="retryPaymentFile",
        tags=_TAG,
        summary="A new file of the lines that were not paid",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY],
        request=None,
        responses={201: FileAnswer},
    )
    def post(self, request: Request, reference: str) -> Response:
        key, file = rest.idempotency_key(request), _file_for(request, reference)
        made = payments.retry_file(user=rest.user_of(request), reference=file.reference, key=key)
        location = reverse("api-payment-file", args=[made.reference])
        return rest.created(file_as_sent(made), replayed=False, location=location)


class PaymentFileConfirmation(APIView):
    scopes = {"POST": Scope.FILES_CREATE}

    @extend_schema(
        operation_id="confirmPaymentFile",
        tags=_TAG,
        summary="Pay a checked file",
        description="As with transfers, the first call without `authorisation` is answered 403 with a "
        "challenge bound to the file's valid lines and their sum; the second brings the code.",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY],
        request=Confirmation,
        responses={
            200: OpenApiResponse(
                FileAnswer, "PAID: each line says how. RELEASING: a long file is being paid."
            ),
            (403, "application/problem+json"): OpenApiResponse(step_up.StepUpProblem, "A code is needed."),
        },
        examples=[step_up.EXAMPLE],
    )
    def post(self, request: Request, reference: str) -> Response:
        key, user = rest.idempotency_key(request), rest.user_of(request)
        wanted = rest.body_of(Confirmation, request)
        file = _file_for(request, reference)
        authorisation = wanted.get("authorisation")
        if authorisation is None:
            throttles.check(Uploads(), request, self)
            return step_up.ask_for_code(payments.start_file_confirmation(user=user, file=file))
        paid = payments.confirm_payment_file(
            user=user,
            file=file,
            only_valid=wanted["only_valid"],
            key=key,
            authorisation=allowed_by(authorisation),
            override_reason=wanted["override_reason"],
        )
        location = reverse("api-payment-file", args=[file.reference])
        was_paid = file.status == FileStatus.PAID
        return rest.created(file_as_sent(paid), replayed=was_paid, location=location, status=200)


def _file_for(request: Request, reference: str) -> PaymentFile:
    file = selectors.file_for(rest.user_of(request), reference)
    scopes.require_file(request, file)
    return file


def _wishes(asked: dict[str, Any]) -> payments.Wishes:
    pairs = (one.partition("=") for one in asked["columns"].split(",") if one)
    day = asked["requested_date"]
    return payments.Wishes(
        name=asked["name"],
        mapping=Mapping(
            amounts=AmountStyle(asked["amounts"]),
            days=DayStyle(asked["days"]),
            debtor_account=asked["debtor_account"],
            currency=asked["currency"],
            requested_date=day.isoformat() if day else "",
        ),
        names={name.strip(): heading for name, _sign, heading in pairs},
        is_batch_booked=asked["batch_booking"],
        is_confidential=asked["confidential"],
    )


def _content(request: Request) -> bytes:
    """The file: the body, or the one part called ``file``. Raises 415 for a compressed body."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(request.headers["Content-Encoding"])
    if isinstance(request.data, bytes):
        return request.data
    parts = request.FILES.getlist("file")
    if len(parts) != 1 or len(request.data) != 1:
        raise ParseError("Send the file as the one part named file.")
    return rest.read_at_most(parts[0], settings.PAYMENT_FILE_MAX_BYTES)


def file_as_sent(file: PaymentFile) -> dict[str, Any]:
    """A file as it is answered."""
    plain = ("reference", "status", "message", "message_id", "initiating_party", "line_count")
    counts = ("faulty_count", "warning_count", "settled_count", "excluded_count", "sent_count")
    more = ("hash_total", "faults", "name", "is_batch_booked", "is_confidential")
    progress = selectors.file_progress(file)
    money = rest.MoneyField().to_representation
    return {
        **{name: getattr(file, name) for name in (*plain, *counts, *more)},
        "totals": [money(Money(Decimal(total), currency)) for currency, total in file.totals.items()],
        "control_sum": f"{Decimal(file.control_sum).normalize():f}",
        "uploaded_at": file.uploaded_at,
        "confirmed_at": file.confirmed_at,
        "checked": progress.done if progress and not progress.is_paying else None,
        "similar_to": file.similar_to.reference if file.similar_to else None,
        "retry_of": file.retry_of.reference if file.retry_of else None,
    }


def _line(line: PaymentFileLine) -> dict[str, Any]:
    amount = None if line.amount is None else Money(line.amount, line.currency)
    plain = ("line", "status", "reference", "creditor_name", "name_check", "amount_text")
    texts = ("end_to_end_id", "remittance", "faults")
    return {
        **{name: getattr(line, name) for name in (*plain, *texts)},
        "debtor_account": line.debtor_number,
        "creditor_account": line.creditor_number,
        "amount": amount and rest.MoneyField().to_representation(amount),
    }


urlpatterns = [
    path("payment-files", PaymentFiles.as_view(), name="api-payment-files"),
    path("payment-files/<str:reference>", OnePaymentFile.as_view(), name="api-payment-file"),
    path("payment-files/<str:reference>/lines", PaymentFileLines.as_view(), name="api-payment-file-lines"),
    path(
        "payment-files/<str:reference>/lines/<int:line>",
        OnePaymentFileLine.as_view(),
        name="api-payment-file-line",
    ),
    path("payment-files/<str:reference>/faulty", FaultyLines.as_view(), name="api-payment-file-faulty"),
    path("payment-files/<str:reference>/retry", PaymentFileRetry.as_view(), name="api-payment-file-retry"),
    path(
        "payment-files/<str:reference>/confirm",
        PaymentFileConfirmation.as_view(),
        name="api-payment-file-confirm",
    ),
]
