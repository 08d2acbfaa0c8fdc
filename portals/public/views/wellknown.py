"""What machines ask every site for: which pages there are, where not to look, whom to tell of a hole."""

from datetime import timedelta
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bank import ledger
from bank.kernel import clock
from bank.places import selectors as places
from bank.products import selectors as products
from portals.public.pages import absolute, alternates

PAGES = (
    "home", "products", "compare", "fees", "calculators", "calculate-loan", "calculate-savings",
    "calculate-fixed", "calculate-recurring", "places", "contact", "verify", "status", "security",
    "accessibility",
)  # fmt: skip
#: Doors behind which there is nothing for a search engine.
PRIVATE = ("/admin/", "/api/", "/personal/", "/corporate/", "/sme/", "/account/", "/home/", "/healthz/")
_SECURITY_TXT_DAYS = 180
_ONE_HOUR = cache_control(public=True, max_age=3600)


@require_safe
@_ONE_HOUR
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines.append(f"Sitemap: {absolute(reverse('public:sitemap'))}")
    return _text(lines)


@require_safe
@_ONE_HOUR
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page, each in every language (sitemaps.org 0.9 with xhtml alternates)."""
    paths = [reverse(f"public:{name}") for name in PAGES]
    offered = products.offered(ledger.business_date())
    paths += [reverse("public:product", args=[one.product.code.lower()]) for one in offered]
    paths += [reverse("public:place", args=[code]) for code in places.codes()]
    body = "".join(_url(path) for path in paths)
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{body}</urlset>\n'
    )
    return HttpResponse(document, content_type="application/xml")


@require_safe
@_ONE_HOUR
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a weakness, and until when this holds."""
    expires = clock.now() + timedelta(days=_SECURITY_TXT_DAYS)
    return _text(
        [
            f"Contact: mailto:{settings.SECURITY_EMAIL}",
            f"Contact: {absolute(reverse('public:contact'))}",
            f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
            f"Preferred-Languages: {', '.join(code for code, _ in settings.LANGUAGES)}",
            f"Canonical: {absolute(reverse('public:security-txt'))}",
            f"Policy: {absolute(reverse('public:security'))}",
        ]
    )


def _url(path: str) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(address)}/>'
        for code, address in alternates(path)
    )
    return f"<url><loc>{escape(absolute(path))}</loc>{links}</url>\n"


def _text(lines: list[str]) -> HttpResponse:
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
