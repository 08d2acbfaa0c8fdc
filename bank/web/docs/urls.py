"""/api/schema/, /api/docs/, /api/docs/errors/, and what answers everywhere else below /api/."""

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from bank.web.docs import views

urlpatterns = [
    path("schema/", views.Schema.as_view(), name="api-schema"),
    path("docs/", views.Docs.as_view(), name="api-docs"),
    path("docs/errors/", views.errors, name="api-errors"),
    re_path(r"", csrf_exempt(views.no_such_address)),
]
