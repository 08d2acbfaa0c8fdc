"""The schema, the page to try it on, and the error codes: public, and without any answer from outside."""

from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from bank.web.docs import error_codes, schema
from bank.web.problems import GENERAL, plain_problem

__all__ = ["Docs", "Schema", "errors", "no_such_address", "schema"]


class Schema(SpectacularAPIView):
    """The OpenAPI document, JSON or YAML as asked for. It says what the code says and takes seconds to make:
    a process makes it once for each form and language, whatever the address asks for besides."""

    authentication_classes = ()
    _made: ClassVar[dict[tuple[str, str], str | bytes]] = {}

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        renderer = request.accepted_renderer
        form = renderer.media_type
        language = translation.get_language() or settings.LANGUAGE_CODE
        if (form, language) not in self._made:
            document = self.generator_class().get_schema(request=request, public=self.serve_public)
            self._made[form, language] = renderer.render(document, form, {})
        name = f'inline; filename="{spectacular_settings.TITLE}.{renderer.format}"'
        kind = f"{form}; charset={renderer.charset}" if renderer.charset else form
        return HttpResponse(
            self._made[form, language], content_type=kind, headers={"Content-Disposition": name}
        )


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
