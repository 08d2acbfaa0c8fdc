"""All doors of the bank."""

from django.urls import URLPattern, URLResolver, include, path

from bank.web import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="healthz-live"),
    path("healthz/ready", health.ready, name="healthz-ready"),
]
