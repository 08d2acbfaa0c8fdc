"""Files of direct debits for programs: a pain.008 in, every fault of every line out, and a pain.002."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.debits import selectors, services
from bank.debits.api.debits import CUSTOMER, REFERENCE, ROOT, TAG, company_named
from bank.debits.errors import DebitFileUnusable
from bank.debits.models import DebitFile
from bank.debits.reports import status_report
from bank.web import rest
from bank.web.negotiation import AnyDocument
from bank.web.scopes import Scope


class DebitFaultAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()


class DebitFileLine(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    end_to_end_id = serializers.CharField()
    mandate = serializers.CharField()
    amount = serializers.CharField(help_text="As it was written.")
    collection = serializers.CharField(help_text="Empty where nothing was announced.")
    faults = DebitFaultAnswer(many=True)


class DebitFileAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    message = serializers.CharField()
    message_id = serializers.CharField()
    count = serializers.IntegerField()
    accepted_count = serializers.IntegerField(help_text="0: nothing was announced.")
    faults = DebitFaultAnswer(many=True, help_text="Of the file as a whole.")
    lines = DebitFileLine(many=True, source="rows")


class XMLParser(BaseParser):
    """The body is the file; it is read by the app alone, which knows every trick of XML."""

    media_type = "application/xml"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return rest.read_at_most(stream, settings.PAYMENT_FILE_MAX_BYTES)


class DebitFiles(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}
    parser_classes = (XMLParser,)

    @extend_schema(
        operation_id="sendDirectDebitFile",
        tags=TAG,
        summary="Announce the collections of a pain.008",
        description="All or none; with `only_valid=true` those without a fault. Every fault of every line is "
        "in the answer. Sent again it answers with the same file.",
        parameters=[CUSTOMER, OpenApiParameter("only_valid", bool)],
        request={"application/xml": OpenApiTypes.BINARY},
        responses={201: DebitFileAnswer},
    )
    def post(self, request: Request, customer: str) -> Response:
        number = company_named(request, customer)
        if not isinstance(request.data, bytes):
            raise DebitFileUnusable(problem="Send the pain.008 as the body, as application/xml.")
        file = services.take_file(
            user=rest.user_of(request),
            number=number,
            content=request.data,
            only_valid=request.query_params.get("only_valid") == "true",
        )
        location = reverse("api-debit-file", args=[file.reference])
        return rest.created(DebitFileAnswer(file).data, replayed=False, location=location)


class OneDebitFile(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="getDirectDebitFile",
        tags=TAG,
        summary="A file of direct debits, line by line",
        parameters=[REFERENCE],
        responses=DebitFileAnswer,
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(DebitFileAnswer(_file(request, reference)).data)


class DebitFileReport(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}
    renderer_classes = (AnyDocument,)

    @extend_schema(
        operation_id="getDirectDebitFileReport",
        tags=TAG,
        summary="The status report of a file (pain.002)",
        description="Ask again whenever a status may have changed.",
        parameters=[REFERENCE],
        responses={(200, "application/xml"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        file = _file(request, reference)
        answer = HttpResponse(status_report(file), content_type="application/xml")
        answer["Content-Disposition"] = f'attachment; filename="{file.reference}-pain.002.xml"'
        return answer


def _file(request: Request, reference: str) -> DebitFile:
    found = selectors.file_for(rest.user_of(request), reference)
    company_named(request, found.creditor.customer.cif)
    return found


urlpatterns = [
    path(f"{ROOT}/creditors/<str:customer>/files", DebitFiles.as_view(), name="api-debit-files"),
    path(f"{ROOT}/files/<str:reference>", OneDebitFile.as_view(), name="api-debit-file"),
    path(f"{ROOT}/files/<str:reference>/pain002", DebitFileReport.as_view(), name="api-debit-file-report"),
]
