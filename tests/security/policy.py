"""What every page tells the browser: where things may come from, and to keep no copy."""

import re
from typing import Any, Final

POLICY: Final = {
    "default-src": "'self'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
    "font-src": "'self'", "connect-src": "'self'", "object-src": "'none'", "base-uri": "'none'",
    "form-action": "'self'", "frame-ancestors": "'none'", "report-uri": "/csp-reports/", "report-to": "csp",
}  # fmt: skip


def check(route: str, answer: Any) -> None:
    """Nobody stores it; a page has the whole policy, nothing written into it, and no foreign address."""
    assert "no-store" in answer.headers["Cache-Control"], route
    if not answer.headers["Content-Type"].startswith("text/html"):
        return
    parts = answer.headers["Content-Security-Policy"].split(";")
    assert dict(part.strip().partition(" ")[::2] for part in parts) == POLICY, route
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=[\"']|\sstyle=[\"']", page), route
    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//(?!127\.0\.0\.1)", page), route
