"""Identity's own doors and two probes: a page behind the sign-in, an API behind a token."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.identity import api, views


@views.signed_in
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"inside: {request.user.pk}")


class Probe(APIView):
    def get(self, request: Request) -> Response:
        return Response({"user": request.user.pk})


urlpatterns = [
    path("", include("bank.identity.urls")),
    path("", include((api.root_urlpatterns, "well_known"))),
    path("api/v1/", include(api.urlpatterns)),
    path("api/v1/probe", Probe.as_view()),
    path("page/", page),
]
