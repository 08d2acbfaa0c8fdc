"""All doors of the bank."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from bank.demo import views as demo
from bank.identity import api as identity
from bank.web import csp_reports, health

handler400 = "bank.web.views.failures.bad_request"
handler403 = "bank.web.views.failures.forbidden"
handler404 = "bank.web.views.failures.not_found"
handler500 = "bank.web.views.failures.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="healthz-live"),
    path("healthz/ready", health.ready, name="healthz-ready"),
    path("csp-reports/", csp_reports.report, name="csp-reports"),
    path("admin/", admin.site.urls),
    path("networks/", include("bank.payments.api.networks")),
    path("api/v1/", include("bank.web.api_urls")),
    path("api/", include("bank.web.docs.urls")),
    path("", include("bank.identity.urls")),
    *identity.root_urlpatterns,
    path("oauth/", include("bank.web.oauth.urls")),
    path("account/notices/", include("bank.web.notices.urls")),
    path("developers/", include("bank.web.developers.urls")),
    path("personal/", include("portals.personal.urls")),
    path("corporate/", include("portals.corporate.urls")),
    path("sme/", include("portals.sme.urls")),
    path("", include("portals.public.urls")),
]
if settings.DEMO or settings.TESTING:
    urlpatterns += [
        path("styleguide/", include("bank.web.styleguide.urls")),
        path("dev/mail/", demo.mailbox, name="demo-mailbox"),
        path("dev/sms/", demo.text_messages, name="demo-text-messages"),
    ]
