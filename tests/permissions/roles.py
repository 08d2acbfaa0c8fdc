"""Every URL of the bank, taken from the URLconf, so that a new one cannot be forgotten."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_SAMPLES = {
    "int": "1",
    "uuid": "01890000-0000-7000-8000-000000000001",
    "str": "no-such-thing",
    "slug": "no-such-thing",
    "path": "1",
}


def every_path() -> Iterator[str]:
    """Each route with sample values that name nothing, such as ``/personal/accounts/no-such-thing/``."""
    yield from sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route


def _filled(route: str) -> str:
    plain = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "no-such-thing", route).replace("^", "").replace("\\Z", "")
    plain = plain.rstrip("$").replace("\\.", ".")
    return _PARAMETER.sub(lambda m: _SAMPLES[m["kind"] or "str"], plain)
