"""The status report of a payment file, for the system that sent it: pain.002, no JSON."""

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.reports import status_report
from bank.web import rest, scopes
from bank.web.negotiation import AnyDocument
from bank.web.scopes import Scope


class PaymentFileReport(APIView):
    scopes = {"GET": Scope.FILES_READ}
    renderer_classes = (AnyDocument,)

    @extend_schema(
        operation_id="getPaymentFileReport",
        tags=["Payment files"],
        summary="The status report of a file (pain.002)",
        description="Version 03 answers a pain.001 up to version 08, version 10 the versions 09 and 10, "
        "version 12 the later ones. Ask again whenever a status may have changed.",
        parameters=[OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses={(200, "application/xml"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        file = selectors.file_for(rest.user_of(request), reference)
        scopes.require_file(request, file)
        payments.require_sight(user=rest.user_of(request), file=file)
        answer = HttpResponse(status_report(file), content_type="application/xml")
        answer["Content-Disposition"] = f'attachment; filename="{file.reference}-pain.002.xml"'
        return answer


urlpatterns = [
    path(
        "payment-files/<str:reference>/pain002",
        PaymentFileReport.as_view(),
        name="api-payment-file-report",
    ),
]
