"""The addresses of the pages, mounted by each door with a desk of its own."""

from typing import Any

from django.urls import URLPattern, path

from bank.web.deposits import listing, pages
from bank.web.orders.desk import OpenDesk

_PAGES: list[tuple[str, Any, str]] = [
    ("", listing.deposits, "deposits"),
    ("new/", listing.offers, "deposit-offers"),
    ("new/<slug:code>/", listing.quote, "deposit-quote"),
    ("check/<str:draft_id>/", pages.check, "deposit-check"),
    ("check/<str:draft_id>/code/", pages.new_code, "deposit-code"),
    ("<str:number>/", pages.deposit, "deposit"),
    ("<str:number>/instruction/", pages.instruction, "deposit-instruction"),
    ("<str:number>/move/", pages.move, "deposit-move"),
    ("<str:number>/close/", pages.close, "deposit-close"),
    ("<str:number>/instalments/<int:line>/", pages.late, "deposit-late"),
    ("<str:number>/certificate/", pages.certificate, "deposit-certificate"),
    ("<str:number>/statement/", pages.statement, "deposit-statement"),
]


def patterns(open_desk: OpenDesk, prefix: str = "deposits/") -> list[URLPattern]:
    """The pages under ``prefix``."""
    return [path(prefix + route, view, {"open_desk": open_desk}, name=name) for route, view, name in _PAGES]
