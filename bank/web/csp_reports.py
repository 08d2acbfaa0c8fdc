"""Where browsers tell of what our Content-Security-Policy kept from loading (ASVS 5.0 3.4.7).

Anybody can post here, and what browsers send holds addresses with whatever stands in them. So
little is read, seldom, and of it only the directive and the blocked host reach the log.
"""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bank.runtime import context
from bank.runtime.windows import Window

LONGEST = 16_384
PER_ADDRESS, OF_ALL = 20, 200
_WINDOW_S = 60
_TYPES = {"application/csp-report", "application/reports+json", "application/json"}
_DIRECTIVE = re.compile(r"[a-z]{1,20}(?:-[a-z]{1,10}){0,4}")
_KEYWORDS = {"inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink", "self", "data"}
_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,253}")
_log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Takes a browser's report of either kind (report-uri, report-to); answers nothing."""
    if not _is_in_time():
        return HttpResponse(status=429, headers={"Retry-After": str(_WINDOW_S)})
    if request.content_type not in _TYPES:
        return HttpResponse(status=415)
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST:
        return HttpResponse(status=413)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    for directive, host in sorted(set(_violations(told))):
        _log.warning("a page broke the content security policy: %s %s", directive, host)
    return HttpResponse(status=204)


def _is_in_time() -> bool:
    address = context.current().ip
    by_address = Window("csp", f"from:{address}", _WINDOW_S).count()
    return by_address <= PER_ADDRESS and Window("csp", "all", _WINDOW_S).count() <= OF_ALL


def _violations(told: Any) -> Iterator[tuple[str, str]]:
    """Directive and blocked host of each violation; what is not one is passed over."""
    for each in told[:20] if isinstance(told, list) else [told]:
        body = each.get("body", each.get("csp-report")) if isinstance(each, dict) else None
        if isinstance(body, dict):
            named = body.get("effectiveDirective") or body.get("effective-directive")
            directive = str(named or body.get("violated-directive") or "").split(" ")[0]
            blocked = str(body.get("blockedURL") or body.get("blocked-uri") or "")
            yield directive if _DIRECTIVE.fullmatch(directive) else "unknown", _host(blocked)


def _host(blocked: str) -> str:
    """Of an address its host alone: no user, path, query or fragment."""
    if blocked in _KEYWORDS:
        return blocked
    try:
        host = urlsplit(blocked).hostname or ""
    except ValueError:
        host = ""
    return host if _HOST.fullmatch(host) else "unknown"
