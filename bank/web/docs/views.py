"""The schema, the page to try it on, and the error codes: public, and without any answer from outside."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from bank.web.docs import error_codes, schema
from bank.web.problems import GENERAL, plain_problem

__all__ = ["Docs", "Schema", "errors", "no_such_address", "schema"]


class Schema(SpectacularAPIView):
    """The OpenAPI document, JSON or YAML as asked for."""

    authentication_classes = ()


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from this site's own files, without inline script or style."""

    authentication_classes = ()
    template_name = "api/docs.html"
    url_name = "api-schema"


def errors(request: HttpRequest) -> HttpResponse:
    """Every error code with its status and sentence."""
    return render(request, "api/errors.html", {"chapters": error_codes.chapters()})


def no_such_address(request: HttpRequest) -> HttpResponse:
    """404 as a problem, whatever the method: below /api/ nobody gets a page for people."""
    return plain_problem(status=404, code="NOT_FOUND", detail=GENERAL["NOT_FOUND"][1])
