"""All doors of the bank."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from bank.demo import views as demo
from bank.web import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="healthz-live"),
    path("healthz/ready", health.ready, name="healthz-ready"),
    path("admin/", admin.site.urls),
    path("api/", include("bank.web.docs.urls")),
]
if settings.DEMO or settings.TESTING:
    urlpatterns += [
        path("styleguide/", include("bank.web.styleguide.urls")),
        path("dev/mail/", demo.mailbox, name="demo-mailbox"),
    ]
