"""The portal as an app on a phone: its manifest, and a worker that only steps in when there is no network.

The worker keeps the offline page and static files, nothing else: a page with somebody's figures
is never stored on the device.
"""

import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ICONS = (("icons/app-192.png", "192x192", "any"), ("icons/app-512.png", "512x512", "any"),
         ("icons/app-maskable-512.png", "512x512", "maskable"))  # fmt: skip
#: What the offline page needs to look like the bank.
SHELL = (
    "css/tokens.css", "css/base.css", "css/components.css", "css/shell.css", "icons/favicon.svg",
    "fonts/hanken-grotesk/latin.woff2", "fonts/source-serif-4/latin.woff2",
)  # fmt: skip


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name, icons and colours for the home screen (W3C Web Application Manifest)."""
    home = reverse("personal:home")
    facts = {
        "id": home,
        "start_url": home,
        "scope": "/",
        "name": settings.BANK_NAME,
        "short_name": settings.BANK_NAME.partition(" ")[0],
        "description": gettext("Accounts, payments and statements, on a phone or a computer."),
        "lang": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "display": "standalone",
        "background_color": "#FAF8F4",
        "theme_color": "#0B4F43",
        "icons": [
            {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for path, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": gettext("Pay someone"), "url": reverse("personal:pay")},
            {"name": gettext("Payments"), "url": reverse("personal:payments")},
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker; another release has other names of files, and so another worker and another cache."""
    offline = reverse("personal:offline")
    kept = [offline, *(static(path) for path in SHELL)]
    version = hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:12]
    script = render_to_string(
        "personal/service-worker.js",
        {
            "kept": json.dumps(kept),
            "offline": json.dumps(offline),
            "version": json.dumps(f"bank-{version}"),
            "static": json.dumps(settings.STATIC_URL),
        },
    )
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What stands in for every page without a network, in every language; it knows nothing of anybody."""
    return render(request, "personal/offline.html", {"languages": _own_first()})


def _own_first() -> list[str]:
    own = translation.get_language()
    return sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != own)
